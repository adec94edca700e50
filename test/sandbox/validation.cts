import { WechatError } from './errcodes.cts';
import type { Fields } from './types.cts';

const UINT64_MAX = 2n ** 64n - 1n;

/** A required whole number ≥ 0. Throws 40097, or 47001 if it is no JSON number. */
export function integer(body: Fields, name: string): number {
	const value = body[name];
	if (value === undefined || value === null) throw new WechatError(40097);
	if (typeof value === 'bigint') throw new WechatError(40097);
	if (typeof value !== 'number') throw new WechatError(47001);
	if (!Number.isSafeInteger(value) || value < 0) throw new WechatError(40097);
	return value;
}

/** A required text of 1 … maxLength characters. Throws 40097, or 47001 if it is no string. */
export function text(body: Fields, name: string, maxLength = Infinity): string {
	const value = body[name];
	if (value === undefined || value === null || value === '') throw new WechatError(40097);
	if (typeof value !== 'string') throw new WechatError(47001);
	if ([...value].length > maxLength) throw new WechatError(40097);
	return value;
}

export function optionalText(body: Fields, name: string): string | undefined {
	return body[name] === undefined ? undefined : text(body, name);
}

/** A uint64, given as a JSON number of any size, in decimal. Throws 40097, 47001. */
export function applicationId(body: Fields): string {
	const value = body.application_id;
	if (typeof value !== 'bigint') return integer(body, 'application_id').toString();
	if (value < 0n || value > UINT64_MAX) throw new WechatError(40097);
	return value.toString();
}
