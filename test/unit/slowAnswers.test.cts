import { speedUpClock } from '../nodes/fastClock.cts';
import {
	Answering,
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

const FACTOR = 100;
let slowDown: () => void;
beforeEach(() => {
	slowDown = speedUpClock(FACTOR);
});
afterEach(() => slowDown());

describe('a silent server', () => {
	it.each<readonly [string, Answer, number]>([
		['before the headers', () => {}, 0],
		['behind the headers', (response) => response.flushHeaders(), 0],
		['within the body', (response) => void response.write('half an answer'), 14],
		[
			'within a body whose length it told',
			(response) => void response.setHeader('Content-Length', 1_000).write('half an answer'),
			14,
		],
	])('is not waited for without end: %s', async (_what, answer, bytes) => {
		const start = Date.now();
		const taken = await answered(answer, { silenceMs: 20_000 });
		expect(failureOf(taken)).toEqual({ kind: 'network', code: 'ETIMEDOUT' });
		expect(taken.error).toMatchObject({ message: 'WeChat did not answer in time' });
		expect(taken.bytes).toBe(bytes);
		expect(Date.now() - start).toBeGreaterThanOrEqual(20_000);
	});

	it('within the body is left', async () => {
		await answered((response) => void response.write('half'), { silenceMs: 20_000 });
		await server.isClosed();
	});

	it('that answers too late is left unread', async () => {
		let answerNow = () => {};
		const late: Answer = (response, request) => {
			answerNow = () => endless(response, request);
		};
		expect(failureOf(await answered(late, { silenceMs: 20_000 }))).toMatchObject({
			code: 'ETIMEDOUT',
		});
		answerNow();
		await server.isClosed();
	});

	it('that fails too late fails nothing else', async () => {
		let failNow = () => {};
		const late: Answer = (response) => {
			failNow = () => void response.destroy();
		};
		expect(failureOf(await answered(late, { silenceMs: 20_000 }))).toMatchObject({
			code: 'ETIMEDOUT',
		});
		failNow();
		await server.isClosed();
	});

	it('is not one that pauses for less', async () => {
		let sent = 0;
		const pausing: Answer = (response) =>
			server.every(50, response, () => (++sent > 5 ? response.end() : response.write('x')));
		expect(await answered(pausing, { silenceMs: 20_000 })).toMatchObject({
			bytes: 5,
			error: undefined,
		});
	});

	it('is not one whose reader is slow', async () => {
		const body = Buffer.alloc(400_000, 'x');
		const taken = await answered(
			(response) => response.end(body),
			{ silenceMs: 20_000 },
			async (bytes) => await reallyAfter(bytes < 200_000 ? 500 : 0),
		);
		expect(taken).toMatchObject({ bytes: body.length, error: undefined });
	});

	it('is noticed though its reader was slow before', async () => {
		const taken = await answered(
			(response) => void response.write('half an answer'),
			{ silenceMs: 20_000 },
			async () => await reallyAfter(500),
		);
		expect(failureOf(taken)).toMatchObject({ code: 'ETIMEDOUT' });
	});

	it('has the name that the user knows it by', async () => {
		const { error } = await answered(() => {}, { silenceMs: 20_000, who: 'The token server' });
		expect(error).toMatchObject({ message: 'The token server did not answer in time' });
	});
});

describe('a server that trickles', () => {
	/** So many bytes every 2 seconds of the fast clock, for so many of its seconds. */
	const trickle =
		(bytes: number, seconds = Infinity): Answer =>
		(response) => {
			let sent = 0;
			server.every(2_000 / FACTOR, response, () => {
				if (sent++ * 2 >= seconds) response.end();
				else response.write(Buffer.alloc(bytes));
			});
		};

	it.each([1, 1_000])('is left after a minute: %d bytes every 2 seconds', async (bytes) => {
		const start = Date.now();
		const taken = await answered(trickle(bytes), { silenceMs: 30_000 });
		expect(failureOf(taken)).toEqual({ kind: 'network', code: 'TOO_SLOW' });
		expect(taken.error).toMatchObject({
			message: 'WeChat sends its answer too slowly: less than 1 kB a second',
		});
		expect(Date.now() - start).toBeGreaterThan(59_000);
		await server.isClosed();
	});

	it('is left too where it began fast', async () => {
		const taken = await answered(
			(response, request) => {
				response.write(Buffer.alloc(500_000));
				trickle(1)(response, request);
			},
			{ silenceMs: 30_000 },
		);
		expect(failureOf(taken)).toMatchObject({ code: 'TOO_SLOW' });
	});

	it('is not one that sends more than 1 kB a second', async () => {
		const taken = await answered(trickle(4_000, 150), { silenceMs: 30_000 });
		expect(taken).toMatchObject({ bytes: 300_000, error: undefined });
	});

	it('is not one whose reader takes minutes', async () => {
		const taken = await answered(
			(response) => response.end(Buffer.alloc(300_000)),
			{ silenceMs: 30_000 },
			async () => await reallyAfter(90_000 / FACTOR / 2),
		);
		expect(taken).toMatchObject({ bytes: 300_000, error: undefined });
	});
});
