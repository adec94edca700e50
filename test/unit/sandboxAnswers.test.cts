import { Client, decrypt } from '../sandbox/client.cts';
import { startSandbox, type FaultKind, type Sandbox } from '../sandbox/sandbox.cts';

const ID = '700000001';
const QUERY = 'applycodequery';
const DOWNLOAD = 'applycodedownload';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new Client(sandbox);
});
beforeEach(() => {
	sandbox.reset();
	sandbox.addApplication({ codeCount: 25, segmentSize: 10, isvApplicationId: 'ord/er "é😀"' });
});
afterAll(async () => await sandbox.stop());

async function queryWith(...faults: FaultKind[]) {
	for (const fault of faults) sandbox.inject({ call: QUERY, ...fault });
	return await client.call(QUERY, { application_id: ID });
}

async function downloadWith(...faults: FaultKind[]) {
	for (const fault of faults) sandbox.inject({ call: DOWNLOAD, ...fault });
	return await client.download(ID, 0, 9);
}

const LIST = [
	{ code_start: 0, code_end: 9 },
	{ code_start: 10, code_end: 19 },
	{ code_start: 20, code_end: 24 },
];

describe('a sparse answer', () => {
	it('is what public samples show', async () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 10, sparseAnswers: true });
		const { text } = await client.call(QUERY, { application_id: applicationId });
		const list = '"code_generate_list":[{"code_start":0,"code_end":9}]';
		expect(text).toBe(`{"errcode":0,"errmsg":"ok","status":"FINISH",${list}}`);
	});

	it('is the default if the sandbox was told so', async () => {
		const other = await startSandbox({ sparseAnswers: true });
		other.addApplication({ codeCount: 10, applicationId: '1' });
		other.addApplication({ codeCount: 10, applicationId: '2', sparseAnswers: false });
		const queries = ['1', '2'].map((id) => new Client(other).call(QUERY, { application_id: id }));
		const [first, second] = await Promise.all(queries);
		await other.stop();
		expect(first?.json).not.toHaveProperty('create_time');
		expect(second?.json).toHaveProperty('create_time');
	});
});

describe('omitZeros', () => {
	it('leaves out errcode and the first bound', async () => {
		const { json } = await queryWith({ kind: 'omitZeros' });
		expect(json).not.toHaveProperty('errcode');
		expect(json).toMatchObject({ errmsg: 'ok', application_id: 700_000_001 });
		expect(json.code_generate_list).toEqual([{ code_end: 9 }, LIST[1], LIST[2]]);
	});

	it('leaves a list as long as it is', async () => {
		const lists: FaultKind = {
			kind: 'fields',
			fields: { some: [0, 1, [0]], deep: { of: [{ a: 0 }] } },
		};
		const { json } = await queryWith(lists, { kind: 'omitZeros' });
		expect(json).toMatchObject({ some: [0, 1, [0]], deep: { of: [{}] } });
	});
});

describe('fields', () => {
	it('are added and replaced; the record keeps what the call came to', async () => {
		const fields = { errcode: '0x', status: 7, errmsg: null, more: { a: [true] } };
		const { json } = await queryWith({ kind: 'fields', fields });
		expect(json).toMatchObject({ ...fields, isv_application_id: 'ord/er "é😀"' });
		expect(sandbox.requests.at(-1)?.errcode).toBe(0);
	});

	it('reach every call', async () => {
		sandbox.inject({ call: 'stable_token', kind: 'fields', fields: { expires_in: -1 } });
		expect((await client.stableToken()).json).toMatchObject({ expires_in: -1 });
	});
});

describe('doubledErrcode', () => {
	it('is first and last', async () => {
		const { text } = await downloadWith({ kind: 'doubledErrcode', first: 40001, second: 0 });
		expect(text).toMatch(/^\{"errcode":40001,"errmsg":"ok","buffer":"[^"]+","errcode":0\}$/);
		const query = await queryWith({ kind: 'doubledErrcode', first: 0, second: -1 });
		expect(query.text).toMatch(/^\{"errcode":0,"errmsg":"ok","status":.*,"errcode":-1\}$/);
		expect(query.json.errcode).toBe(-1);
	});
});

describe('escapes', () => {
	it('are the same text', async () => {
		const plain = await queryWith();
		const escaped = await queryWith({ kind: 'escapes' });
		expect(escaped.json).toEqual(plain.json);
		expect(escaped.text).toContain('"errmsg":"o\\u006b"');
		expect(escaped.text).not.toMatch(/[^\x20-\x7e]/);
	});

	it('are in the buffer, every slash in one of two ways', async () => {
		sandbox.addApplication({ codeCount: 1000, applicationId: '9' });
		sandbox.inject({ call: DOWNLOAD, kind: 'escapes' });
		const { text, json } = await client.download('9', 0, 999);
		const written = /"buffer":"([^"]+)"/.exec(text)?.[1] ?? '';
		expect(written).toContain('\\/');
		expect(written).toContain('\\u002f');
		expect(written).toMatch(/\\u004[1-9a-f]/);
		expect(written).toMatch(/\\u004[A-F]/);
		expect(written).not.toMatch(/[^\\]\//);
		expect(written.replaceAll(/\\u[0-9A-Fa-f]{4}|\\\//g, '')).toMatch(/^[A-Za-z0-9+=]+$/);
		const text9 = decrypt(json.buffer, sandbox.account.packageKey);
		expect(text9.equals(sandbox.plainPackage('9', 0, 999))).toBe(true);
	});
});

it('works together: escaped, buffer first, huge', async () => {
	const kinds = ['escapes', 'bufferFirst'] as const;
	const { text } = await downloadWith(...kinds.map((kind) => ({ kind })), {
		kind: 'huge',
		bytes: 5,
	});
	expect(text).toBe('{"buffer":"AAAAA","errcode":0,"errmsg":"o\\u006b"}');
});
