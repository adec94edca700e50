import type { IExecuteFunctions } from 'n8n-workflow';
import type { ReadOptions } from '../codePackage/reader';
import { countOf, type PlannedSegment } from '../codePackage/segments';
import { cutIntoFiles, type Cut, type PlannedFile } from './cut';
import { dateIn, type FileNameParts } from './fileName';
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
	const date = dateIn(context.getTimezone(), new Date());
	const { names, areShared } = run.fileNames.claim(
		settings.fileName,
		cut.files.map((file) => namePartsOf(order, file, cut.files.length, date)),
		`${applicationId ?? `item ${itemIndex}`} ${settings.output}`,
		settings.division !== 'perSegment',
	);
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
	return { order, settings, cut, names, areShared, readingOf };
}

export const namePartsOf = (
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
