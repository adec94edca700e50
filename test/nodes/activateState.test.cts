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

/** The indexes that were asked for, in order. */
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
		expect(asked()).toEqual([100, 199]);
	});

	it('is one that does not say whether it worked; the codes tell', async () => {
		lose({ kind: 'missingErrcode' });
		const [item] = await activate.items(range(100, 199));
		expect(item).toMatchObject({ activated: true });
		expect(asked()).toEqual([100, 199]);
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
			expect(asked()).toEqual([100, 199]);

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
			lose({ kind: 'reset' });
			const { message, description } = await activate.fail(range(100, 199));
			expect(message).toContain('are not active as ordered');
			expect(description).toContain(`Code 100 is active, in the range ${start}–${end}`);
			expect(description).toContain('Compare that with what you ordered');
			expect(description).not.toContain('safe to run');
			expect(lab.sandbox.count('codeactive')).toBe(1);
		},
	);

	it('is an error that says so, if WeChat can not be asked either', async () => {
		lose({ kind: 'cut' });
		lab.sandbox.inject({ call: 'codeactivequery', kind: 'reset', times: Infinity });
		const { message, description } = await activate.fail(range(100, 199));
		expect(message).toMatch(/^It is not known whether the codes 100–199 of application/);
		expect(description).toContain('Look with Get Activation at the codes 100 and 199');
		expect(description).not.toMatch(/safe to run|[Rr]un the node again/);
		expect(lab.sandbox.count('codeactive')).toBe(1);
	});

	it("keeps WeChat's words where it can not say that it is safe", async () => {
		await alreadyActive(0, 299);
		lose({ kind: 'errcode', errcode: -1, errmsg: 'system error rid: 1-2-3' });
		const { description } = await activate.fail(range(100, 199));
		expect(description).toContain('WeChat said: errcode -1, system error rid: 1-2-3');
		expect(description).not.toMatch(/safe to run|[Rr]un the node again/);
	});

	it('asks about a single code once', async () => {
		lose({ kind: 'reset' });
		const { description } = await activate.fail(range(100, 100));
		expect(description).toContain('Code 100 is not active. It is safe to run this again');
		expect(asked()).toEqual([100]);
	});
});

describe('an access token that is rejected', () => {
	it('is replaced: WeChat has not looked at the activation yet', async () => {
		lose({ kind: 'errcode', errcode: 42001 });
		expect(await activate.items(range(0, 9))).toMatchObject([{ activated: true }]);
		expect(lab.requests('codeactive').map(({ errcode }) => errcode)).toEqual([42001, 0]);
	});
});

describe('a range that overlaps an active one (80302)', () => {
	it.each([
		[
			'begins in it',
			50,
			150,
			'Code 100 is active, in the range 50–150 (Spring 2026).',
			'Code 199 is not active.',
		],
		[
			'ends in it',
			150,
			250,
			'Code 100 is not active.',
			'Code 199 is active, in the range 150–250 (Spring 2026).',
		],
		[
			'lies in it',
			0,
			299,
			'Code 100 is active, in the range 0–299',
			'Code 199 is active, in the range 0–299',
		],
		[
			'has it inside',
			120,
			130,
			'Neither code 100 nor code 199 is active',
			'codes between them can be',
		],
	])('that %s is an error that says which ends are active', async (_what, start, end, ...texts) => {
		await alreadyActive(start, end);
		const { message, description, error } = await activate.fail(range(100, 199));
		expect(message).toBe('The range overlaps one that is active already (errcode 80302)');
		for (const text of texts) expect(description).toContain(text);
		expect(description).toMatch(/WeChat said: errcode 80302, .*rid: /);
		expect(error).toMatchObject({ errorResponse: { errcode: 80302 } });
		expect(lab.sandbox.count('codeactive')).toBe(1);
	});

	it('is that error too if WeChat can not be asked which', async () => {
		await alreadyActive(100, 199);
		lab.sandbox.inject({ call: 'codeactivequery', kind: 'html', times: Infinity });
		const { message, description } = await activate.fail(range(100, 199));
		expect(message).toContain('(errcode 80302)');
		expect(description).toContain('WeChat could not be asked which codes are active');
	});
});
