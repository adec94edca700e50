import { Client } from '../sandbox/client.cts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';

const LONG_ID = '18446744073709551615';
const PRODUCT = {
	activity_name: 'Spring',
	product_brand: 'Brand',
	product_title: 'Title',
	product_code: '4006381333931',
	wxa_appid: 'wx0123456789abcdef',
	wxa_path: 'pages/index',
};

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new Client(sandbox);
});
beforeEach(() => {
	sandbox.reset();
	sandbox.addApplication({ codeCount: 100, applicationId: LONG_ID, isvApplicationId: 'order' });
});
afterAll(async () => await sandbox.stop());

async function answer(call: string, body: unknown) {
	return (await client.call(call, body)).json;
}

describe('as clients in production send them', () => {
	it.each([
		['an id as a string', { application_id: LONG_ID }],
		['no external id: null', { application_id: LONG_ID, isv_application_id: null }],
		['no external id: empty', { application_id: LONG_ID, isv_application_id: '' }],
		['no id: null', { application_id: null, isv_application_id: 'order' }],
		['no id: empty', { application_id: '', isv_application_id: 'order' }],
		['fields that there are not', { application_id: LONG_ID, code_count: '', more: [1] }],
	])('applycodequery takes %s', async (_what, body) => {
		expect(await answer('applycodequery', body)).toMatchObject({ errcode: 0, status: 'FINISH' });
	});

	it('applycode takes a number of codes as a string', async () => {
		const order = { code_count: '20000', isv_application_id: 'new' };
		const { errcode, application_id } = await answer('applycode', order);
		expect(errcode).toBe(0);
		expect(sandbox.applications.at(-1)).toMatchObject({
			applicationId: String(application_id),
			codeCount: 20_000,
		});
	});

	it('applycodedownload takes bounds as strings, and so does a fault’s segment', async () => {
		const body = { application_id: LONG_ID, code_start: '0', code_end: '99' };
		const call = 'applycodedownload';
		sandbox.inject({ call, kind: 'errcode', errcode: 80309, segment: 0 });
		expect((await answer(call, body)).errcode).toBe(80309);
		expect((await answer(call, body)).errcode).toBe(0);
	});

	it.each([{}, { wxa_type: null }, { wxa_type: '' }, { wxa_type: '0' }])(
		'codeactive takes a release with %j',
		async (type) => {
			const range = { application_id: LONG_ID, code_start: '10', code_end: '19' };
			expect((await answer('codeactive', { ...PRODUCT, ...range, ...type })).errcode).toBe(0);
			const query = { application_id: LONG_ID, code_index: '12' };
			const active = { ...PRODUCT, errcode: 0, wxa_type: 0, code_start: 10, code_end: 19 };
			expect(await answer('codeactivequery', query)).toMatchObject(active);
		},
	);

	it('codeactivequery takes what is filled in', async () => {
		const range = { application_id: LONG_ID, code_start: 10, code_end: 19 };
		await answer('codeactive', { ...PRODUCT, ...range });
		const { code, url } = sandbox.code(LONG_ID, 12);
		for (const empty of [null, '']) {
			const nothing = { application_id: empty, code_index: empty, code_url: empty, code: empty };
			for (const body of [
				{ ...nothing, application_id: LONG_ID, code_index: 12 },
				{ ...nothing, code_url: url },
				{ ...nothing, code },
				{ ...nothing, application_id: LONG_ID, code },
				{ ...nothing, code_index: 0, code },
			]) {
				expect(await answer('codeactivequery', body)).toMatchObject({ errcode: 0, code });
			}
			expect((await answer('codeactivequery', nothing)).errcode).toBe(40097);
		}
	});

	it('stable_token takes an unused force_refresh', async () => {
		for (const force_refresh of [null, '']) {
			expect((await client.stableToken({ force_refresh })).json).toHaveProperty('access_token');
		}
		expect((await client.stableToken({ secret: null })).json.errcode).toBe(41004);
	});

	it('a ticket is 32 hex digits', async () => {
		const range = { application_id: LONG_ID, code_start: 10, code_end: 19 };
		await answer('codeactive', { ...PRODUCT, ...range });
		const code_ticket = sandbox.issueTicket('user', LONG_ID, 12);
		expect(code_ticket).toMatch(/^[0-9a-f]{32}$/);
		expect(await answer('tickettocode', { openid: 'user', code_ticket })).toMatchObject(PRODUCT);
	});
});

describe('what is wrong stays wrong', () => {
	it.each([
		['codeactive', { wxa_type: '3' }, 40097],
		['codeactive', { wxa_type: 'release' }, 47001],
		['codeactive', { code_start: '-1' }, 40097],
		['codeactive', { code_start: '1.5' }, 47001],
		['codeactive', { code_end: '0x10' }, 47001],
		['codeactive', { activity_name: null }, 40097],
		['codeactive', { code_end: '100' }, 80306],
		['codeactivequery', { code_index: '100' }, 80306],
		['codeactivequery', { code_index: [1] }, 47001],
		['applycode', { code_count: '15000' }, 40097],
		['applycode', { isv_application_id: 5 }, 47001],
	])('%s with %j', async (call, changed, errcode) => {
		const ids = { application_id: LONG_ID, isv_application_id: 'new', code_count: 10_000 };
		const range = { code_start: 0, code_end: 9 };
		expect((await answer(call, { ...PRODUCT, ...ids, ...range, ...changed })).errcode).toBe(
			errcode,
		);
	});
});
