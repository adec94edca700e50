import { meaningOf, type ErrcodeMeaning } from './errcodes';
import { rejection, unusableAnswer, type WechatError } from './wechatErrors';
import { contradictedName, membersOf, type Member } from './members';
import { shortened, withoutSecrets } from './said';
import { shapeOf, textShape } from './shape';

/** The fields of an answer, errcode and errmsg among them. */
export type WechatAnswer = Readonly<Record<string, unknown>>;

/**
 * An answer's fields from its text. An `application_id` is a uint64, more than a JavaScript number can
 * hold: it arrives as a string of digits. A `status`, which is shown as WeChat sends it, holds no secret
 * and at most 300 characters.
 *
 * @throws WechatError if the text is not a JSON object, holds an errcode other than 0, or one that is no
 *   number, or says two things of one field
 */
export function readAnswer(
	text: string,
	secrets: readonly string[],
	meaning: (errcode: number) => ErrcodeMeaning = meaningOf,
): WechatAnswer {
	const answer = parseObject(text);
	if (answer === undefined) throw unusableAnswer(textShape(text));
	const members = membersOf(text);
	const errcode = errcodeIn(members);
	if (errcode !== 0) {
		throw rejection(errcode, textField(answer, 'errmsg'), secrets, meaning(errcode));
	}
	const contradicted = contradictedName(members.filter(({ name }) => name !== 'errcode'));
	if (contradicted !== undefined) {
		throw contradiction(shortened(withoutSecrets(contradicted, secrets)));
	}
	return { ...answer, ...exactId(members), ...shownStatus(answer, secrets) };
}

/**
 * The errcode of an answer; 0 if it has none, as WeChat leaves it out of some successful ones. Of two,
 * `JSON.parse` would take the last: an answer that says no and yes would be a yes.
 */
function errcodeIn(members: readonly Member[]): number {
	const errcodes = new Set(
		members
			.filter(({ name }) => name === 'errcode')
			.map(({ value }) => errcodeOf(JSON.parse(value))),
	);
	if (errcodes.size > 1) throw contradiction('errcode');
	return [...errcodes][0] ?? 0;
}

/** Some gateways make it a string. */
function errcodeOf(value: unknown): number {
	const isNumber = typeof value === 'number' || (typeof value === 'string' && INTEGER.test(value));
	const errcode = isNumber ? Number(value) : NaN;
	if (!Number.isSafeInteger(errcode)) throw notWhole('errcode', value);
	return errcode;
}

const INTEGER = /^-?\d+$/;

const contradiction = (name: string): WechatError =>
	unusableAnswer(`its ${name} comes twice, with different values`);

function exactId(members: readonly Member[]): WechatAnswer {
	const written = members.find(({ name }) => name === 'application_id')?.value ?? '';
	return DIGITS.test(written) ? { application_id: written } : {};
}

/** A credential with a secret as short as a word must not make FINISH unreadable. */
const SHORTEST_SECRET = 8;

function shownStatus({ status }: WechatAnswer, secrets: readonly string[]): WechatAnswer {
	if (typeof status !== 'string') return {};
	const hidden = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
	return { status: shortened(withoutSecrets(status, hidden)) };
}

/** The fields of a JSON object, behind a byte order mark or not; undefined if the text is anything else. */
export function parseObject(text: string): WechatAnswer | undefined {
	try {
		const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
		return isFields(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

export const isFields = (value: unknown): value is WechatAnswer =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text field; empty if the answer does not have it, or something else in its place. */
export function textField(answer: WechatAnswer, name: string): string {
	const value = answer[name];
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * A text that WeChat may leave out.
 *
 * @throws WechatError if something else is in its place
 */
export function optionalText(answer: WechatAnswer, name: string): string | undefined {
	const value = answer[name];
	if (isLeftOut(value)) return undefined;
	if (typeof value === 'string' || Number.isSafeInteger(value)) return String(value);
	throw unusableAnswer(`its ${name} is not text but ${shapeOf(value)}`);
}

/**
 * A whole number from 0, which some answers give as a string, and WeChat may leave out.
 *
 * @throws WechatError if something else is in its place
 */
export function optionalNumber(answer: WechatAnswer, name: string): number | undefined {
	const value = answer[name];
	if (isLeftOut(value)) return undefined;
	const number = wholeNumberOf(value);
	if (number === undefined) throw notWhole(name, value);
	return number;
}

/** A whole number from 0 as number or digits; undefined for anything else. */
export function wholeNumberOf(value: unknown): number | undefined {
	const isNumber = typeof value === 'number' || (typeof value === 'string' && DIGITS.test(value));
	const number = isNumber ? Number(value) : NaN;
	return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The largest application ID: it is a uint64. */
const LARGEST_ID = 2n ** 64n - 1n;

/**
 * WeChat's ID of an application in decimal digits, without leading zeros; undefined if it is left out.
 *
 * @throws WechatError if something else is in its place
 */
export function applicationIdField(answer: WechatAnswer): string | undefined {
	const value = answer.application_id;
	if (isLeftOut(value)) return undefined;
	const text = typeof value === 'string' ? value : String(wholeNumberOf(value));
	const digits = /^0*(\d{1,20})$/.exec(text)?.[1];
	if (digits === undefined || BigInt(digits) > LARGEST_ID) {
		const form = DIGITS.test(text) ? `a number of ${text.length} digits` : shapeOf(value);
		throw unusableAnswer(`its application_id is not an ID but ${form}`);
	}
	return digits;
}

/**
 * A list of objects; empty if the answer does not have it.
 *
 * @throws WechatError if it is anything else
 */
export function listField(answer: WechatAnswer, name: string): WechatAnswer[] {
	const value = answer[name] ?? [];
	if (!Array.isArray(value)) {
		throw unusableAnswer(`its ${name} is not a list but ${shapeOf(value)}`);
	}
	const list: unknown[] = value;
	const stranger = list.findIndex((entry) => !isFields(entry));
	if (stranger >= 0) {
		throw unusableAnswer(
			`its ${name} is not a list of objects: it holds ${shapeOf(list[stranger])}`,
		);
	}
	return list.filter(isFields);
}

const DIGITS = /^\d+$/;

/** null or an empty text stands for nothing, too. */
const isLeftOut = (value: unknown): boolean =>
	value === undefined || value === null || value === '';

const notWhole = (name: string, value: unknown): WechatError =>
	unusableAnswer(`its ${name} is not a whole number but ${shapeOf(value)}`);
