import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { useLab } from './lab.cts';

const lab = useLab();

const test = async (changes: ICredentialDataDecryptedObject = {}) =>
	await lab.world.engine.testCredential(lab.credential(changes));

const tokenServer = () => {
	const { url, headerName, headerValue } = lab.sandbox.tokenServer;
	return {
		authentication: 'tokenServer',
		tokenServerUrl: url,
		tokenServerHeaderName: headerName,
		tokenServerHeaderValue: headerValue,
	};
};

const authorizerToken = (authorizerAccessToken: string) => ({
	authentication: 'authorizerToken',
	authorizerAccessToken,
});

describe("the credential's Test button", () => {
	it('says OK for an AppSecret that works', async () => {
		expect(await test()).toMatchObject({ status: 'OK' });
	});

	it('says OK for a token server that works', async () => {
		expect(await test(tokenServer())).toMatchObject({ status: 'OK' });
	});

	it("says OK for a merchant's token that works", async () => {
		const { accessToken } = lab.sandbox.addAuthorizer(lab.sandbox.account);
		expect(await test(authorizerToken(accessToken))).toMatchObject({ status: 'OK' });
	});

	it('says OK though the stored token has died, and stores a living one', async () => {
		const id = lab.credential();
		await lab.world.engine.testCredential(id);
		lab.sandbox.killToken();
		expect(await lab.world.engine.testCredential(id)).toMatchObject({ status: 'OK' });
		const { accessToken } = lab.world.engine.storedCredential(id);
		expect(accessToken).toBe(lab.sandbox.currentToken());
	});

	it('notices an address that was taken off the allowlist, though the stored token lives', async () => {
		const id = lab.credential();
		await lab.world.engine.testCredential(id);
		lab.sandbox.allowIps(['203.0.113.7']);
		const { status, message } = await lab.world.engine.testCredential(id);
		expect(status).toBe('Error');
		expect(message).toContain('127.0.0.1 (errcode 40164)');
	});

	it.each([
		['a wrong AppSecret', { appSecret: 'f'.repeat(32) }, 'The AppSecret is wrong (errcode 40001)'],
		['half an AppSecret', { appSecret: 'f' }, 'The AppSecret is wrong (errcode 40125)'],
		['an unknown AppID', { appId: 'wx0' }, 'The AppID is invalid (errcode 40013)'],
		['a host that is dead', { customBaseUrl: 'http://127.0.0.1:1' }, 'refuses the connection'],
	])('says what is wrong: %s', async (_what, changes, reason) => {
		const { status, message } = await test(changes);
		expect(status).toBe('Error');
		expect(message).toContain(reason);
	});

	it('says which address is not allowed', async () => {
		lab.sandbox.allowIps(['203.0.113.7']);
		const { status, message } = await test();
		expect(status).toBe('Error');
		expect(message).toMatch(/not on the account's allowlist: 127\.0\.0\.1 \(errcode 40164\)/);
	});

	it.each([
		[
			'is dead',
			{ tokenServerUrl: 'http://127.0.0.1:1' },
			'The token server refuses the connection',
		],
		[
			'wants another header',
			{ tokenServerHeaderValue: 'x' },
			'The token server answered with HTTP 401',
		],
	])('says that the token server %s', async (_what, changes, reason) => {
		const { status, message } = await test({ ...tokenServer(), ...changes });
		expect(status).toBe('Error');
		expect(message).toContain(reason);
	});

	it.each([
		['expired', 42001, /expired \(errcode 42001\)/],
		['superseded', 40001, /rejects the access token \(errcode 40001\)/],
		['made up', 40014, /malformed \(errcode 40014\)/],
		['revoked', 61003, /not authorised this third-party platform \(errcode 61003\)/],
	])("says that a merchant's token is %s", async (_what, errcode, reason) => {
		const authorizer = lab.sandbox.addAuthorizer(lab.sandbox.account);
		if (errcode === 42001) lab.sandbox.expireToken(authorizer);
		if (errcode === 40001) lab.sandbox.killToken(authorizer);
		authorizer.revoked = errcode === 61003;
		const token = errcode === 40014 ? 'made-up' : authorizer.accessToken;
		const { status, message } = await test(authorizerToken(token));
		expect(status).toBe('Error');
		expect(message).toMatch(reason);
	});

	it('refuses an address that would carry secrets in the clear, before anything is sent', async () => {
		const { status, message } = await test({ customBaseUrl: 'http://wechat.example.com' });
		expect(status).toBe('Error');
		expect(message).toContain('The custom base URL in the credential can not be used');
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['is too short', 'FifteenLetters1', 'The package key has 15 characters instead of 16'],
		['is too long', 'SeventeenLetters1', 'The package key has 17 characters instead of 16'],
		['was copied with a space', 'SixteenLetters12 ', 'begins or ends with white space'],
		['is no ASCII', 'SixteenLetters1码', 'a character that is not ASCII'],
	])('says that the package key %s', async (_what, packageKey, reason) => {
		for (const changes of [{}, tokenServer(), authorizerToken('any')]) {
			const { status, message } = await test({ ...changes, packageKey });
			expect(status).toBe('Error');
			expect(message).toContain(reason);
		}
	});

	it('says OK without a package key, which only decryption needs', async () => {
		expect(await test({ packageKey: '' })).toMatchObject({ status: 'OK' });
	});

	it('fails for an errcode that it has no words of its own for', async () => {
		lab.sandbox.inject({ call: 'get_api_domain_ip', kind: 'errcode', errcode: 50002 });
		expect(await test()).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('did not accept the access token'),
		});
	});

	it('shows no secret', async () => {
		const secret = 'f'.repeat(32);
		const messages = [
			await test({ appSecret: secret }),
			await test({ appSecret: secret, customBaseUrl: 'http://127.0.0.1:1' }),
			await test({ ...tokenServer(), tokenServerHeaderValue: secret }),
			await test(authorizerToken(secret)),
		];
		expect(JSON.stringify(messages)).not.toContain(secret);
	});
});
