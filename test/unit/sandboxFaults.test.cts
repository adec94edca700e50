import { speedUpClock } from '../nodes/fastClock.cts';
import { Client, decrypt } from '../sandbox/client.cts';
import { startSandbox, type FaultKind, type Sandbox } from '../sandbox/sandbox.cts';
import { until } from '../until.cts';

const ID = '700000001';
const CALL = 'applycodedownload';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new Client(sandbox);
});
beforeEach(() => {
	sandbox.reset();
	sandbox.addApplication({ codeCount: 25, segmentSize: 10 });
});
afterAll(async () => await sandbox.stop());

/** The first segment's answer with faults. */
async function downloadWith(...kinds: FaultKind[]) {
	for (const kind of kinds) sandbox.inject({ call: CALL, ...kind });
	return await client.download(ID, 0, 9);
}

async function textWith(...kinds: FaultKind[]): Promise<string> {
	const { json } = await downloadWith(...kinds);
	return decrypt(json.buffer, sandbox.account.packageKey).toString('utf8');
}

const query = async () => await client.call('applycodequery', `{"application_id":${ID}}`);
const plain = (start = 0, end = 9) => sandbox.plainPackage(ID, start, end).toString('latin1');
const rows = () => plain().split('\n').slice(0, -1);

describe('instead of the answer', () => {
	test('an errcode, with the errmsg given or its own', async () => {
		const busy = await downloadWith({ kind: 'errcode', errcode: -1 });
		expect(busy.json).toEqual({
			errcode: -1,
			errmsg: expect.stringMatching(/^system error rid: /),
		});
		const own = await downloadWith({ kind: 'errcode', errcode: 48001, errmsg: 'no way' });
		expect(own.json.errmsg).toMatch(/^no way rid: /);
		expect(sandbox.requests.filter(({ call }) => call === CALL)).toMatchObject([
			{ errcode: -1, aborted: false },
			{ errcode: 48001 },
		]);
	});

	test('an HTTP status or a web page', async () => {
		const failed = await downloadWith({ kind: 'http', status: 503 });
		expect([failed.status, failed.json]).toEqual([503, {}]);
		const page = await downloadWith({ kind: 'html' });
		expect([page.status, page.contentType]).toEqual([200, 'text/html']);
		expect(page.text).toMatch(/^<html>/);
		expect(sandbox.requests.at(-1)?.errcode).toBeUndefined();
	});

	test('nothing: the call has no effect', async () => {
		sandbox.inject({ call: 'applycode', kind: 'reset' });
		const order = { code_count: 10_000, isv_application_id: 'order' };
		await expect(client.call('applycode', order)).rejects.toMatchObject({ code: 'ECONNRESET' });
		expect((await client.call('applycode', order)).json.errcode).toBe(0);
	});

	test('nothing: the call has its effect later', async () => {
		const slowDown = speedUpClock(100);
		sandbox.inject({ call: 'applycode', kind: 'late', ms: 20_000 });
		const order = { code_count: 10_000, isv_application_id: 'order' };
		await expect(client.call('applycode', order)).rejects.toMatchObject({ code: 'ECONNRESET' });
		const isThere = async () =>
			(await client.call('applycodequery', { isv_application_id: 'order' })).json.errcode;
		expect(await isThere()).toBe(80300);
		await until('the application', async () => (await isThere()) === 0).finally(slowDown);
	});

	test('half of it: the call has had its effect', async () => {
		sandbox.inject({ call: 'applycode', kind: 'cut' });
		const order = { code_count: 10_000, isv_application_id: 'order' };
		await expect(client.call('applycode', order)).rejects.toThrow(/aborted|ECONNRESET/);
		expect((await client.call('applycode', order)).json.errcode).toBe(80307);
		await expect(downloadWith({ kind: 'cut' })).rejects.toThrow(/aborted|ECONNRESET/);
		expect(sandbox.requests.every(({ aborted }) => !aborted)).toBe(true);
	});
});

