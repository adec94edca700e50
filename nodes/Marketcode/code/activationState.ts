import {
	codeActiveQuery,
	type Activation,
	type ActivationOrder,
	type Activity,
} from '../../shared/wechat/calls';
import type { WechatClient } from '../../shared/wechat/client';
import { NOT_ACTIVATED } from '../../shared/wechat/errcodes';
import { WechatError, unlessErrcode } from '../../shared/wechat/wechatErrors';
import { pause } from '../../shared/wechat/retry';
import { shortened } from '../../shared/wechat/said';

/** What is known of a range's first and last code; undefined: that code is not active. */
interface EndsOfRange {
	readonly first: Activation | undefined;
	readonly last: Activation | undefined;
}

/**
 * Pauses before WeChat is asked again where an activation does not show, 30 s in all: WeChat may carry it
 * out, or show it, seconds after its answer was lost.
 */
const PAUSES_MS = [2_000, 5_000, 10_000, 13_000];

/**
 * Finds out whether an activation took place whose answer was lost, and gives it time to show.
 *
 * @param lost why the answer is missing
 * @param signal ends the pauses
 * @returns if the very activation that was ordered is there
 * @throws WechatError that says what is so, if it is not
 */
export async function settleUnclear(
	client: WechatClient,
	order: ActivationOrder,
	lost: WechatError,
	signal: AbortSignal,
): Promise<void> {
	for (const pauseMs of [...PAUSES_MS, undefined]) {
		const ends = await endsOf(client, order).catch(() => undefined);
		const codes = [ends?.first, ends?.last];
		if (codes.every((code) => code && isOf(order, code))) return;
		const isAnother = codes.some((code) => code && !isOf(order, code));
		if (isAnother || pauseMs === undefined) throw notThere(order, ends, lost);
		await pause(pauseMs, signal);
	}
}

/** The error for an activation that does not show, by what is known instead. */
function notThere(
	order: ActivationOrder,
	ends: EndsOfRange | undefined,
	lost: WechatError,
): WechatError {
	const range = `${order.code_start}–${order.code_end} of application ${order.application_id}`;
	if (ends === undefined) {
		return new WechatError(
			`It is not known whether the codes ${range} were activated: ${lost.message}`,
			`WeChat could not be asked afterwards either. Look with Get Activation at the codes ${order.code_start} and ${order.code_end} before you run this again.${saidIn(lost)}`,
			lost.failure,
		);
	}
	if (ends.first || ends.last) {
		return new WechatError(
			`The codes ${range} are not active as ordered: ${lost.message}`,
			`${describe(order, ends)} Compare that with what you ordered.${saidIn(lost)}`,
			lost.failure,
		);
	}
	return new WechatError(
		`The codes ${range} were not activated: ${lost.message}`,
		`${describe(order, ends)} That was still so after half a minute. It is safe to run this again: WeChat refuses to activate a code twice. ${lost.description}`,
		lost.failure,
	);
}

/** WeChat's words alone, where the advice that comes with them ("run the node again") would be wrong. */
const saidIn = ({ failure }: WechatError): string =>
	failure.kind === 'errcode' ? ` WeChat said: errcode ${failure.errcode}, ${failure.errmsg}` : '';

/** The error for a range that overlaps an active one, with what can be asked about it. */
export async function explainOverlap(
	client: WechatClient,
	order: ActivationOrder,
	refusal: WechatError,
): Promise<WechatError> {
	const ends = await endsOf(client, order).catch(() => undefined);
	const known = ends ? describe(order, ends) : 'WeChat could not be asked which codes are active.';
	return new WechatError(refusal.message, `${known} ${refusal.description}`, refusal.failure);
}

async function endsOf(client: WechatClient, order: ActivationOrder): Promise<EndsOfRange> {
	const first = await activationAt(client, order.application_id, order.code_start);
	if (order.code_end === order.code_start) return { first, last: first };
	const last = await activationAt(client, order.application_id, order.code_end);
	return { first, last };
}

/** The activation of a code by its index; undefined: it is not active. */
export async function activationAt(
	client: WechatClient,
	application_id: string,
	code_index: number,
): Promise<Activation | undefined> {
	return await unlessErrcode(
		codeActiveQuery(client, { application_id, code_index }),
		NOT_ACTIVATED,
	);
}

const isOf = (order: ActivationOrder, activation: Activation): boolean =>
	// Zeros may be left out, both those of the range 0–0 too.
	(activation.code_start ?? 0) === order.code_start &&
	(activation.code_end ?? 0) === order.code_end &&
	differenceFrom(order, activation) === undefined;

/** What tells activities apart. Brand and title are words, which WeChat may have changed. */
const TELLING = [
	['activity_name', 'activity name'],
	['product_code', 'product code'],
	['wxa_appid', 'mini program'],
	['wxa_path', 'page'],
	['wxa_type', 'mini program version'],
] as const;

/** In what an activation is another one than the activity, in words; undefined: in nothing. */
export function differenceFrom(activity: Activity, activation: Activation): string | undefined {
	const differing = TELLING.filter(([field]) => activation[field] !== activity[field]);
	if (differing.length === 0) return undefined;
	return differing
		.map(([field, label]) => `${label} (${shortened(String(activation[field]))})`)
		.join(', ');
}

const rangeInWords = ({ code_start, code_end }: Activation): string =>
	code_end === null
		? 'in a range that WeChat does not tell'
		: `in the range ${code_start}–${code_end}`;

function describe(order: ActivationOrder, { first, last }: EndsOfRange): string {
	const { code_start, code_end } = order;
	const say = (index: number, activation: Activation | undefined) =>
		activation
			? `Code ${index} is active, ${rangeInWords(activation)} (${shortened(activation.activity_name)}).`
			: `Code ${index} is not active.`;
	if (code_start === code_end) return say(code_start, first);
	if (first || last) return `${say(code_start, first)} ${say(code_end, last)}`;
	return `Neither code ${code_start} nor code ${code_end} is active; codes between them can be.`;
}
