import type { IExecuteFunctions } from 'n8n-workflow';
import type { ReadOptions } from '../codePackage/reader';
import { countOf, type PlannedSegment } from '../codePackage/segments';
import { cutIntoFiles, type Cut, type PlannedFile } from './cut';
import { DEFAULT_STEM, dateIn, defaultFileName, fileNameOf, type FileNameParts } from './fileName';
import type { Order } from './order';
import type { FileSettings } from './parameters';
import { evenlySpaced } from './proof';
import type { Run } from './run';
import { writerOf } from './content';

/** What is to be made of an item's codes: settled before the first segment is read. */
export interface Job {
	readonly order: Order;
	readonly settings: FileSettings;
	readonly cut: Cut;
	/** Of the files, in their order. */
	readonly names: readonly string[];
	/** Of the archives: one a file, one for all, or none. */
	readonly archiveNames: readonly string[];
	/** What the names of the delivery's other files begin with. */
	readonly stem: string;
	readonly created: Date;
	/** Whether files of another item have one of the names, too. */
	readonly areShared: boolean;
	/** How each segment is to be read. */
	readonly readingOf: (segment: PlannedSegment) => Reading;
}

/** What delivery has to say of how a segment is read. */
export type Reading = Pick<
	ReadOptions,
	'segment' | 'seed' | 'verify' | 'writer' | 'parts' | 'picks'
>;

/** @throws ParameterError if the codes can't be cut or the files can't be named as the user wants */
export function planJob(
	context: IExecuteFunctions,
	itemIndex: number,
	order: Order,
	settings: FileSettings,
	run: Run,
): Job {
	const { plan, applicationId } = order;
	const cut = cutIntoFiles(plan.segments, settings.division);
	const created = new Date();
	const date = dateIn(context.getTimezone(), created);
	const parts = cut.files.map((file) => namePartsOf(order, file, cut.files.length, date));
	const isCounted = settings.division !== 'perSegment';
	const owner = `${applicationId ?? `item ${itemIndex}`} ${settings.output}`;
	const claim = (template: string, files: readonly FileNameParts[]) =>
		run.fileNames.claim(template, files, owner, files.length > 1 && isCounted);
	const { names, areShared } = claim(settings.fileName, parts);
	const whole = wholeOf(parts);
	const { archive, isTogether } = settings.handover;
	const archives = isTogether
		? claim(defaultFileName('zip'), [whole])
		: archive === 'none'
			? { names: [], areShared: false }
			: claim(`${settings.fileName}.zip`, parts);
	const writer = writerOf(settings, applicationId);
	const picks = picksOf(plan.segments, settings);
	const readingOf = (segment: PlannedSegment): Reading => ({
		segment,
		seed: run.packages.seed,
		verify: settings.verify,
		writer,
		parts: cut.parts.get(segment) ?? [],
		picks: picks.get(segment),
	});
	return {
		order,
		settings,
		cut,
		names,
		archiveNames: archives.names,
		stem: fileNameOf(DEFAULT_STEM, whole),
		created,
		areShared: isTogether ? archives.areShared : areShared,
		readingOf,
	};
}

const namePartsOf = (
	{ applicationId, isvApplicationId }: Order,
	{ file, segments, codes, count }: PlannedFile,
	files: number,
	date: string,
): FileNameParts => ({
	application_id: applicationId,
	isv_application_id: isvApplicationId,
	code_start: codes.start,
	code_end: codes.end,
	segment: segments.length === 1 ? segments[0]?.segment : undefined,
	file,
	files,
	count,
	date,
});

/** All files as if they were one. */
const wholeOf = (files: readonly FileNameParts[]): FileNameParts => ({
	application_id: files[0]?.application_id,
	isv_application_id: files[0]?.isv_application_id,
	code_start: files[0]?.code_start ?? 0,
	code_end: files.at(-1)?.code_end ?? 0,
	segment: undefined,
	file: 1,
	files: files.length,
	count: files.reduce((sum, { count }) => sum + count, 0),
	date: files[0]?.date ?? '',
});

/** Which rows of each segment are shown one by one. */
function picksOf(
	segments: readonly PlannedSegment[],
	{ output, handover }: FileSettings,
): Map<PlannedSegment, ReadOptions['picks']> {
	if (output === 'items') return new Map(segments.map((segment) => [segment, 'all'] as const));
	if (handover.proofCodes === 0) return new Map();
	const counts = segments.map(({ wanted }) => countOf(wanted));
	const places = evenlySpaced(counts, handover.proofCodes);
	return new Map(segments.map((segment, at) => [segment, places[at] ?? []] as const));
}
