import type { INodeParameters } from 'n8n-workflow';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activateAll } from './activity.cts';
import { itTellsErrcodes } from './itTellsErrcodes.cts';
import { useOperation } from './operation.cts';
import { byExternalId, byId } from './world.cts';

const map = useOperation('code', 'getActivations');
const { lab } = map;

const ID = '9007199254740993';
const SUMMER = { activity_name: 'Summer 2026', product_code: '96385074' };

/** Of 3,000 codes, 100–1099 and 1100–1199 are active, and 2005 with something else. */
beforeEach(async () => {
	lab.application({ applicationId: ID, isvApplicationId: 'order-1' });
	const active = async (codeStart: number, codeEnd: number, changes: INodeParameters = {}) =>
		await activateAll(lab, ID, { codes: 'range', codeStart, codeEnd, ...changes });
	await active(100, 1_099);
	await active(1_100, 1_199);
	await active(2_005, 2_005, { activityName: SUMMER.activity_name, productCode: '96385074' });
	lab.sandbox.clearRequests();
});

const of = (step: number | string, options: INodeParameters = {}): INodeParameters => ({
	application: byId(ID),
	step,
	options,
});
const asked = () => lab.requests('codeactivequery').map(({ body }) => body.code_index);
const brief = async (parameters: INodeParameters) =>
	(await map.items(parameters)).map((item) => [
		item.code_start,
		item.code_end,
		item.is_active,
		item.is_exact,
	]);

describe('Code: Get Activations', () => {
	it('gives an item a stretch, in order, with the activity where it is active', async () => {
		const items = await map.items(of(500));
		expect(items[1]).toEqual({
			application_id: ID,
			code_start: 100,
			code_end: 1_099,
			code_count: 1_000,
			is_active: true,
			is_exact: true,
			...ACTIVITY,
		});
		expect(items[0]).toEqual({
			application_id: ID,
			code_start: 0,
			code_end: 99,
			code_count: 100,
			is_active: false,
			is_exact: false,
		});
		expect(asked()).toEqual([0, 500, 1_100, 1_200, 1_700, 2_200, 2_700, 2_999]);
	});

	it('misses what is shorter than the step, and says that it may', async () => {
		expect(await brief(of(500))).toEqual([
			[0, 99, false, false],
			[100, 1_099, true, true],
			[1_100, 1_199, true, true],
			[1_200, 2_999, false, false],
		]);
	});

	it('sees everything with a step of 1', async () => {
		const options = { maxCalls: 3_000 };
		expect(await brief(of('={{ "1" }}', options))).toEqual([
			[0, 99, false, true],
			[100, 1_099, true, true],
			[1_100, 1_199, true, true],
			[1_200, 2_004, false, true],
			[2_005, 2_005, true, true],
			[2_006, 2_999, false, true],
		]);
		expect(asked()).toHaveLength(100 + 2 + 805 + 1 + 994);
	}, 60_000);

	it('says from where on nothing is known when its calls are used up', async () => {
		const result = await map.run(of(500, { maxCalls: 5 }));
		const items = result.output('Node').map(({ json }) => json);
		expect(items.slice(-2)).toMatchObject([
			{ code_start: 1_200, code_end: 1_700, is_active: false },
			{ code_start: 1_701, code_end: 2_999, is_active: null, is_exact: false },
		]);
		expect(asked()).toHaveLength(5);
		expect(result.hints('Node').map(({ message }) => message)).toEqual([
			'After 5 calls (Most Calls) nothing is known of the codes from 1701 on.',
		]);
	});

	it('finds the application by its external ID', async () => {
		const items = await map.items({ ...of(3_000), application: byExternalId('order-1') });
		expect(items.map(({ application_id }) => application_id)).toEqual([ID]);
	});

	it('knows an application of which nothing or everything is active', async () => {
		const { applicationId } = lab.application({ codeCount: 500 });
		const application = byId(applicationId);
		expect(await brief({ ...of(1_000), application })).toEqual([[0, 499, false, false]]);
		await activateAll(lab, applicationId);
		expect(await brief({ ...of(1_000), application })).toEqual([[0, 499, true, true]]);
	});
});

describe('against what should be active', () => {
	it('says what differs', async () => {
		const items = await map.items(of(1_000, { expected: '100–1199\n2000-2009' }));
		expect(
			items.map((item) => [
				item.code_start,
				item.code_end,
				item.is_active,
				item.expected,
				item.differs,
			]),
		).toEqual([
			[0, 99, false, false, false],
			[100, 1_099, true, true, false],
			[1_100, 1_199, true, true, false],
			[1_200, 1_999, false, false, false],
			[2_000, 2_009, false, true, true],
			[2_010, 2_999, false, false, false],
		]);
	});

	it('asks about both ends of what should be active, however short', async () => {
		await map.items(of(1_000, { expected: '1500\n2000-2005' }));
		expect(asked()).toEqual(expect.arrayContaining([1_500, 2_000, 2_005]));
	});

	it('tells an activation that reaches too far', async () => {
		const items = await map.items(of(1_000, { expected: '150-1199' }));
		expect(items.filter(({ differs }) => differs)).toMatchObject([
			{ code_start: 100, code_end: 149, is_active: true, expected: false },
		]);
	});

	it('expects nothing to be active where the list is empty', async () => {
		const items = await map.items(of(1_000, { expected: '' }));
		expect(items.filter(({ differs }) => differs)).toHaveLength(2);
	});

	it('does not say that what is not known differs', async () => {
		const items = await map.items(of(500, { expected: '0-2999', maxCalls: 2 }));
		expect(items.at(-1)).toMatchObject({ is_active: null, expected: true, differs: null });
	});

	it.each([
		['a list that is wrong', '0-9\nx', 'Expected Active, line 2: an entry is neither'],
		['a code beyond the application', '0\n3000', 'Expected Active, line 2: 3000 is outside'],
		['an expression that gives nothing', '={{ $json.none }}', 'Expected Active is missing'],
	])('refuses %s', async (_what, expected, message) => {
		expect((await map.fail(of(10, { expected }))).message).toContain(message);
		expect(asked()).toEqual([]);
	});
});

describe('what can not be mapped', () => {
	it('is an application that is not finished', async () => {
		const { applicationId } = lab.application({ finishAfterMs: Infinity });
		const { message } = await map.fail({ ...of(10), application: byId(applicationId) });
		expect(message).toContain('is not finished');
	});

	it('is an error that says how far the questions came', async () => {
		lab.sandbox.inject({ call: 'codeactivequery', kind: 'errcode', errcode: 45009, after: 3 });
		const { message } = await map.fail(of(500));
		expect(message).toMatch(/^Code 1200: The daily quota .* \(errcode 45009\)$/);
	});

	it.each([[0], ['={{ "many" }}']])('is refused with the step %s', async (step) => {
		expect((await map.fail(of(step))).message).toContain('Step is not a whole number from 1');
	});

	it('is left after Stop', async () => {
		lab.sandbox.inject({ call: 'codeactivequery', kind: 'slow', ms: Infinity, after: 2 });
		const stop = new AbortController();
		const running = map.run(of(10), { signal: stop.signal });
		await lab.untilRequests('codeactivequery', 3);
		stop.abort();
		expect((await running).status).toBe('canceled');
		expect(asked()).toHaveLength(3);
	});
});

itTellsErrcodes(map, 'applycodequery', [80300, 80301], () => of(500));
