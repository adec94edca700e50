import type { IExecuteFunctions } from 'n8n-workflow';
import { PackageError } from '../../shared/codePackage/packageError';
import { readZip } from '../../shared/delivery/archive/unzip';
import {
	isSums,
	type DeliveredArchive,
	type DeliveredFile,
} from '../../shared/delivery/verify/delivered';
import { LineCounter } from '../../shared/delivery/verify/lineCounter';
import { MANIFEST_KIND, type Manifest } from '../../shared/delivery/manifest/manifest';
import { readManifest } from '../../shared/delivery/manifest/readManifest';
import { digestOf, fileChunks } from '../../shared/n8n/binaryFiles';
import { ParameterError } from '../../shared/n8n/errors';
import { requireFiles } from '../../shared/n8n/toolUse';

/** A manifest or a list of sums is held in memory; no other file is. The longest of 10,000 files has over 9 MB. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;

/** How a ZIP begins; one without files, with the end of its directory (APPNOTE 4.3.7, 4.3.16). */
export const ZIP_BEGINNINGS = ['PK\x03\x04', 'PK\x05\x06'];

export interface FoundManifest {
	readonly name: string;
	readonly sha256: string;
	readonly manifest: Manifest;
}

/** All files of all input items, told apart. */
export interface DeliveryFiles {
	readonly manifests: FoundManifest[];
	/** Texts of `SHA256SUMS`. */
	readonly sums: string[];
	readonly files: DeliveredFile[];
	readonly archives: DeliveredArchive[];
}

/**
 * Reads every binary file of every input item, those in ZIPs too, chunk by chunk.
 *
 * @param passwordOf the password for ZIPs of an item; undefined: none
 * @throws PackageError if a manifest can't be used; ParameterError if a model has called the node
 */
export async function readDeliveryFiles(
	context: IExecuteFunctions,
	passwordOf: (itemIndex: number) => string | undefined,
): Promise<DeliveryFiles> {
	requireFiles(context);
	const found: DeliveryFiles = { manifests: [], sums: [], files: [], archives: [] };
	const signal = context.getExecutionCancelSignal();
	for (const [itemIndex, { binary = {} }] of context.getInputData().entries()) {
		for (const [field, { fileName }] of Object.entries(binary)) {
			if (signal?.aborted) throw new Error('The execution was canceled');
			const name = fileName ?? field;
			const open = () => fileChunks(context, itemIndex, field);
			const seen = await look(open());
			if (ZIP_BEGINNINGS.includes(seen.beginning)) {
				const entries: DeliveredFile[] = [];
				const problem = await readArchive(open, passwordOf(itemIndex), (entry) => {
					const file = sort(entry, name, found);
					if (file) entries.push(file);
				});
				const { bytes, sha256 } = seen;
				found.archives.push({ name, bytes, sha256, entries, problem });
			} else {
				const file = sort({ name, ...seen }, undefined, found);
				if (file) found.files.push(file);
			}
		}
	}
	return found;
}

/** What is seen of a file that flows by. */
export interface Seen extends Pick<DeliveredFile, 'bytes' | 'sha256' | 'lines'> {
	readonly beginning: string;
	/** undefined: too long for a manifest. */
	readonly text: Buffer | undefined;
}

/** @param watch gets each chunk, too */
export async function look(
	chunks: AsyncIterable<Buffer>,
	watch: (chunk: Buffer) => void = () => {},
): Promise<Seen> {
	const lines = new LineCounter();
	const held: Buffer[] = [];
	let length = 0;
	let beginning = '';
	const { bytes, sha256 } = await digestOf(chunks, (chunk) => {
		lines.write(chunk);
		beginning += chunk.toString('latin1', 0, 4 - beginning.length);
		length += chunk.length;
		if (length <= MOST_TEXT_BYTES) held.push(chunk);
		else held.length = 0;
		watch(chunk);
	});
	const text = length <= MOST_TEXT_BYTES ? Buffer.concat(held) : undefined;
	return { bytes, sha256, lines: lines.end(), beginning, text };
}

/** Puts a manifest or sums where they belong; gives back any other file. */
function sort(
	{ name, bytes, sha256, lines, text }: Seen & { readonly name: string },
	archive: string | undefined,
	found: DeliveryFiles,
): DeliveredFile | undefined {
	const manifest = text && manifestIn(text, name);
	if (manifest) found.manifests.push({ name, sha256, manifest });
	else if (text && isSums(name)) found.sums.push(text.toString('utf8'));
	else return { name, bytes, sha256, lines, archive };
	return undefined;
}

/** @throws PackageError that names the file, if it is a manifest that can't be used */
export function manifestIn(text: Buffer, name: string): Manifest | undefined {
	try {
		return text.includes(MANIFEST_KIND) ? readManifest(text.toString('utf8')) : undefined;
	} catch (error) {
		throw error instanceof PackageError ? error.at(name) : error;
	}
}

/**
 * Reads the files in a ZIP, as many as can be read.
 *
 * @returns why one, or all, could not; undefined: all could
 */
async function readArchive(
	open: () => AsyncIterable<Buffer>,
	password: string | undefined,
	each: (entry: Seen & { readonly name: string }) => void,
): Promise<string | undefined> {
	let problem: string | undefined;
	try {
		for await (const entry of readZip(open, password)) {
			try {
				each({ name: entry.name, ...(await look(entry.chunks)) });
			} catch (error) {
				problem ??= problemOf(error);
			}
		}
	} catch (error) {
		problem ??= problemOf(error);
	}
	return problem;
}

/** @throws what is no fault of the ZIP's */
function problemOf(error: unknown): string {
	if (error instanceof ParameterError) return error.message;
	throw error;
}
