import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Client } from '../sandbox/client.cts';
import { startSandbox, type FaultKind, type Sandbox } from '../sandbox/sandbox.cts';
import { until } from '../until.cts';

const ID = '700000001';
const CALL = 'applycodedownload';
const MB = 1_000_000;
/** What the buffers of system and processes may take beyond what the caller reads. */
const BUFFERED = 16 * MB;

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

const lastOf = (call: string) => sandbox.requests.filter((one) => one.call === call).at(-1);

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An answer whose body nobody has read yet. */
async function open(path: string, body: string, headers = {}): Promise<IncomingMessage> {
	const method = body === '' ? 'GET' : 'POST';
	const sent = request(sandbox.url + path, { method, headers, agent: false });
	sent.end(body);
	const [answer]: IncomingMessage[] = await once(sent, 'response');
	if (!answer) throw new Error('No answer');
	return answer;
}

async function openDownload(fault: FaultKind): Promise<IncomingMessage> {
	sandbox.inject({ call: CALL, ...fault });
	const body = `{"application_id":${ID},"code_start":0,"code_end":9}`;
	return await open(`/intp/marketcode/${CALL}?access_token=${await client.token()}`, body);
}

/** Reads so many bytes, stops for a while in which all buffers fill, then hangs up. */
async function readAndLeave(answer: IncomingMessage, bytes: number): Promise<void> {
	let read = 0;
	answer.on('data', (chunk: Buffer) => {
		read += chunk.length;
		if (read >= bytes) answer.pause();
	});
	await until('so much of the body', () => read >= bytes);
	await after(100);
	answer.destroy();
}

describe('an ordinary answer', () => {
	it('is announced, and counted in the record', async () => {
		const { text } = await client.download(ID, 0, 9);
		expect(lastOf(CALL)).toMatchObject({ sentBytes: text.length, aborted: false });
		const answer = await openDownload({ kind: 'slow', ms: 0 });
		expect(answer.headers['content-length']).toBe(String(text.length));
		answer.destroy();
	});

	it('is sent no further than the caller reads it', async () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 100_000, segmentSize: 100_000 });
		const body = `{"application_id":${applicationId},"code_start":0,"code_end":99999}`;
		const path = `/intp/marketcode/${CALL}?access_token=${await client.token()}`;
		const answer = await open(path, body);
		await readAndLeave(answer, MB);
		await until('its end', () => lastOf(CALL)?.endedAt !== undefined);
		expect(Number(answer.headers['content-length'])).toBeGreaterThan(54 * MB);
		expect(lastOf(CALL)).toMatchObject({ aborted: true });
		expect(lastOf(CALL)?.sentBytes).toBeLessThan(MB + BUFFERED);
	});
});

describe('trickle', () => {
	it('sends the body so many bytes at a time', async () => {
		sandbox.inject({ call: 'applycodequery', kind: 'trickle', bytes: 40, everyMs: 20 });
		const token = await client.token();
		const started = performance.now();
		const { text, json } = await client.call('applycodequery', { application_id: ID }, token);
		const pauses = Math.ceil(text.length / 40) - 1;
		expect(json.status).toBe('FINISH');
		expect(pauses).toBeGreaterThan(5);
		expect(performance.now() - started).toBeGreaterThan(pauses * 19);
		expect(lastOf('applycodequery')?.sentBytes).toBe(text.length);
	});

	it('ends with the caller', async () => {
		const answer = await openDownload({ kind: 'trickle', bytes: 1, everyMs: 5 });
		await readAndLeave(answer, 20);
		await until('its end', () => lastOf(CALL)?.endedAt !== undefined);
		expect(lastOf(CALL)).toMatchObject({ aborted: true });
		expect(lastOf(CALL)?.sentBytes).toBeLessThan(100);
	});
});

describe('stall', () => {
	it.each([0, 1, 1000])('sends %d bytes, then nothing', async (afterBytes) => {
		const answer = await openDownload({ kind: 'stall', afterBytes });
		expect(answer.statusCode).toBe(200);
		expect(Number(answer.headers['content-length'])).toBeGreaterThan(1000);
		let read = 0;
		answer.on('data', (chunk: Buffer) => (read += chunk.length));
		await after(60);
		expect(read).toBe(afterBytes);
		expect(lastOf(CALL)?.endedAt).toBeUndefined();
		answer.destroy();
		await until('its end', () => lastOf(CALL)?.endedAt !== undefined);
		expect(lastOf(CALL)).toMatchObject({ aborted: true, sentBytes: afterBytes });
	});

	it('does not hold up the end', async () => {
		const other = await startSandbox();
		other.inject({ call: 'stable_token', kind: 'stall', afterBytes: 10 });
		const lost = new Client(other).stableToken().catch((error: unknown) => error);
		await until('a request', () => other.count('stable_token') === 1);
		await other.stop();
		expect(await lost).toBeInstanceOf(Error);
	});
});

