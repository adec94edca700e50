import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { AcrossSegments } from '../../codePackage/across';
import type { StoredFile } from '../../n8n/files';
import { factsOf } from '../format/format';
import type { Job } from '../job';
import { manifestOf, type Manifest } from '../manifest/manifest';
import { MANIFEST_NAME, SUMS_NAME, closingFiles, manifestItem } from './manifestItem';
import { Passwords } from './passwords';
import { proofItem, sheetFactsOf, type Samples } from './proof';
import { storeArchives, storeFiles, storeTogether, type DoneFile, type OpenFile } from './storing';

/** The items that leave the node, by output. */
export interface Delivered {
	readonly files: INodeExecutionData[];
	/** One an archive whose password was made here. */
	readonly passwords: INodeExecutionData[];
}

/** Stores the files as they are or in archives, and makes the items that carry them and what goes with them. */
export async function handOver(
	context: IExecuteFunctions,
	itemIndex: number,
	job: Job,
	across: AcrossSegments,
	files: AsyncIterable<OpenFile>,
	samples: Samples,
): Promise<Delivered> {
	const { handover } = job.settings;
	const passwords = new Passwords(handover, job.archiveNames.length);
	const { items, manifest, stored } = handover.isTogether
		? await inOneArchive(context, job, across, passwords, files)
		: await eachByItself(context, job, across, passwords, files);
	const leaving: INodeExecutionData[] = items.map((item) => ({
		...item,
		pairedItem: { item: itemIndex },
	}));
	if (handover.proofCodes > 0) {
		const proof = await proofItem(context, sheetFactsOf(manifest, samples.shown), job.stem);
		leaving.push({ ...proof, pairedItem: { item: itemIndex } });
	}
	if (handover.hasManifest) {
		leaving.push(await manifestItem(context, itemIndex, manifest, stored, handover));
	}
	return { files: leaving, passwords: passwords.items(itemIndex) };
}

/** What was stored, and what is to be said of it. */
interface Handed {
	readonly items: INodeExecutionData[];
	readonly manifest: Manifest;
	/** The names and hashes of what was stored. */
	readonly stored: ReadonlyArray<{ readonly name: string; readonly sha256: string }>;
}

async function eachByItself(
	context: IExecuteFunctions,
	job: Job,
	across: AcrossSegments,
	passwords: Passwords,
	files: AsyncIterable<OpenFile>,
): Promise<Handed> {
	const { handover, binaryPropertyName } = job.settings;
	const done =
		handover.archive === 'none'
			? await storeFiles(context, job, files)
			: await storeArchives(context, job.archiveNames, passwords, files);
	const items = done.map(({ binary, archive, ...file }) => ({
		json: fileFields(job, across, { ...file, ...archive }),
		...(binary && { binary: { [binaryPropertyName]: binary } }),
	}));
	const stored = done.map(({ archive, name, sha256 }) => archive ?? { name, sha256 });
	return { items, manifest: manifestOfJob(job, across, done), stored };
}

async function inOneArchive(
	context: IExecuteFunctions,
	job: Job,
	across: AcrossSegments,
	passwords: Passwords,
	files: AsyncIterable<OpenFile>,
): Promise<Handed> {
	const name = job.archiveNames[0] ?? '';
	const { done, archive } = await storeTogether(context, name, passwords, files, (all) => {
		const { manifest, sums } = closingFiles(manifestOfJob(job, across, all), all);
		return [
			[MANIFEST_NAME, manifest],
			[SUMS_NAME, sums],
		];
	});
	const item = {
		json: archiveFields(job, across, done, { name, ...archive }),
		binary: { [job.settings.binaryPropertyName]: archive.binary },
	};
	const stored = [{ name, sha256: archive.sha256 }];
	return { items: [item], manifest: manifestOfJob(job, across, done), stored };
}

/** @param file as it was stored: of a file in an archive of its own, the archive's name, bytes and hash */
function fileFields(
	{ order, cut, compared }: Job,
	across: AcrossSegments,
	file: Pick<DoneFile, 'planned' | 'told' | 'name' | 'bytes' | 'sha256'>,
): IDataObject {
	const { planned, told, name, bytes, sha256 } = file;
	return {
		...order.fieldsOf(planned.segments),
		file: planned.file,
		files: cut.files.length,
		code_start: planned.codes.start,
		code_end: planned.codes.end,
		code_count: told.count,
		indexes_from: across.origin ?? null,
		compared,
		lattice_width: told.latticeWidth ?? null,
		file_name: name,
		bytes,
		sha256,
		warnings: told.warnings,
	};
}

function archiveFields(
	{ order, cut, compared }: Job,
	across: AcrossSegments,
	done: readonly DoneFile[],
	{ name, bytes, sha256 }: StoredFile & { readonly name: string },
): IDataObject {
	return {
		...order.fieldsOf(order.plan.segments),
		file: null,
		files: cut.files.length,
		code_start: cut.files.at(0)?.codes.start ?? 0,
		code_end: cut.files.at(-1)?.codes.end ?? 0,
		code_count: done.reduce((sum, { told }) => sum + told.count, 0),
		indexes_from: across.origin ?? null,
		compared,
		lattice_width: latticeWidthOf(done),
		file_name: name,
		bytes,
		sha256,
		warnings: warningsOf(done),
	};
}

function manifestOfJob(
	{ order, settings, created, compared }: Job,
	across: AcrossSegments,
	done: readonly DoneFile[],
): Manifest {
	const { output, format } = settings;
	if (output === 'items') throw new Error('Items have no manifest');
	return manifestOf({
		created,
		application_id: order.applicationId ?? null,
		isv_application_id: order.isvApplicationId ?? null,
		app_id: order.appId ?? null,
		indexes_from: across.origin ?? null,
		compared,
		lattice_width: latticeWidthOf(done),
		output,
		...factsOf(format),
		warnings: warningsOf(done),
		files: done.map(({ planned, told, name, bytes, sha256, archive }) => ({
			name,
			bytes,
			code_count: told.count,
			code_start: planned.codes.start,
			code_end: planned.codes.end,
			sha256,
			archive: archive ?? null,
		})),
	});
}

const latticeWidthOf = (done: readonly DoneFile[]): number | null =>
	done.find(({ told }) => told.latticeWidth !== undefined)?.told.latticeWidth ?? null;

const warningsOf = (done: readonly DoneFile[]): string[] => [
	...new Set(done.flatMap(({ told }) => told.warnings)),
];
