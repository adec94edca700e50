import { QR_CODE } from '../../symbols/qrCode';

export const MANIFEST_KIND = 'wechat-marketcode-manifest';

/** What a delivery holds, in words for a machine. Never a code. Its JSON Schema: docs/manifest.schema.json. */
export interface Manifest {
	readonly kind: typeof MANIFEST_KIND;
	readonly version: 1;
	/** ISO 8601 in UTC with milliseconds, so that texts sort as times do. */
	readonly created: string;
	readonly application_id: string | null;
	/** The order, under the ID that its owner gave it. */
	readonly isv_application_id: string | null;
	/** The account. */
	readonly app_id: string | null;
	/** Smallest index. */
	readonly code_start: number;
	/** Largest index; it is included. */
	readonly code_end: number;
	readonly code_count: number;
	readonly indexes_from: 'application' | 'segment' | null;
	/** Where duplicates were looked for. */
	readonly compared: 'application' | 'segment' | 'none';
	readonly lattice_width: number | null;
	readonly output: 'package' | 'urlList' | 'csv' | 'jsonLines' | 'pdf' | 'encrypted';
	/** null: not text. */
	readonly encoding: 'utf8' | 'utf8Bom' | 'utf16le' | null;
	readonly line_ending: 'lf' | 'crlf' | null;
	/** CSV only. */
	readonly delimiter: string | null;
	/** CSV only: the names in the first line; null: there is no such line. */
	readonly header: readonly string[] | null;
	readonly qr_code: typeof PRINTED_QR_CODE;
	/** null: the lattice is not that of a square symbol. */
	readonly micro_code: {
		readonly modules_a_side: number;
		readonly smallest_print_mm: typeof SMALLEST_MICRO_CODE_MM;
	} | null;
	readonly files: readonly ManifestFile[];
	readonly totals: {
		readonly files: number;
		readonly bytes: number;
		readonly code_count: number;
	};
	readonly warnings: readonly string[];
}

export interface ManifestFile {
	/** 1-based. */
	readonly file: number;
	readonly name: string;
	readonly bytes: number;
	readonly code_count: number;
	/** Index of the first code. */
	readonly code_start: number;
	/** Index of the last code; it is included. */
	readonly code_end: number;
	/** In lower-case hexadecimal. */
	readonly sha256: string;
	/** The ZIP that the file left in; null: it left as it is. */
	readonly archive: ManifestArchive | null;
}

export interface ManifestArchive {
	readonly name: string;
	readonly bytes: number;
	readonly sha256: string;
}

/** The QR code of a url, as a manifest names its properties. */
export const PRINTED_QR_CODE = {
	version: QR_CODE.version,
	error_correction: QR_CODE.errorCorrection,
	mode: QR_CODE.mode,
	characters: QR_CODE.characters,
	quiet_zone_modules: QR_CODE.quietZone,
} as const;

/** "0.5 cm × 0.5 cm", the official guide "Unique Item Code". */
export const SMALLEST_MICRO_CODE_MM = 5;

/** What a manifest can't derive. */
export interface ManifestFacts
	extends Pick<
		Manifest,
		| 'application_id'
		| 'isv_application_id'
		| 'app_id'
		| 'indexes_from'
		| 'compared'
		| 'lattice_width'
		| 'output'
		| 'encoding'
		| 'line_ending'
		| 'delimiter'
		| 'header'
		| 'warnings'
	> {
	readonly created: Date;
	/** At least one, in the order of the codes. */
	readonly files: readonly Omit<ManifestFile, 'file'>[];
}

/** The manifest of a delivery: what is known of it, and what follows from that. */
export function manifestOf(facts: ManifestFacts): Manifest {
	const files = facts.files.map((file, position) => ({
		file: position + 1,
		name: file.name,
		bytes: file.bytes,
		code_count: file.code_count,
		code_start: file.code_start,
		code_end: file.code_end,
		sha256: file.sha256,
		archive: file.archive && archiveOf(file.archive),
	}));
	const codes = codesOf(files);
	return {
		kind: MANIFEST_KIND,
		version: 1,
		created: facts.created.toISOString(),
		application_id: facts.application_id,
		isv_application_id: facts.isv_application_id,
		app_id: facts.app_id,
		...codes,
		indexes_from: facts.indexes_from,
		compared: facts.compared,
		lattice_width: facts.lattice_width,
		output: facts.output,
		encoding: facts.encoding,
		line_ending: facts.line_ending,
		delimiter: facts.delimiter,
		header: facts.header,
		qr_code: PRINTED_QR_CODE,
		micro_code: microCodeOf(facts.lattice_width),
		files,
		totals: totalsOf(files),
		warnings: facts.warnings,
	};
}

/** Field by field: an object that knows the password too must not end up in the manifest. */
const archiveOf = ({ name, bytes, sha256 }: ManifestArchive): ManifestArchive => ({
	name,
	bytes,
	sha256,
});

/** The codes of files: smallest and largest index, and how many there are. */
export function codesOf(
	files: readonly ManifestFile[],
): Pick<Manifest, 'code_start' | 'code_end' | 'code_count'> {
	const codes = { code_start: files[0]?.code_start ?? 0, code_end: 0, code_count: 0 };
	for (const file of files) {
		codes.code_start = Math.min(codes.code_start, file.code_start);
		codes.code_end = Math.max(codes.code_end, file.code_end);
		codes.code_count += file.code_count;
	}
	return codes;
}

/** How many files, bytes and codes there are; of the files themselves, not of their archives. */
export function totalsOf(files: readonly ManifestFile[]): Manifest['totals'] {
	const totals = { files: files.length, bytes: 0, code_count: 0 };
	for (const file of files) {
		totals.bytes += file.bytes;
		totals.code_count += file.code_count;
	}
	return totals;
}

function microCodeOf(latticeWidth: number | null): Manifest['micro_code'] {
	const modules = Math.sqrt(latticeWidth ?? 0);
	return modules >= 1 && Number.isInteger(modules)
		? { modules_a_side: modules, smallest_print_mm: SMALLEST_MICRO_CODE_MM }
		: null;
}

/** `manifest.json`: UTF-8, indented for people, with a final line feed. */
export const manifestText = (manifest: Manifest): Buffer =>
	Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);

/**
 * `SHA256SUMS`, as GNU `sha256sum -c` and `shasum -a 256 -c` take it.
 *
 * @param entries names without backslash and line feed (which the format would have to escape)
 */
export const sumsText = (entries: readonly { name: string; sha256: string }[]): Buffer =>
	Buffer.from(entries.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
