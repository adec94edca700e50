import { Client } from '../sandbox/client.cts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';

const ID = '9007199254740993';
const PRODUCT = {
	activity_name: 'Spring',
	product_brand: 'Brand',
	product_title: 'Title',
	product_code: '4006381333931',
	wxa_appid: 'wx0123456789abcdef',
	wxa_path: 'pages/index',
	wxa_type: 0,
};

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new Client(sandbox);
});
beforeEach(() => {
	sandbox.reset();
	sandbox.addApplication({ codeCount: 100, applicationId: ID, isvApplicationId: 'order' });
});
afterAll(async () => await sandbox.stop());

/** Writes the id without losing a digit, as a client has to. */
function withId(fields: object, id = ID): string {
	return JSON.stringify({ application_id: 0, ...fields }).replace(':0', `:${id}`);
}

async function errcode(call: string, body: unknown): Promise<unknown> {
	return (await client.call(call, body)).json.errcode;
}

async function activate(code_start: number, code_end: number, changed: object = {}) {
	return await errcode('codeactive', withId({ ...PRODUCT, code_start, code_end, ...changed }));
}

describe('applycode', () => {
	test('makes an application of segments of 50,000 that becomes FINISH', async () => {
		sandbox.setGenerationTime(5000);
		const order = { code_count: 120_000, isv_application_id: 'new' };
		const { json } = await client.call('applycode', order);
		expect(json).toEqual({ errcode: 0, errmsg: 'ok', application_id: expect.any(Number) });
		const query = async () =>
			(await client.call('applycodequery', { application_id: json.application_id })).json;
		expect(await query()).toMatchObject({ status: 'GENERATING', isv_application_id: 'new' });
		sandbox.advanceTime(5);
		expect(await query()).toMatchObject({
			status: 'FINISH',
			code_generate_list: expect.arrayContaining([{ code_start: 100_000, code_end: 119_999 }]),
		});
	});

	test('takes an external id once in an account', async () => {
		const order = { code_count: 10_000, isv_application_id: 'order' };
		expect(await errcode('applycode', order)).toBe(80307);
		const other = new Client(sandbox, sandbox.addAccount());
		expect((await other.call('applycode', order)).json.errcode).toBe(0);
	});

	test.each([
		['too few codes', 0, 'x'],
		['too many codes', 20_010_000, 'x'],
		['codes that are no multiple of 10,000', 15_000, 'x'],
		['no external id', 10_000, ''],
		['an external id of 129 characters', 10_000, 'x'.repeat(129)],
	])('refuses %s', async (_what, code_count, isv_application_id) => {
		expect(await errcode('applycode', { code_count, isv_application_id })).toBe(40097);
	});

	test('takes the limits', async () => {
		for (const code_count of [10_000, 20_000_000]) {
			const isv_application_id = String(code_count).padEnd(128, 'x');
			expect(await errcode('applycode', { code_count, isv_application_id })).toBe(0);
		}
	});
});

test('applycodequery wants ids that exist and belong together', async () => {
	expect(await errcode('applycodequery', '{}')).toBe(40097);
	expect(await errcode('applycodequery', { isv_application_id: 'none' })).toBe(80300);
	expect(await errcode('applycodequery', withId({ isv_application_id: 'order' }))).toBe(0);
	expect(await errcode('applycodequery', withId({ isv_application_id: 'other' }))).toBe(80300);
});

describe('codeactive', () => {
	test('ties a range once', async () => {
		expect(await activate(10, 19)).toBe(0);
		expect(await activate(20, 20)).toBe(0);
		for (const [start, end] of [
			[10, 19],
			[0, 10],
			[19, 30],
			[12, 13],
			[0, 99],
		] as const) {
			expect(await activate(start, end)).toBe(80302);
		}
		expect(await activate(0, 9)).toBe(0);
	});

	test.each([
		['no text', { activity_name: '' }, 40097],
		['a text that is a number', { product_code: 4006381333931 }, 47001],
		['a product code with letters', { product_code: '40063813339AB' }, 40097],
		['an unknown wxa_type', { wxa_type: 3 }, 40097],
		['an AppID that is none', { wxa_appid: 'abc' }, 80305],
		['a path with a leading slash', { wxa_path: '/pages/index' }, 80305],
		['a reversed range', { code_start: 5, code_end: 4 }, 40097],
		['a range that goes beyond the application', { code_end: 100 }, 80306],
	])('refuses %s', async (_what, changed, expected) => {
		expect(await activate(0, 9, changed)).toBe(expected);
		expect(await activate(0, 9)).toBe(0);
	});

	test('wants a finished application of the account', async () => {
		sandbox.addApplication({ codeCount: 100, applicationId: '5', finishAfterMs: Infinity });
		const account = sandbox.addAccount();
		sandbox.addApplication({ codeCount: 100, applicationId: '6', account });
		const body = { ...PRODUCT, code_start: 0, code_end: 9 };
		expect(await errcode('codeactive', withId(body, '4'))).toBe(80300);
		expect(await errcode('codeactive', withId(body, '5'))).toBe(80308);
		expect(await errcode('codeactive', withId(body, '6'))).toBe(80301);
	});
});

