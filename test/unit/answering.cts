import axios from 'axios';
import {
	Agent,
	createServer,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
// The clock of a test may run faster than that of the server.
import { setTimeout as laterFor, clearTimeout as never } from 'node:timers';

import { WechatError, type WechatFailure } from '../../nodes/shared/wechat/wechatErrors';
import { received, type Ask, type ReceiveLimits } from '../../nodes/shared/wechat/receive';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Waits, whatever the clock of the test says. */
export const reallyAfter = async (ms: number): Promise<void> =>
	await new Promise((resolve) => void laterFor(resolve, ms));

/** An HTTP server whose answer each test writes. */
export class Answering {
	/** The last connection that was asked on. */
	private connection: Socket | undefined;
	private readonly server: Server = createServer((request, response) => {
		this.connection = request.socket;
		request.socket.on('error', () => {});
		request.resume();
		this.answer(response, request);
	});
	private answer: Answer = (response) => response.end();
	private timers: Array<ReturnType<typeof laterFor>> = [];

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
	}

	async stop(): Promise<void> {
		for (const timer of this.timers) never(timer);
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	get url(): string {
		const address = this.server.address();
		if (typeof address !== 'object' || address === null) throw new Error('It does not listen');
		return `http://127.0.0.1:${address.port}/`;
	}

	/** Does something again and again, until the connection is closed. */
	every(ms: number, response: ServerResponse, work: () => void): void {
		const next = () => {
			if (response.destroyed || response.socket?.destroyed !== false) return;
			work();
			this.timers.push(laterFor(next, ms));
		};
		next();
	}

	/** Sends a request as n8n's helper does, with the options that we give it. */
	ask(answer: Answer): Ask {
		this.answer = answer;
		return async (signal) => {
			const { status, data } = await axios.post<unknown>(this.url, '{}', {
				responseType: 'stream',
				maxRedirects: 0,
				validateStatus: null,
				proxy: false,
				httpAgent: new Agent({ keepAlive: false }),
				signal,
			});
			return { statusCode: status, body: data };
		};
	}

	/** Waits until the client has closed its connection; throws if it does not. */
	async isClosed(): Promise<void> {
		for (let tries = 0; this.connection?.destroyed === false; tries++) {
			if (tries === 1_000) throw new Error('The connection stays open');
			await reallyAfter(20);
		}
	}
}

export type Limits = Partial<ReceiveLimits>;
/** Does something with each chunk; told how many bytes were taken so far. */
export type OnChunk = (taken: number) => void | Promise<void>;

export const LIMITS: ReceiveLimits = { silenceMs: 600_000, mostBytes: 1_000_000 };

/** What came of an answer. */
export interface Taken {
	readonly bytes: number;
	readonly body: Buffer;
	readonly error: unknown;
}

/** Takes an answer to its end, whichever that is. */
export async function take(
	ask: Ask,
	limits: Limits = {},
	onChunk: OnChunk = () => {},
): Promise<Taken> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	let error: unknown;
	try {
		for await (const chunk of received(ask, { ...LIMITS, ...limits })) {
			chunks.push(chunk);
			bytes += chunk.length;
			await onChunk(bytes);
		}
	} catch (thrown) {
		error = thrown;
	}
	return { bytes, body: Buffer.concat(chunks), error };
}

/** Why it failed, which is told in words too. */
export function failureOf({ error }: Taken): WechatFailure {
	if (!(error instanceof WechatError)) throw error ?? new Error('It did not fail');
	expect(error.description).toMatch(/\S/);
	return error.failure;
}

const CHUNK = Buffer.alloc(65_536, 'A');

/** Sends until the client has had enough. */
export const endless: Answer = (response) => {
	const send = () => {
		while (!response.destroyed && response.write(CHUNK));
	};
	response.on('drain', send);
	send();
};
