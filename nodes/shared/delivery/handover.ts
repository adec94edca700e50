import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { AcrossSegments } from '../codePackage/across';
import { storeFile, type StoredFile } from '../n8n/files';
import type { Delivered, OpenFile } from './deliver';
import type { Job } from './job';

/** A file that n8n has stored. */
interface DoneFile extends Omit<OpenFile, 'chunks'> {
	readonly stored: StoredFile;
}

/** Stores the files and makes the items that carry them. */
export async function handOver(
	context: IExecuteFunctions,
	itemIndex: number,
	job: Job,
	across: AcrossSegments,
	files: AsyncGenerator<OpenFile, void, void>,
): Promise<Delivered> {
	const { mimeType, binaryPropertyName } = job.settings;
	const done: DoneFile[] = [];
	for await (const { chunks, ...file } of files) {
		done.push({ ...file, stored: await storeFile(context, chunks, file.name, mimeType) });
	}
	const items = done.map((file) => ({
		json: fieldsOf(job, across, file),
		binary: { [binaryPropertyName]: file.stored.binary },
		pairedItem: { item: itemIndex },
	}));
	return { files: items, passwords: [] };
}

function fieldsOf({ order, cut }: Job, across: AcrossSegments, file: DoneFile): IDataObject {
	const { planned, told, name, stored } = file;
	return {
		...order.fieldsOf(planned.segments),
		file: planned.file,
		files: cut.files.length,
		code_start: planned.codes.start,
		code_end: planned.codes.end,
		code_count: told.count,
		indexes_from: across.origin ?? null,
		lattice_width: told.latticeWidth ?? null,
		file_name: name,
		bytes: stored.bytes,
		sha256: stored.sha256,
		warnings: told.warnings,
	};
}
