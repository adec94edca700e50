import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { storeFile, type StoredFile } from '../../n8n/files';
import { zipArchive, type ZipEntry } from '../archive/zip';
import type { Told } from '../content/content';
import type { PlannedFile } from '../cut';
import type { Job } from '../job';
import { Measured, type Measure } from './measured';
import type { Passwords } from './passwords';

/** A file as it is being made. */
export interface OpenFile {
	readonly planned: PlannedFile;
	readonly name: string;
	/** To be taken wholly before the next file is asked for. */
	readonly chunks: AsyncIterable<Buffer>;
	/** What is to be said of it, once its chunks were taken. */
	readonly told: Told;
}

/** A file as it was made; it may be stored within an archive. */
export interface DoneFile extends Measure {
	readonly planned: PlannedFile;
	readonly name: string;
	readonly told: Told;
	/** The archive that it alone is in. */
	readonly archive: (Measure & { readonly name: string }) | undefined;
	/** Undefined: it is in an archive together with others. */
	readonly binary: IBinaryData | undefined;
}

const ZIP_TYPE = 'application/zip';

/** More than a row or a label takes; decides only whether an archive has to do without old programs. */
const MOST_BYTES_A_CODE = 16_384;

/** Stores each file as it is. */
export async function storeFiles(
	context: IExecuteFunctions,
	{ settings }: Job,
	files: AsyncIterable<OpenFile>,
): Promise<DoneFile[]> {
	const done: DoneFile[] = [];
	for await (const { chunks, ...file } of files) {
		const stored = await storeFile(context, chunks, file.name, settings.mimeType);
		done.push({ ...file, ...stored, archive: undefined });
	}
	return done;
}

/** Stores each file in an archive of its own. */
export async function storeArchives(
	context: IExecuteFunctions,
	archiveNames: readonly string[],
	passwords: Passwords,
	files: AsyncIterable<OpenFile>,
): Promise<DoneFile[]> {
	const done: DoneFile[] = [];
	for await (const { chunks, ...file } of files) {
		const measured = new Measured(chunks);
		const name = archiveNames[done.length] ?? '';
		const password = passwords.of(done.length, name);
		const entries = only({ ...entryOf(file), chunks: measured });
		const { binary, ...archive } = await storeFile(
			context,
			zipArchive(entries, password),
			name,
			ZIP_TYPE,
		);
		done.push({ ...file, ...measured.measure(), archive: { name, ...archive }, binary });
	}
	return done;
}

/**
 * Stores all files in one archive.
 *
 * @param closing what goes into it behind the files: a name and its content each
 */
export async function storeTogether(
	context: IExecuteFunctions,
	name: string,
	passwords: Passwords,
	files: AsyncIterable<OpenFile>,
	closing: (done: readonly DoneFile[]) => ReadonlyArray<readonly [string, Buffer]>,
): Promise<{ readonly done: readonly DoneFile[]; readonly archive: StoredFile }> {
	const done: DoneFile[] = [];
	const entries = async function* (): AsyncGenerator<ZipEntry, void, void> {
		for await (const { chunks, ...file } of files) {
			const measured = new Measured(chunks);
			yield { ...entryOf(file), chunks: measured };
			done.push({ ...file, ...measured.measure(), archive: undefined, binary: undefined });
		}
		for (const [closingName, content] of closing(done)) {
			yield {
				name: closingName,
				modified: new Date(),
				mostBytes: content.length,
				chunks: only(content),
			};
		}
	};
	const archive = await storeFile(
		context,
		zipArchive(entries(), passwords.of(0, name)),
		name,
		ZIP_TYPE,
	);
	return { done, archive };
}

const entryOf = ({
	name,
	planned,
}: Pick<OpenFile, 'name' | 'planned'>): Omit<ZipEntry, 'chunks'> => ({
	name,
	modified: new Date(),
	mostBytes: planned.count * MOST_BYTES_A_CODE,
});

/** A stream of one thing. */
export async function* only<T>(value: T): AsyncGenerator<T, void, void> {
	yield value;
}
