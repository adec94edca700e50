import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { byId } from './world.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';

const lab = useLab();

let slowDown = () => {};
beforeEach(() => {
	slowDown = speedUpClock(50);
});
afterEach(() => slowDown());

describe("a merchant's authorizer access token", () => {
	const credential = (authorizerAccessToken: string, changes = {}) =>
		lab.credential({ authentication: 'authorizerToken', authorizerAccessToken, ...changes });

	it('may come from an expression: each item goes out with its own', async () => {
		const packageKey = 'KeyOfAllMerchant';
		const merchants = ['a', 'b'].map((name) => {
			const account = lab.sandbox.addAccount({ packageKey });
			const { accessToken: token } = lab.sandbox.addAuthorizer(account, {
				accessToken: `token-of-${name}`,
			});
			return { account, token, application: lab.application({ account, codeCount: 2_000 }) };
		});
		const credentialId = credential('={{ $json.token }}', { packageKey });
		const result = await lab.run(
			{ application: byId('={{ $json.id }}'), files: 'single' },
			{
				credentialId,
				input: merchants.map(({ token, application }) => ({
					id: application.applicationId,
					token,
				})),
			},
		);
		expect(result.error).toBeUndefined();
		const files = await Promise.all(
			result
				.output('Node')
				.flatMap(({ binary }) => binary?.data ?? [])
				.map(async (binary) => await lab.world.engine.readBinary(binary)),
		);
		expect(files).toHaveLength(2);
		merchants.forEach(({ application }, n) =>
			expect(lab.isWhole(application, files.slice(n, n + 1))).toBe(true),
		);
		expect(lab.sandbox.count('stable_token')).toBe(0);
		expect(lab.world.engine.storedCredential(credentialId).authorizerAccessToken).toBe(
			'={{ $json.token }}',
		);
	});

	it.each([
		['expired', 42001],
		['superseded', 40001],
		['unknown', 40014],
	])(
		'that is %s is an error that says where to get a new one, not a retry',
		async (_what, errcode) => {
			const authorizer = lab.sandbox.addAuthorizer(lab.sandbox.account);
			if (errcode === 42001) lab.sandbox.expireToken(authorizer);
			if (errcode === 40001) lab.sandbox.killToken(authorizer);
			const token = errcode === 40014 ? 'made-up' : authorizer.accessToken;
			const options = { credentialId: credential(token) };
			const { message, description } = await lab.fail(lab.application(), {}, options);
			expect(message).toMatch(/^The authorizer access token is no longer valid: /);
			expect(message).toContain(`(errcode ${errcode})`);
			expect(description).toMatch(
				/Get a new one from your third-party platform.*api_authorizer_token/,
			);
			expect(description).toMatch(/rid: \w+/);
			expect(lab.sandbox.requests).toHaveLength(1);
		},
	);

	it.each([
		['permission set 46', { permissionSets: [1, 2] }, false, 61007, 'including permission set 46'],
		['the authorisation', {}, true, 61003, 'authorise the third-party platform again'],
	])(
		'without %s is an error that says what to do',
		async (_what, settings, revoked, errcode, fix) => {
			const authorizer = lab.sandbox.addAuthorizer(lab.sandbox.account, settings);
			authorizer.revoked = revoked;
			const options = { credentialId: credential(authorizer.accessToken) };
			const { message, description } = await lab.fail(lab.application(), {}, options);
			expect(message).toContain(`(errcode ${errcode})`);
			expect(description).toContain(fix);
			expect(lab.sandbox.requests).toHaveLength(1);
		},
	);

	it('that an expression leaves empty is an error before any request', async () => {
		const options = { credentialId: credential('={{ $json.token }}') };
		const { message, description } = await lab.fail(lab.application(), {}, options);
		expect(message).toBe('The authorizer access token is empty');
		expect(description).toContain('expression');
		expect(lab.sandbox.requests).toEqual([]);
	});
});

