import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, decrypt } from '../sandbox/client.cts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox({ generationMs: 1000 });
	client = new Client(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.stop());

async function control(path: string, body: unknown = {}) {
	return await client.request('POST', `/_sandbox/${path}`, { body });
}

async function query(id: string): Promise<unknown> {
	return (await client.call('applycodequery', `{"application_id":${id}}`)).json.errcode;
}

describe('over HTTP', () => {
	test('applications and faults are added, time moves', async () => {
		const { status, json } = await control('applications', {
			codeCount: 100,
			applicationId: '9007199254740993',
			finishAfterMs: 60_000,
		});
		expect([status, json.isvApplicationId]).toEqual([200, 'sandbox-9007199254740993']);
		await control('faults', { call: 'applycodequery', kind: 'errcode', errcode: -1, times: 2 });
		const answers = [1, 2, 3].map(() => query('9007199254740993'));
		expect(await Promise.all(answers)).toEqual([-1, -1, 0]);
		await control('advance-time', { seconds: 61 });
		expect((await client.download('9007199254740993', 0, 99)).json.errcode).toBe(0);
	});

	test('null stands for Infinity', async () => {
		await control('applications', { codeCount: 10, applicationId: '1', finishAfterMs: null });
		expect(sandbox.applications[0]?.finishAt).toBe(Infinity);
		await control('faults', { call: 'applycodequery', kind: 'errcode', errcode: -1, times: null });
		expect([await query('1'), await query('1'), await query('1')]).toEqual([-1, -1, -1]);
		await control('clear-faults');
		expect(await query('1')).toBe(0);
	});

	test('an application’s form and answers, and faults that need values', async () => {
		const twin = await control('applications', {
			codeCount: 10,
			applicationId: '1',
			form: { latticeWidth: 68, delimiter: 'comma', columns: ['url', 'code', 'index', 'lattice'] },
			sparseAnswers: true,
		});
		expect(twin.json).toMatchObject({ form: { latticeWidth: 68, codeLength: 9 } });
		await control('applications', { codeCount: 10, applicationId: '2' });
		await control('faults', { call: 'applycodedownload', kind: 'twinOf', applicationId: '1' });
		const { json } = await client.download('2', 0, 9);
		const text = decrypt(json.buffer, sandbox.account.packageKey);
		expect(text.equals(sandbox.plainPackage('1', 0, 9))).toBe(true);
		const fields = { status: 'finish', code_generate_list: [{ code_start: 0, code_end: 9 }] };
		await control('faults', { call: 'applycodequery', kind: 'fields', fields });
		await control('faults', { call: 'applycodequery', kind: 'omitZeros' });
		await control('faults', { call: 'applycodequery', kind: 'huge', bytes: 5 });
		await control('faults', { call: 'applycodequery', kind: 'trickle', bytes: 9, everyMs: 1 });
		const answer = await client.call('applycodequery', { application_id: '1' });
		expect(answer.text).toBe(
			'{"errmsg":"AAAAA","status":"finish","code_generate_list":[{"code_end":9}]}',
		);
	});

	test('tokens are killed and expired, of an account or a merchant', async () => {
		const errcode = async (access_token: string) =>
			(await client.request('GET', '/cgi-bin/get_api_domain_ip', { query: { access_token } })).json
				.errcode;
		const first = await client.token();
		await control('kill-token');
		expect(await errcode(first)).toBe(40001);
		const second = await client.token();
		await control('expire-token', { appId: sandbox.account.appId });
		expect(await errcode(second)).toBe(42001);
		const { json } = await control('accounts', { packageKey: 'sixteen letters!' });
		const merchant = await control('authorizers', { appId: json.appId, accessToken: 'merchant' });
		expect(merchant.json).toMatchObject({ account: json, accessToken: 'merchant' });
		await control('kill-token', { accessToken: 'merchant' });
		expect(await errcode('merchant')).toBe(40001);
	});

	test('tickets are issued', async () => {
		const { applicationId } = sandbox.addApplication({ codeCount: 10 });
		const { json } = await control('tickets', { openid: 'user', applicationId, index: 3 });
		const scan = { openid: 'user', code_ticket: json.code_ticket };
		expect((await client.call('tickettocode', scan)).json.errcode).toBe(80304);
	});

	test('requests and state are read, cleared, reset', async () => {
		sandbox.addApplication({ codeCount: 10, applicationId: '9007199254740993' });
		await query('9007199254740993');
		const { text } = await client.request('GET', '/_sandbox/requests');
		expect(JSON.parse(text)).toMatchObject([
			{ call: 'stable_token', method: 'POST', forced: false, errcode: 0, aborted: false },
			{ call: 'applycodequery', errcode: 0, body: { application_id: '9007199254740993' } },
		]);
		await control('clear');
		expect(sandbox.requests).toEqual([]);
		const state = await client.request('GET', '/_sandbox/state');
		expect(state.json).toMatchObject({
			url: sandbox.url,
			account: sandbox.account,
			currentToken: sandbox.currentToken(),
			applications: [{ applicationId: '9007199254740993' }],
		});
		await control('reset');
		expect([sandbox.applications, sandbox.currentToken()]).toEqual([[], undefined]);
	});

	test.each([
		['faults', { call: 'none', kind: 'reset' }, 'There is no call none'],
		['faults', { call: 'applycode', kind: 'none' }, 'There is no fault none'],
		['applications', { codeCount: 0 }, 'codeCount must be a whole number from 1'],
		['applications', { codeCount: 1, form: { latice: 68 } }, 'A form has no latice'],
		[
			'applications',
			{ codeCount: 1, form: { latticeWidth: '68' } },
			'latticeWidth must be a whole number from 1 to 10000',
		],
		[
			'applications',
			{ codeCount: 1, form: { delimiter: ';' } },
			'delimiter must be tab or spaces or comma',
		],
		[
			'applications',
			{ codeCount: 1, form: { columns: ['url', 'code', 'index', 'index'] } },
			'columns must be lattice, code, index, url in any order',
		],
		[
			'applications',
			{ codeCount: 1, form: { finalLineEnd: false, blankLinesAtEnd: 1 } },
			'Blank lines at the end stand behind a final line end',
		],
		['faults', { call: 'applycode', kind: 'stall' }, 'afterBytes is no such number'],
		['applications', { codeCount: 1, appId: 'wx0' }, 'The sandbox has no account wx0'],
		['kill-token', { accessToken: 'x' }, 'The sandbox has no merchant with that access token'],
	])('a mistake in %s is named', async (path, body, error) => {
		const answer = await control(path, body);
		expect([answer.status, answer.json]).toEqual([400, { error }]);
	});
});

