import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Authorizer, AuthorizerSettings } from '../sandbox/sandbox.cts';
import { entered } from './entered.cts';
import { speedUpClock } from './fastClock.cts';
import { useOperation } from './operation.cts';
import { byId } from './world.cts';

const get = useOperation('application', 'get');
const { lab } = get;

let merchant: Authorizer;
let credentialId = '';
let server: Server | undefined;
let slowDown = () => {};

/** A merchant that has authorised the platform, and the credential for it. */
function authorise(settings: AuthorizerSettings = {}): void {
	merchant = lab.sandbox.addAuthorizer(lab.sandbox.account, settings);
	credentialId = credential();
}

function credential(changes: ICredentialDataDecryptedObject = {}): string {
	return lab.credential({
		authentication: 'componentRefresh',
		appId: '',
		appSecret: '',
		componentAppId: lab.sandbox.platform.appId,
		componentAccessToken: lab.sandbox.platform.accessToken,
		authorizerAppId: merchant.account.appId,
		authorizerRefreshToken: merchant.refreshToken,
		...changes,
	});
}

beforeEach(() => {
	slowDown = speedUpClock(20);
	authorise();
});
afterEach(() => slowDown());

const query = () => ({ application: byId(lab.application().applicationId) });
const run = async (id = credentialId) => await get.items(query(), { credentialId: id });
const stored = (id = credentialId) => lab.world.engine.storedCredential(id);
const refreshes = () => lab.requests('api_authorizer_token');
const refreshTokensSent = () => refreshes().map(({ body }) => body.authorizer_refresh_token);

describe('the tokens of a merchant', () => {
	it('are fetched with the refresh token, and stored together', async () => {
		const { refreshToken } = merchant;
		expect(await run()).toHaveLength(1);
		expect(refreshTokensSent()).toEqual([refreshToken]);
		expect(merchant.refreshToken).not.toBe(refreshToken);
		expect(stored()).toMatchObject({
			accessToken: merchant.accessToken,
			authorizerRefreshToken: merchant.refreshToken,
		});
		expect(lab.sandbox.count('stable_token')).toBe(0);
	});

	it('are never stored one without the other', async () => {
		const pairs = new Set<string>();
		const { engine } = lab.world;
		const { storedCredential } = engine;
		const watch = setInterval(() => pairs.add(pairOf(storedCredential(credentialId))), 0);
		const before = pairOf(stored());
		lab.sandbox.inject({ call: 'get_api_domain_ip', kind: 'slow', ms: 100 });
		await run();
		clearInterval(watch);
		expect(pairs).toEqual(new Set([before, pairOf(stored())]));
	});

	it('are used by the next execution without another refresh', async () => {
		await run();
		await run();
		expect(refreshes()).toHaveLength(1);
	});

	it('are refreshed again with the rotated refresh token, when WeChat rejects the access token', async () => {
		await run();
		const rotated = merchant.refreshToken;
		lab.sandbox.expireToken(merchant);
		await run();
		expect(refreshTokensSent().slice(1)).toEqual([rotated]);
		expect(stored().authorizerRefreshToken).toBe(merchant.refreshToken);
		lab.sandbox.killToken(merchant);
		await run();
		expect(refreshes()).toHaveLength(3);
		expect(stored()).toMatchObject({
			accessToken: merchant.accessToken,
			authorizerRefreshToken: merchant.refreshToken,
		});
	});

	it('are refreshed twice within one execution, if need be', async () => {
		await run();
		const input = [1, 2].map(() => ({ id: lab.application().applicationId }));
		const rejected = { call: 'applycodequery', kind: 'errcode', errcode: 42001 } as const;
		lab.sandbox.inject(rejected);
		lab.sandbox.inject({ ...rejected, after: 2 });
		await get.items({ application: byId('={{ $json.id }}') }, { input, credentialId });
		expect(refreshes()).toHaveLength(3);
		expect(stored().authorizerRefreshToken).toBe(merchant.refreshToken);
	});

	it('keep the refresh token that WeChat does not exchange', async () => {
		authorise({ keepsRefreshToken: true });
		const { refreshToken } = merchant;
		await run();
		lab.sandbox.expireToken(merchant);
		await run();
		expect(refreshTokensSent()).toEqual([refreshToken, refreshToken]);
		expect(stored().authorizerRefreshToken).toBe(refreshToken);
	});

	it('leave the other fields as they were entered, expressions too', async () => {
		const token = lab.sandbox.platform.accessToken;
		const id = credential({ componentAccessToken: '={{ $json.componentToken }}' });
		const before = stored(id);
		const input = [{ componentToken: token }];
		await get.items(query(), { credentialId: id, input });
		const { accessToken, accessTokenOwner, accessTokenExpires } = stored(id);
		const { authorizerRefreshToken } = stored(id);
		expect(entered(stored(id))).toEqual(entered(before));
		expect([accessToken, authorizerRefreshToken]).toEqual([
			merchant.accessToken,
			merchant.refreshToken,
		]);
		expect(accessTokenOwner).toMatch(/^[0-9a-f]{64}$/);
		expect(Number(accessTokenExpires)).toBeGreaterThan(Date.now());
	});

	it('are stored by the Test button of the credential too', async () => {
		expect(await lab.world.engine.testCredential(credentialId)).toMatchObject({ status: 'OK' });
		expect(stored().authorizerRefreshToken).toBe(merchant.refreshToken);
		await run();
		expect(refreshes()).toHaveLength(1);
	});
});

