import { itTellsErrcodes } from './itTellsErrcodes.cts';
import { speedUpClock } from './fastClock.cts';
import { useOperation } from './operation.cts';

const apply = useOperation('application', 'apply');
const { lab } = apply;

const order = { codeCount: 30_000, isvApplicationId: 'order-1' };
const ordered = () =>
	lab.sandbox.applications.map(({ codeCount, isvApplicationId }) => ({
		codeCount,
		isvApplicationId,
	}));

describe('Application: Apply', () => {
	it('orders codes', async () => {
		const [item] = await apply.items(order);
		const [application] = lab.sandbox.applications;
		expect(item).toEqual({
			application_id: application?.applicationId,
			isv_application_id: 'order-1',
			code_count: 30_000,
			already_existed: false,
		});
		expect(ordered()).toEqual([order]);
		expect(lab.requests('applycode').map(({ body }) => body)).toEqual([
			{ code_count: 30_000, isv_application_id: 'order-1' },
		]);
	});

	it.each([
		['the smallest order', 10_000, 10_000],
		['the largest order', 20_000_000, 20_000_000],
		['a count that is text', ' 20000 ', 20_000],
	])('takes %s', async (_what, codeCount, count) => {
		const [item] = await apply.items({ ...order, codeCount });
		expect(item).toMatchObject({ code_count: count });
		expect(ordered()).toEqual([{ ...order, codeCount: count }]);
	});

	it('takes an external ID of 128 characters', async () => {
		const isvApplicationId = 'x'.repeat(128);
		expect(await apply.items({ ...order, isvApplicationId })).toHaveLength(1);
	});

	it('orders for each item', async () => {
		const input = [1, 2].map((n) => ({ id: `order-${n}`, count: n * 10_000 }));
		const parameters = { codeCount: '={{ $json.count }}', isvApplicationId: '={{ $json.id }}' };
		await apply.items(parameters, { input });
		expect(ordered()).toEqual([
			{ codeCount: 10_000, isvApplicationId: 'order-1' },
			{ codeCount: 20_000, isvApplicationId: 'order-2' },
		]);
	});
});

describe('bad input is refused before any request:', () => {
	it.each([
		['a count below 10,000', 9_999, /not a whole number from 10000/, /whole number/],
		['no codes', 0, /not a whole number from 10000/, /whole number/],
		['a negative count', -10_000, /not a whole number from 10000/, /without sign/],
		['a fraction', 10_000.5, /not a whole number/, /decimals/],
		['a count with separators', '10,000', /not a whole number/, /separators/],
		['no count', '={{ $json.missing }}', /not a whole number/, /expression/],
		['a count that is no multiple of 10,000', 15_000, /15000 codes/, /in steps of 10000/],
		['a count above 20,000,000', 20_010_000, /20010000 codes/, /10000 to 20000000/],
	])('%s', async (_what, codeCount, message, description) => {
		const failed = await apply.fail({ ...order, codeCount });
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(description);
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['no external ID', '={{ $json.missing }}', /The external ID is missing/],
		['an external ID of spaces', '={{ "  " }}', /The external ID is missing/],
		['an external ID of 129 characters', 'x'.repeat(129), /The external ID has 129 characters/],
	])('%s', async (_what, isvApplicationId, message) => {
		const failed = await apply.fail({ ...order, isvApplicationId });
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(/1 to 128 characters/);
		expect(lab.sandbox.requests).toEqual([]);
	});
});

describe('an external ID that has an application already (80307)', () => {
	it.each([
		['is finished and has as many codes', 0, 30_000],
		['is not finished, so that its count is not known', Infinity, null],
	])('gives that application, which %s', async (_what, finishAfterMs, code_count) => {
		const existing = lab.sandbox.addApplication({ ...order, finishAfterMs });
		expect(await apply.items(order)).toEqual([
			{
				application_id: existing.applicationId,
				isv_application_id: 'order-1',
				code_count,
				already_existed: true,
			},
		]);
		expect(lab.sandbox.applications).toEqual([existing]);
	});

	it('is an error if it has another number of codes', async () => {
		const existing = lab.sandbox.addApplication({ ...order, codeCount: 20_000 });
		const { message, description } = await apply.fail(order);
		expect(message).toBe(
			'The external ID belongs to an order of 20000 codes already, not of 30000',
		);
		expect(description).toContain(`application ${existing.applicationId}`);
		expect(lab.sandbox.applications).toEqual([existing]);
	});

	it('makes a workflow that runs twice order once', async () => {
		const [first] = await apply.items(order);
		const [second] = await apply.items(order);
		expect(second).toEqual({ ...first, already_existed: true });
		expect(ordered()).toEqual([order]);
	});
});

describe('a lost answer', () => {
	let slowDown = () => {};
	beforeEach(() => {
		slowDown = speedUpClock(50);
	});
	afterEach(() => slowDown());

	it.each([
		['the order had been made', { kind: 'cut' }, true],
		['the order had not been made', { kind: 'reset' }, false],
		['a gateway answered with a page', { kind: 'html' }, false],
		['a gateway answered with HTTP 502', { kind: 'http', status: 502 }, false],
		['WeChat was busy', { kind: 'errcode', errcode: -1 }, false],
	] as const)('is asked for again, and orders once: %s', async (_what, fault, already_existed) => {
		lab.sandbox.inject({ call: 'applycode', ...fault });
		expect(await apply.items(order)).toMatchObject([{ already_existed }]);
		expect(lab.sandbox.count('applycode')).toBe(2);
		expect(ordered()).toEqual([order]);
	});
});

itTellsErrcodes(apply, 'applycode', [], () => order);
