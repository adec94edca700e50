import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import { bodyOf, type Body } from './body.cts';
import type { Fault } from './faults.cts';
import type { PlainAnswer } from './incoming.cts';
import type { RequestRecord } from './types.cts';

/** What a timer can hold. */
const LONGEST_MS = 2 ** 31 - 1;

/** The way back to one caller; notes in the record how much was sent, when and how it ended. */
export class Connection {
	private readonly gone = new AbortController();
	private endedByUs = false;
	private onGone = (): void => {};

	constructor(
		private readonly response: Response,
		private readonly record: RequestRecord,
	) {
		response.on('close', () => {
			record.endedAt = Date.now();
			record.aborted = !response.writableFinished && !this.endedByUs;
			this.gone.abort();
			this.onGone();
		});
	}

	/** Waits, at most until the caller hangs up or the signal comes. */
	async wait(ms: number, released?: AbortSignal): Promise<void> {
		const signals = [this.gone.signal, ...(released ? [released] : [])];
		try {
			await sleep(Math.min(ms, LONGEST_MS), undefined, { signal: AbortSignal.any(signals) });
		} catch {
			// The caller has gone, or the answer is wanted now.
		}
	}

	get isGone(): boolean {
		return this.gone.signal.aborted;
	}

	/** Sends nothing and resets the connection. */
	reset(): void {
		this.endedByUs = true;
		this.response.req.socket.resetAndDestroy();
	}

	/** Sends an answer, no faster than the caller takes it; stops when the caller hangs up. */
	async deliver(
		{ status, contentType, text }: PlainAnswer,
		faults: readonly Fault[],
	): Promise<void> {
		const body = bodyOf(text, faults);
		this.response.writeHead(status, {
			'Content-Type': contentType,
			...(body.length !== undefined && { 'Content-Length': body.length }),
			...(body.encoding !== undefined && { 'Content-Encoding': body.encoding }),
		});
		this.response.flushHeaders();
		await this.sendBody(body);
	}

	/** Keeps a chunk back: with the last one the answer ends, before the caller could hang up. */
	private async sendBody({ chunks, everyMs, ending }: Body): Promise<void> {
		let last: Buffer | undefined;
		for await (const chunk of chunks) {
			if (last) await this.write(last);
			if (last && everyMs > 0) await this.wait(everyMs);
			if (this.isGone) return;
			last = chunk;
		}
		if (this.isGone) return;
		if (ending === 'end') {
			this.record.sentBytes += last?.length ?? 0;
			this.response.end(last);
			return;
		}
		if (last) await this.write(last);
		if (ending === 'drop' && !this.isGone) {
			this.endedByUs = true;
			this.response.req.socket.destroy();
		}
	}

	/** Resolves when the socket has passed the chunk on, or is gone: then Node calls back for nothing. */
	private async write(chunk: Buffer): Promise<void> {
		if (this.isGone) return;
		this.record.sentBytes += chunk.length;
		await new Promise<void>((resolve) => {
			this.onGone = resolve;
			this.response.write(chunk, () => resolve());
		});
	}
}
