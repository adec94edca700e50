import type { INodeParameters } from 'n8n-workflow';
import type { FaultKind } from '../sandbox/sandbox.cts';
import { activateAll, activityOf } from './activity.cts';
import { speedUpClock } from './fastClock.cts';
import { useOperation } from './operation.cts';

// What is so after an activation that WeChat refused, or whose answer was lost.
const activate = useOperation('code', 'activate');
const { lab } = activate;

let applicationId = '';
let slowDown = () => {};
beforeEach(() => {
	slowDown = speedUpClock(100);
	({ applicationId } = lab.application());
});
afterEach(() => slowDown());

const range = (codeStart: number, codeEnd: number): INodeParameters => ({
	...activityOf(applicationId),
	codes: 'range',
	codeStart,
	codeEnd,
});
const alreadyActive = async (codeStart: number, codeEnd: number, changes: INodeParameters = {}) => {
	await activateAll(lab, applicationId, { codes: 'range', codeStart, codeEnd, ...changes });
	lab.sandbox.clearRequests();
};
const lose = (fault: FaultKind) => lab.sandbox.inject({ call: 'codeactive', ...fault });

/** WeChat was asked before, and did not show yet what is active. */
const unseen = () =>
	lab.sandbox.inject({ call: 'codeactivequery', kind: 'errcode', errcode: 80304 });

/** The indexes that were asked for, in order: the first before anything is sent. */
const asked = () => lab.requests('codeactivequery').map(({ body }) => body.code_index);

