import { PackageError } from '../../codePackage/packageError';
import {
	MANIFEST_KIND,
	PRINTED_QR_CODE,
	SMALLEST_MICRO_CODE_MM,
	codesOf,
	totalsOf,
	type Manifest,
	type ManifestArchive,
	type ManifestFile,
} from './manifest';

/** Takes a value for what it should be, or throws; `place` is the field as an error names it. */
type Check<T> = (value: unknown, place: string) => T;

/**
 * Reads `manifest.json`. Fields that it does not know are left out: a manifest whose fields mean something
 * else has another version.
 *
 * @param text may begin with a byte order mark
 * @returns undefined if the text is no manifest at all
 * @throws PackageError that names the field, if it is a manifest that can't be used
 */
export function readManifest(text: string): Manifest | undefined {
	// Most files are none, and no small ones.
	if (!text.includes(MANIFEST_KIND)) return undefined;
	const value = parsed(text.replace(/^\ufeff/, ''));
	const isManifest =
		typeof value === 'object' && value !== null && 'kind' in value && value.kind === MANIFEST_KIND;
	return isManifest ? manifest(value, '') : undefined;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const refuse = (place: string, isNot: string): never => {
	throw new PackageError(
		`The manifest can't be used: ${place || 'it'} ${isNot}`,
		'Take the manifest as it was delivered. If it is, and came from a newer version of this package, update the package here.',
	);
};

const textOf =
	(pattern: RegExp, isNot: string): Check<string> =>
	(value, place) =>
		typeof value === 'string' && pattern.test(value) ? value : refuse(place, isNot);

const anyText = textOf(/^/, 'is not text');
const someText = textOf(/^[^]/, 'is missing or not text');
const sha256 = textOf(/^[0-9a-f]{64}$/, 'is not a SHA-256 of 64 hexadecimal digits');
const time = textOf(
	/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/,
	'is not a time such as 2026-01-31T08:00:00.000Z',
);

const wholeFrom =
	(smallest: number): Check<number> =>
	(value, place) =>
		typeof value === 'number' && Number.isSafeInteger(value) && value >= smallest
			? value
			: refuse(place, `is not a whole number from ${smallest}`);

const count = wholeFrom(0);

const oneOf =
	<const T extends string | number>(...values: readonly T[]): Check<T> =>
	(value, place) =>
		values.find((offered) => offered === value) ??
		refuse(place, `is not ${values.map((offered) => JSON.stringify(offered)).join(' or ')}`);

const orNull =
	<T>(check: Check<T>): Check<T | null> =>
	(value, place) =>
		value === null ? null : check(value, place);

const listOf =
	<T>(check: Check<T>): Check<T[]> =>
	(value, place) =>
		Array.isArray(value)
			? value.map((entry, position) => check(entry, `${place}[${position}]`))
			: refuse(place, 'is not a list');

const filled =
	<T>(check: Check<T[]>): Check<T[]> =>
	(value, place) => {
		const list = check(value, place);
		return list.length > 0 ? list : refuse(place, 'is empty');
	};

/** Gives the fields of an object, each by its check. */
function fieldsOf(value: unknown, place: string): <T>(name: string, check: Check<T>) => T {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return refuse(place, 'is not an object');
	}
	const fields = new Map<string, unknown>(Object.entries(value));
	return (name, check) => check(fields.get(name), place === '' ? name : `${place}.${name}`);
}

