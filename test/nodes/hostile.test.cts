import type { FaultKind } from '../sandbox/sandbox.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();
let slowDown = () => {};
afterEach(() => slowDown());

const always = (call: string, fault: FaultKind) =>
	lab.sandbox.inject({ call, times: Infinity, ...fault });

/** A segment of 1,000 codes may have 1 MB and 1,000 rows of 2,048 bytes in base64. */
const LIMIT = 1_000_000 + Math.ceil((1_000 * 2_048 * 4) / 3);

describe('an answer that trickles', () => {
	it.each(['applycodedownload', 'applycodequery', 'stable_token'])(
		'is ended after a minute and tried again, not for ever: %s',
		async (call) => {
			slowDown = speedUpClock(200);
			// By that clock some 300 bytes a second, in pieces that leave no long silence.
			always(call, { kind: 'trickle', bytes: 60, everyMs: 1 });
			always(call, { kind: 'fields', fields: { errmsg: 'x'.repeat(500_000) } });
			const application = lab.application();
			const start = Date.now();
			const options = { concurrency: 1, timeout: 60 };
			const { message } = await lab.fail(application, { options });
			const took = Date.now() - start;
			expect(message).toMatch(/sends its answer too slowly: less than 1 kB a second$/);
			expect(took).toBeGreaterThanOrEqual(4 * 60_000);
			expect(lab.requests(call)).toHaveLength(4);
			await lab.untilEnded(call);
			expect(lab.requests(call).every(({ aborted }) => aborted)).toBe(true);
		},
	);

	it.each(['applycodedownload', 'stable_token'])('ends on Stop: %s', async (call) => {
		always(call, { kind: 'trickle', bytes: 1, everyMs: 50 });
		const stop = new AbortController();
		const { applicationId } = lab.application();
		const running = lab.run({ application: byId(applicationId) }, { signal: stop.signal });
		await lab.untilRequests(call, 1);
		stop.abort();
		expect((await running).status).toBe('canceled');
		await lab.untilEnded(call);
		expect(lab.requests(call).every(({ aborted }) => aborted)).toBe(true);
	});
});

describe('an answer that falls silent', () => {
	it('is ended after the timeout and tried again', async () => {
		slowDown = speedUpClock(50);
		lab.sandbox.inject({ call: 'applycodedownload', kind: 'stall', afterBytes: 100_000 });
		const application = lab.application();
		const { files } = await lab.download(application, { options: { timeout: 20 } });
		expect(lab.isWhole(application, files)).toBe(true);
		expect(lab.sandbox.count('applycodedownload')).toBe(4);
		await lab.untilEnded('applycodedownload');
		expect(lab.requests('applycodedownload').filter(({ aborted }) => aborted)).toHaveLength(1);
	});

	it('is one that never begins, too: a token call', async () => {
		slowDown = speedUpClock(50);
		always('stable_token', { kind: 'stall', afterBytes: 0 });
		const { message } = await lab.fail(lab.application());
		expect(message).toBe('WeChat did not answer in time');
	});
});

describe('an answer that is longer than what was asked for explains', () => {
	it.each([
		['as it is', false],
		['compressed to a thousandth', true],
	])('is left at its limit, once, and what it takes is bounded: 1 GB %s', async (_how, gzip) => {
		always('applycodedownload', { kind: 'huge', bytes: 1e9, gzip });
		const application = lab.application({ codeCount: 1_000 });
		const before = process.memoryUsage().rss;
		let most = 0;
		const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
		const { message, description } = await lab.fail(application, { output: 'encrypted' });
		clearInterval(sampling);
		expect(message).toMatch(
			/segment 1 \(codes 0–999\): WeChat sends more than the 4 MB that an answer to this call can have$/,
		);
		expect(description).toContain('nothing of it was kept');
		expect(lab.sandbox.count('applycodedownload')).toBe(1);
		await lab.untilEnded('applycodedownload');
		const [request] = lab.requests('applycodedownload');
		expect(request?.aborted).toBe(true);
		// What is on its way in sockets and in the decompressor comes on top.
		if (!gzip) expect(request?.sentBytes).toBeLessThan(LIMIT + 16_000_000);
		expect(most - before).toBeLessThan(100_000_000);
	});

	it.each(['applycodequery', 'stable_token'])('has 1 MB at the most in %s', async (call) => {
		always(call, { kind: 'huge', bytes: 1e9 });
		const { message } = await lab.fail(lab.application());
		expect(message).toContain('sends more than the 1 MB that an answer to this call can have');
		expect(lab.sandbox.count(call)).toBe(1);
		await lab.untilEnded(call);
		expect(lab.requests(call)[0]?.sentBytes).toBeLessThan(17_000_000);
	});

	it('is seen at its first bytes where they are no package', async () => {
		always('applycodedownload', { kind: 'huge', bytes: 1e9 });
		const application = lab.application({ codeCount: 1_000 });
		const { message } = await lab.fail(application, { output: 'urlList' });
		expect(message).toMatch(/The package key does not open this package$/);
		await lab.untilEnded('applycodedownload');
		expect(lab.requests('applycodedownload')[0]?.sentBytes).toBeLessThan(17_000_000);
	});
});

describe('an answer without a package', () => {
	it('is an error that names the segment', async () => {
		lab.sandbox.inject({ call: 'applycodedownload', kind: 'noBuffer', times: Infinity });
		const { message } = await lab.fail(lab.application());
		expect(message).toMatch(/segment 1 .*: WeChat's answer can't be used: it has no package$/);
	});
});

describe("WeChat's errcode", () => {
	const fields = { errcode: 80309, errmsg: 'subtask file expired rid: 1-2-3' };

	it.each(['bufferFirst', 'missingErrcode'] as const)(
		'counts for more than what the package is like, behind it too (%s)',
		async (kind) => {
			always('applycodedownload', { kind: 'wrongKey' });
			always('applycodedownload', { kind });
			always('applycodedownload', { kind: 'fields', fields });
			const { message, description } = await lab.fail(lab.application());
			expect(message).toMatch(/file has expired at WeChat \(errcode 80309\)$/);
			expect(description).toContain('rid: 1-2-3');
		},
	);
});

describe('segments that are under way when another one fails', () => {
	it('are ended with it', async () => {
		always('applycodedownload', { kind: 'wrongKey' });
		const slow = { call: 'applycodedownload', kind: 'trickle', bytes: 1_000, everyMs: 20 } as const;
		for (const segment of [1_000, 2_000]) lab.sandbox.inject({ ...slow, segment });
		await lab.fail(lab.application());
		await lab.untilEnded('applycodedownload');
		const asked = lab.requests('applycodedownload').filter(({ body }) => body.code_start !== 0);
		expect(asked.map(({ aborted }) => aborted)).toEqual([true, true]);
	});
});
