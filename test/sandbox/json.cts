import type { Fields } from './types.cts';
import { WechatError } from './errmsgs.cts';

const MARK = '$sandboxInteger';

/** A string (kept) or an integer that a double may not hold. */
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/**
 * Parses a JSON object; integers beyond 2^53 become bigint, so that no digit of an id is lost.
 * Throws WechatError 44002 (nothing there) or 47001 (not JSON, not an object).
 */
export function parseObject(text: string): Fields {
	if (text.trim() === '') throw new WechatError(44002);
	const marked = text.replace(STRING_OR_LONG_INTEGER, (token) =>
		token.startsWith('"') ? token : `{"${MARK}":"${token}"}`,
	);
	const value = parse(marked);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new WechatError(47001);
	}
	return { ...value };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text, (_key, value: unknown) => unmark(value));
	} catch {
		throw new WechatError(47001);
	}
}

function unmark(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || !(MARK in value)) return value;
	const integer = BigInt(String(value[MARK]));
	return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}

/** How a string is written by default. */
export const jsonString = (text: string): string => JSON.stringify(text);

/**
 * Writes a JSON object without its undefined fields; a bigint becomes a JSON number with all digits.
 *
 * @param writeString writes the strings among the values; names of fields are written plainly
 */
export function writeObject(fields: object, writeString = jsonString): string {
	const members = Object.entries(fields)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => `${JSON.stringify(name)}:${writeValue(value, writeString)}`);
	return `{${members.join(',')}}`;
}

function writeValue(value: unknown, writeString: (text: string) => string): string {
	if (typeof value === 'bigint') return value.toString();
	if (typeof value === 'string') return writeString(value);
	if (Array.isArray(value)) {
		return `[${value.map((member) => writeValue(member, writeString)).join(',')}]`;
	}
	if (typeof value === 'object' && value !== null) return writeObject(value, writeString);
	return JSON.stringify(value);
}