const WITHOUT_EFFECT: Array<[string, FaultKind, RegExp]> = [
	['the connection is reset', { kind: 'reset' }, /closed the connection/],
	['a gateway answers with a page', { kind: 'html' }, /can't be used: it is not JSON/],
	['a gateway answers with HTTP 502', { kind: 'http', status: 502 }, /HTTP 502/],
	['WeChat is busy', { kind: 'errcode', errcode: -1 }, /WeChat is busy/],
];

it('all codes are not activated where WeChat lists only some of them', async () => {
	const list = [0, 2_000].map((code_start) => ({ code_start, code_end: code_start + 999 }));
	lab.sandbox.inject({ call: 'applycodequery', kind: 'list', list });
	const { message } = await activate.fail(activityOf(applicationId));
	expect(message).toMatch(/no segment for the codes 1000–1999/);
	expect(lab.sandbox.count('codeactive')).toBe(0);
});

describe('a lost answer to an activation', () => {
	it('is a success if the codes are active as ordered; it is sent once', async () => {
		lose({ kind: 'cut' });
		const [item] = await activate.items(range(100, 199));
		expect(item).toMatchObject({ activated: true, code_start: 100, code_end: 199 });
		expect(lab.sandbox.count('codeactive')).toBe(1);
		expect(asked()).toEqual([100, 100, 199]);
	});

	it('is one that does not say whether it worked; the codes tell', async () => {
		lose({ kind: 'missingErrcode' });
		const [item] = await activate.items(range(100, 199));
		expect(item).toMatchObject({ activated: true });
		expect(asked()).toEqual([100, 100, 199]);
	});

	it.each(WITHOUT_EFFECT)(
		'is an error that says it is safe to run again, if it has not taken place: %s',
		async (_what, fault, cause) => {
			lose(fault);
			const { message, description } = await activate.fail(range(100, 199));
			expect(message).toMatch(
				new RegExp(`^The codes 100–199 of application ${applicationId} were not activated: `),
			);
			expect(message).toMatch(cause);
			expect(description).toContain('Neither code 100 nor code 199 is active');
			expect(description).toContain('It is safe to run this again');
			expect(lab.sandbox.count('codeactive')).toBe(1);
			expect(asked()).toEqual([100, ...Array.from({ length: 5 }, () => [100, 199]).flat()]);

			expect(await activate.items(range(100, 199))).toMatchObject([{ activated: true }]);
		},
	);

	it.each([
		['another activity', { activityName: 'Summer 2026' }, [100, 199]],
		['another product', { productCode: '96385074' }, [100, 199]],
		['another mini program', { wxaAppid: 'wxfedcba9876543210' }, [100, 199]],
		['another page', { wxaPath: 'pages/other' }, [100, 199]],
		['another version', { wxaType: 2 }, [100, 199]],
		['a wider range', {}, [0, 299]],
		['a range that begins earlier', {}, [0, 199]],
		['a range that ends later', {}, [100, 299]],
	] as const)(
		'is an error that shows what is active instead: %s',
		async (_what, changes, [start, end]) => {
			await alreadyActive(start, end, changes);
			unseen();
			lose({ kind: 'reset' });
			const { message, description } = await activate.fail(range(100, 199));
			expect(message).toContain('are not active as ordered');
			expect(description).toContain(`Code 100 is active, in the range ${start}–${end}`);
			expect(description).toContain('Compare that with what you ordered');
			expect(description).not.toContain('safe to run');
			expect(lab.sandbox.count('codeactive')).toBe(1);
			expect(asked()).toEqual([100, 100, 199]);
		},
	);

	it('is an error that says so, if WeChat can not be asked either', async () => {
		lose({ kind: 'cut' });
		const unreachable = { call: 'codeactivequery', after: 1, times: Infinity };
		lab.sandbox.inject({ ...unreachable, kind: 'reset' });
		const { message, description } = await activate.fail(range(100, 199));
		expect(message).toMatch(/^It is not known whether the codes 100–199 of application/);
		expect(description).toContain('Look with Get Activation at the codes 100 and 199');
		expect(description).not.toMatch(/safe to run|[Rr]un the node again/);
		expect(lab.sandbox.count('codeactive')).toBe(1);
	});

	it("keeps WeChat's words where it can not say that it is safe", async () => {
		await alreadyActive(0, 299);
		unseen();
		lose({ kind: 'errcode', errcode: -1, errmsg: 'system error rid: 1-2-3' });
		const { description } = await activate.fail(range(100, 199));
		expect(description).toContain('WeChat said: errcode -1, system error rid: 1-2-3');
		expect(description).not.toMatch(/safe to run|[Rr]un the node again/);
	});

	it('asks about a single code once', async () => {
		lose({ kind: 'reset' });
		const { description } = await activate.fail(range(100, 100));
		expect(description).toContain('Code 100 is not active. That was still so after half a minute.');
		expect(asked()).toEqual([100, 100, 100, 100, 100, 100]);
	});
});

describe('an access token that is rejected', () => {
	it('is replaced: WeChat has not looked at the activation yet', async () => {
		lose({ kind: 'errcode', errcode: 42001 });
		expect(await activate.items(range(0, 9))).toMatchObject([{ activated: true }]);
		expect(lab.requests('codeactive').map(({ errcode }) => errcode)).toEqual([42001, 0]);
	});
});

describe('an activation that WeChat carries out after its answer was lost', () => {
	it.each([1_000, 5_000, 25_000])('%d ms later is a success', async (ms) => {
		lose({ kind: 'late', ms });
		const [item] = await activate.items(range(100, 199));
		expect(item).toMatchObject({ activated: true, errcode: null, errmsg: null });
		expect(lab.sandbox.count('codeactive')).toBe(1);
		expect(await activate.items(range(100, 199))).toMatchObject([{ already_active: true }]);
		expect(lab.sandbox.count('codeactive')).toBe(1);
	});

	it('shows at its first code first', async () => {
		lose({ kind: 'cut' });
		const notYet = { call: 'codeactivequery', kind: 'errcode', errcode: 80304 } as const;
		lab.sandbox.inject({ ...notYet, after: 2 });
		expect(await activate.items(range(100, 199))).toMatchObject([{ activated: true }]);
		expect(asked()).toEqual([100, 100, 199, 100, 199]);
	});

	it('is waited for no longer than half a minute', async () => {
		lose({ kind: 'reset' });
		const start = Date.now();
		await activate.fail(range(100, 199));
		expect(Date.now() - start).toBeGreaterThan(29_000);
	});

	it('is not waited for after Stop', async () => {
		lose({ kind: 'reset' });
		const stop = new AbortController();
		const running = activate.run(range(100, 199), { signal: stop.signal });
		await lab.untilRequests('codeactivequery', 3);
		const pressed = Date.now();
		stop.abort();
		expect((await running).status).toBe('canceled');
		// By that clock, on which no time passes while the machine is slow.
		expect(Date.now() - pressed).toBeLessThan(15_000);
	});
});

describe('codes that are active already', () => {
	const OTHER = { activityName: 'Summer 2026' };

	it.each([
		['all of them, as ordered before', 100, 199, [[100, 199, true]]],
		['all of them, in a wider range', 0, 299, [[100, 199, true]]],
		[
			'the first ones',
			50,
			150,
			[
				[100, 150, true],
				[151, 199, false],
			],
		],
		[
			'the last ones',
			150,
			250,
			[
				[100, 149, false],
				[150, 199, true],
			],
		],
		[
			'some inside',
			120,
			130,
			[
				[100, 119, false],
				[120, 130, true],
				[131, 199, false],
			],
		],
		[
			'a single one',
			150,
			150,
			[
				[100, 149, false],
				[150, 150, true],
				[151, 199, false],
			],
		],
	])('with the same activity are left alone: %s', async (_what, start, end, expected) => {
		await alreadyActive(start, end);
		const items = await activate.items(range(100, 199));
		expect(
			items.map(({ code_start, code_end, already_active }) => [
				code_start,
				code_end,
				already_active,
			]),
		).toEqual(expected);
		expect(items.every(({ activated }) => activated === true)).toBe(true);
	});

	it.each([
		['the first ones', 50, 150, 0],
		['the last ones', 150, 250, 1],
		['all of them', 0, 299, 0],
		['some inside', 120, 130, 1],
	])('with another one are an error: %s', async (_what, start, end, sent) => {
		await alreadyActive(start, end, OTHER);
		const { message, description } = await activate.fail(range(100, 199));
		expect(message).toBe(
			`The codes ${start}–${end} of application ${applicationId} are active already, with another activity name (Summer 2026)`,
		);
		expect(description).toContain('can not be undone');
		expect(lab.sandbox.count('codeactive')).toBe(sent);
	});

	it.each([
		['product code', { productCode: '96385074' }, '96385074'],
		['mini program', { wxaAppid: 'wxfedcba9876543210' }, 'wxfedcba9876543210'],
		['page', { wxaPath: 'pages/other' }, 'pages/other'],
		['mini program version', { wxaType: 2 }, '2'],
	])('with another %s are an error, too', async (what, changes, value) => {
		await alreadyActive(100, 199, changes);
		const { message } = await activate.fail(range(100, 199));
		expect(message).toContain(`with another ${what} (${value})`);
		expect(lab.sandbox.count('codeactive')).toBe(0);
	});

	it('are not activated around, if one of several is another one', async () => {
		await alreadyActive(120, 129);
		await alreadyActive(140, 149, OTHER);
		await activate.fail(range(100, 199));
		expect(lab.requests('codeactive').map(({ errcode }) => errcode)).toEqual([80302]);
	});

	it('are found in many places', async () => {
		for (const start of [110, 130, 131, 150, 190]) await alreadyActive(start, start);
		const items = await activate.items(range(100, 199));
		const codes = items.flatMap(({ code_start, code_end }) => [code_start, code_end]);
		expect(codes[0]).toBe(100);
		expect(codes.at(-1)).toBe(199);
		expect(items.filter(({ already_active }) => already_active)).toHaveLength(5);
	});
});

describe('a range of which WeChat says that it overlaps an active one (80302)', () => {
	it('is that error, if nothing is found to be active', async () => {
		lose({ kind: 'errcode', errcode: 80302 });
		const { message, description, error } = await activate.fail(range(100, 199));
		expect(message).toBe('The range overlaps one that is active already (errcode 80302)');
		expect(description).toContain('Neither code 100 nor code 199 is active');
		expect(description).toMatch(/WeChat said: errcode 80302, .*rid: /);
		expect(error).toMatchObject({ errorResponse: { errcode: 80302 } });
		expect(lab.sandbox.count('codeactive')).toBe(1);
	});

	it('is that error, too, if WeChat can not be asked which', async () => {
		await alreadyActive(150, 199);
		const call = 'codeactivequery';
		lab.sandbox.inject({ call, kind: 'html', after: 1, times: Infinity });
		const { message, description } = await activate.fail(range(100, 199));
		expect(message).toContain('(errcode 80302)');
		expect(description).toContain('WeChat could not be asked which codes are active');
	});
});
