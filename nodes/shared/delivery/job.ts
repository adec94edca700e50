import type { IExecuteFunctions } from 'n8n-workflow';
import type { ReadOptions } from '../codePackage/reader';
import { countOf, firstOf, type Plan, type PlannedSegment } from '../codePackage/segments';
import { ParameterError } from '../n8n/errors';
import { addHint } from '../n8n/hints';
import { comparedOf, type Compared } from './parameters/compare';
import { cutIntoFiles, isCounted, type Cut, type PlannedFile } from './cut';
import {
	DEFAULT_STEM,
	dateIn,
	defaultFileName,
	fileNameOf,
	mustDiffer,
	type FileNameParts,
} from './names/fileName';
import type { Order } from './order';
import type { FileSettings } from './parameters/fileSettings';
import { MANIFEST_NAME, SUMS_NAME } from './handover/manifestItem';
import { evenlySpaced } from './handover/proof';
import type { Run } from './run';
import { writerOf } from './content/content';

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
	/** How far urls are compared with each other. */
	readonly compared: Compared;
	/** Whether files of another item have one of the names, too. */
	readonly areShared: boolean;
	/** Whether another item has a manifest, which has the same name everywhere. */
	readonly areManifestsShared: boolean;
	/** How each segment is to be read, in the order of the codes. */
	readonly readings: readonly Reading[];
}

/** What delivery has to say of how a segment is read. */
export type Reading = Pick<
	ReadOptions,
	'segment' | 'seed' | 'verify' | 'compare' | 'writer' | 'parts' | 'isCounted' | 'picks'
>;

/** @throws ParameterError if the codes can't be cut or the files can't be named as the user wants */
export function planJob(
	context: IExecuteFunctions,
	itemIndex: number,
	order: Order,
	settings: FileSettings,
	run: Run,
): Job {
	const { applicationId } = order;
	const plan = firstOf(order.plan, settings.limit);
	const cut = cutIntoFiles(plan.segments, settings.division);
	if (settings.label) mustBeFewLabels(cut.files);
	const created = new Date();
	const date = dateIn(context.getTimezone(), created);
	const parts = cut.files.map((file) => namePartsOf(order, file, cut.files.length, date));
	const { output, format, label, division, fileName } = settings;
	const owner = JSON.stringify([applicationId ?? itemIndex, output, format, label]);
	const claim = (template: string, files: readonly FileNameParts[], of = owner) =>
		run.fileNames.claim(template, files, of, files.length > 1 && isCounted(division));
	const ownerOfAll = `${owner} ${division} ${fileName}`;
	const { names, areShared } = claim(fileName, parts);
	const whole = wholeOf(parts);
	const { archive, isTogether, hasManifest } = settings.handover;
	if (isTogether || hasManifest) mustDiffer(names, [MANIFEST_NAME, SUMS_NAME]);
	const archives = isTogether
		? claim(defaultFileName('zip'), [whole], ownerOfAll)
		: archive === 'none'
			? { names: [], areShared: false }
			: claim(`${fileName}.zip`, parts);
	const manifests = hasManifest ? claim(MANIFEST_NAME, [whole], ownerOfAll) : undefined;
	const writer = writerOf(settings, applicationId);
	const compared = comparedOf(settings, run.packages, applicationId, plan);
	const picks = picksOf(plan.segments, settings);
	const readings = plan.segments.map((segment) => ({
		segment,
		seed: run.packages.seed,
		verify: settings.verify,
		compare: compared === 'application',
		writer,
		parts: cut.parts.get(segment) ?? [],
		isCounted: isCounted(division) || hasRowNumbers(settings),
		picks: picks.get(segment),
	}));
	addHint(context, limitHint(order.plan, plan));
	return {
		order: { ...order, plan },
		settings,
		cut,
		names,
		archiveNames: archives.names,
		stem: fileNameOf(DEFAULT_STEM, whole),
		created,
		compared,
		areShared: isTogether ? archives.areShared : areShared,
		areManifestsShared: manifests?.areShared === true,
		readings,
	};
}

/** Two objects each: ISO 32000-1, annex C, has 8,388,607 in a file, and places in it of ten digits. */
const MOST_LABELS = 2_000_000;

function mustBeFewLabels(files: readonly PlannedFile[]): void {
	const most = files.reduce((sum, { count }) => Math.max(sum, count), 0);
	if (most <= MOST_LABELS) return;
	throw new ParameterError(
		`${most} labels are too many for one PDF`,
		`A PDF takes up to ${MOST_LABELS}: set Files to Per Count, with fewer Codes per File.`,
	);
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

/** Rows are numbered as planned, before it is known how many there are. */
const hasRowNumbers = ({ format, division }: FileSettings): boolean =>
	division !== 'perSegment' &&
	format?.columns.some(({ source }) => source === 'rowNumber') === true;

function limitHint(whole: Plan, plan: Plan): string | undefined {
	const [all, kept] = [whole, plan].map(({ segments }) =>
		segments.reduce((sum, { wanted }) => sum + countOf(wanted), 0),
	);
	return all === kept
		? undefined
		: `Only the first ${kept} of ${all} codes: raise Limit, or take files such as JSON Lines for all.`;
}
