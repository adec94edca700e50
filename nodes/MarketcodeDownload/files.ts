import type { IExecuteFunctions } from 'n8n-workflow';
import { PackageError } from '../shared/codePackage/packageError';
import { SegmentReader, type SegmentText } from '../shared/codePackage/reader';
import {
	isCut,
	planSegments,
	type Plan,
	type PlannedSegment,
} from '../shared/codePackage/segments';
import { deliver } from '../shared/delivery/deliver';
import type { Delivered } from '../shared/delivery/handover/handover';
import { planJob, type Reading } from '../shared/delivery/job';
import type { Order } from '../shared/delivery/order';
import type { Run } from '../shared/delivery/run';
import { addHint } from '../shared/n8n/hints';
import { inOrder } from '../shared/n8n/inOrder';
import { idFields } from '../shared/wechat/applicationFields';
import {
	applyCodeDownload,
	isGenerated,
	type CodeRange,
	type KnownApplication,
} from '../shared/wechat/calls';
import type { WechatClient } from '../shared/wechat/client';
import { NOT_READY } from '../shared/wechat/errcodes';
import { WechatError, hasErrcode } from '../shared/wechat/wechatErrors';
import type { Patience } from './patience';
import type { Settings } from './settings';

/** A finished application, and what it takes to download and open its packages. */
export interface Source {
	readonly client: WechatClient;
	readonly application: KnownApplication;
	/** The account whose application it is; undefined if the credential does not say. */
	readonly appId: string | undefined;
	/** Undefined: packages stay encrypted. */
	readonly key: Buffer | undefined;
	/** For segments that WeChat has not generated yet. */
	readonly patience: Patience;
}

/**
 * Downloads the wanted codes of an application into files.
 *
 * @returns the items that leave, in the order of the codes; undefined if the user chose Branch and WeChat has not
 *   generated a segment yet: nothing was stored then
 * @throws PackageError, WechatError; no file is handed on then
 */
export async function filesOf(
	context: IExecuteFunctions,
	itemIndex: number,
	source: Source,
	settings: Settings,
	run: Run,
): Promise<Delivered | undefined> {
	const plan = planOf(source.application, settings);
	if (settings.whenNotFinished === 'branch' && !(await areGenerated(source, plan, settings))) {
		return undefined;
	}
	const job = planJob(context, itemIndex, orderOf(source, plan), settings, run);
	const texts = inOrder(job.readings, settings.concurrency, async (reading) => {
		try {
			return await fetchText(source, reading);
		} catch (error) {
			throw placed(error, placeOf(source, reading.segment));
		}
	});
	const delivered = await deliver(context, itemIndex, job, run, texts);
	addHint(context, cutHint(plan, settings));
	addHint(context, countingHint(settings));
	return delivered;
}

function planOf(application: KnownApplication, settings: Settings): Plan {
	const list = application.code_generate_list.map((segment) => ({
		start: segment.code_start,
		end: segment.code_end,
	}));
	const { segments, problems } = planSegments(list, settings.range);
	if (problems.length > 0 && settings.verify === 'fail') {
		throw new PackageError(
			`Codes of application ${application.application_id} are missing: ${problems.join('; ')}`,
			'Nothing was downloaded. Run the node again later; if it stays so, ask WeChat and name the application ID.',
		);
	}
	// Encrypted, a segment can only be handed on whole.
	return settings.isEncrypted
		? { segments: segments.map((segment) => ({ ...segment, wanted: segment.bounds })), problems }
		: { segments, problems };
}

const orderOf = (source: Source, plan: Plan): Order => {
	const { application, appId } = source;
	const { application_id, isv_application_id, status, code_generate_list } = application;
	return {
		applicationId: application_id,
		isvApplicationId: isv_application_id,
		appId,
		plan,
		placeOf: (segment) => placeOf(source, segment),
		labelOf: ({ segment }) => `Segment ${segment}: `,
		fieldsOf: (segments) => ({
			...idFields(application),
			status,
			segment: segments.length === 1 ? (segments[0]?.segment ?? null) : null,
			segments: code_generate_list.length,
		}),
	};
};

const placeOf = ({ application }: Source, { segment, bounds }: PlannedSegment): string =>
	`Application ${application.application_id}, segment ${segment} (codes ${bounds.start}–${bounds.end})`;

const placed = (error: unknown, place: string): unknown =>
	error instanceof PackageError || error instanceof WechatError ? error.at(place) : error;

const rangeOf = ({ bounds }: PlannedSegment): CodeRange => ({
	code_start: bounds.start,
	code_end: bounds.end,
});

/** Downloads, opens and checks a segment; waits for one that WeChat has not generated yet. */
async function fetchText(
	{ client, application, key, patience }: Source,
	reading: Reading,
): Promise<SegmentText> {
	const open = () => new SegmentReader({ ...reading, key, isBase64: true });
	for (;;) {
		const download = applyCodeDownload(
			client,
			application.application_id,
			rangeOf(reading.segment),
			open,
		);
		const text = await download.catch(async (error: unknown) =>
			hasErrcode(error, NOT_READY) && (await patience.wait())
				? undefined
				: await Promise.reject<never>(error),
		);
		if (text) return text;
	}
}

/**
 * Whether all segments are there. Only asked where the item would otherwise come back by the branch for
 * those that are not: each round would store the files of all the others again.
 */
async function areGenerated(
	source: Source,
	{ segments }: Plan,
	{ concurrency }: Settings,
): Promise<boolean> {
	if (segments.length === 1) return true;
	const { client, application } = source;
	const answers = inOrder(segments, concurrency, async (segment) => {
		try {
			return await isGenerated(client, application.application_id, rangeOf(segment));
		} catch (error) {
			throw placed(error, placeOf(source, segment));
		}
	});
	for await (const isThere of answers) if (!isThere) return false;
	return true;
}

function cutHint(plan: Plan, settings: Settings): string | undefined {
	const { range } = settings;
	if (settings.limit < Infinity) return undefined;
	const first = plan.segments.at(0)?.wanted.start ?? 0;
	const last = plan.segments.at(-1)?.wanted.end ?? 0;
	if (range && settings.isEncrypted && (first !== range.start || last !== range.end)) {
		return `Encrypted packages can't be cut: the files hold codes ${first}–${last}.`;
	}
	return plan.segments.some(isCut)
		? `Codes ${first}–${last} were cut out of ${plan.segments.length} downloaded segment(s).`
		: undefined;
}

/** WeChat sells codes by the ten thousand. */
const LOT = 10_000;

/** Whoever counts from 1, or takes the end for the first code that does not belong, loses a code or has one too many. */
function countingHint({ range }: Settings): string | undefined {
	if (range === undefined) return undefined;
	const { start, end } = range;
	if (start === 1) return 'Codes are counted from 0: this range leaves out the first one, code 0.';
	return end > start && (end - start) % LOT === 0
		? `Code End is included: ${start}–${end} are ${end - start + 1} codes.`
		: undefined;
}