describe('a slow answer', () => {
	test('comes late, also when it is another fault', async () => {
		const started = performance.now();
		const { json } = await downloadWith(
			{ kind: 'slow', ms: 150 },
			{ kind: 'errcode', errcode: 80311 },
		);
		expect(performance.now() - started).toBeGreaterThanOrEqual(149);
		expect(json.errcode).toBe(80311);
		const { at, endedAt } = sandbox.requests.at(-1) ?? { at: 0 };
		expect((endedAt ?? 0) - at).toBeGreaterThanOrEqual(149);
	});

	test('comes once answers are released, not sooner', async () => {
		sandbox.inject({ call: CALL, kind: 'slow', ms: Infinity, times: 2 });
		const token = await client.token();
		const download = () => client.download(ID, 0, 9).catch((error: unknown) => error);
		const early = Promise.all([download(), download()]);
		await until('two requests', () => sandbox.count(CALL) === 2);
		await client.call('applycodequery', { application_id: ID }, token);
		expect(sandbox.requests.filter(({ endedAt }) => !endedAt)).toHaveLength(2);
		sandbox.releaseAnswers();
		const answer = { json: { errcode: 0 } };
		expect(await early).toMatchObject([answer, answer]);
		sandbox.inject({ call: CALL, kind: 'slow', ms: Infinity });
		const late = download();
		await until('another one', () => sandbox.count(CALL) === 3);
		sandbox.releaseAnswers();
		expect(await late).toMatchObject(answer);
	});

	test('shows that the caller has hung up', async () => {
		sandbox.inject({ call: CALL, kind: 'slow', ms: 60_000 });
		await expect(client.download(ID, 0, 9, 50)).rejects.toMatchObject({ code: 'ECONNABORTED' });
		await client.token();
		const [download] = sandbox.requests.filter(({ call }) => call === CALL);
		expect(download).toMatchObject({ aborted: true });
		expect(download?.errcode).toBeUndefined();
	});

	test('does not hold up the end', async () => {
		const other = await startSandbox();
		other.addApplication({ codeCount: 10 });
		other.inject({ call: CALL, kind: 'slow', ms: 60_000 });
		const lost = new Client(other).download(ID, 0, 9).catch((error: unknown) => error);
		await until('a request', () => other.count(CALL) > 0);
		await other.stop();
		expect(await lost).toBeInstanceOf(Error);
	});
});

describe('base64 and key', () => {
	test('damaged: a character that base64 has not', async () => {
		const good = String((await client.download(ID, 0, 9)).json.buffer);
		const bad = String((await downloadWith({ kind: 'damagedBase64' })).json.buffer);
		expect(bad).toHaveLength(good.length);
		expect([...bad].filter((character, at) => character !== good[at])).toEqual(['#']);
	});

	test('wrapped: white space, the same content', async () => {
		const { json } = await downloadWith({ kind: 'wrappedBase64' });
		expect(String(json.buffer)).toMatch(/[A-Za-z0-9+/]{76} \r\n/);
		expect(decrypt(json.buffer, sandbox.account.packageKey).toString()).toBe(plain());
	});

	test('cut: valid base64 of fewer bytes', async () => {
		const bytesOf = ({ json }: { json: Readonly<Record<string, unknown>> }) =>
			Buffer.from(String(json.buffer), 'base64');
		const good = bytesOf(await client.download(ID, 0, 9));
		expect(bytesOf(await downloadWith({ kind: 'cutBuffer' }))).toEqual(good.subarray(0, -16));
		expect(bytesOf(await downloadWith({ kind: 'cutBuffer', bytes: 5 }))).toEqual(
			good.subarray(0, -5),
		);
	});

	test('wrong key', async () => {
		const { json } = await downloadWith({ kind: 'wrongKey' });
		expect(() => decrypt(json.buffer, sandbox.account.packageKey)).toThrow(/bad decrypt/);
	});

	test('no buffer, an empty one', async () => {
		expect((await downloadWith({ kind: 'noBuffer' })).json).toEqual({ errcode: 0, errmsg: 'ok' });
		expect((await downloadWith({ kind: 'emptyBuffer' })).json.buffer).toBe('');
	});

	test('another segment', async () => {
		expect(await textWith({ kind: 'otherSegment' })).toBe(plain(10, 19));
		sandbox.inject({ call: CALL, kind: 'otherSegment', times: 2 });
		const next = await client.download(ID, 10, 19);
		expect(decrypt(next.json.buffer, sandbox.account.packageKey).toString()).toBe(plain(20, 24));
		const last = await client.download(ID, 20, 24);
		expect(decrypt(last.json.buffer, sandbox.account.packageKey).toString()).toBe(plain(10, 19));
	});

	test('another segment where there is only one', async () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 10 });
		sandbox.inject({ call: CALL, kind: 'otherSegment' });
		const { json } = await client.download(applicationId, 0, 9);
		const text = decrypt(json.buffer, sandbox.account.packageKey);
		expect(text.equals(sandbox.plainPackage(applicationId, 10, 19))).toBe(true);
	});
});

describe('rows', () => {
	const cells = (row = '') => row.split('\t');

	test('missing, doubled, malformed: the middle one or the one named', async () => {
		const all = rows();
		const joined = (...lists: string[][]) => `${lists.flat().join('\n')}\n`;
		expect(await textWith({ kind: 'rowMissing' })).toBe(joined(all.slice(0, 5), all.slice(6)));
		expect(await textWith({ kind: 'rowMissing', row: 0 })).toBe(joined(all.slice(1)));
		expect(await textWith({ kind: 'rowDoubled' })).toBe(joined(all.slice(0, 6), all.slice(5)));
		const malformed = (await textWith({ kind: 'rowMalformed', row: 9 })).split('\n');
		expect(malformed.slice(0, 9)).toEqual(all.slice(0, 9));
		expect(cells(malformed[9])[1]).toHaveLength(8);
	});

	test('a code or url twice', async () => {
		const all = rows();
		const sameCode = (await textWith({ kind: 'duplicateCode' })).split('\n');
		expect(cells(sameCode[9])[1]).toBe(cells(all[0])[1]);
		expect(cells(sameCode[9])[3]).toBe(cells(all[9])[3]);
		const sameUrl = (await textWith({ kind: 'duplicateUrl' })).split('\n');
		expect(cells(sameUrl[9])[3]).toBe(cells(all[0])[3]);
		expect(cells(sameUrl[9])[1]).toBe(cells(all[9])[1]);
	});

	test('other line ends, delimiters, order and a byte order mark, also together', async () => {
		expect(await textWith({ kind: 'crlf' })).toBe(plain().replaceAll('\n', '\r\n'));
		expect(await textWith({ kind: 'noFinalLineFeed' })).toBe(plain().slice(0, -1));
		expect(await textWith({ kind: 'comma' })).toBe(plain().replaceAll('\t', ','));
		expect(await textWith({ kind: 'byteOrderMark' })).toBe(`\ufeff${plain()}`);
		const order = ['url', 'index', 'code', 'lattice'] as const;
		const turned = rows().map((row) => cells(row).reverse().join(','));
		expect(
			await textWith(
				{ kind: 'columnOrder', order },
				{ kind: 'comma' },
				{ kind: 'noFinalLineFeed' },
			),
		).toBe(turned.join('\n'));
	});
});

