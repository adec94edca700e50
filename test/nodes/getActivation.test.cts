import type { IDataObject } from 'n8n-workflow';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activateAll } from './activity.cts';
import { itTellsErrcodes } from './itTellsErrcodes.cts';
import { useOperation } from './operation.cts';
import { processorTime } from '../unit/processorTime.cts';

const lookUp = useOperation('code', 'getActivation');
const { lab } = lookUp;

const ID = '9007199254740993';
let active = { code: '', url: '' };
let inactive = { code: '', url: '' };

/** The codes 0–1499 of 3,000 are active. */
beforeEach(async () => {
	lab.application({ applicationId: ID });
	await activateAll(lab, ID, { codes: 'range', codeStart: 0, codeEnd: 1_499 });
	lab.sandbox.clearRequests();
	active = lab.sandbox.code(ID, 1_234);
	inactive = lab.sandbox.code(ID, 2_345);
});

const byIndex = (codeIndex: number | string, applicationId = ID) => ({
	lookUpBy: 'index',
	applicationId,
	codeIndex,
});
const byUrl = (codeUrl: string) => ({ lookUpBy: 'url', codeUrl });
const byCode = (code: string) => ({ lookUpBy: 'code', code });

/** By an expression, as users do it: n8n's errors hold the node, with what is written in its fields. */
const fromItem = {
	applicationId: ID,
	codeIndex: 0,
	codeUrl: '={{ $json.url }}',
	code: '={{ $json.code }}',
};

const activation = (): IDataObject => ({
	is_active: true,
	code: active.code,
	application_id: ID,
	isv_application_id: `sandbox-${ID}`,
	...ACTIVITY,
	code_start: 0,
	code_end: 1_499,
});

describe('Code: Get Activation', () => {
	it('finds a code by its application and index', async () => {
		expect(await lookUp.items(byIndex(1_234))).toEqual([activation()]);
		expect(await lookUp.items(byIndex('1234'))).toEqual([activation()]);
	});

	it.each([
		['as it is printed', (url: string) => url],
		['as scanners show it', (url: string) => `http://${url}`],
		['with https', (url: string) => `HTTPS://${url}`],
		['with a host in lower case', (url: string) => `http://p.url.cn/${url.slice(9)}`],
	])('finds a code by its url %s', async (_what, scanned) => {
		expect(await lookUp.items(byUrl(scanned(active.url)))).toEqual([activation()]);
		expect(lab.requests('codeactivequery')[0]?.body).toEqual({ code_url: active.url });
	});

	it('is not kept busy by what is no url', async () => {
		const worked = processorTime();
		const { message } = await lookUp.fail(byUrl(`${'\t'.repeat(300_000)}x`));
		expect(message).toMatch(/^URL has 300001 characters/);
		expect(worked()).toBeLessThan(5_000);
	});

	it('keeps the spaces of a url, at its end too', async () => {
		const withSpace = Array.from({ length: 1_500 }, (_, index) => lab.sandbox.code(ID, index)).find(
			({ url }) => url.endsWith(' '),
		);
		expect(withSpace).toBeDefined();
		const [item] = await lookUp.items(byUrl(withSpace?.url ?? ''));
		expect(item).toMatchObject({ is_active: true, code: withSpace?.code });
	});

	it('finds a code by its 9 characters', async () => {
		expect(await lookUp.items(byCode(active.code))).toEqual([activation()]);
	});

	it('gives an inactive code as an item, not an error', async () => {
		const index = { is_active: false, application_id: ID, code_index: 2_345 };
		expect(await lookUp.items(byIndex(2_345))).toEqual([index]);
		const url = { is_active: false, code_url: inactive.url };
		expect(await lookUp.items(byUrl(`http://${inactive.url}`))).toEqual([url]);
		const code = { is_active: false, code: inactive.code };
		expect(await lookUp.items(byCode(inactive.code))).toEqual([code]);
	});

	it('looks a code up for each item', async () => {
		const input = [active, inactive].map(({ code }) => ({ code }));
		const items = await lookUp.items(byCode('={{ $json.code }}'), { input });
		expect(items.map(({ is_active }) => is_active)).toEqual([true, false]);
	});
});

