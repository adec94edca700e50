import type { FaultKind } from '../sandbox/sandbox.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';

const lab = useLab();

let slowDown = () => {};
beforeEach(() => {
	slowDown = speedUpClock(50);
});
afterEach(() => slowDown());

/** Faults that pass: what is injected, and what the user reads if they don't. */
const TRANSIENT: ReadonlyArray<readonly [FaultKind, RegExp]> = [
	[{ kind: 'errcode', errcode: -1 }, /WeChat is busy \(errcode -1\)$/],
	[{ kind: 'errcode', errcode: 80311 }, /WeChat could not fetch the file \(errcode 80311\)$/],
	[{ kind: 'errcode', errcode: 80312 }, /WeChat could not encrypt the file \(errcode 80312\)$/],
	[{ kind: 'http', status: 500 }, /WeChat answered with HTTP 500 instead of 200$/],
	[{ kind: 'http', status: 502 }, /WeChat answered with HTTP 502 instead of 200$/],
	[{ kind: 'html' }, /WeChat's answer can't be used: it is not JSON but a web page$/],
	[{ kind: 'reset' }, /WeChat closed the connection before its answer was complete$/],
	[{ kind: 'cut' }, /WeChat closed the connection before its answer was complete$/],
];

const named = TRANSIENT.map(([fault, message]) => ({
	name: Object.values(fault).join(' '),
	fault,
	message,
}));

describe('what may pass by itself', () => {
	it.each(named)('$name: is tried again and then works', async ({ fault }) => {
		lab.sandbox.inject({ call: 'applycodedownload', segment: 1_000, times: 3, ...fault });
		const application = lab.application();
		const { files, json } = await lab.download(application);
		expect(lab.isWhole(application, files)).toBe(true);
		expect(json.map(({ warnings }) => warnings)).toEqual([[], [], []]);
		const tries = lab.requests('applycodedownload').map(({ body }) => body.code_start);
		expect(tries.filter((start) => start === 1_000)).toHaveLength(4);
		expect(tries).toHaveLength(6);
	});

	it.each(named)(
		'$name: is an error after the last try, with its place',
		async ({ fault, message }) => {
			lab.sandbox.inject({ call: 'applycodedownload', segment: 1_000, times: 4, ...fault });
			const application = lab.application();
			const failed = await lab.fail(application);
			expect(failed.message).toMatch(message);
			expect(failed.message).toContain(
				`Application ${application.applicationId}, segment 2 (codes 1000–1999): `,
			);
			expect(failed.description).toMatch(/^Run the node again/);
			const tries = lab.requests('applycodedownload').map(({ body }) => body.code_start);
			expect(tries.filter((start) => start === 1_000)).toHaveLength(4);
		},
	);

	it.each(['applycodequery', 'stable_token'])('is retried in %s too', async (call) => {
		lab.sandbox.inject({ call, kind: 'errcode', errcode: -1, times: 2 });
		lab.sandbox.inject({ call, kind: 'reset', after: 2 });
		await lab.download(lab.application());
		expect(lab.sandbox.count(call)).toBe(4);
	});

	it('waits longer each time, with jitter: 0.5 s, 1 s, 2 s, of which up to a half is taken off', async () => {
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode: -1, times: 3 });
		await lab.download(lab.application());
		const times = lab.requests('applycodequery').map(({ at }) => at);
		const waits = times.slice(1).map((at, n) => at - (times[n] ?? 0));
		expect(waits).toHaveLength(3);
		for (const [n, longest] of [500, 1_000, 2_000].entries()) {
			expect(waits[n]).toBeGreaterThanOrEqual(longest / 2);
		}
	});

	it('may take its time, but not longer than the timeout', async () => {
		lab.sandbox.inject({ call: 'applycodedownload', kind: 'slow', ms: Infinity, segment: 0 });
		const application = lab.application({ codeCount: 1_000 });
		await lab.download(application, { options: { timeout: 20 } });
		const tries = lab.requests('applycodedownload');
		expect(tries.map(({ aborted }) => aborted)).toEqual([true, false]);
	});

	it.each([
		['applycodedownload', 10],
		['applycodedownload', 10_000],
		['applycodequery', 10],
	])(
		'%s: an answer that stops after %d bytes is left, and asked for again',
		async (call, bytes) => {
			lab.sandbox.inject({ call, kind: 'stall', afterBytes: bytes });
			const application = lab.application({ codeCount: 1_000 });
			const { files } = await lab.download(application, { options: { timeout: 20 } });
			expect(lab.isWhole(application, files)).toBe(true);
			expect(lab.requests(call).map(({ aborted }) => aborted)).toEqual([true, false]);
		},
	);
});

describe('too many calls a minute (45011)', () => {
	const tooMany = { call: 'applycodequery', kind: 'errcode', errcode: 45011 } as const;

	it('waits for the next minute, once, and then works', async () => {
		slowDown();
		slowDown = speedUpClock(100);
		lab.sandbox.inject(tooMany);
		await lab.download(lab.application());
		const [first, second, ...others] = lab.requests('applycodequery');
		expect(others).toEqual([]);
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(60_000);
	});

	it('is an error if it is still so after that minute', async () => {
		slowDown();
		slowDown = speedUpClock(100);
		lab.sandbox.inject({ ...tooMany, times: Infinity });
		const { message, description } = await lab.fail(lab.application());
		expect(message).toBe('Too many calls within a minute (errcode 45011)');
		expect(description).toContain('Fewer calls at once');
		expect(lab.sandbox.count('applycodequery')).toBe(2);
	});
});

describe('a host that can not be reached', () => {
	it('is tried again and named as what refuses the connection', async () => {
		const credentialId = lab.credential({ customBaseUrl: 'http://127.0.0.1:1' });
		const { message, description } = await lab.fail(lab.application(), {}, { credentialId });
		expect(message).toBe('WeChat refuses the connection');
		expect(description).toMatch(/network and proxy.*\(ECONNREFUSED\)$/);
	});

	it('that does not exist is named so', async () => {
		const credentialId = lab.credential({ customBaseUrl: 'https://wechat.invalid' });
		const { message } = await lab.fail(lab.application(), {}, { credentialId });
		expect(message).toMatch(/^WeChat could not be found: /);
	});
});
