import type { IExecuteFunctions } from 'n8n-workflow';
import { PackageError } from '../../shared/codePackage/packageError';
import { isCompanion, placeOf } from '../../shared/delivery/verify/delivered';
import type { Manifest } from '../../shared/delivery/manifest/manifest';
import { CodeReader, type DeliveredCode } from '../../shared/delivery/readBack/codeReader';
import { ParameterError } from '../../shared/n8n/errors';
import { look, manifestIn, type Seen } from './deliveryFiles';
import { inputFiles, type InputFile } from './inputFiles';

/** A file that was read to its end and holds codes. */
export interface CodeFile {
	readonly itemIndex: number;
	readonly name: string;
	/** Name of the ZIP that it was found in; undefined: in none. */
	readonly archive: string | undefined;
	/** At least 1. */
	readonly count: number;
	/** In lower-case hexadecimal. */
	readonly sha256: string;
	/** 1-based number among the files with codes. */
	readonly file: number;
	/** 0-based place among all input files. */
	readonly place: number;
}

export interface CodeFiles {
	/** At least one, in the order of the input. */
	readonly files: readonly CodeFile[];
	/** Of the delivery that was made last, first. */
	readonly manifests: readonly Manifest[];
	/** Which files hold no codes, and why. */
	readonly warnings: readonly string[];
}

/**
 * Reads all input files to their end, those in ZIPs too.
 *
 * @param field the binary field of the files with codes; manifests are found in all of them
 * @param take gets the codes as they are read, with the place of their file
 * @throws PackageError if a file is damaged or still encrypted; ParameterError if none holds codes, or a ZIP
 *   can't be opened
 */
export async function findCodeFiles(
	context: IExecuteFunctions,
	field: string,
	take: (codes: readonly DeliveredCode[], place: number) => void = () => {},
): Promise<CodeFiles> {
	const files: CodeFile[] = [];
	const manifests: Manifest[] = [];
	const warnings: string[] = [];
	let place = -1;
	let hasField = false;
	for await (const file of inputFiles(context)) {
		place++;
		const own = file.field === field && !isCompanion(file.name);
		const { reader, seen, problem } = await readWhole(file, (codes) => {
			if (own) take(codes, place);
		});
		const where = placeOf({ ...file, ...seen });
		const manifest = seen.text && manifestIn(seen.text, where);
		if (manifest) manifests.push(manifest);
		if (manifest || !own) continue;
		hasField = true;
		if (!problem) {
			const { itemIndex, archive } = file;
			const name = archive === undefined ? nameOf(context, file) : file.name;
			files.push({
				itemIndex,
				name,
				archive,
				count: reader.count,
				sha256: seen.sha256,
				file: files.length + 1,
				place,
			});
		} else if (reader.what === 'other') {
			warnings.push(`${where}: ${seen.beginning === '%PDF' ? PDF : problem.message}`);
		} else {
			throw problem.at(where);
		}
	}
	if (files.length === 0) throw nothingIn(field, hasField, warnings);
	manifests.sort((one, other) => (one.created < other.created ? 1 : -1));
	return { files, manifests, warnings };
}

/** Reads the codes of these files once more, each in batches that are to be taken before the next file is. */
export async function* codesIn(
	context: IExecuteFunctions,
	files: readonly CodeFile[],
): AsyncGenerator<{ readonly file: CodeFile; readonly batches: Batches }, void, void> {
	const byPlace = new Map(files.map((file) => [file.place, file]));
	let place = 0;
	for await (const { chunks } of inputFiles(context)) {
		const file = byPlace.get(place++);
		if (file) yield { file, batches: batchesIn(chunks) };
	}
}

type Batches = AsyncIterable<readonly DeliveredCode[]>;

async function* batchesIn(
	chunks: AsyncIterable<Buffer>,
): AsyncGenerator<DeliveredCode[], void, void> {
	const reader = new CodeReader();
	for await (const chunk of chunks) yield reader.push(chunk);
	yield reader.end();
}

const PDF = 'The codes of a PDF can not be read back; pass on the list that it was made of';

interface Read {
	readonly reader: CodeReader;
	readonly seen: Seen;
	/** Why it holds no codes, or not only codes. */
	readonly problem: PackageError | undefined;
}

/** Reads a file to its end whatever it holds, as it may be a manifest. */
async function readWhole(
	{ chunks }: InputFile,
	take: (codes: readonly DeliveredCode[]) => void,
): Promise<Read> {
	const reader = new CodeReader();
	let problem: PackageError | undefined;
	const attempt = (read: () => void): void => {
		if (problem) return;
		try {
			read();
		} catch (error) {
			problem = problemOf(error);
		}
	};
	const seen = await look(chunks, (chunk) => attempt(() => take(reader.push(chunk))));
	attempt(() => take(reader.end()));
	return { reader, seen, problem };
}

/** @throws what is no fault of the file's */
function problemOf(error: unknown): PackageError {
	if (error instanceof PackageError) return error;
	throw error;
}

/** Marketcode Download says the name in the item, too. */
function nameOf(context: IExecuteFunctions, { itemIndex, name }: InputFile): string {
	const told = context.getInputData()[itemIndex]?.json.file_name;
	return typeof told === 'string' && told !== '' ? told : name;
}

function nothingIn(field: string, hasField: boolean, warnings: readonly string[]): ParameterError {
	const [first] = warnings;
	return new ParameterError(
		hasField
			? `No codes were found in any file${first === undefined ? '' : ` (${first})`}`
			: `No input item has a file with codes in the binary field ${field}`,
		'Pass on the files of a delivery as binary files: the package decrypted, a URL list, CSV or JSON Lines, or ZIPs of them. Input Binary Field names the field that holds them.',
	);
}
