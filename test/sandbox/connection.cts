import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import type { PlainAnswer } from './incoming.cts';
import type { RequestRecord } from './types.cts';

/** The way back to one caller; notes in the record when and how it ended. */
export class Connection {
	private readonly gone = new AbortController();
	private endedByUs = false;

	constructor(
		private readonly response: Response,
		record: RequestRecord,
	) {
		response.on('close', () => {
			record.endedAt = Date.now();
			record.aborted = !response.writableFinished && !this.endedByUs;
			this.gone.abort();
		});
	}

	/** Waits, at most until the caller hangs up. */
	async wait(ms: number): Promise<void> {
		try {
			await sleep(ms, undefined, { signal: this.gone.signal });
		} catch {
			// The caller has gone; there is nobody left to wait for.
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

	send(answer: PlainAnswer): void {
		const body = this.writeHead(answer);
		this.response.end(body);
	}

	/** Promises the whole body, sends half of it and drops the connection. */
	sendHalf(answer: PlainAnswer): void {
		const body = this.writeHead(answer);
		this.endedByUs = true;
		this.response.write(body.subarray(0, body.length >>> 1), () => {
			this.response.req.socket.destroy();
		});
	}

	private writeHead({ status, contentType, text }: PlainAnswer): Buffer {
		const body = Buffer.from(text, 'utf8');
		this.response.writeHead(status, {
			'Content-Type': contentType,
			'Content-Length': body.length,
		});
		return body;
	}
}
