import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { WechatError } from '../../nodes/shared/wechat/wechatErrors';
import { received, receivedText } from '../../nodes/shared/wechat/receive';
import { isTransient } from '../../nodes/shared/wechat/retry';
import {
	Answering,
	LIMITS,
	endless,
	failureOf,
	reallyAfter,
	take,
	type Answer,
	type OnChunk,
	type Limits,
} from './answering.cts';

const server = new Answering();
beforeAll(async () => await server.start());
afterAll(async () => await server.stop());

const answered = async (answer: Answer, limits?: Limits, onChunk?: OnChunk) =>
	await take(server.ask(answer), limits, onChunk);

describe('an answer', () => {
	const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));

	it.each<readonly [string, Answer]>([
		['whole', (response) => response.end(BODY)],
		['with its length', (response) => response.setHeader('Content-Length', BODY.length).end(BODY)],
		[
			'compressed',
			(response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync(BODY)),
		],
		[
			'in pieces',
			(response) => {
				let at = 0;
				server.every(5, response, () => {
					if (at < BODY.length) response.write(BODY.subarray(at, (at += 50_000)));
					else response.end();
				});
			},
		],
	])('is taken byte for byte: %s', async (_what, answer) => {
		const { body, error } = await answered(answer);
		expect(error).toBeUndefined();
		expect(body.equals(BODY)).toBe(true);
	});

	it('may be empty', async () => {
		expect(await answered((response) => response.end())).toMatchObject({
			bytes: 0,
			error: undefined,
		});
	});

	it('is text, also where a piece ends within a character', async () => {
		const text = '一物一码'.repeat(1_000);
		const request = server.ask((response) => {
			const bytes = Buffer.from(text);
			response.write(bytes.subarray(0, 1_000));
			void reallyAfter(30).then(() => response.end(bytes.subarray(1_000)));
		});
		expect(await receivedText(request, LIMITS)).toBe(text);
	});

	it('of more than 1 MB is no short one', async () => {
		const error: unknown = await receivedText(server.ask(endless), LIMITS).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toMatchObject({ failure: { kind: 'oversize' } });
		await server.isClosed();
	});
});

describe('an answer that is too long', () => {
	it('is left at the limit', async () => {
		let socket: { bytesWritten: number } | null = null;
		const taken = await answered((response, request) => {
			socket = response.socket;
			endless(response, request);
		});
		expect(failureOf(taken)).toEqual({ kind: 'oversize' });
		expect(taken.error).toMatchObject({
			message: 'WeChat sends more than the 1 MB that an answer to this call can have',
		});
		expect(taken.bytes).toBeLessThanOrEqual(1_000_000);
		await server.isClosed();
		// What the two ends of the connection hold in their buffers, and no more.
		expect(socket).toMatchObject({ bytesWritten: expect.any(Number) });
		expect(Number(Object(socket).bytesWritten)).toBeLessThan(20_000_000);
	});

	it.each([
		[0, undefined],
		[1, 'oversize'],
	])('is one of %d bytes more than the limit', async (more, kind) => {
		for (const pieces of [1, 3]) {
			const { bytes, error } = await answered(
				(response) => {
					for (let piece = 1; piece < pieces; piece++) response.write(Buffer.alloc(1_000));
					response.end(Buffer.alloc(10_000 + more - 1_000 * (pieces - 1)));
				},
				{ mostBytes: 10_000 },
			);
			expect(error instanceof WechatError ? error.failure.kind : error).toBe(kind);
			expect(bytes).toBeLessThanOrEqual(10_000);
		}
	});

	it('is left though it is small before decompression', async () => {
		const bomb = gzipSync(Buffer.alloc(200_000_000), { level: 9 });
		expect(bomb.length).toBeLessThan(1_000_000);
		const before = process.memoryUsage().arrayBuffers;
		let most = 0;
		const taken = await answered(
			(response) => response.setHeader('Content-Encoding', 'gzip').end(bomb),
			{},
			() => {
				most = Math.max(most, process.memoryUsage().arrayBuffers - before);
			},
		);
		expect(failureOf(taken)).toEqual({ kind: 'oversize' });
		expect(taken.bytes).toBeLessThanOrEqual(1_000_000);
		expect(most).toBeLessThan(20_000_000);
		await server.isClosed();
	});
});

