import { codeActiveQuery, type Activation, type ActivationOrder } from '../../shared/wechat/calls';
import type { WechatClient } from '../../shared/wechat/client';
import { NOT_ACTIVATED } from '../../shared/wechat/errcodes';
import { WechatError, hasErrcode } from '../../shared/wechat/errors';

/** What is known of a range's first and last code; undefined: that code is not active. */
interface EndsOfRange {
	readonly first: Activation | undefined;
	readonly last: Activation | undefined;
}

/**
 * Finds out whether an activation took place whose answer was lost.
 *
 * @param lost why the answer is missing
 * @returns if the very activation that was ordered is there
 * @throws WechatError that says what is so, if it is not
 */
export async function settleUnclear(
	client: WechatClient,
	order: ActivationOrder,
	lost: WechatError,
): Promise<void> {
	const ends = await endsOf(client, order).catch(() => undefined);
	if (ends?.first && ends.last && isOf(order, ends.first) && isOf(order, ends.last)) return;
	const range = `${order.code_start}–${order.code_end} of application ${order.application_id}`;
	if (ends === undefined) {
		throw new WechatError(
			`It is not known whether the codes ${range} were activated: ${lost.message}`,
			`WeChat could not be asked afterwards either. Look with Get Activation at the codes ${order.code_start} and ${order.code_end} before you run this again. ${lost.description}`,
			lost.failure,
		);
	}
	const isUntouched = !ends.first && !ends.last;
	throw new WechatError(
		isUntouched
			? `The codes ${range} were not activated: ${lost.message}`
			: `The codes ${range} are not active as ordered: ${lost.message}`,
		`${describe(order, ends)} ${isUntouched ? 'It is safe to run this again: WeChat refuses to activate a code twice.' : 'Compare that with what you ordered.'} ${lost.description}`,
		lost.failure,
	);
}

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
	const last = await activationAt(client, order.application_id, order.code_end);
	return { first, last };
}

async function activationAt(
	client: WechatClient,
	application_id: string,
	code_index: number,
): Promise<Activation | undefined> {
	return await codeActiveQuery(client, { application_id, code_index }).catch(
		async (error: unknown) =>
			hasErrcode(error, new Set([NOT_ACTIVATED])) ? undefined : await Promise.reject<never>(error),
	);
}

const isOf = (order: ActivationOrder, activation: Activation): boolean =>
	activation.code_start === order.code_start &&
	activation.code_end === order.code_end &&
	activation.activity_name === order.activity_name &&
	activation.product_code === order.product_code &&
	activation.wxa_appid === order.wxa_appid &&
	activation.wxa_path === order.wxa_path &&
	activation.wxa_type === order.wxa_type;

function describe(order: ActivationOrder, { first, last }: EndsOfRange): string {
	if (!first && !last) {
		return `Neither code ${order.code_start} nor code ${order.code_end} is active; codes between them can be.`;
	}
	const say = (index: number, activation: Activation | undefined) =>
		activation
			? `Code ${index} is active, in the range ${activation.code_start}–${activation.code_end} (${activation.activity_name}).`
			: `Code ${index} is not active.`;
	return `${say(order.code_start, first)} ${say(order.code_end, last)}`;
}
