import { WechatError } from './errmsgs.cts';
import type { Fields } from './types.cts';

const UINT64_MAX = 2n ** 64n - 1n;

/** Whether a field is not there: clients send null or "" for fields that they don't use. */
export function isAbsent(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

/** A required whole number ≥ 0, also as a string of digits. Throws 40097, or 47001 if it is none. */
export function integer(body: Fields, name: string): number {
	const value = Number(wholeNumber(body, name));
	if (!Number.isSafeInteger(value)) throw new WechatError(40097);
	return value;
}

/** A uint64 of any size, in decimal, also as a string of digits. Throws 40097, 47001. */
export function applicationId(body: Fields): string {
	const value = wholeNumber(body, 'application_id');
	if (value > UINT64_MAX) throw new WechatError(40097);
	return value.toString();
}

function wholeNumber(body: Fields, name: string): bigint {
	const value = body[name];
	if (isAbsent(value)) throw new WechatError(40097);
	if (typeof value === 'string' && !/^-?\d+$/.test(value)) throw new WechatError(47001);
	if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
		throw new WechatError(47001);
	}
	if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new WechatError(40097);
	const number = BigInt(value);
	if (number < 0n) throw new WechatError(40097);
	return number;
}

/** A required text of 1 … maxLength characters. Throws 40097, or 47001 if it is no string. */
export function text(body: Fields, name: string, maxLength = Infinity): string {
	const value = body[name];
	if (isAbsent(value)) throw new WechatError(40097);
	if (typeof value !== 'string') throw new WechatError(47001);
	if ([...value].length > maxLength) throw new WechatError(40097);
	return value;
}

export function optionalText(body: Fields, name: string): string | undefined {
	return isAbsent(body[name]) ? undefined : text(body, name);
}