const manifest: Check<Manifest> = (value, place) => {
	const field = fieldsOf(value, place);
	return {
		kind: field('kind', oneOf(MANIFEST_KIND)),
		// First of all: what the other fields are is a matter of the version.
		version: field('version', oneOf(1)),
		created: field('created', time),
		application_id: field('application_id', orNull(someText)),
		isv_application_id: field('isv_application_id', orNull(someText)),
		app_id: field('app_id', orNull(someText)),
		code_start: field('code_start', count),
		code_end: field('code_end', count),
		code_count: field('code_count', count),
		indexes_from: field('indexes_from', orNull(oneOf('application', 'segment'))),
		compared: field('compared', oneOf('application', 'segment', 'none')),
		lattice_width: field('lattice_width', orNull(wholeFrom(1))),
		output: field('output', oneOf('package', 'urlList', 'csv', 'jsonLines', 'pdf', 'encrypted')),
		encoding: field('encoding', orNull(oneOf('utf8', 'utf8Bom', 'utf16le'))),
		line_ending: field('line_ending', orNull(oneOf('lf', 'crlf'))),
		delimiter: field('delimiter', orNull(someText)),
		header: field('header', orNull(listOf(anyText))),
		qr_code: field('qr_code', qrCode),
		micro_code: field('micro_code', orNull(microCode)),
		files: field('files', filled(listOf(manifestFile))),
		totals: field('totals', totals),
		warnings: field('warnings', listOf(anyText)),
	};
};

const qrCode: Check<Manifest['qr_code']> = (value, place) => {
	const field = fieldsOf(value, place);
	return {
		version: field('version', oneOf(PRINTED_QR_CODE.version)),
		error_correction: field('error_correction', oneOf(PRINTED_QR_CODE.error_correction)),
		mode: field('mode', oneOf(PRINTED_QR_CODE.mode)),
		characters: field('characters', oneOf(PRINTED_QR_CODE.characters)),
		quiet_zone_modules: field('quiet_zone_modules', oneOf(PRINTED_QR_CODE.quiet_zone_modules)),
	};
};

const microCode: Check<NonNullable<Manifest['micro_code']>> = (value, place) => {
	const field = fieldsOf(value, place);
	return {
		modules_a_side: field('modules_a_side', wholeFrom(1)),
		smallest_print_mm: field('smallest_print_mm', oneOf(SMALLEST_MICRO_CODE_MM)),
	};
};

const manifestFile: Check<ManifestFile> = (value, place) => {
	const field = fieldsOf(value, place);
	return {
		file: field('file', wholeFrom(1)),
		name: field('name', someText),
		bytes: field('bytes', count),
		code_count: field('code_count', count),
		code_start: field('code_start', count),
		code_end: field('code_end', count),
		sha256: field('sha256', sha256),
		archive: field('archive', orNull(archive)),
	};
};

const archive: Check<ManifestArchive> = (value, place) => {
	const field = fieldsOf(value, place);
	return {
		name: field('name', someText),
		bytes: field('bytes', count),
		sha256: field('sha256', sha256),
	};
};

const totals: Check<Manifest['totals']> = (value, place) => {
	const field = fieldsOf(value, place);
	return {
		files: field('files', count),
		bytes: field('bytes', count),
		code_count: field('code_count', count),
	};
};

/**
 * Where a manifest contradicts itself, in words: somebody changed it, then. What no JSON Schema can say is
 * looked at here.
 */
export function contradictionsIn(manifest: Manifest): string[] {
	const { files } = manifest;
	const problems: string[] = [];
	const compare = (place: string, told: number, counted: number) => {
		if (told !== counted) {
			problems.push(`The manifest says ${place} ${told}, but its files make it ${counted}`);
		}
	};
	const codes = codesOf(files);
	const sums = totalsOf(files);
	compare('code_start', manifest.code_start, codes.code_start);
	compare('code_end', manifest.code_end, codes.code_end);
	compare('code_count', manifest.code_count, codes.code_count);
	compare('totals.files', manifest.totals.files, sums.files);
	compare('totals.bytes', manifest.totals.bytes, sums.bytes);
	compare('totals.code_count', manifest.totals.code_count, sums.code_count);
	for (const [position, { file, code_start, code_end }] of files.entries()) {
		compare(`files[${position}].file`, file, position + 1);
		if (code_start > code_end) {
			problems.push(`The manifest's file ${file} begins behind its end`);
		}
	}
	return problems;
}
