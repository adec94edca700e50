import { hostFor } from '../../nodes/shared/wechat/client';
import {
	WechatError,
	canceled,
	httpFailure,
	noToken,
	rejection,
	unusableAnswer,
} from '../../nodes/shared/wechat/wechatErrors';
import {
	isTransient,
	pause,
	retryDelayMs,
	withRetries,
	type Tried,
} from '../../nodes/shared/wechat/retry';

const network = (code: string) => new WechatError('No', 'No.', { kind: 'network', code });
const BUSY = rejection(-1, 'system error', []);
const TOO_MANY = rejection(45011, 'frequency limit', []);
const MINUTE_MS = 60_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('retryDelayMs', () => {
	it('is 0.5 s, then double each time, of which up to a half is taken off', () => {
		for (const [tried, longest] of [500, 1000, 2000].entries()) {
			const delays = Array.from({ length: 200 }, () => retryDelayMs(tried + 1));
			expect(Math.max(...delays)).toBeLessThanOrEqual(longest);
			expect(Math.min(...delays)).toBeGreaterThanOrEqual(longest / 2);
			expect(new Set(delays).size).toBeGreaterThan(100);
		}
	});
});

describe('isTransient', () => {
	it.each([
		BUSY,
		rejection(80311, '', []),
		rejection(80312, '', []),
		httpFailure(500),
		httpFailure(503),
		unusableAnswer('it is not JSON'),
		...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE'].map(
			network,
		),
	])('may pass: $failure', (error) => {
		expect(isTransient(error)).toBe(true);
	});

	it.each([
		...[40001, 40164, 45009, 45011, 48001, 80300, 80308, 80309, 80313].map((errcode) =>
			rejection(errcode, '', []),
		),
		httpFailure(404),
		httpFailure(302),
		network('CERT_HAS_EXPIRED'),
		noToken('No', 'No.'),
		canceled(),
	])('stays: $failure', (error) => {
		expect(isTransient(error)).toBe(false);
	});
});

/** Retries an attempt that fails with these errors, one after the other, and then succeeds. */
function attempt(errors: readonly unknown[], repeatable = true) {
	const stop = new AbortController();
	const tries: Tried[] = [];
	const times: number[] = [];
	const start = Date.now();
	const outcome = withRetries(
		async (tried) => {
			times.push(Date.now() - start);
			if (errors.length > tries.push(tried) - 1) throw errors[tries.length - 1];
			return 'done';
		},
		{ repeatable, signal: stop.signal },
	).catch((error: unknown) => error);
	return { outcome, tries, times, stop };
}

const run = async (errors: readonly unknown[], repeatable = true) => {
	const { outcome, tries, times } = attempt(errors, repeatable);
	await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
	return {
		outcome: await outcome,
		tries: tries.length,
		networkFailed: tries.at(-1)?.networkFailed,
		times,
	};
};

