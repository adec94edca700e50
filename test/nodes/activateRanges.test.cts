import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activateAll, activityOf } from './activity.cts';
import { speedUpClock } from './fastClock.cts';
import { useOperation } from './operation.cts';

// Activations of codes with gaps: several calls, that are broken off and go on.
const activate = useOperation('code', 'activate');
const { lab } = activate;

let applicationId = '';
beforeEach(() => {
	({ applicationId } = lab.application());
});

const ranges = (rangeList: string, changes: INodeParameters = {}): INodeParameters => ({
	...activityOf(applicationId),
	codes: 'ranges',
	rangeList,
	...changes,
});
const allBut = (leftOut: string, changes: INodeParameters = {}): INodeParameters => ({
	...activityOf(applicationId),
	codes: 'allBut',
	leftOut,
	...changes,
});
const bounds = (items: readonly IDataObject[]) =>
	items.map(({ code_start, code_end }) => [code_start, code_end]);
const sent = () => bounds(lab.requests('codeactive').map(({ body }) => body as IDataObject));
/** The ranges that WeChat took. */
const taken = () =>
	bounds(
		lab
			.requests('codeactive')
			.filter(({ errcode }) => errcode === 0)
			.map(({ body }) => body as IDataObject),
	);
const asked = () => lab.requests('codeactivequery').map(({ body }) => body.code_index);
const other = { activityName: 'Summer 2026' };
const alreadyActive = async (codeStart: number, codeEnd: number, changes: INodeParameters = {}) => {
	await activateAll(lab, applicationId, { codes: 'range', codeStart, codeEnd, ...changes });
	lab.sandbox.clearRequests();
};

describe('Code: Activate with gaps', () => {
	it('sends ranges in order, merged, an item a call with what WeChat said', async () => {
		const items = await activate.items(ranges('200-299\n0–49, 30-60\r\n61\n500'));
		expect(sent()).toEqual([
			[0, 61],
			[200, 299],
			[500, 500],
		]);
		expect(bounds(items)).toEqual(sent());
		expect(items.map(({ call, calls }) => [call, calls])).toEqual([
			[1, 3],
			[2, 3],
			[3, 3],
		]);
		expect(items[1]).toEqual({
			application_id: applicationId,
			code_start: 200,
			code_end: 299,
			...ACTIVITY,
			call: 2,
			calls: 3,
			activated: true,
			already_active: false,
			errcode: 0,
			errmsg: 'ok',
			dry_run: false,
		});
		// Nothing of the first range was active: there was no need to ask about the others.
		expect(asked()).toEqual([0]);
	});

	it('leaves waste out, at the ends of the application too', async () => {
		await activate.items(allBut('0, 17\n1000-1009\n2999'));
		expect(sent()).toEqual([
			[1, 16],
			[18, 999],
			[1_010, 2_998],
		]);
	});

	it('leaves waste out of a roll, and of several', async () => {
		const roll = { codes: 'range', codeStart: 100, codeEnd: 199, leftOut: '99-104, 150' };
		await activate.items({ ...activityOf(applicationId), ...roll });
		await activate.items(ranges('300-309\n320-329', { leftOut: '305-324' }));
		expect(sent()).toEqual([
			[105, 149],
			[151, 199],
			[300, 304],
			[325, 329],
		]);
	});

	it.each([' None ', '无\n'])(
		'activates all codes if it is said that none is left out: %j',
		async (none) => {
			await activate.items(allBut(none));
			expect(sent()).toEqual([[0, 2_999]]);
		},
	);

	it('shows the calls and their number on a dry run, however many they are', async () => {
		const waste = Array.from({ length: 60 }, (_, at) => 10 * at + 5).join('\n');
		const result = await activate.run(allBut(waste, { dryRun: true }));
		const items = result.output('Node').map(({ json }) => json);
		expect(items).toHaveLength(61);
		expect(items[60]).toMatchObject({
			code_start: 596,
			code_end: 2_999,
			call: 61,
			calls: 61,
			activated: false,
			dry_run: true,
		});
		expect(result.hints('Node').map(({ message }) => message)).toEqual([
			'This takes 61 activations, more than the 50 of Most Calls',
		]);
		expect([lab.sandbox.count('codeactive'), lab.sandbox.count('codeactivequery')]).toEqual([0, 0]);
	});

	it('sends more calls than 50 only if that is said', async () => {
		const waste = Array.from({ length: 50 }, (_, at) => 10 * at + 5).join(',');
		const { message, description } = await activate.fail(allBut(waste));
		expect(message).toBe('This takes 51 activations, more than the 50 of Most Calls');
		expect(description).toContain('Nothing was sent');
		expect(description).toContain('Most Calls to 51');
		expect(sent()).toEqual([]);
		expect(await activate.items(allBut(waste, { options: { maxCalls: 51 } }))).toHaveLength(51);
	});
});