describe('an answer that is none', () => {
	const WORDS = Buffer.from(Array.from({ length: 9_999 }, (_, at) => `answer ${at * at}`).join());
	const WRONG_CHECKSUM = gzipSync(WORDS).length - 8;

	it.each([201, 204, 301, 302, 401, 403, 404, 429, 500, 502, 503])(
		'with HTTP %d',
		async (status) => {
			const taken = await answered((response, request) => {
				response.statusCode = status;
				response.setHeader('Location', server.url);
				if (status === 204) response.end();
				else endless(response, request);
			});
			expect(failureOf(taken)).toEqual({ kind: 'http', status });
			expect(taken.bytes).toBe(0);
			if (status !== 204) await server.isClosed();
		},
	);

	it.each<readonly [string, Answer]>([
		['before its headers', (response) => response.destroy()],
		[
			'in the middle',
			(response) => {
				response.write('half an answer');
				void reallyAfter(50).then(() => response.destroy());
			},
		],
		[
			'before the length that it told',
			(response) => {
				response.setHeader('Content-Length', 1_000).write('half an answer');
				void reallyAfter(50).then(() => response.socket?.end());
			},
		],
		[
			'within what it compressed',
			(response) => {
				const half = gzipSync(Buffer.from('an answer'.repeat(9_999))).subarray(0, 60);
				response.setHeader('Content-Encoding', 'gzip').write(half);
				void reallyAfter(50).then(() => response.destroy());
			},
		],
	])('as the connection breaks %s', async (_what, answer) => {
		const failure = failureOf(await answered(answer));
		expect(failure.kind).toBe('network');
	});

	it.each<readonly [string, string, Buffer]>([
		['damaged in the middle', 'gzip', gzipSync(WORDS).fill(0xff, 60, 80)],
		[
			'with a wrong checksum',
			'gzip',
			gzipSync(WORDS).fill(0xff, WRONG_CHECKSUM, WRONG_CHECKSUM + 4),
		],
		['that is said to be compressed and is not', 'gzip', WORDS],
		['damaged, of brotli', 'br', brotliCompressSync(WORDS).fill(0xff, 10)],
	])('as it can not be decompressed: %s', async (_what, encoding, body) => {
		const { error } = await answered((response) => {
			response.setHeader('Content-Encoding', encoding).end(body);
		});
		expect(error).toMatchObject({
			message: "WeChat's answer can't be used: it can not be decompressed",
			failure: { kind: 'answer' },
		});
		// It may arrive undamaged the next time.
		expect(error instanceof WechatError && isTransient(error)).toBe(true);
	});

	it('as nobody answers', async () => {
		const other = new Answering();
		await other.start();
		const { url } = other;
		await other.stop();
		jest.spyOn(server, 'url', 'get').mockReturnValueOnce(url);
		const taken = await answered((response) => response.end());
		expect(failureOf(taken)).toEqual({ kind: 'network', code: 'ECONNREFUSED' });
	});

	it.each<readonly [string, unknown]>([
		['it has no body', { statusCode: 200 }],
		['it has no body', { statusCode: 200, body: 'text' }],
		['it has no body', undefined],
		['its body is not bytes', { statusCode: 200, body: Readable.from(['text']) }],
	])('as %s', async (reason, response) => {
		const { error } = await take(async () => await Promise.resolve(response));
		expect(error).toMatchObject({
			message: `WeChat's answer can't be used: ${reason}`,
			failure: { kind: 'answer' },
		});
	});
});

it('an error that comes when nobody reads any more does not end the process', async () => {
	for (const statusCode of [500, 200]) {
		const body = Readable.from([Buffer.from('{}')]);
		await take(async () => await Promise.resolve({ statusCode, body }));
		expect(() => body.emit('error', new Error('Late'))).not.toThrow();
	}
});

describe('an answer that nobody wants any more', () => {
	it('is not waited for if it is canceled before', async () => {
		const taken = await answered(endless, { signal: AbortSignal.abort() });
		expect(failureOf(taken)).toEqual({ kind: 'canceled' });
		expect(taken.bytes).toBe(0);
		await server.isClosed();
	});

	it('is not waited for either if the server is silent', async () => {
		const taken = await answered(() => {}, { signal: AbortSignal.abort() });
		expect(failureOf(taken)).toEqual({ kind: 'canceled' });
	});

	it.each<readonly [string, Answer]>([
		['before its headers', () => {}],
		['within a silence', (response) => void response.write('x')],
		['while it flows', (response) => server.every(10, response, () => response.write('x'))],
	])('is left if it is canceled %s', async (_what, answer) => {
		const controller = new AbortController();
		void reallyAfter(150).then(() => controller.abort());
		const taken = await answered(answer, { signal: controller.signal });
		expect(failureOf(taken)).toEqual({ kind: 'canceled' });
	});

	it('is left if it is canceled while its reader works', async () => {
		const controller = new AbortController();
		const taken = await answered(
			endless,
			{ signal: controller.signal, mostBytes: 1e9 },
			async () => {
				controller.abort();
				await reallyAfter(400);
			},
		);
		expect(failureOf(taken)).toEqual({ kind: 'canceled' });
		expect(taken.bytes).toBeLessThan(1_000_000);
		await server.isClosed();
	});

	it('is left if its reader stops', async () => {
		for await (const chunk of received(server.ask(endless), LIMITS)) {
			expect(chunk.length).toBeGreaterThan(0);
			break;
		}
		await server.isClosed();
	});

	it("is left if its reader fails, with the reader's error", async () => {
		const own = new Error('No');
		const read = async () => {
			for await (const chunk of received(server.ask(endless), LIMITS)) {
				if (chunk.length > 0) throw own;
			}
		};
		await expect(read()).rejects.toBe(own);
		await server.isClosed();
	});
});