describe('huge', () => {
	it.each([false, true])('is a buffer of that many base64 characters, gzip %s', async (gzip) => {
		sandbox.inject({ call: CALL, kind: 'huge', bytes: 3 * MB, gzip });
		const { text, json } = await client.download(ID, 0, 9);
		expect(text).toMatch(/^\{"errcode":0,"errmsg":"ok","buffer":"A+"\}$/);
		expect(String(json.buffer)).toHaveLength(3 * MB);
		const { sentBytes = 0 } = lastOf(CALL) ?? {};
		if (gzip) expect(sentBytes).toBeLessThan(30_000);
		else expect(sentBytes).toBe(text.length);
	});

	it('is the errmsg where there is no buffer', async () => {
		sandbox.inject({ call: 'applycodequery', kind: 'huge', bytes: 100_000 });
		sandbox.inject({ call: 'stable_token', kind: 'huge', bytes: 100_001, after: 1 });
		sandbox.inject({ call: CALL, kind: 'errcode', errcode: 80311 });
		sandbox.inject({ call: CALL, kind: 'huge', bytes: 100_002 });
		const token = await client.token();
		const query = await client.call('applycodequery', { application_id: ID }, token);
		expect(query.json).toMatchObject({ status: 'FINISH', errmsg: 'A'.repeat(100_000) });
		const renewed = await client.stableToken();
		expect(renewed.json).toMatchObject({ access_token: token, errmsg: 'A'.repeat(100_001) });
		const { json } = await client.download(ID, 0, 9);
		expect(json).toEqual({ errcode: 80311, errmsg: 'A'.repeat(100_002) });
	});

	it('lengthens a token server’s bare token, and its JSON', async () => {
		const { headerName, headerValue } = sandbox.tokenServer;
		const ask = async (query: Record<string, string>) => {
			sandbox.inject({ call: 'token-server', kind: 'huge', bytes: 100_000, gzip: true });
			const headers = { [headerName]: headerValue };
			return await client.request('GET', '/token-server', { query, headers });
		};
		const bare = await ask({ format: 'text' });
		expect(bare.text).toBe(`${sandbox.currentToken()}${'A'.repeat(100_000)}`);
		expect((await ask({})).json).toMatchObject({ errmsg: 'A'.repeat(100_000) });
	});

	it('stops when the caller does, and takes no memory', async () => {
		const before = process.memoryUsage().rss;
		const answer = await openDownload({ kind: 'huge', bytes: 100_000 * MB });
		expect(answer.headers['content-length']).toBeUndefined();
		await readAndLeave(answer, 20 * MB);
		await until('its end', () => lastOf(CALL)?.endedAt !== undefined);
		expect(lastOf(CALL)).toMatchObject({ aborted: true });
		expect(lastOf(CALL)?.sentBytes).toBeGreaterThanOrEqual(20 * MB);
		expect(lastOf(CALL)?.sentBytes).toBeLessThan(20 * MB + BUFFERED);
		expect(process.memoryUsage().rss - before).toBeLessThan(100 * MB);
	});

	it('stops when the caller of a compressed one does', async () => {
		const answer = await openDownload({ kind: 'huge', bytes: 100_000 * MB, gzip: true });
		expect(answer.headers['content-encoding']).toBe('gzip');
		await readAndLeave(answer, 100_000);
		await until('its end', () => lastOf(CALL)?.endedAt !== undefined);
		expect(lastOf(CALL)).toMatchObject({ aborted: true });
		// A thousandth of the whole would be 100 MB.
		expect(lastOf(CALL)?.sentBytes).toBeLessThan(BUFFERED);
	});

	it('stalls, too', async () => {
		sandbox.inject({ call: CALL, kind: 'huge', bytes: 100 * MB });
		const answer = await openDownload({ kind: 'stall', afterBytes: MB });
		await readAndLeave(answer, MB);
		await until('its end', () => lastOf(CALL)?.endedAt !== undefined);
		expect(lastOf(CALL)).toMatchObject({ aborted: true, sentBytes: MB });
	});
});

it.each<[FaultKind, string]>([
	[{ kind: 'trickle', bytes: 0, everyMs: 1 }, 'bytes'],
	[{ kind: 'trickle', bytes: 1, everyMs: NaN }, 'everyMs'],
	[{ kind: 'stall', afterBytes: -1 }, 'afterBytes'],
	[{ kind: 'huge', bytes: 0.5 }, 'bytes'],
])('a size that can’t be is refused: %j', (fault, name) => {
	expect(() => sandbox.inject({ call: CALL, ...fault })).toThrow(`${name} is no such number`);
});
