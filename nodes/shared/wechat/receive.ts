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
} from './wechatErrors';

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
}

/** No answer but that of a download has more than a few kilobytes. */
export const MOST_ANSWER_BYTES = 1_000_000;

/**
 * The slowest that an answer may come once it has begun: 1 kB/s over a minute of waiting for it, or over the
 * longest silence if that is longer. A server that sends a byte now and then is never silent, and would keep
 * an execution for days.
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
	on(event: 'error', listener: () => void): unknown;
}

/**
 * Sends a request with the options `AS_STREAM`, with n8n's request helper.
 *
 * @param signal ends the request, its answer too; the helper has to get it
 */
export type Ask = (signal: AbortSignal) => Promise<unknown>;

/**
 * Sends a request and gives the body of its answer, chunk by chunk. Only the time counts in which the
 * reader waits for the server. However the reader stops, the connection is closed.
 *
 * @throws WechatError if there is no answer, its HTTP status is not 200 (the only one that WeChat sends),
 *   it breaks off, falls silent, trickles or is too long, or the signal is aborted
 */
export async function* received(
	ask: Ask,
	limits: ReceiveLimits,
): AsyncGenerator<Buffer, void, void> {
	const { mostBytes, who } = limits;
	const connection = new AbortController();
	const watch = new Watch(limits);
	let isWhole = false;
	try {
		const body = await watch.over(bodyOf(ask(connection.signal), who));
		const chunks = body[Symbol.asyncIterator]();
		for (let bytes = 0; ; ) {
			const { done, value } = await watch.over(chunks.next());
			if (done) break;
			if (!Buffer.isBuffer(value)) throw unusableAnswer('its body is not bytes');
			bytes += value.length;
			if (bytes > mostBytes) throw oversize(mostBytes, who);
			watch.count(value.length);
			yield value;
		}
		isWhole = true;
	} catch (error) {
		throw failureOf(error, who);
	} finally {
		watch.end();
		// Not by destroying the body: axios hides the connection behind a stream that first waits for more of it.
		if (!isWhole) connection.abort();
	}
}

/**
 * The whole text of a short answer.
 *
 * @throws WechatError as `received` does
 */
export async function receivedText(
	ask: Ask,
	limits: Omit<ReceiveLimits, 'mostBytes'>,
): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of received(ask, { ...limits, mostBytes: MOST_ANSWER_BYTES })) {
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

async function bodyOf(request: Promise<unknown>, who?: string): Promise<Body> {
	const response = await request;
	const { statusCode, body } = isFields(response) ? response : {};
	if (!isBody(body)) throw unusableAnswer('it has no body');
	// An error that comes when nobody reads any more would end n8n's process.
	body.on('error', () => {});
	if (statusCode !== 200) throw httpFailure(Number(statusCode), who);
	return body;
}

const isBody = (value: unknown): value is Body =>
	typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'on' in value;

/** Looks at the clock while somebody waits for a server. */
class Watch {
	private waitingSince: number | undefined;
	private giveUp: (verdict: WechatError) => void = () => {};
	private hasBegun = false;
	private hasEnded = false;
	/** Waited and received since the speed was last looked at. */
	private waitedMs = 0;
	private bytes = 0;

	constructor(private readonly limits: ReceiveLimits) {
		void this.run();
	}

	/**
	 * Waits for a promise of the server's.
	 *
	 * @throws WechatError once the wait is too long; whatever the promise rejects with
	 */
	async over<T>(promise: Promise<T>): Promise<T> {
		const since = Date.now();
		this.waitingSince = since;
		try {
			return await new Promise<T>((resolve, reject) => {
				this.giveUp = reject;
				promise.then(resolve, reject);
				// A fast server is hardly ever waited for when the clock is looked at.
				if (this.limits.signal?.aborted) reject(canceled());
			});
		} finally {
			this.waitedMs += Date.now() - since;
			this.waitingSince = undefined;
		}
	}

	count(bytes: number): void {
		if (!this.hasBegun) this.waitedMs = 0;
		this.hasBegun = true;
		this.bytes += bytes;
	}

	end(): void {
		this.hasEnded = true;
	}

	private async run(): Promise<void> {
		while (!this.hasEnded) {
			if (this.judge()) {
				// Where n8n was busy, the answer may have arrived and only not been read: that goes first.
				await sleep(0);
				const verdict = this.judge();
				if (verdict) return this.giveUp(verdict);
			}
			await sleep(WATCH_EVERY_MS);
		}
	}

	private judge(): WechatError | undefined {
		const { waitingSince } = this;
		if (waitingSince === undefined || this.hasEnded) return undefined;
		const { signal, silenceMs, who = 'WeChat' } = this.limits;
		if (signal?.aborted) return canceled();
		const silentMs = Date.now() - waitingSince;
		if (silentMs >= silenceMs) return networkFailure(who, 'ETIMEDOUT');
		const waitedMs = this.waitedMs + silentMs;
		if (!this.hasBegun || waitedMs < Math.max(FLOOR_MS, silenceMs)) return undefined;
		if (this.bytes < (FLOOR_BYTES_A_SECOND * waitedMs) / 1000) return networkFailure(who, TOO_SLOW);
		this.waitedMs = -silentMs;
		this.bytes = 0;
		return undefined;
	}
}
