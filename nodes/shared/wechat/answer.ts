import { meaningOf, type ErrcodeMeaning } from './errcodes';
import { httpFailure, rejection, unusableAnswer } from './errors';

/** The fields of an answer, errcode and errmsg among them. */
export type WechatAnswer = Readonly<Record<string, unknown>>;

/**
 * The text of a response that n8n's request helper returned with `returnFullResponse`.
 *
 * @param who the server that was asked, as the user knows it
 * @throws WechatError if its HTTP status is not 200, the only one that WeChat sends
 */
export function responseText(response: unknown, who?: string): string {
	const { statusCode, body } = isFields(response) ? response : {};
	if (statusCode !== 200) throw httpFailure(Number(statusCode), who);
	return Buffer.isBuffer(body) ? body.toString() : String(body);
}

/**
 * An answer's fields from its text. An `application_id` is a uint64, more than a JavaScript number can
 * hold: it arrives as a string of digits.
 *
 * @throws WechatError if the text is not a JSON object, or holds an errcode other than 0
 */
export function readAnswer(
	text: string,
	secrets: readonly string[],
	meaning: (errcode: number) => ErrcodeMeaning = meaningOf,
): WechatAnswer {
	const answer = parseObject(text.replace(/("application_id"\s*:\s*)(\d+)/g, '$1"$2"'));
	if (answer === undefined) throw unusableAnswer('it is not JSON');
	// WeChat leaves errcode out of some successful answers, and some gateways make it a string.
	const errcode = Number(answer.errcode ?? 0);
	if (!Number.isInteger(errcode)) throw unusableAnswer('its errcode is not a number');
	if (errcode !== 0) {
		throw rejection(errcode, textField(answer, 'errmsg'), secrets, meaning(errcode));
	}
	return answer;
}

/** The fields of a JSON object; undefined if the text is anything else. */
export function parseObject(text: string): WechatAnswer | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isFields(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

export const isFields = (value: unknown): value is WechatAnswer =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text field; empty if the answer does not have it. */
export function textField(answer: WechatAnswer, name: string): string {
	const value = answer[name];
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * A whole number from 0, which some answers give as a string.
 *
 * @throws WechatError if it is missing or anything else
 */
export function numberField(answer: WechatAnswer, name: string): number {
	const text = textField(answer, name);
	const value = Number(text);
	if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
		throw unusableAnswer(`its ${name} is not a whole number`);
	}
	return value;
}

/**
 * A list of objects; empty if the answer does not have it.
 *
 * @throws WechatError if it is anything else
 */
export function listField(answer: WechatAnswer, name: string): WechatAnswer[] {
	const value = answer[name] ?? [];
	if (!Array.isArray(value) || !value.every(isFields)) {
		throw unusableAnswer(`its ${name} is not a list`);
	}
	return value;
}
