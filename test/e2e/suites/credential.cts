import { startSandbox } from '../../sandbox/sandbox.cts';
import { outputOf } from '../client.cts';
import type { Editor } from '../editor.cts';
import { isThere } from '../matrix.cts';
import { sandboxCredential, storeCredential, type Lab } from '../n8nLab.cts';
import { freePort } from '../n8n.cts';
import { chain, download, manualTrigger, TRIGGER } from '../workflow.cts';

const COMMON = ['packageKey', 'host'];
/** n8n's own, under the fields of every credential that the HTTP Request node can use. */
const OF_N8N = ['allowedHttpRequestDomains'];

const FIELDS = {
	'AppID and AppSecret': ['appId', 'appSecret'],
	'Authorizer Access Token': ['authorizerAccessToken'],
	'Token Server': ['tokenServerUrl', 'tokenServerHeaderName', 'tokenServerHeaderValue'],
};

/** The credential dialog, and what Test says. */
export function credentialSuite(lab: () => Lab): void {
	const test = async (changes: object) => {
		const data = { ...sandboxCredential(lab().sandbox), ...changes };
		const stored = await storeCredential(lab().client, 'Tested', data);
		return await lab().client.testCredential(stored, data);
	};

	describe('Test', () => {
		afterEach(() => lab().sandbox.allowIps(undefined));

		it('passes with good credentials', async () => {
			expect(await test({})).toMatchObject({ status: 'OK' });
		});

		it('passes with a token server', async () => {
			const { url, headerName, headerValue } = lab().sandbox.tokenServer;
			const result = await test({
				authentication: 'tokenServer',
				tokenServerUrl: url,
				tokenServerHeaderName: headerName,
				tokenServerHeaderValue: headerValue,
			});
			expect(result).toMatchObject({ status: 'OK' });
		});

		it('passes with an authorizer token', async () => {
			const { sandbox } = lab();
			const { accessToken } = sandbox.addAuthorizer(sandbox.addAccount());
			const result = await test({
				authentication: 'authorizerToken',
				authorizerAccessToken: accessToken,
			});
			expect(result).toMatchObject({ status: 'OK' });
		});

		it('fails with a wrong AppSecret and says so', async () => {
			const result = await test({ appSecret: '0'.repeat(32) });
			expect(result).toMatchObject({
				status: 'Error',
				message: expect.stringMatching(/AppSecret/),
			});
		});

		it('fails when the IP is not on the allowlist and names the IP', async () => {
			const sandbox = await startSandbox({ allowedIps: ['203.0.113.7'] });
			const result = await test(sandboxCredential(sandbox));
			await sandbox.stop();
			expect(result).toMatchObject({
				status: 'Error',
				message: expect.stringMatching(/allowlist/i),
			});
			expect(result.message).toContain('127.0.0.1');
		});

		it('fails when the token server does not answer and names the token server', async () => {
			const result = await test({
				authentication: 'tokenServer',
				tokenServerUrl: `http://127.0.0.1:${await freePort()}/token`,
			});
			expect(result).toMatchObject({
				status: 'Error',
				message: expect.stringMatching(/token server/i),
			});
		});

		it('fails with a dead authorizer token and says where to get another', async () => {
			const result = await test({
				authentication: 'authorizerToken',
				authorizerAccessToken: 'not-a-token',
			});
			expect(result).toMatchObject({ status: 'Error', message: expect.stringMatching(/token/i) });
		});
	});

	it.each([
		['None', { allowedHttpRequestDomains: 'none' }],
		['Specific Domains', { allowedHttpRequestDomains: 'domains', allowedDomains: '127.0.0.1' }],
	])('works with Allowed HTTP Request Domains: %s', async (name, domains) => {
		const { client } = lab();
		// Of its own: one whose token n8n has not fetched yet.
		const sandbox = await startSandbox();
		try {
			const { applicationId } = sandbox.addApplication({ codeCount: 10_000 });
			const data = { ...sandboxCredential(sandbox), ...domains };
			const credential = await storeCredential(client, `Domains: ${name}`, data);
			const isTested = name !== 'None' || isThere('tests a credential kept from requests');
			expect(await client.testCredential(credential, data)).toMatchObject(
				isTested ? { status: 'OK' } : { message: expect.stringMatching(/HTTP Request node$/) },
			);
			const nodes = [manualTrigger(), download(applicationId, credential)];
			const { id } = await client.createWorkflow(chain(name, nodes));
			const execution = await client.run(id, TRIGGER);
			expect(execution.data.resultData.error).toBeUndefined();
			expect(outputOf(execution, 'Marketcode Download')).toMatchObject([
				{ json: { application_id: applicationId, code_count: 10_000 } },
			]);
		} finally {
			await sandbox.stop();
		}
	});

	describe('the dialog', () => {
		let editor: Editor;

		beforeAll(async () => {
			editor = await lab().editor();
		});

		it('shows only the fields of the chosen authentication', async () => {
			await editor.newCredential('WeChat Marketcode API');
			for (const [authentication, fields] of Object.entries(FIELDS)) {
				await editor.choose('authentication', authentication);
				await editor.parameter(String(fields[0])).waitFor();
				const shown = await editor.credentialFields();
				expect(shown).toEqual(['authentication', ...fields, ...COMMON, ...OF_N8N]);
			}
		});

		it('asks for a base URL only with a custom host', async () => {
			await editor.choose('host', 'Custom');
			await editor.parameter('customBaseUrl').waitFor();
			expect(await editor.credentialFields()).toContain('customBaseUrl');
		});

		it('saves a good credential and says that it works', async () => {
			await editor.fillCredential(sandboxCredential(lab().sandbox));
			expect(await editor.saveCredential()).toBe('Connection tested successfully');
			await editor.keepScreenshot('credential-dialog');
		});

		it('says why a wrong AppSecret is refused', async () => {
			await editor.fillCredential({
				...sandboxCredential(lab().sandbox),
				appSecret: '0'.repeat(32),
			});
			expect(await editor.saveCredential()).toMatch(/AppSecret/);
			await editor.keepScreenshot('credential-dialog-refused');
		});
	});
}
