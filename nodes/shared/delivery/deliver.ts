import {
	sleep,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';
import { LONE_SEGMENT, type AcrossSegments } from '../codePackage/across';
import type { Steps } from '../codePackage/applicationUrls';
import { PackageError } from '../codePackage/errors';
import { joined, type SegmentText } from '../codePackage/reader';
import { countOf, type Plan, type PlannedSegment } from '../codePackage/segments';
import { storeFile } from '../n8n/files';
import { addHint } from '../n8n/hints';
import { COMPARED_IN_SEGMENTS, type Compared } from './compareParameters';
import { SHARED_NAMES, dateIn } from './fileName';
import { csvHead } from './format';
import type { FileSettings } from './parameters';
import type { Run } from './run';

/** What is to be handed on of one item. */
export interface Order {
	/** Undefined if nobody said whose codes these are. */
	readonly applicationId: string | undefined;
	/** The ID that the application's owner gave it; undefined if it is not known. */
	readonly externalId: string | undefined;
	readonly plan: Plan;
	/** How far the urls are compared; the texts carry theirs where it is the whole application. */
	readonly compared: Compared;
	/** All segments in one file, or a file each. */
	readonly isSingle: boolean;
	/** A segment as errors name it. */
	readonly placeOf: (segment: PlannedSegment) => string;
	/** A segment as the item's warnings name it; empty where there is one only. */
	readonly labelOf: (segment: PlannedSegment) => string;
	/** What an item says besides what is known of its file. */
	readonly fieldsOf: (segments: readonly PlannedSegment[]) => IDataObject;
}

/** A segment's part of a file, and what is to be said of it. */
interface CheckedText extends SegmentText {
	readonly warnings: readonly string[];
}

/** What is known of a file once all of its segments are in it. */
interface Told {
	count: number;
	latticeWidth: number | undefined;
	readonly warnings: string[];
}

/**
 * Makes files of segments and hands them on.
 *
 * @param texts the plan's segments, in its order
 * @returns an item a file, in the order of the codes
 * @throws PackageError if a look across the segments shows that they can't be right; whatever `texts`
 *   throws. No file is handed on then
 */
export async function deliver(
	context: IExecuteFunctions,
	itemIndex: number,
	order: Order,
	settings: FileSettings,
	run: Run,
	texts: AsyncGenerator<SegmentText, void, void>,
): Promise<INodeExecutionData[]> {
	const { applicationId, plan, isSingle } = order;
	const files = isSingle ? [plan.segments] : plan.segments.map((segment) => [segment]);
	const date = dateIn(context.getTimezone(), new Date());
	const { names, areShared } = run.fileNames.claim(
		settings.fileName,
		files.map((segments, position) => ({
			...boundsOf(segments),
			application_id: applicationId,
			isv_application_id: order.externalId,
			file: position + 1,
			files: files.length,
			count: segments.reduce((sum, { wanted }) => sum + countOf(wanted), 0),
			date,
			segment: segments.length === 1 ? segments[0]?.segment : undefined,
		})),
		`${applicationId ?? `item ${itemIndex}`} ${settings.output}`,
	);
	const across = run.packages.of(
		applicationId,
		order.compared === 'application' ? plan : undefined,
	);
	const checked = checkedTexts(order, settings, across, texts);
	const items: INodeExecutionData[] = [];
	for (const [position, segments] of files.entries()) {
		const fileName = names[position] ?? '';
		const told: Told = { count: 0, latticeWidth: undefined, warnings: [...plan.problems] };
		const chunks = chunksOf(checked, segments.length, settings, told);
		const { binary, bytes, sha256 } = await storeFile(context, chunks, fileName, settings.mimeType);
		const { code_start, code_end } = boundsOf(segments);
		items.push({
			json: {
				...order.fieldsOf(segments),
				code_start,
				code_end,
				code_count: told.count,
				indexes_from: across.origin ?? null,
				compared: order.compared,
				lattice_width: told.latticeWidth ?? null,
				file_name: fileName,
				bytes,
				sha256,
				warnings: told.warnings,
			},
			binary: { [settings.binaryPropertyName]: binary },
			pairedItem: { item: itemIndex },
		});
	}
	addHint(context, firstWarning(items));
	addHint(context, areShared ? SHARED_NAMES : undefined);
	const isCutShort = settings.compare === 'auto' && order.compared === 'segment';
	addHint(context, isCutShort ? COMPARED_IN_SEGMENTS : undefined);
	run.packages.keep(across);
	return items;
}

/** The wanted codes of segments that follow each other, inclusive at both ends. */
const boundsOf = (segments: readonly PlannedSegment[]) => ({
	code_start: segments.at(0)?.wanted.start ?? 0,
	code_end: segments.at(-1)?.wanted.end ?? 0,
});

function firstWarning(items: readonly INodeExecutionData[]): string | undefined {
	const [warning] = items.flatMap(({ json }) =>
		Array.isArray(json.warnings) ? json.warnings : [],
	);
	return typeof warning === 'string' ? warning : undefined;
}

/** Takes the next segments and gives their parts of one file; adds up what is to be said of it. */
async function* chunksOf(
	texts: AsyncGenerator<CheckedText, void, void>,
	segments: number,
	{ head, format }: FileSettings,
	told: Told,
): AsyncGenerator<Buffer, void, void> {
	if (head && format) yield csvHead(format, head);
	for (let position = 0; position < segments; position++) {
		const next = await texts.next();
		if (next.done) throw new Error('There are fewer segments than were planned');
		const { count, layout, warnings } = next.value;
		told.count += count;
		told.latticeWidth ??= layout?.latticeWidth;
		told.warnings.push(...warnings);
		yield* joined(next.value, { isFirst: position === 0, isLast: position === segments - 1 });
	}
}

/** Holds each segment to those before it. */
async function* checkedTexts(
	{ plan, placeOf, labelOf }: Order,
	{ verify }: FileSettings,
	across: AcrossSegments,
	texts: AsyncGenerator<SegmentText, void, void>,
): AsyncGenerator<CheckedText, void, void> {
	for await (const text of texts) {
		const { segment, findings } = text;
		const problems = verify === 'off' ? [] : await unhurried(across.next(text));
		if (problems.length > 0 && verify === 'fail') {
			throw new PackageError(
				`${placeOf(segment)}: ${problems.join('; ')}`,
				'Nothing was handed on. Check that each package is that of its application and range, and run the node again; if it stays so, ask WeChat and name the application ID.',
			);
		}
		const isLone =
			verify !== 'off' && plan.segments.length === 1 && findings.indexesFrom === 'segment';
		const warnings = [...findings.problems, ...problems, ...(isLone ? [LONE_SEGMENT] : [])];
		yield {
			...text,
			warnings: warnings.map((warning) => `${labelOf(segment)}${warning}`),
		};
	}
}

/** Does work step by step; between two of them, n8n serves its other users. */
async function unhurried<Result>(steps: Steps<Result>): Promise<Result> {
	for (;;) {
		const step = steps.next();
		if (step.done) return step.value;
		await sleep(0);
	}
}