describe('withRetries', () => {
	it('gives the first success', async () => {
		expect(await run([])).toMatchObject({ outcome: 'done', tries: 1, networkFailed: false });
		expect(await run([BUSY])).toMatchObject({ outcome: 'done', tries: 2 });
		expect(await run([BUSY, httpFailure(500), network('EPIPE')])).toMatchObject({
			outcome: 'done',
			tries: 4,
			networkFailed: true,
		});
	});

	it('gives up after the fourth try, with the last failure', async () => {
		const last = httpFailure(502);
		expect(await run([BUSY, BUSY, BUSY, last, BUSY])).toMatchObject({ outcome: last, tries: 4 });
	});

	it('waits in between, longer each time', async () => {
		const { times } = await run([BUSY, BUSY, BUSY]);
		const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0));
		expect(waits).toHaveLength(3);
		for (const [at, longest] of [500, 1000, 2000].entries()) {
			expect(waits[at]).toBeGreaterThanOrEqual(longest / 2);
			expect(waits[at]).toBeLessThanOrEqual(longest + 1);
		}
	});

	it('does not repeat what stays as it is', async () => {
		const unknown = rejection(80300, '', []);
		expect(await run([unknown])).toMatchObject({ outcome: unknown, tries: 1 });
		const bug = new TypeError('a bug');
		expect(await run([bug])).toMatchObject({ outcome: bug, tries: 1 });
	});

	it('repeats nothing that may have been carried out already', async () => {
		for (const error of [BUSY, httpFailure(500), network('ECONNRESET')]) {
			expect(await run([error], false)).toMatchObject({ outcome: error, tries: 1 });
		}
	});

	it('waits for the next minute, once, where there were too many calls', async () => {
		const once = await run([TOO_MANY], false);
		expect(once).toMatchObject({ outcome: 'done', tries: 2 });
		expect(once.times.at(1)).toBeGreaterThanOrEqual(MINUTE_MS);
		expect(await run([TOO_MANY, TOO_MANY])).toMatchObject({ outcome: TOO_MANY, tries: 2 });
	});

	it('knows whether a try failed without any answer', async () => {
		const { outcome, tries } = attempt([BUSY, network('ECONNRESET'), BUSY]);
		await jest.advanceTimersByTimeAsync(MINUTE_MS);
		expect(await outcome).toBe('done');
		expect(tries).toEqual([
			{ tries: 0, networkFailed: false },
			{ tries: 1, networkFailed: false },
			{ tries: 2, networkFailed: true },
			{ tries: 3, networkFailed: true },
		]);
	});

	it('tries nothing once the execution is canceled', async () => {
		const { outcome, tries, stop } = attempt([TOO_MANY]);
		await jest.advanceTimersByTimeAsync(1000);
		stop.abort();
		await jest.advanceTimersByTimeAsync(1000);
		expect(await outcome).toMatchObject({ failure: { kind: 'canceled' } });
		expect(tries).toHaveLength(1);
	});
});

describe('pause', () => {
	it('waits as long as it should', async () => {
		const { signal } = new AbortController();
		const done = jest.fn();
		const waiting = pause(2250, signal).then(done);
		await jest.advanceTimersByTimeAsync(2249);
		expect(done).not.toHaveBeenCalled();
		await jest.advanceTimersByTimeAsync(1);
		expect(done).toHaveBeenCalled();
		await waiting;
		await pause(0, signal);
	});

	it('waits no longer if the clock is set back meanwhile', async () => {
		const { signal } = new AbortController();
		const done = jest.fn();
		const waiting = pause(MINUTE_MS, signal).then(done);
		await jest.advanceTimersByTimeAsync(MINUTE_MS / 2);
		jest.setSystemTime(Date.now() - 60 * MINUTE_MS);
		await jest.advanceTimersByTimeAsync(MINUTE_MS / 2);
		expect(done).toHaveBeenCalled();
		await waiting;
	});

	it('ends soon after a cancel', async () => {
		const stop = new AbortController();
		const waiting = pause(MINUTE_MS, stop.signal).catch((error: unknown) => error);
		await jest.advanceTimersByTimeAsync(100);
		stop.abort();
		await jest.advanceTimersByTimeAsync(500);
		expect(await waiting).toMatchObject({ failure: { kind: 'canceled' } });
	});
});

describe('hostFor', () => {
	const DEFAULT = 'https://api.weixin.qq.com';
	const SECOND = 'https://api2.weixin.qq.com';

	it('is the second host from the third try on, if the first could not be reached', () => {
		const hosts = [0, 1, 2, 3].map((tries) => hostFor(DEFAULT, { tries, networkFailed: true }));
		expect(hosts).toEqual([DEFAULT, DEFAULT, SECOND, SECOND]);
	});

	it('stays where WeChat has answered, be it with an errcode', () => {
		expect(hostFor(DEFAULT, { tries: 3, networkFailed: false })).toBe(DEFAULT);
	});

	it.each(['https://sh.api.weixin.qq.com', 'http://127.0.0.1:8080', 'https://proxy.example.org'])(
		'stays at the chosen host %s',
		(host) => {
			expect(hostFor(host, { tries: 3, networkFailed: true })).toBe(host);
		},
	);
});