describe('in the test’s own process', () => {
	test('an id, an external id and an AppID are taken once', () => {
		sandbox.addApplication({ codeCount: 10, applicationId: '1', isvApplicationId: 'a' });
		expect(() => sandbox.addApplication({ codeCount: 10, applicationId: '1' })).toThrow('taken');
		expect(() => sandbox.addApplication({ codeCount: 10, isvApplicationId: 'a' })).toThrow(
			'The account has an application a already',
		);
		expect(() => sandbox.addAccount({ appId: sandbox.account.appId })).toThrow('already');
	});

	test('unknown applications are no silent nothing', () => {
		expect(() => sandbox.plainPackage('77', 0, 9)).toThrow('no application 77');
		expect(() => sandbox.code('77', 0)).toThrow('no application 77');
	});

	test('the invented accounts have the shapes of real ones', () => {
		for (const account of [sandbox.account, sandbox.addAccount()]) {
			expect(account.appId).toMatch(/^wx[0-9a-f]{16}$/);
			expect(account.appSecret).toMatch(/^[0-9a-f]{32}$/);
			expect(account.packageKey).toMatch(/^[A-Za-z0-9+/]{16}$/);
		}
	});

	test('a port that is taken is an error', async () => {
		const port = Number(new URL(sandbox.url).port);
		await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
	});
});

describe('the program', () => {
	it('starts, says where it is and stops on Ctrl-C', async () => {
		const program = new Program();
		const url = await program.start();
		const response = await fetch(`${url}/_sandbox/state`);
		expect(await response.json()).toMatchObject({
			applications: [{ codeCount: 150_000 }, { codeCount: 10_000 }],
		});
		expect(program.output).toContain(sandbox.account.packageKey);
		expect(program.output).toContain('lattice (361), code (9), index, url (28); delimiter tab');
		program.child.kill('SIGINT');
		expect(await once(program.child, 'exit')).toEqual([0, null]);
		expect(program.output).toContain('Sandbox stopped.');
	}, 30_000);

	it('writes packages and answers as it was told', async () => {
		const program = new Program('--lattice', '68', '--delimiter', 'comma', '--sparse');
		const url = await program.start();
		const form = { latticeWidth: 68, delimiter: 'comma' };
		const response = await fetch(`${url}/_sandbox/state`);
		const applications = [1, 2].map(() => ({ form, sparseAnswers: true }));
		expect(await response.json()).toMatchObject({ applications });
		expect(program.output).toContain('lattice (68), code (9), index, url (28); delimiter comma');
		program.child.kill('SIGINT');
		await once(program.child, 'exit');
	}, 30_000);

	it('names a mistake and does not start', async () => {
		const program = new Program('--delimiter', 'semicolon');
		const [exitCode] = await once(program.child, 'close');
		expect([exitCode, program.output]).toEqual([1, '--delimiter is one of tab, spaces, comma\n']);
	}, 30_000);
});

class Program {
	readonly child: ChildProcessWithoutNullStreams;
	output = '';

	constructor(...options: string[]) {
		const path = join(__dirname, '../sandbox/main.cts');
		this.child = spawn(process.execPath, ['--require', 'tsx/cjs', path, '--port', '0', ...options]);
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
		}
	}

	/** Where it listens, once it says so. */
	async start(): Promise<string> {
		while (!this.output.includes('_sandbox/requests')) await once(this.child.stdout, 'data');
		return /http:\/\/127\.0\.0\.1:\d+/.exec(this.output)?.[0] ?? '';
	}
}
