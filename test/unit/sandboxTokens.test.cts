import { Client } from '../sandbox/client.cts';
import { startSandbox, type Account, type Sandbox } from '../sandbox/sandbox.cts';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new Client(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.stop());

/** What a call says to a token: 0 is good. */
async function errcodeOf(token: string): Promise<unknown> {
	const query = { access_token: token };
	const { json } = await client.request('GET', '/cgi-bin/get_api_domain_ip', { query });
	return json.errcode ?? 0;
}

async function classicToken({ appId, appSecret }: Account): Promise<string> {
	const query = { grant_type: 'client_credential', appid: appId, secret: appSecret };
	const { json } = await client.request('GET', '/cgi-bin/token', { query });
	return String(json.access_token);
}

describe('stable_token', () => {
	test('gives every caller the same token until 5 minutes before its end', async () => {
		const first = await client.stableToken();
		expect(first.json).toEqual({
			access_token: sandbox.currentToken(),
			expires_in: 7200,
		});
		expect((await client.stableToken()).json.access_token).toBe(first.json.access_token);
		sandbox.advanceTime(6890);
		const last = await client.stableToken();
		expect(last.json.access_token).toBe(first.json.access_token);
		expect([309, 310]).toContain(last.json.expires_in);
	});

	test('renews it early, and the old one lives on until its end', async () => {
		const old = await client.token();
		sandbox.advanceTime(6901);
		const renewed = await client.token();
		expect(renewed).not.toBe(old);
		expect([await errcodeOf(old), await errcodeOf(renewed)]).toEqual([0, 0]);
		sandbox.advanceTime(300);
		expect([await errcodeOf(old), await errcodeOf(renewed)]).toEqual([42001, 0]);
	});

	test('kills the old token when forced, not more often than every 30 s', async () => {
		const old = await client.token();
		const forced = await client.stableToken({ force_refresh: true });
		expect(await errcodeOf(old)).toBe(40001);
		expect(await errcodeOf(String(forced.json.access_token))).toBe(0);
		expect((await client.stableToken({ force_refresh: true })).json.errcode).toBe(45011);
		expect(await client.token()).toBe(forced.json.access_token);
		sandbox.advanceTime(30);
		expect((await client.stableToken({ force_refresh: true })).json.errcode).toBeUndefined();
		expect(sandbox.requests.filter((request) => request.forced)).toHaveLength(3);
	});

	test('can be forced 20 times a day', async () => {
		for (let i = 0; i < 20; i++) {
			const { json } = await client.stableToken({ force_refresh: true });
			expect(json.errcode).toBeUndefined();
			sandbox.advanceTime(60);
		}
		expect((await client.stableToken({ force_refresh: true })).json.errcode).toBe(45009);
		sandbox.advanceTime(86_400);
		expect((await client.stableToken({ force_refresh: true })).json.errcode).toBeUndefined();
	});

	test.each([
		['an unknown AppID', { appid: 'wx0000000000000000' }, 40013],
		['no AppID', { appid: '' }, 41002],
		['no AppSecret', { secret: undefined }, 41004],
		['a wrong AppSecret', { secret: '0'.repeat(32) }, 40001],
		['an AppSecret of the wrong shape', { secret: 'secret' }, 40125],
		['another grant type', { grant_type: 'password' }, 40002],
		['force_refresh as a text', { force_refresh: 'true' }, 47001],
	])('refuses %s', async (_what, fields, errcode) => {
		expect((await client.stableToken(fields)).json.errcode).toBe(errcode);
	});

	test('wants POST with a JSON body', async () => {
		const got = await client.request('GET', '/cgi-bin/stable_token');
		const empty = await client.request('POST', '/cgi-bin/stable_token');
		const form = await client.request('POST', '/cgi-bin/stable_token', { body: 'appid=1' });
		expect([got, empty, form].map(({ json }) => json.errcode)).toEqual([43002, 44002, 47001]);
	});

	test('names the caller that is not on the allowlist', async () => {
		sandbox.allowIps(['203.0.113.7']);
		const { json } = await client.stableToken();
		expect(json.errcode).toBe(40164);
		expect(json.errmsg).toMatch(
			/^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: [0-9a-f-]{26}$/,
		);
		sandbox.allowIps(['127.0.0.1']);
		expect(await client.token()).toBe(sandbox.currentToken());
	});

	test('keeps the tokens of two accounts apart', async () => {
		const account = sandbox.addAccount();
		const own = await client.token();
		const other = await new Client(sandbox, account).token();
		expect(other).not.toBe(own);
		sandbox.killToken(account);
		expect([await errcodeOf(own), await errcodeOf(other)]).toEqual([0, 40001]);
	});
});

