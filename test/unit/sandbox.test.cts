import { Client, decrypt } from '../sandbox/client.cts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import { processorTime } from './processorTime.cts';

const LONG_ID = '18446744073709551615';
const RID = / rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/;

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new Client(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.stop());

function rowsOf(text: Buffer): string[][] {
	expect(text.at(-1)).toBe(10);
	const lines = text.toString('latin1').split('\n').slice(0, -1);
	return lines.map((line) => line.split('\t'));
}

describe('codes', () => {
	test('have the documented shapes, and are unique', () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 50_000 });
		const rows = rowsOf(sandbox.plainPackage(applicationId, 0, 49_999));
		expect(rows).toHaveLength(50_000);
		const shape = /^[01]{361}\t[0-9A-Z*+-]{9}\t\d+\tP\.URL\.CN\/0[0-9A-Z $%*+\-./:]{18}$/;
		expect(rows.filter((row) => !shape.test(row.join('\t')))).toEqual([]);
		expect(rows.every(([, , index], at) => index === String(at))).toBe(true);
		for (const column of [0, 1, 3]) {
			expect(new Set(rows.map((row) => row[column])).size).toBe(50_000);
		}
	});

	test('include what spreadsheets and trimming spoil', () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 50_000 });
		const rows = rowsOf(sandbox.plainPackage(applicationId, 0, 49_999));
		const codes = rows.map(([, code = '']) => code);
		const urls = rows.map(([, , , url = '']) => url);
		expect(codes.some((code) => /^\d+E\d+$/.test(code))).toBe(true);
		expect(codes.some((code) => /^[+-]/.test(code))).toBe(true);
		expect(codes.some((code) => /^0/.test(code))).toBe(true);
		for (const character of ' $%*+-./:') {
			for (let at = 10; at < 28; at++) {
				expect(urls.some((url) => url[at] === character)).toBe(true);
			}
		}
	});

	test('are the same in every sandbox, and others in every application', async () => {
		const other = await startSandbox();
		sandbox.addApplication({ codeCount: 20, applicationId: '1' });
		sandbox.addApplication({ codeCount: 20, applicationId: '2' });
		other.addApplication({ codeCount: 20, applicationId: '1' });
		expect(other.code('1', 7)).toEqual(sandbox.code('1', 7));
		expect(sandbox.code('2', 7).code).not.toBe(sandbox.code('1', 7).code);
		expect(sandbox.code('2', 7).url).not.toBe(sandbox.code('1', 7).url);
		await other.stop();
	});

	test('are made without those before them, which may be millions', () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 20_000_000 });
		const worked = processorTime();
		const text = sandbox.plainPackage(applicationId, 19_950_000, 19_999_999);
		// Making all of them takes half a minute.
		expect(worked()).toBeLessThan(3_000);
		expect(text).toHaveLength(50_000 * 410);
	});
});

describe('applycodequery', () => {
	test('describes an application by either id, with a number of any size', async () => {
		sandbox.addApplication({ codeCount: 120_000, applicationId: LONG_ID, isvApplicationId: 'ord' });
		const byId = await client.call('applycodequery', `{"application_id":${LONG_ID}}`);
		const byIsvId = await client.call('applycodequery', { isv_application_id: 'ord' });
		expect(byId.text).toContain(`"application_id":${LONG_ID},`);
		expect(byIsvId.text).toBe(byId.text);
		expect(byId.json).toMatchObject({
			errcode: 0,
			errmsg: 'ok',
			status: 'FINISH',
			isv_application_id: 'ord',
			code_generate_list: [
				{ code_start: 0, code_end: 49_999 },
				{ code_start: 50_000, code_end: 99_999 },
				{ code_start: 100_000, code_end: 119_999 },
			],
		});
		expect(Number(byId.json.create_time)).toBeCloseTo(Date.now() / 1000, -1);
	});

	test('says FINISH only when the time has come', async () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 10, finishAfterMs: 60_000 });
		const query = async () =>
			(await client.call('applycodequery', `{"application_id":${applicationId}}`)).json;
		expect(await query()).toMatchObject({ status: 'GENERATING', code_generate_list: [] });
		expect((await client.download(applicationId, 0, 9)).json.errcode).toBe(80308);
		sandbox.advanceTime(61);
		expect(await query()).toMatchObject({ status: 'FINISH' });
		expect((await client.download(applicationId, 0, 9)).json.errcode).toBe(0);
	});
});