const pairOf = ({ accessToken, authorizerRefreshToken }: ICredentialDataDecryptedObject) =>
	JSON.stringify([accessToken ?? '', authorizerRefreshToken]);

describe('a refresh that fails', () => {
	it('keeps the old refresh token, which is used the next time', async () => {
		const { refreshToken } = merchant;
		lab.sandbox.inject({ call: 'api_authorizer_token', kind: 'http', status: 502, times: 4 });
		const { message } = await get.fail(query(), { credentialId });
		expect(message).toBe('WeChat answered with HTTP 502 instead of 200');
		expect(stored().authorizerRefreshToken).toBe(refreshToken);
		expect(await run()).toHaveLength(1);
		expect(new Set(refreshTokensSent())).toEqual(new Set([refreshToken]));
	});

	it('is tried again after a connection that is reset', async () => {
		lab.sandbox.inject({ call: 'api_authorizer_token', kind: 'reset' });
		expect(await run()).toHaveLength(1);
		expect(refreshes()).toHaveLength(2);
	});

	it('half way, with the answer lost, is tried again with the old refresh token', async () => {
		authorise({ keepsRefreshToken: true });
		lab.sandbox.inject({ call: 'api_authorizer_token', kind: 'cut' });
		expect(await run()).toHaveLength(1);
		expect(refreshTokensSent()).toEqual([merchant.refreshToken, merchant.refreshToken]);
	});

	/** No client can know what was in an answer that it never got. */
	it('half way keeps the old refresh token, even if WeChat does not take it any more', async () => {
		const { refreshToken } = merchant;
		lab.sandbox.inject({ call: 'api_authorizer_token', kind: 'cut' });
		const { message, description } = await get.fail(query(), { credentialId });
		expect(message).toBe('The refresh token is invalid (errcode 61023)');
		expect(description).toContain('Have the merchant authorise the third-party platform again');
		expect(stored()).toMatchObject({ authorizerRefreshToken: refreshToken });
	});

	it.each([
		['a dead refresh token (61023)', { authorizerRefreshToken: 'dead' }, 61023, 'authorise'],
		['a merchant that has not authorised (61003)', { authorizerAppId: 'wx0' }, 61003, 'set 46'],
		['a wrong component token (40001)', { componentAccessToken: 'old' }, 40001, 'lives for 2'],
		['no component token (41001)', { componentAccessToken: '' }, 41001, 'authentication'],
		["another platform's AppID (40013)", { componentAppId: 'wx0' }, 40013, 'AppID'],
	])('is an error, and changes nothing: %s', async (_what, changes, errcode, fix) => {
		const id = credential(changes);
		const before = stored(id);
		const { message, description, error } = await get.fail(query(), { credentialId: id });
		expect(message).toContain(`(errcode ${errcode})`);
		expect(description).toContain(fix);
		expect(description).toMatch(/rid: \w+/);
		expect(error).toMatchObject({ errorResponse: { errcode } });
		expect(stored(id)).toEqual(before);
		expect(refreshes()).toHaveLength(1);
	});

	it.each([61004, 61005, 61006, 42007, 45009])(
		'is an error with what it means: %d',
		async (errcode) => {
			lab.sandbox.inject({ call: 'api_authorizer_token', kind: 'errcode', errcode });
			const item = await get.errorItem(query(), { credentialId });
			expect(item.details).toMatchObject({ errcode, rid: expect.stringMatching(/\w/) });
			expect(stored().authorizerRefreshToken).toBe(merchant.refreshToken);
		},
	);
});

