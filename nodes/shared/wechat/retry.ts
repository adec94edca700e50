import { sleep } from 'n8n-workflow';
import { BUSY, TOO_MANY_CALLS_A_MINUTE } from './errcodes';
import { TOO_SLOW, WechatError, canceled, hasErrcode, isUnclear } from './wechatErrors';

/** Tries of one request in all, the first one included. */
const TRIES = 4;
const FIRST_DELAY_MS = 500;

/** WeChat counts calls by the minute; waiting for the next one is enough, and enough once. */
const NEXT_MINUTE_MS = 60_000;

/** How soon a waiting node notices that its execution was canceled. */
const CANCEL_CHECK_MS = 500;

/** Node's and axios' codes of a connection that may well come about the next time. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
	'EAI_AGAIN',
	'ECONNABORTED',
	'ECONNREFUSED',
	'ECONNRESET',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENOTFOUND',
	'EPIPE',
	'ERR_BAD_RESPONSE',
	'ERR_NETWORK',
	'ETIMEDOUT',
	TOO_SLOW,
	// A proxy hung up; this failure has no code, only its message.
	'Proxy connection ended before receiving CONNECT response',
]);

interface RetryOptions {
	/** Whether the request may be sent again when it is unknown if WeChat has carried it out. */
	readonly repeatable: boolean;
	/** Whether it changes something at WeChat: an error after a lost answer then says so. */
	readonly hasEffect?: boolean;
	/** Whether it waits for the next minute where there were too many calls in this one; default true. */
	readonly waitsForMinute?: boolean;
	/** Ends the tries. */
	readonly signal: AbortSignal;
}

/** Backoff before the next try, doubled with each, of which a random half may be taken off. */
export function retryDelayMs(tried: number): number {
	const delay = FIRST_DELAY_MS * 2 ** (tried - 1);
	return delay * (1 - Math.random() / 2);
}

/** Tells whether the same request may succeed a moment later. */
export function isTransient({ failure }: WechatError): boolean {
	switch (failure.kind) {
		case 'errcode':
			return BUSY.has(failure.errcode);
		case 'network':
			return TRANSIENT_CODES.has(failure.code);
		case 'http':
			return failure.status >= 500;
		case 'answer':
			return true;
		case 'oversize':
		case 'token':
		case 'canceled':
			return false;
	}
}

/** What was tried so far of one request. */
export interface Tried {
	readonly tries: number;
	/** Whether a try ended without any answer. */
	readonly networkFailed: boolean;
}

/**
 * Tries a request up to `TRIES` times, as long as its failures are transient; waits a minute, once (unless
 * told not to), where WeChat says that there were too many calls within it.
 *
 * @throws WechatError the last one
 */
export async function withRetries<T>(
	attempt: (tried: Tried) => Promise<T>,
	{ repeatable, hasEffect = false, waitsForMinute = true, signal }: RetryOptions,
): Promise<T> {
	let networkFailed = false;
	let mayWait = waitsForMinute;
	let lost: WechatError | undefined;
	for (let tries = 0; ; ) {
		if (signal.aborted) throw canceled();
		const result: { value: T } | WechatError = await settle(attempt({ tries, networkFailed }));
		if (!(result instanceof WechatError)) return result.value;
		tries++;
		networkFailed ||= result.failure.kind === 'network';
		if (hasErrcode(result, new Set([TOO_MANY_CALLS_A_MINUTE])) && mayWait) {
			mayWait = false;
			await pause(NEXT_MINUTE_MS, signal);
		} else if (repeatable && isTransient(result) && tries < TRIES) {
			await pause(retryDelayMs(tries), signal);
		} else {
			throw hasEffect && lost ? result.afterLost(lost) : result;
		}
		if (isUnclear(result) && result.failure.kind !== 'errcode') lost ??= result;
	}
}

/** A failed call as a value; any other error stays an error. */
const settle = async <T>(promise: Promise<T>): Promise<{ value: T } | WechatError> =>
	await promise.then(
		(value) => ({ value }),
		async (error: unknown) =>
			error instanceof WechatError ? error : await Promise.reject<never>(error),
	);

/**
 * Waits, but not longer than the execution lives.
 *
 * @throws WechatError once the signal is aborted
 */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	// Counted, not read off the clock: one that is set back would make the wait longer than it says.
	for (let left = milliseconds; left > 0; left -= CANCEL_CHECK_MS) {
		if (signal.aborted) throw canceled();
		await sleep(Math.min(left, CANCEL_CHECK_MS));
	}
}