describe('a rejected token', () => {
	test('is told from a missing, malformed and expired one', async () => {
		const token = await client.token();
		expect([await errcodeOf(''), await errcodeOf('nonsense')]).toEqual([41001, 40014]);
		expect(await errcodeOf(token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toBe(40001);
		sandbox.expireToken();
		expect(await errcodeOf(token)).toBe(42001);
		expect(await errcodeOf(await client.token())).toBe(0);
	});

	test('is replaced by the next normal request', async () => {
		const dead = await client.token();
		sandbox.killToken();
		expect(await errcodeOf(dead)).toBe(40001);
		expect(sandbox.currentToken()).toBe(dead);
		expect(await errcodeOf(await client.token())).toBe(0);
	});

	test('comes back in normal mode if told so, until a forced refresh', async () => {
		const dead = await client.token();
		sandbox.killToken();
		sandbox.inject({ call: 'stable_token', kind: 'staleToken', times: Infinity });
		expect([await client.token(), await client.token()]).toEqual([dead, dead]);
		const forced = await client.stableToken({ force_refresh: true });
		expect(await errcodeOf(String(forced.json.access_token))).toBe(0);
		expect(await client.token()).toBe(forced.json.access_token);
	});
});

describe('cgi-bin/token', () => {
	test('kills its own previous token, not the stable one', async () => {
		const stable = await client.token();
		const first = await classicToken(sandbox.account);
		const second = await classicToken(sandbox.account);
		expect(await Promise.all([stable, first, second].map(errcodeOf))).toEqual([0, 40001, 0]);
	});
});

describe('third-party platform', () => {
	async function refresh(appId: string, refreshToken: string, platform = sandbox.platform) {
		return await client.request('POST', '/cgi-bin/component/api_authorizer_token', {
			query: { component_access_token: platform.accessToken },
			body: {
				component_appid: platform.appId,
				authorizer_appid: appId,
				authorizer_refresh_token: refreshToken,
			},
		});
	}

	test('a merchant’s token serves that merchant’s account', async () => {
		const [one, two] = [sandbox.addAccount(), sandbox.addAccount()];
		sandbox.addApplication({ account: one, codeCount: 10, applicationId: '11' });
		const query = async (token: string) =>
			(await client.call('applycodequery', { application_id: 11 }, token)).json.errcode;
		const authorizer = sandbox.addAuthorizer(one, { accessToken: 'merchant-one' });
		expect(await query('merchant-one')).toBe(0);
		expect(await query(sandbox.addAuthorizer(two).accessToken)).toBe(80301);
		expect(await query(sandbox.addAuthorizer(one, { permissionSets: [1] }).accessToken)).toBe(
			61007,
		);
		sandbox.killToken(authorizer);
		expect(await query('merchant-one')).toBe(40001);
	});

	test('a refresh answers a new token, and a new refresh token in place of the old one', async () => {
		const authorizer = sandbox.addAuthorizer(sandbox.account);
		const { accessToken, refreshToken } = authorizer;
		const { json } = await refresh(sandbox.account.appId, refreshToken);
		expect(json).toEqual({
			authorizer_access_token: authorizer.accessToken,
			expires_in: 7200,
			authorizer_refresh_token: authorizer.refreshToken,
		});
		expect(authorizer.accessToken).not.toBe(accessToken);
		expect(authorizer.refreshToken).not.toBe(refreshToken);
		expect(await errcodeOf(authorizer.accessToken)).toBe(0);
		expect((await refresh(sandbox.account.appId, refreshToken)).json.errcode).toBe(61023);
	});

	test('a refresh token can stay the same', async () => {
		const authorizer = sandbox.addAuthorizer(sandbox.account, { keepsRefreshToken: true });
		const { json } = await refresh(sandbox.account.appId, authorizer.refreshToken);
		expect(json.authorizer_refresh_token).toBe(authorizer.refreshToken);
		const again = await refresh(sandbox.account.appId, authorizer.refreshToken);
		expect(again.json.errcode).toBeUndefined();
	});

	test('a revoked authorisation ends both tokens', async () => {
		const authorizer = sandbox.addAuthorizer(sandbox.account);
		authorizer.revoked = true;
		expect(await errcodeOf(authorizer.accessToken)).toBe(61003);
		const { json } = await refresh(sandbox.account.appId, authorizer.refreshToken);
		expect(json.errcode).toBe(61023);
	});

	test('a refresh needs the platform’s own token, AppID, IP and a merchant', async () => {
		const { appId } = sandbox.account;
		const { refreshToken } = sandbox.addAuthorizer(sandbox.account);
		const { platform } = sandbox;
		const errcode = async (merchant: string, changed: object) =>
			(await refresh(merchant, refreshToken, { ...platform, ...changed })).json.errcode;
		expect(await errcode(appId, { accessToken: '' })).toBe(41001);
		expect(await errcode(appId, { accessToken: 'other' })).toBe(40001);
		expect(await errcode(appId, { appId: 'wx1' })).toBe(40013);
		expect(await errcode('wx0', {})).toBe(61003);
		sandbox.allowIps([]);
		expect(await errcode(appId, {})).toBe(61004);
	});
});

describe('token server', () => {
	async function ask(headers: Record<string, string>, query?: Record<string, string>) {
		return await client.request('GET', '/token-server', { headers, query });
	}

	test('answers JSON or the bare token to who has the header', async () => {
		const { url, headerName, headerValue } = sandbox.tokenServer;
		expect(url).toBe(`${sandbox.url}/token-server`);
		expect((await ask({})).status).toBe(401);
		expect((await ask({ [headerName]: 'wrong' })).status).toBe(401);
		const { json } = await ask({ [headerName]: headerValue });
		expect(json.access_token).toBe(await client.token());
		const bare = await ask({ [headerName]: headerValue }, { format: 'text' });
		expect(bare.text).toBe(json.access_token);
		expect(sandbox.count('token-server')).toBe(4);
	});

	test('hands out a stale token if told so, and another account’s token', async () => {
		const { headerName, headerValue } = sandbox.tokenServer;
		const headers = { [headerName]: headerValue };
		const dead = await client.token();
		sandbox.killToken();
		sandbox.inject({ call: 'token-server', kind: 'staleToken' });
		expect((await ask(headers)).json.access_token).toBe(dead);
		expect((await ask(headers)).json.access_token).not.toBe(dead);
		const account = sandbox.addAccount();
		const other = await ask(headers, { appid: account.appId });
		expect(other.json.access_token).toBe(sandbox.currentToken(account));
		expect((await ask(headers, { appid: 'wx0' })).status).toBe(404);
	});
});
