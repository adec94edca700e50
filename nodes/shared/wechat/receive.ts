import { sleep } from 'n8n-workflow';
import { isFields } from './answer';
import {
	TOO_SLOW,
	canceled,
	failureOf,
	httpFailure,
	networkFailure,
	oversize,
	unusableAnswer,
	type WechatError,
} from './errors';

/** What an answer may take. */
export interface ReceiveLimits {
	/** The longest silence, in milliseconds: before the answer begins, and within it. */
	readonly silenceMs: number;
	/** The longest body, in bytes after decompression; inclusive. */
	readonly mostBytes: number;
	/** Ends the answer. */
	readonly signal?: AbortSignal;
	/** The server that was asked, as the user knows it; default WeChat. */
	readonly who?: string;
	/**
	 * Ends the request. axios puts a generator between n8n and the connection, and to destroy the stream of
	 * a generator that waits for bytes does nothing until some arrive.
	 */
	readonly abort?: () => void;
}

/** No answer but that of a download has more than a few kilobytes. */
export const MOST_ANSWER_BYTES = 1_000_000;

/**
 * The slowest that an answer may come: 1 kB/s over a minute of waiting for it. A server that sends a byte
 * now and then is never silent, and would keep an execution for days.
 */
const FLOOR_BYTES_A_SECOND = 1_000;
const FLOOR_MS = 60_000;

const WATCH_EVERY_MS = 250;

/** The request options without which the functions here can't read an answer. */
export const AS_STREAM = {
	encoding: 'stream',
	returnFullResponse: true,
	ignoreHttpStatusErrors: true,
	// A redirect would carry the access token to wherever it points.
	disableFollowRedirect: true,
} as const;

interface Body extends AsyncIterable<unknown> {
	destroy(): unknown;
	on(event: 'error', listener: () => void): unknown;
}

/**
 * The body of an answer, chunk by chunk. Only the time counts in which the reader waits for the server.
 * However the reader stops, the connection is closed.
 *
 * @param request what n8n's request helper returned for a request with the options `AS_STREAM`
 * @throws WechatError if there is no answer, its HTTP status is not 200 (the only one that WeChat sends),
 *   it breaks off, falls silent, trickles or is too long, or the signal is aborted
 */
export async function* received(
	request: Promise<unknown>,
	limits: ReceiveLimits,
): AsyncGenerator<Buffer, void, void> {
	const { mostBytes, who, abort } = limits;
	const watch = new Watch(limits);
	let body: Body | undefined;
	let isWhole = false;
	try {
		body = await bodyOf(request, watch, who);
		const chunks = body[Symbol.asyncIterator]();
		for (let bytes = 0; ; ) {
			const { done, value } = await Promise.race([watch.over(chunks.next()), watch.failed]);
			if (done) {
				isWhole = true;
				return;
			}
			if (!Buffer.isBuffer(value)) throw unusableAnswer('its body is not bytes');
			bytes += value.length;
			if (bytes > mostBytes) throw oversize(mostBytes, who);
			watch.count(value.length);
			yield value;
		}
	} catch (error) {
		throw watch.verdict ?? failureOf(error, who);
	} finally {
		watch.end();
		body?.destroy();
		if (!isWhole) abort?.();
	}
}

/**
 * The whole text of a short answer.
 *
 * @throws WechatError as `received` does
 */
export async function receivedText(
	request: Promise<unknown>,
	limits: Omit<ReceiveLimits, 'mostBytes'>,
): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of received(request, { ...limits, mostBytes: MOST_ANSWER_BYTES })) {
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

/** Waits for the beginning of an answer; one that comes too late is closed unread. */
async function bodyOf(request: Promise<unknown>, watch: Watch, who?: string): Promise<Body> {
	const response = await new Promise<unknown>((resolve, reject) => {
		watch.onVerdict = (verdict) => {
			reject(verdict);
			request.then(
				(late) => bodyIn(late)?.destroy(),
				() => {},
			);
		};
		watch.over(request).then(resolve, reject);
	});
	const body = bodyIn(response);
	if (body === undefined) throw unusableAnswer('it has no body');
	// An error that comes when nobody reads any more would end n8n's process.
	body.on('error', () => {});
	watch.onVerdict = () => body.destroy();
	const status = isFields(response) ? Number(response.statusCode) : NaN;
	if (status !== 200) {
		body.destroy();
		throw httpFailure(status, who);
	}
	return body;
}

function bodyIn(response: unknown): Body | undefined {
	const body: unknown = isFields(response) ? response.body : undefined;
	return isBody(body) ? body : undefined;
}

const isBody = (value: unknown): value is Body =>
	typeof value === 'object' &&
	value !== null &&
	Symbol.asyncIterator in value &&
	'destroy' in value &&
	'on' in value;

/** Looks at the clock while somebody waits for a server. */
class Watch {
	/** Why the wait was ended; undefined if it was not. */
	verdict: WechatError | undefined;
	onVerdict: (verdict: WechatError) => void = () => {};
	private reject: (verdict: WechatError) => void = () => {};
	/** Rejects with the verdict. */
	readonly failed = new Promise<never>((_resolve, reject) => {
		this.reject = reject;
	});
	private waitingSince: number | undefined;
	private hasEnded = false;
	/** Waited and received since the speed was last looked at. */
	private waitedMs = 0;
	private bytes = 0;

	constructor(private readonly limits: ReceiveLimits) {
		this.failed.catch(() => {});
		void this.run();
	}

	/** Counts the time until the promise is settled. */
	async over<T>(promise: Promise<T>): Promise<T> {
		const since = Date.now();
		this.waitingSince = since;
		try {
			return await promise;
		} finally {
			this.waitedMs += Date.now() - since;
			this.waitingSince = undefined;
		}
	}

	count(bytes: number): void {
		this.bytes += bytes;
	}

	end(): void {
		this.hasEnded = true;
	}

	private async run(): Promise<void> {
		while (!this.hasEnded) {
			this.verdict = this.judge();
			if (this.verdict) {
				this.hasEnded = true;
				this.onVerdict(this.verdict);
				this.reject(this.verdict);
			} else {
				await sleep(WATCH_EVERY_MS);
			}
		}
	}

	private judge(): WechatError | undefined {
		const { signal, silenceMs, who = 'WeChat' } = this.limits;
		if (signal?.aborted) return canceled();
		const silentMs = this.waitingSince === undefined ? 0 : Date.now() - this.waitingSince;
		if (silentMs >= silenceMs) return networkFailure(who, 'ETIMEDOUT');
		const waitedMs = this.waitedMs + silentMs;
		if (waitedMs < FLOOR_MS) return undefined;
		if (this.bytes < (FLOOR_BYTES_A_SECOND * waitedMs) / 1000) return networkFailure(who, TOO_SLOW);
		this.waitedMs = -silentMs;
		this.bytes = 0;
		return undefined;
	}
}
