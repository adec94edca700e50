import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { SegmentText } from '../codePackage/reader';
import { addHint } from '../n8n/hints';
import { checkedTexts, partsOf, type CheckedPart, type CheckedText } from './checked';
import { codeItems } from './content/codeItems';
import { COMPARED_IN_SEGMENTS } from './parameters/compare';
import { chunksOf, type Told } from './content/content';
import { SHARED_MANIFESTS, SHARED_NAMES } from './names/fileName';
import { handOver, type Delivered } from './handover/handover';
import type { Job } from './job';
import { Samples } from './handover/proof';
import type { Run } from './run';
import type { OpenFile } from './handover/storing';

/** Drawing so many labels takes a while. */
const MANY_LABELS = 50_000;

/**
 * Makes files of segments and hands them on.
 *
 * @param texts the job's segments, in the order of the codes
 * @returns an item a file, in the order of the codes, and what goes with them
 * @throws PackageError if a look across the segments shows that they can't be right; whatever `texts`
 *   throws. Nothing is handed on then
 */
export async function deliver(
	context: IExecuteFunctions,
	itemIndex: number,
	job: Job,
	run: Run,
	texts: AsyncGenerator<SegmentText, void, void>,
): Promise<Delivered> {
	const { order, settings, areShared } = job;
	const { compared } = job;
	const across = run.packages.of(
		order.applicationId,
		compared === 'application' ? order.plan : undefined,
	);
	const samples = new Samples();
	const checked = checkedTexts(order, settings.verify, across, samples, texts);
	addHint(context, labelsHint(job));
	const files = openFiles(job, partsOf(checked), context.getExecutionCancelSignal());
	const delivered =
		settings.output === 'items'
			? await itemsOf(context, itemIndex, job, checked)
			: await handOver(context, itemIndex, job, across, files, samples);
	addHint(context, firstWarning(delivered.files));
	addHint(context, areShared ? SHARED_NAMES : undefined);
	addHint(context, job.areManifestsShared ? SHARED_MANIFESTS : undefined);
	const isCutShort = settings.compare === 'auto' && compared === 'segment';
	addHint(context, isCutShort ? COMPARED_IN_SEGMENTS : undefined);
	run.packages.keep(across);
	return delivered;
}

async function itemsOf(
	context: IExecuteFunctions,
	itemIndex: number,
	job: Job,
	checked: AsyncGenerator<CheckedText, void, void>,
): Promise<Delivered> {
	const { items, warnings } = await codeItems(job, itemIndex, checked);
	addHint(context, warnings[0]);
	return { files: items, passwords: [] };
}

/** Opens one file after the other. */
async function* openFiles(
	{ cut, names, order, settings }: Job,
	parts: AsyncGenerator<CheckedPart, void, void>,
	canceled: AbortSignal | undefined,
): AsyncGenerator<OpenFile, void, void> {
	try {
		for (const [position, planned] of cut.files.entries()) {
			const told: Told = { count: 0, latticeWidth: undefined, warnings: [...order.plan.problems] };
			const chunks = untilCanceled(chunksOf(parts, planned, settings, told), canceled);
			yield { planned, name: names[position] ?? '', chunks, told };
		}
	} finally {
		await parts.return();
	}
}

/** Drawing and packing go on long after the last segment has come: Stop ends them too. */
async function* untilCanceled(
	chunks: AsyncIterable<Buffer>,
	canceled: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, void> {
	for await (const chunk of chunks) {
		canceled?.throwIfAborted();
		yield chunk;
	}
}

function labelsHint({ settings, cut }: Job): string | undefined {
	const labels = cut.files.reduce((sum, { count }) => sum + count, 0);
	return settings.label && labels > MANY_LABELS
		? `Drawing ${labels} labels takes minutes. Software for variable data prints a URL list or CSV far faster.`
		: undefined;
}

function firstWarning(items: readonly INodeExecutionData[]): string | undefined {
	const [warning] = items.flatMap(({ json }) =>
		Array.isArray(json.warnings) ? json.warnings : [],
	);
	return typeof warning === 'string' ? warning : undefined;
}