describe('applycodedownload', () => {
	test('gives what decrypts to the plain package', async () => {
		sandbox.addApplication({ codeCount: 25, applicationId: LONG_ID, segmentSize: 10 });
		const { json } = await client.download(LONG_ID, 10, 19);
		const plain = decrypt(json.buffer, sandbox.account.packageKey);
		expect(plain.equals(sandbox.plainPackage(LONG_ID, 10, 19))).toBe(true);
		expect(rowsOf(plain)[3]).toEqual(
			(({ lattice, code, url }) => [lattice, code, '13', url])(sandbox.code(LONG_ID, 13)),
		);
	});

	test('gives every segment of a large application, the last ones from memory', async () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 120_000 });
		for (const [start, end] of [
			[0, 49_999],
			[100_000, 119_999],
			[0, 49_999],
		] as const) {
			const { json } = await client.download(applicationId, start, end);
			const plain = decrypt(json.buffer, sandbox.account.packageKey);
			expect(plain.equals(sandbox.plainPackage(applicationId, start, end))).toBe(true);
		}
	});

	test('can count the indexes from the segment', async () => {
		const { applicationId } = sandbox.addApplication({
			codeCount: 25,
			segmentSize: 10,
			indexesFrom: 'segment',
		});
		const { json } = await client.download(applicationId, 20, 24);
		const rows = rowsOf(decrypt(json.buffer, sandbox.account.packageKey));
		expect(rows.map((row) => row[2])).toEqual(['0', '1', '2', '3', '4']);
		expect(rows[1]?.[1]).toBe(sandbox.code(applicationId, 21).code);
		const crossing = rowsOf(sandbox.plainPackage(applicationId, 9, 10));
		expect(crossing.map((row) => row[2])).toEqual(['9', '0']);
	});

	test('wants exactly the bounds of a segment', async () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 25, segmentSize: 10 });
		for (const [start, end] of [
			[0, 24],
			[0, 8],
			[1, 9],
			[20, 29],
			[30, 39],
		] as const) {
			expect((await client.download(applicationId, start, end)).json.errcode).toBe(80310);
		}
		expect((await client.download(applicationId, 9, 0)).json.errcode).toBe(40097);
	});

	test('refuses an expired package, and an account without a key', async () => {
		const account = sandbox.addAccount({ packageKey: '' });
		const expired = sandbox.addApplication({ codeCount: 10, packageExpired: true });
		const keyless = sandbox.addApplication({ codeCount: 10, account });
		expect((await client.download(expired.applicationId, 0, 9)).json.errcode).toBe(80309);
		const other = await new Client(sandbox, account).download(keyless.applicationId, 0, 9);
		expect(other.json.errcode).toBe(80313);
	});
});

describe('every call', () => {
	test('knows no application of another account, and says which request it was', async () => {
		const account = sandbox.addAccount();
		const { applicationId } = sandbox.addApplication({ codeCount: 10, account });
		const foreign = await client.download(applicationId, 0, 9);
		expect(foreign.json).toEqual({ errcode: 80301, errmsg: expect.stringMatching(RID) });
		expect((await client.download('5', 0, 9)).json.errcode).toBe(80300);
	});

	test.each([
		['no body', '', 44002],
		['no JSON', 'code_start=0', 47001],
		['no object', '[1]', 47001],
		['an id of letters', '{"application_id":"x7","code_start":0,"code_end":9}', 47001],
		['an id of digits and a space', '{"application_id":"7 ","code_start":0,"code_end":9}', 47001],
		['an id that is true', '{"application_id":true,"code_start":0,"code_end":9}', 47001],
		['an empty id', '{"application_id":"","code_start":0,"code_end":9}', 40097],
		['an id beyond 64 bits in quotes', '{"application_id":"18446744073709551616"}', 40097],
		['a negative id in quotes', '{"application_id":"-7","code_start":0,"code_end":9}', 40097],
		['a bound that is null', '{"application_id":7,"code_start":null,"code_end":9}', 40097],
		[
			'a bound beyond 2^53 in quotes',
			'{"application_id":7,"code_start":"9007199254740993"}',
			40097,
		],
		['no id', '{"code_start":0,"code_end":9}', 40097],
		['an id beyond 64 bits', '{"application_id":18446744073709551616}', 40097],
		['a negative id', '{"application_id":-9007199254740993}', 40097],
		['a fraction', '{"application_id":7,"code_start":0.5,"code_end":9}', 40097],
		['no code_end', '{"application_id":7,"code_start":0}', 40097],
	])('refuses %s', async (_what, body, errcode) => {
		sandbox.addApplication({ codeCount: 10, applicationId: '7' });
		const { json, status } = await client.call('applycodedownload', body);
		expect({ status, errcode: json.errcode }).toEqual({ status: 200, errcode });
	});

	test('wants POST, and a path that exists', async () => {
		const query = { access_token: await client.token() };
		const got = await client.request('GET', '/intp/marketcode/applycodequery', { query });
		expect(got.json.errcode).toBe(43002);
		const unknown = await client.request('POST', '/intp/marketcode/none', { query });
		expect(unknown.json.errcode).toBe(40066);
	});
});