describe('bad input is refused before any request, and not shown:', () => {
	it.each([
		['a url that is cut off', 'url', () => ({ url: active.url.slice(0, 27) }), 'has 27 characters'],
		['a url that is too long', 'url', () => ({ url: `${active.url}X` }), 'URL has 29 characters'],
		['no url', 'url', () => ({}), 'URL has 0 characters instead of 28'],
		['another address', 'url', () => ({ url: 'https://example.com/' }), 'URL has 12 characters'],
		['a code that is cut off', 'code', () => ({ code: active.code.slice(1) }), 'Code has 8'],
		['a code that is too long', 'code', () => ({ code: `${active.code} ` }), 'Code has 10'],
		['no code', 'code', () => ({}), 'Code has 0 characters instead of 9'],
		['another way to look up', '={{ "name" }}', () => active, 'Look Up By has a value'],
	])('%s', async (_what, lookUpBy, item, message) => {
		const input = [{ ...item() }];
		const failed = await lookUp.fail({ ...fromItem, lookUpBy }, { input });
		expect(failed.message).toContain(message);
		expect(failed.description).not.toBe('');
		const told = JSON.stringify([failed.error, failed.result.logs]);
		for (const text of [active.code.slice(1), active.url.slice(9, 27)]) {
			expect(told).not.toContain(text);
		}
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['a negative index', byIndex(-1), 'Index is not a whole number from 0'],
		['an index that is text', byIndex('first'), 'Index is not a whole number from 0'],
		['no index', byIndex('={{ $json.missing }}'), 'Index is not a whole number from 0'],
		['no application', byIndex(0, '={{ $json.missing }}'), 'The application ID is missing'],
		['an external ID', byIndex(0, 'order-1'), 'characters other than digits'],
	])('%s', async (_what, parameters, message) => {
		const failed = await lookUp.fail(parameters);
		expect(failed.message).toContain(message);
		expect(lab.sandbox.requests).toEqual([]);
	});
});

describe('what WeChat refuses', () => {
	it.each([
		['an index beyond the application (80306)', () => byIndex(3_000), 80306],
		['an unknown application (80300)', () => byIndex(0, '4711'), 80300],
		['a code of nobody (80303)', () => byCode('ABCDEFGHI'), 80303],
	])('is an error: %s', async (_what, parameters, errcode) => {
		const { message } = await lookUp.fail(parameters());
		expect(message).toContain(`(errcode ${errcode})`);
	});

	it("is an error for another account's code (80301)", async () => {
		const account = lab.sandbox.addAccount();
		const { applicationId } = lab.application({ account });
		const { code } = lab.sandbox.code(applicationId, 0);
		const { message } = await lookUp.fail(byCode(code));
		expect(message).toContain("The application is another account's (errcode 80301)");
	});

	it.each([
		['code', () => active.code],
		['url', () => active.url],
	])('never shows the %s, even if WeChat quotes it', async (lookUpBy, shown) => {
		const errmsg = `bad value ${shown()} rid: 1-2-3`;
		const parameters = { ...fromItem, lookUpBy };
		lab.sandbox.inject({ call: 'codeactivequery', kind: 'errcode', errcode: 80303, errmsg });
		const { description, error, result } = await lookUp.fail(parameters, { input: [active] });
		expect(description).toContain('WeChat said: errcode 80303, bad value *** rid: 1-2-3');
		expect(JSON.stringify([error, result.logs])).not.toContain(shown());
	});
});

itTellsErrcodes(lookUp, 'codeactivequery', [80300, 80301, 80303, 80306], () => byIndex(1_234));