describe('a list that can not be right is refused:', () => {
	it.each([
		['no range', ranges(' , '), 'Ranges is missing'],
		['an expression that gives no range', ranges('={{ $json.none }}'), 'Ranges is missing'],
		[
			'a range that is reversed',
			ranges('0-9\n\n20-10'),
			'Ranges, line 3: the range 20–10 is reversed',
		],
		['a word', ranges('first'), 'Ranges, line 1: an entry is neither'],
		['no waste', allBut(''), 'Left Out is missing'],
		['an expression that gives no waste', allBut('={{ $json.none }}'), 'Left Out is missing'],
		['the same for a roll', ranges('0-9', { leftOut: '={{ $json.none }}' }), 'Left Out is missing'],
		['a list that is none', allBut('={{ [1, 2] }}'), 'Left Out is not text'],
		['another choice', ranges('0', { codes: '={{ "some" }}' }), 'Codes has a value'],
		['no number of calls', ranges('0', { options: { maxCalls: 0 } }), 'Most Calls is not'],
	])('%s, before any request', async (_what, changes, message) => {
		const parameters = { ...changes, application: activityOf(applicationId).application };
		const failed = await activate.fail(parameters);
		expect(failed.message).toContain(message);
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['a range', () => ranges('0-9\n2990-3000'), 'Ranges, line 2: 2990–3000 is outside'],
		['waste', () => allBut('3000'), 'Left Out, line 1: 3000 is outside the application'],
	])('%s beyond the application', async (_what, parameters, message) => {
		const failed = await activate.fail(parameters());
		expect(failed.message).toContain(message);
		expect(failed.description).toContain('the codes 0 to 2999');
		expect(sent()).toEqual([]);
	});

	it.each([
		['the numbers of its lines', '17, 20-25', /line 1: 17 is not among the chosen codes$/],
		['a code with a digit too many', '117\n1180', /line 2: 1180 is not among the chosen codes$/],
	])('waste of a roll: %s', async (_what, leftOut, message) => {
		const roll = { codes: 'range', codeStart: 100, codeEnd: 199, leftOut };
		for (const dryRun of [true, false]) {
			const failed = await activate.fail({ ...activityOf(applicationId), ...roll, dryRun });
			expect(failed.message).toMatch(message);
			expect(failed.description).toContain('not the number of a line');
		}
		expect(sent()).toEqual([]);
	});

	it('one that leaves nothing', async () => {
		const { message } = await activate.fail(ranges('10-19', { leftOut: '0-99' }));
		expect(message).toBe('No code is left to activate');
	});

	it('of an application that is not finished', async () => {
		const unfinished = lab.application({ finishAfterMs: Infinity }).applicationId;
		const application = activityOf(unfinished).application;
		const { message } = await activate.fail(ranges('5000', { application }));
		expect(message).toContain('is not finished');
	});

	it('where WeChat lists no segment for a range, though for those around it', async () => {
		const list = [0, 2_000].map((code_start) => ({ code_start, code_end: code_start + 999 }));
		lab.sandbox.inject({ call: 'applycodequery', kind: 'list', list, times: 2 });
		expect((await activate.fail(ranges('0-9, 1500'))).message).toMatch(/no segment/);
		expect(await activate.items(ranges('0-9, 2500'))).toHaveLength(2);
	});
});