describe('the JSON', () => {
	test('buffer before errcode', async () => {
		expect(Object.keys((await client.download(ID, 0, 9)).json)).toEqual([
			'errcode',
			'errmsg',
			'buffer',
		]);
		const { json } = await downloadWith({ kind: 'bufferFirst' });
		expect(Object.keys(json)).toEqual(['buffer', 'errcode', 'errmsg']);
	});

	test('escaped slashes', async () => {
		sandbox.addApplication({ codeCount: 1000, applicationId: '9' });
		sandbox.inject({ call: CALL, kind: 'escapedSlashes' });
		const { text, json } = await client.download('9', 0, 999);
		expect(text).toContain('\\/');
		expect(text).not.toMatch(/[^\\]\//);
		const decrypted = decrypt(json.buffer, sandbox.account.packageKey);
		expect(decrypted.equals(sandbox.plainPackage('9', 0, 999))).toBe(true);
	});

	test('numbers as strings', async () => {
		sandbox.inject({ call: 'applycodequery', kind: 'numericStrings' });
		expect((await query()).json).toMatchObject({
			errcode: '0',
			application_id: ID,
			code_generate_list: [
				{ code_start: '0', code_end: '9' },
				{ code_start: '10', code_end: '19' },
				{ code_start: '20', code_end: '24' },
			],
			create_time: expect.stringMatching(/^\d+$/),
		});
		expect(sandbox.requests.at(-1)?.errcode).toBe(0);
	});

	test('no errcode', async () => {
		expect(Object.keys((await downloadWith({ kind: 'missingErrcode' })).json)).toEqual(['buffer']);
		sandbox.inject({ call: 'applycodequery', kind: 'missingErrcode' });
		expect(Object.keys((await query()).json).slice(0, 2)).toEqual(['status', 'application_id']);
	});

	test('another list of segments, an empty one, another status', async () => {
		const list = [
			{ code_start: 20, code_end: 24 },
			{ code_start: 0, code_end: 12 },
		];
		sandbox.inject({ call: 'applycodequery', kind: 'list', list });
		sandbox.inject({ call: 'applycodequery', kind: 'emptyList', after: 1 });
		sandbox.inject({ call: 'applycodequery', kind: 'status', status: 'finish', after: 2 });
		expect((await query()).json).toMatchObject({ status: 'FINISH', code_generate_list: list });
		expect((await query()).json).toMatchObject({ status: 'FINISH', code_generate_list: [] });
		expect((await query()).json.status).toBe('finish');
	});
});

describe('when a fault hits', () => {
	const errcodes = async (count: number) => {
		const answers: unknown[] = [];
		for (let i = 0; i < count; i++) answers.push((await client.download(ID, 0, 9)).json.errcode);
		return answers;
	};

	test('after some requests, a number of times', async () => {
		sandbox.inject({ call: CALL, kind: 'errcode', errcode: -1, after: 1, times: 2 });
		expect(await errcodes(4)).toEqual([0, -1, -1, 0]);
	});

	test('one after the other when several replace the answer', async () => {
		sandbox.inject({ call: CALL, kind: 'errcode', errcode: -1 });
		sandbox.inject({ call: CALL, kind: 'errcode', errcode: 80312, times: Infinity });
		expect(await errcodes(3)).toEqual([-1, 80312, 80312]);
		sandbox.clearFaults();
		expect(await errcodes(1)).toEqual([0]);
	});

	test('only its call and its segment', async () => {
		sandbox.inject({ call: CALL, kind: 'errcode', errcode: 80309, segment: 10 });
		expect((await query()).json.errcode).toBe(0);
		expect(await errcodes(1)).toEqual([0]);
		expect((await client.download(ID, 10, 19)).json.errcode).toBe(80309);
		expect((await client.download(ID, 10, 19)).json.errcode).toBe(0);
	});

	test('never, when there is no such call', () => {
		expect(() => sandbox.inject({ call: 'download', kind: 'reset' })).toThrow(
			'There is no call download',
		);
	});
});
