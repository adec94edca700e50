import { Readable } from 'node:stream';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { WechatMarketcodeApi } from '../../credentials/WechatMarketcodeApi.credentials';
import {
	FALLBACK_HOST,
	TOKEN_CHOSEN,
	baseUrlOf,
	hasToken,
	isSafeBaseUrl,
	ownerOf,
	secretsOf,
	toCredential,
} from '../../nodes/shared/wechat/credentials';
import { WechatError } from '../../nodes/shared/wechat/wechatErrors';
import { TokenRequest } from '../../nodes/shared/wechat/tokenRequest';

describe('toCredential', () => {
	it('takes the fields as texts', () => {
		const credential = toCredential({ appId: 'wx1', appSecret: 12, extra: 'x' });
		expect(credential).toMatchObject({ appId: 'wx1', appSecret: '12', packageKey: '', host: '' });
		expect(credential).not.toHaveProperty('extra');
		expect(Object.values(credential).every((value) => typeof value === 'string')).toBe(true);
	});

	it.each(['appSecret', 'authorizerToken', 'tokenServer', 'componentRefresh'])(
		'knows the authentication %s',
		(authentication) => {
			expect(toCredential({ authentication }).authentication).toBe(authentication);
		},
	);

	it.each(['', 'oauth', 7])('takes AppID and AppSecret for %j', (authentication) => {
		expect(toCredential({ authentication }).authentication).toBe('appSecret');
	});
});

describe('hasToken', () => {
	const stored = (data: object) => {
		const credential = toCredential({ ...data, accessToken: 'abc' });
		return { ...credential, accessTokenOwner: ownerOf(credential) };
	};

	it('needs a token', () => {
		const credential = stored({ appId: 'wx1' });
		expect(hasToken(credential)).toBe(true);
		expect(hasToken({ ...credential, accessToken: '' })).toBe(false);
	});

	it.each([
		[{ authentication: 'appSecret', appId: 'wx1' }, { appId: 'wx2' }],
		[
			{ authentication: 'tokenServer', tokenServerUrl: 'https://a.example.org' },
			{ tokenServerUrl: 'https://b.example.org' },
		],
		[{ authentication: 'componentRefresh', authorizerAppId: 'wx1' }, { authorizerAppId: 'wx2' }],
		[{ authentication: 'appSecret', appId: 'wx1' }, { authentication: 'tokenServer' }],
	])("takes no other account's: %j", (data, change) => {
		const own = stored(data);
		const { accessToken, accessTokenOwner } = own;
		const other = { ...toCredential({ ...data, ...change }), accessToken, accessTokenOwner };
		expect([hasToken(own), hasToken(other)]).toEqual([true, false]);
	});
});

describe('the credential type', () => {
	const type = new WechatMarketcodeApi();
	const host = 'https://api.weixin.qq.com';
	const account = { authentication: 'appSecret', appId: 'wx1', appSecret: 's', host };
	const owned = { ...account, accessToken: 'T', accessTokenOwner: ownerOf(toCredential(account)) };
	const request = { url: '/x', qs: { a: 1 } };

	it('adds the token to a request and keeps what is there', async () => {
		const signed = await type.authenticate(owned, request);
		expect(signed.qs).toEqual({ a: 1, access_token: 'T' });
	});

	it('takes the token that a node of ours has chosen, whatever its date', async () => {
		const chosen = { ...owned, accessTokenExpires: '1', [TOKEN_CHOSEN]: true };
		expect((await type.authenticate(chosen, request)).qs).toMatchObject({ access_token: 'T' });
	});

	it.each([
		['another account', { ...owned, appId: 'wx2' }, request],
		['no token', { ...owned, accessToken: '' }, request],
		['an expired token', { ...owned, accessTokenExpires: String(Date.now()) }, request],
		['the Test button', owned, { url: '/x', qs: type.test.request.qs }],
	])('makes n8n fetch a token for %s, as HTTP 401 does', async (_what, data, options) => {
		await expect(type.authenticate(data, options)).rejects.toMatchObject({
			response: { status: 401 },
		});
	});
});