describe('a call that fails in the middle', () => {
	it('ends it, and the error says what is done and what is not', async () => {
		lab.sandbox.inject({ call: 'codeactive', kind: 'errcode', errcode: 80305, after: 2 });
		const { message, description } = await activate.fail(ranges('0-9,20-29,40-49,60-69,80'));
		expect(message).toBe(
			'Activation 3 of 5, codes 40–49: WeChat could not activate the range (errcode 80305)',
		);
		expect(description).toContain('Done: 0–9, 20–29. Not done: 40–49, 60–69, 80.');
		expect(description).toContain('run this again as it is');
		expect(description).toContain('WeChat said: errcode 80305');
		expect(sent()).toHaveLength(3);
	});

	it('with no answer says what is not known', async () => {
		const slowDown = speedUpClock(100);
		lab.sandbox.inject({ call: 'codeactive', kind: 'reset', after: 1 });
		lab.sandbox.inject({ call: 'codeactivequery', kind: 'reset', after: 1, times: Infinity });
		const { message, description } = await activate.fail(ranges('0-9,20-29,40-49'));
		slowDown();
		expect(message).toMatch(/^Activation 2 of 3, codes 20–29: It is not known whether/);
		expect(description).toContain('Done: 0–9. Not known to be done: 20–29. Not sent: 40–49.');
	});

	it('of 200: run again, exactly the others are activated (45009)', async () => {
		const waste = Array.from({ length: 199 }, (_, at) => 15 * at + 10).join('\n');
		const parameters = allBut(waste, { options: { maxCalls: 200 } });
		lab.sandbox.inject({ call: 'codeactive', kind: 'errcode', errcode: 45009, after: 120 });
		const { message, description } = await activate.fail(parameters);
		expect(message).toMatch(/^Activation 121 of 200, codes 1796–1809: The daily quota/);
		expect(description).toContain('and 100 more. Not done: 1796–1809, ');
		const before = taken();
		expect(before).toHaveLength(120);

		lab.sandbox.clearRequests();
		const items = await activate.items(parameters);
		expect(taken()).toHaveLength(80);
		// A refused call would cost quota: what is done is asked about, not sent.
		expect(sent()).toEqual(taken());
		expect(lab.sandbox.count('codeactivequery')).toBe(121);
		expect(bounds(items)).toEqual([...before, ...taken()]);
		const wanted = Array.from({ length: 200 }, (_, at) => [
			at === 0 ? 0 : 15 * at - 4,
			at === 199 ? 2_999 : 15 * at + 9,
		]);
		expect(bounds(items)).toEqual(wanted);
		expect(items.filter(({ already_active }) => already_active)).toHaveLength(120);

		lab.sandbox.clearRequests();
		expect(await activate.items(parameters)).toHaveLength(200);
		expect(sent()).toEqual([]);
	});

	it.each(['cut', 'late'] as const)('and whose answer is lost goes on (%s)', async (kind) => {
		const slowDown = speedUpClock(100);
		const fault = kind === 'late' ? { kind, ms: 5_000 } : { kind };
		lab.sandbox.inject({ call: 'codeactive', ...fault, after: 1 });
		const items = await activate.items(ranges('0-9,20-29,40-49'));
		slowDown();
		expect(items.map(({ errmsg }) => errmsg)).toEqual(['ok', null, 'ok']);
		expect(sent()).toHaveLength(3);
	});

	it('is the last one after Stop', async () => {
		lab.sandbox.inject({ call: 'codeactive', kind: 'slow', ms: Infinity, after: 1 });
		const stop = new AbortController();
		const running = activate.run(ranges('0-9,20-29,40-49'), { signal: stop.signal });
		await lab.untilRequests('codeactive', 2);
		stop.abort();
		expect((await running).status).toBe('canceled');
		expect(sent()).toHaveLength(2);
		// WeChat had carried the second one out, too; nobody was there to hear it.
		const items = await activate.items(ranges('0-9,20-29,40-49'));
		expect(items.map(({ already_active }) => already_active)).toEqual([true, true, false]);
		expect(sent()).toHaveLength(3);
	});
});

describe('what is active already', () => {
	it('with the same activity is filled up, whatever the ranges were', async () => {
		await alreadyActive(5, 24);
		await alreadyActive(45, 45);
		const items = await activate.items(ranges('0-29,40-49'));
		expect(taken()).toEqual([
			[0, 4],
			[25, 29],
			[40, 44],
			[46, 49],
		]);
		expect(bounds(items.filter(({ already_active }) => already_active))).toEqual([
			[5, 24],
			[45, 45],
		]);
		expect(items.map(({ call }) => call)).toEqual([1, 1, 1, 2, 2, 2]);
	});

	it('is done in the error, too, where the rest of its range fails', async () => {
		await alreadyActive(5, 24);
		lab.sandbox.inject({ call: 'codeactive', kind: 'errcode', errcode: 45009, after: 2 });
		const { description } = await activate.fail(ranges('0-29,40-49'));
		expect(description).toContain('Done: 0–24. Not done: 25–29, 40–49.');
	});

	it('with another activity ends it; the error says what was done before', async () => {
		await alreadyActive(45, 45, other);
		const { message, description } = await activate.fail(ranges('0-29,40-49,60-69'));
		expect(message).toMatch(
			/^Activation 2 of 3, codes 40–49: The codes 45–45 of application \d+ are active already, with another activity name \(Summer 2026\)$/,
		);
		expect(description).toContain('Done: 0–29. Not done: 40–49, 60–69.');
		expect(taken()).toEqual([[0, 29]]);
	});

	it('and is waste ends it: the activation reaches over what is left out', async () => {
		await alreadyActive(0, 99);
		const { message, description } = await activate.fail(allBut('17, 50-59, 200'));
		expect(message).toContain(
			'are active already, and among them codes that are left out: 17, 50–59',
		);
		expect(description).toContain('can not be undone');
		expect(sent()).toEqual([]);
	});

	it('by somebody else between two of the calls is an error that costs nothing', async () => {
		lab.sandbox.inject({ call: 'codeactive', kind: 'slow', ms: Infinity, after: 0 });
		const running = activate.fail(ranges('0-9,20-29'));
		await lab.untilRequests('codeactive', 1);
		await activateAll(lab, applicationId, { codes: 'range', codeStart: 25, codeEnd: 26, ...other });
		lab.sandbox.releaseAnswers();
		const { message, description } = await running;
		expect(message).toContain('Activation 2 of 2, codes 20–29: The codes 25–26 of application');
		expect(description).toContain('Done: 0–9. Not done: 20–29.');
	});
});