describe('codeactivequery', () => {
	test('finds a code by index, url and code', async () => {
		await activate(10, 19);
		const { code, url } = sandbox.code(ID, 12);
		const byIndex = await client.call('codeactivequery', withId({ code_index: 12 }));
		expect(byIndex.text).toContain(`"application_id":${ID},`);
		expect(byIndex.json).toEqual({
			errcode: 0,
			errmsg: 'ok',
			code,
			application_id: expect.any(Number),
			isv_application_id: 'order',
			...PRODUCT,
			code_start: 10,
			code_end: 19,
		});
		expect((await client.call('codeactivequery', { code_url: url })).text).toBe(byIndex.text);
		expect((await client.call('codeactivequery', { code })).text).toBe(byIndex.text);
	});

	test('says what is wrong with a code', async () => {
		const { code, url } = sandbox.code(ID, 12);
		const account = sandbox.addAccount();
		sandbox.addApplication({ codeCount: 10, applicationId: '6', account });
		const foreign = sandbox.code('6', 3);
		const expected: [object | string, number][] = [
			[{ code }, 80304],
			[{ code_url: url }, 80304],
			[withId({ code_index: 12 }), 80304],
			[withId({ code_index: 100 }), 80306],
			[withId({}), 40097],
			[{ code: code.slice(1) }, 80303],
			[{ code_url: `http://${url}` }, 80303],
			[{ code_url: url.toLowerCase() }, 80303],
			[{ code: 'ABCDEFGHI' }, 80303],
			[{ code: foreign.code }, 80301],
			[{ code_url: foreign.url }, 80301],
			['{}', 40097],
		];
		for (const [body, wanted] of expected) {
			expect([body, await errcode('codeactivequery', body)]).toEqual([body, wanted]);
		}
	});

	test('finds the last of 20,000,000 codes', async () => {
		sandbox.addApplication({ codeCount: 20_000_000, applicationId: '8' });
		const body = { ...PRODUCT, code_start: 0, code_end: 19_999_999 };
		expect(await errcode('codeactive', withId(body, '8'))).toBe(0);
		for (const index of [0, 1, 12_345_678, 19_999_999]) {
			const { code, url } = sandbox.code('8', index);
			for (const query of [{ code }, { code_url: url }]) {
				const { json } = await client.call('codeactivequery', query);
				expect(json).toMatchObject({ errcode: 0, code, application_id: 8 });
			}
		}
	});
});

describe('tickettocode', () => {
	const exchange = (openid: string, code_ticket: string) =>
		client.call('tickettocode', { openid, code_ticket });

	test('answers the scanned code once', async () => {
		await activate(10, 19);
		const ticket = sandbox.issueTicket('user', ID, 12);
		const { json } = await exchange('user', ticket);
		expect(json).toMatchObject({ errcode: 0, code: sandbox.code(ID, 12).code, ...PRODUCT });
		expect((await exchange('user', ticket)).json.errcode).toBe(40097);
	});

	test('refuses another user, another account, an unknown ticket and an inactive code', async () => {
		const ticket = sandbox.issueTicket('user', ID, 12);
		const other = new Client(sandbox, sandbox.addAccount());
		const body = { openid: 'user', code_ticket: ticket };
		expect((await other.call('tickettocode', body)).json.errcode).toBe(40097);
		expect((await exchange('other', ticket)).json.errcode).toBe(40097);
		expect((await exchange('user', 'none')).json.errcode).toBe(40097);
		expect((await exchange('user', '')).json.errcode).toBe(40097);
		expect((await exchange('user', ticket)).json.errcode).toBe(80304);
	});
});