describe('the fields that n8n stores for a token', () => {
	const type = new WechatMarketcodeApi();
	const asked: string[] = [];
	const helpers = {
		async httpRequest({ url }: IHttpRequestOptions) {
			asked.push(url);
			const answer = JSON.stringify({ access_token: 'T', expires_in: 7200 });
			return { statusCode: 200, body: Readable.from([Buffer.from(answer)]) };
		},
	};
	const expressions = { appId: '={{ $json.appId }}', appSecret: '={{ $json.appSecret }}' };
	const data = {
		authentication: 'appSecret',
		appId: 'wxA',
		appSecret: 'of A',
		host: 'https://api.weixin.qq.com',
		expressions: JSON.stringify(expressions),
	};
	const TOKEN = ['accessToken', 'accessTokenExpires', 'accessTokenOwner'];
	beforeEach(() => asked.splice(0));

	it('are the token and the expressions as they were entered, though the second host was asked', async () => {
		const request = new TokenRequest('', FALLBACK_HOST);
		const given = request.in(data);
		const output = await type.preAuthentication.call({ helpers }, given);
		expect(asked).toEqual([`${FALLBACK_HOST}/cgi-bin/stable_token`]);
		// All that n8n 1 stores is what was given and what came out, as JSON.
		const all: unknown = JSON.parse(JSON.stringify(Object.assign(given, output)));
		expect(all).toEqual({
			authentication: 'appSecret',
			host: data.host,
			...expressions,
			...Object.fromEntries(TOKEN.map((name) => [name, expect.stringMatching(/./)])),
		});
		expect(all).toMatchObject({ accessToken: 'T', accessTokenOwner: ownerOf(toCredential(data)) });
	});

	it('are right a second time, when n8n asks again for the same request', async () => {
		const given: ICredentialDataDecryptedObject = { ...data };
		Object.assign(given, await type.preAuthentication.call({ helpers }, given));
		const again = await type.preAuthentication.call({ helpers }, given);
		expect(again).toMatchObject({ ...expressions, accessTokenOwner: ownerOf(toCredential(data)) });
		Object.assign(given, again);
		const { qs } = await type.authenticate(given, { url: '/x' });
		expect(qs).toEqual({ access_token: 'T' });
	});

	it.each([undefined, '', 'null', '={{ $json }}'])(
		'are none if n8n does not say which fields are expressions (%j)',
		async (expressions) => {
			const given = JSON.parse(JSON.stringify({ ...data, expressions }));
			await expect(type.preAuthentication.call({ helpers }, given)).rejects.toThrow(
				"does not tell which of the credential's fields are expressions",
			);
			expect(asked).toEqual([]);
		},
	);

	/** Resolves the hidden field, which is JavaScript, with what an n8n calls by these names. */
	const resolve = (variables: Record<string, unknown>): unknown => {
		const field = type.properties.find(({ name }) => name === 'expressions');
		const code = String(field?.default).replace(/^={{|}}$/g, '');
		return new Function(...Object.keys(variables), `return ${code}`)(...Object.values(variables));
	};
	const siblings = (fields: Record<string, string>) =>
		new Proxy(fields, {
			get: (_target, name) => {
				const field = String(name).replace('&', '');
				if (!(field in fields)) throw new Error('Could not find sibling parameter on node');
				return fields[field];
			},
		});

	it.each([
		['n8n 2', { $rawParameter: siblings({ ...data, ...expressions }), $self: data }],
		[
			'n8n 1',
			{ $rawParameter: siblings({ ...data, ...expressions }), $self: { ...data, ...expressions } },
		],
		['an older one', { $rawParameter: undefined, $self: { ...data, ...expressions } }],
	])('are told by %s, whatever is not displayed', (_which, variables) => {
		expect(resolve(variables)).toBe(JSON.stringify(expressions));
	});

	it('know every field that a user can enter', () => {
		const field = type.properties.find(({ name }) => name === 'expressions');
		const visible = type.properties.filter((property) => property.type !== 'hidden');
		for (const { name } of visible) expect(field?.default).toContain(JSON.stringify(name));
		expect(field?.default).not.toMatch(/"accessToken/);
	});
});

describe('the Test button', () => {
	it('sends no token to an address without encryption', async () => {
		const type = new WechatMarketcodeApi();
		const data = {
			authentication: 'authorizerToken',
			authorizerAccessToken: 'T',
			host: 'custom',
			customBaseUrl: 'http://192.0.2.1',
		};
		const request = { url: '/x', qs: type.test.request.qs };
		await expect(type.authenticate(data, request)).rejects.toThrow(WechatError);
	});
});

describe('baseUrlOf', () => {
	const custom = (customBaseUrl: string) =>
		baseUrlOf(toCredential({ host: 'custom', customBaseUrl }));

	it('is the chosen host, whatever stands in the custom address', () => {
		const host = 'https://hk.api.weixin.qq.com';
		expect(baseUrlOf(toCredential({ host, customBaseUrl: 'http://example.org' }))).toBe(host);
	});

	it('refuses a host without encryption, should an expression give one', () => {
		expect(() => baseUrlOf(toCredential({ host: 'http://example.org' }))).toThrow(WechatError);
	});

	it('is the custom address, without space around it or slashes at its end', () => {
		expect(custom(' https://proxy.example.org/wechat// ')).toBe('https://proxy.example.org/wechat');
		expect(custom('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
	});

	it.each(['', 'proxy.example.org', 'http://proxy.example.org', 'ftp://127.0.0.1'])(
		'refuses the custom address %j',
		(address) => {
			expect(() => custom(address)).toThrow(WechatError);
			expect(() => custom(address)).toThrow(/custom base URL .* can not be used/);
		},
	);
});

describe('isSafeBaseUrl', () => {
	it.each([
		'https://example.org',
		'HTTPS://example.org/path',
		'http://localhost',
		'http://localhost:3000',
		'http://127.0.0.1:8080/x',
		'http://127.1.2.3',
		'http://[::1]:8080',
	])('takes %s', (address) => {
		expect(isSafeBaseUrl(address)).toBe(true);
	});

	it.each([
		'',
		'example.org',
		'//example.org',
		'http://example.org',
		'http://localhost.example.org',
		'http://127.0.0.1.example.org',
		'http://127.0.0.1@example.org',
		'http://0.0.0.0',
		'http://192.168.0.1',
		'http://[::2]',
		'file:///etc/passwd',
		'javascript:alert(1)',
	])('refuses %j', (address) => {
		expect(isSafeBaseUrl(address)).toBe(false);
	});
});

describe('secretsOf', () => {
	it('are all fields that nobody may see', () => {
		const fields = {
			appId: 'id',
			accessToken: 's1',
			appSecret: 's2',
			authorizerAccessToken: 's3',
			tokenServerHeaderValue: 's4',
			componentAccessToken: 's5',
			authorizerRefreshToken: 's6',
			packageKey: 's7',
		};
		expect(secretsOf(toCredential(fields)).sort()).toEqual('s1 s2 s3 s4 s5 s6 s7'.split(' '));
	});
});