describe('two executions at once, where a refresh token is good for one refresh', () => {
	it('both succeed: the loser takes what the winner has stored', async () => {
		const results = await Promise.all([run(), run()]);
		expect(results.map((items) => items.length)).toEqual([1, 1]);
		expect(stored()).toMatchObject({
			accessToken: merchant.accessToken,
			authorizerRefreshToken: merchant.refreshToken,
		});
	});

	it('both succeed, even if the winner gets its answer a second after the loser', async () => {
		lab.sandbox.inject({ call: 'api_authorizer_token', kind: 'slow', ms: Infinity });
		const both = Promise.all([run(), run()]);
		await lab.untilRequests('api_authorizer_token', 2);
		await new Promise((resolve) => setTimeout(resolve, 1_000));
		lab.sandbox.releaseAnswers();
		const results = await both;
		expect(results.map((items) => items.length)).toEqual([1, 1]);
		expect(
			refreshes()
				.map(({ errcode }) => errcode)
				.sort(),
		).toEqual([0, 61023]);
		expect(stored().authorizerRefreshToken).toBe(merchant.refreshToken);
	});

	it('both succeed when the token that they share is rejected', async () => {
		await run();
		lab.sandbox.expireToken(merchant);
		const results = await Promise.all([run(), run(), run()]);
		expect(results.map((items) => items.length)).toEqual([1, 1, 1]);
		expect(stored().authorizerRefreshToken).toBe(merchant.refreshToken);
	});
});

describe('the component access token', () => {
	afterEach(() => {
		server?.closeAllConnections();
		server?.close();
	});

	const byUrl = (changes: ICredentialDataDecryptedObject = {}) => {
		const { headerName, headerValue, url } = lab.sandbox.tokenServer;
		return credential({
			componentAccessToken: '',
			componentTokenUrl: url,
			tokenServerHeaderName: headerName,
			tokenServerHeaderValue: headerValue,
			...changes,
		});
	};

	it('may come from a URL, which is asked at each refresh and with its header', async () => {
		const { headers, url } = await serveComponentToken(lab.sandbox.platform.accessToken);
		const id = byUrl({ componentTokenUrl: url });
		await run(id);
		await run(id);
		expect(headers).toEqual([lab.sandbox.tokenServer.headerValue]);
		lab.sandbox.expireToken(merchant);
		await run(id);
		expect(headers).toHaveLength(2);
	});

	it('from a URL that refuses is an error that names it, and changes nothing', async () => {
		const id = byUrl({ tokenServerHeaderValue: 'wrong' });
		const before = stored(id);
		const { message } = await get.fail(query(), { credentialId: id });
		expect(message).toBe('The token server answered with HTTP 401 instead of 200');
		expect(stored(id)).toEqual(before);
		expect(refreshes()).toEqual([]);
	});
});

/** A company's server that hands out the platform's token, and notes the header of each request. */
async function serveComponentToken(token: string) {
	const headers: unknown[] = [];
	const name = lab.sandbox.tokenServer.headerName.toLowerCase();
	server = createServer((request, response) => {
		headers.push(request.headers[name]);
		response.end(JSON.stringify({ component_access_token: token }));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('No port');
	return { headers, url: `http://127.0.0.1:${address.port}/component` };
}