describe('a token server', () => {
	const credential = (changes: ICredentialDataDecryptedObject = {}) => {
		const { url, headerName, headerValue } = lab.sandbox.tokenServer;
		return lab.credential({
			authentication: 'tokenServer',
			tokenServerUrl: url,
			tokenServerHeaderName: headerName,
			tokenServerHeaderValue: headerValue,
			...changes,
		});
	};

	it.each(['', '?format=text'])('is asked once, and its token stored (%j)', async (query) => {
		const credentialId = credential({ tokenServerUrl: lab.sandbox.tokenServer.url + query });
		await lab.download(lab.application(), {}, { credentialId });
		await lab.download(lab.application(), {}, { credentialId });
		expect(lab.sandbox.count('token-server')).toBe(1);
		expect(lab.sandbox.count('stable_token')).toBe(0);
		expect(lab.world.engine.storedCredential(credentialId).accessToken).toBe(
			lab.sandbox.currentToken(),
		);
	});

	it('is asked for another token after some minutes; while it is down, the last one serves', async () => {
		const credentialId = credential();
		await lab.download(lab.application(), {}, { credentialId });
		const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 700_000);
		try {
			lab.sandbox.inject({ call: 'token-server', kind: 'http', status: 502, times: Infinity });
			await lab.download(lab.application(), {}, { credentialId });
		} finally {
			later.mockRestore();
		}
		expect(lab.sandbox.count('token-server')).toBeGreaterThan(1);
	});

	it('is asked again, once, when WeChat rejects its token', async () => {
		const credentialId = credential();
		await lab.download(lab.application(), {}, { credentialId });
		lab.sandbox.killToken();
		const { files } = await lab.download(lab.application(), {}, { credentialId });
		expect(files).toHaveLength(3);
		expect(lab.sandbox.count('token-server')).toBe(2);
	});

	it('that still hands out the rejected token is an error', async () => {
		const credentialId = credential();
		await lab.download(lab.application(), {}, { credentialId });
		lab.sandbox.killToken();
		lab.sandbox.inject({ call: 'token-server', kind: 'staleToken', times: Infinity });
		const { message, description } = await lab.fail(lab.application(), {}, { credentialId });
		expect(message).toBe('The token server still hands out the access token that WeChat rejects');
		expect(description).toContain('stable_token');
		expect(lab.sandbox.count('token-server')).toBe(2);
	});

	it('that is dead is an error that names it', async () => {
		const credentialId = credential({ tokenServerUrl: 'http://127.0.0.1:1/token' });
		const { message, description } = await lab.fail(lab.application(), {}, { credentialId });
		expect(message).toBe('The token server refuses the connection');
		expect(description).toContain('ECONNREFUSED');
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['a wrong header', { tokenServerHeaderValue: 'wrong' }],
		['no header', { tokenServerHeaderName: '', tokenServerHeaderValue: '' }],
	])(
		'that wants another header than %s is an error with its HTTP status',
		async (_what, changes) => {
			const credentialId = credential(changes);
			const { message } = await lab.fail(lab.application(), {}, { credentialId });
			expect(message).toBe('The token server answered with HTTP 401 instead of 200');
			expect(lab.sandbox.count('token-server')).toBe(1);
		},
	);

	it('that answers something else than a token is an error that says what it wants', async () => {
		lab.sandbox.inject({ call: 'token-server', kind: 'html' });
		const options = { credentialId: credential() };
		const { message, description } = await lab.fail(lab.application(), {}, options);
		expect(message).toBe('The token server answered without an access token');
		expect(description).toContain('{"access_token": "…"}');
	});

	it.each([
		['an error of its own for a moment', { kind: 'http', status: 503 }],
		['a reset connection', { kind: 'reset' }],
	] as const)('is asked again after %s', async (_what, fault) => {
		lab.sandbox.inject({ call: 'token-server', ...fault });
		const { files } = await lab.download(lab.application(), {}, { credentialId: credential() });
		expect(files).toHaveLength(3);
		expect(lab.sandbox.count('token-server')).toBe(2);
	});

	it.each([
		['is silent for 20 seconds', { kind: 'slow', ms: Infinity }],
		['stops in the middle', { kind: 'stall', afterBytes: 5 }],
		['sends less than 1 kB a second', { kind: 'trickle', bytes: 1, everyMs: 50 }],
	] as const)('that %s is left, and asked again', async (_what, fault) => {
		lab.sandbox.inject({ call: 'token-server', ...fault });
		const { files } = await lab.download(lab.application(), {}, { credentialId: credential() });
		expect(files).toHaveLength(3);
		expect(lab.requests('token-server').map(({ aborted }) => aborted)).toEqual([true, false]);
	});

	it.each([false, true])('that sends megabytes is left at the first (gzip: %j)', async (gzip) => {
		lab.sandbox.inject({ call: 'token-server', kind: 'huge', bytes: 50_000_000, gzip });
		const options = { credentialId: credential() };
		const { message } = await lab.fail(lab.application(), {}, options);
		expect(message).toBe(
			'The token server sends more than the 1 MB that an answer to this call can have',
		);
		expect(lab.sandbox.count('token-server')).toBe(1);
	});

	it.each(['', 'tokens.example.com/wechat'])('needs an address, not %j', async (tokenServerUrl) => {
		const options = { credentialId: credential({ tokenServerUrl }) };
		const { message } = await lab.fail(lab.application(), {}, options);
		expect(message).toMatch(/[Tt]oken server/);
	});
});
