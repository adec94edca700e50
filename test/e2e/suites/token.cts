import type { IDataObject } from 'n8n-workflow';
import type { Account, Sandbox } from '../../sandbox/sandbox.cts';
import { outputOf, type CredentialReference } from '../client.cts';
import { sha256 } from '../expected.cts';
import { sandboxCredential, storeCredential, type Lab } from '../n8nLab.cts';
import { chain, CREDENTIAL, download, manualTrigger, node, TRIGGER } from '../workflow.cts';

/** The access token: stored by n8n, renewed by the nodes, shared with n8n's own HTTP Request. */
export function tokenSuite(lab: () => Lab): void {
	let account: Account;
	let credential: CredentialReference;
	let applicationId: string;
	let workflowId: string;

	const tokensAsked = (sandbox: Sandbox) => sandbox.count('stable_token');

	const run = async () => {
		const execution = await lab().client.run(workflowId, TRIGGER);
		expect(execution.data.resultData.error).toBeUndefined();
		expect(outputOf(execution, 'Marketcode Download')).toHaveLength(1);
	};

	beforeAll(async () => {
		const { client, sandbox } = lab();
		account = sandbox.addAccount();
		({ applicationId } = sandbox.addApplication({ account, codeCount: 10_000 }));
		const data = { ...sandboxCredential(sandbox), ...account };
		credential = await storeCredential(client, 'Token', data);
		const steps = [manualTrigger(), download(applicationId, credential)];
		({ id: workflowId } = await client.createWorkflow(chain('Token', steps)));
	});

	beforeEach(() => lab().sandbox.clearRequests());

	const stored = async ({ id }: CredentialReference): Promise<IDataObject> => {
		const args = ['export:credentials', `--id=${id}`, '--decrypted'];
		const printed = await lab().n8n.run(args);
		return JSON.parse(printed.slice(printed.indexOf('[{')))[0].data;
	};

	const storedToken = async () => (await stored(credential))['accessToken'];

	it('is asked for once and stored', async () => {
		await run();
		await run();
		expect(tokensAsked(lab().sandbox)).toBe(1);
		expect(await storedToken()).toBe(lab().sandbox.currentToken(account));
	});

	it('outlives a restart of n8n', async () => {
		await lab().n8n.restart();
		await run();
		expect(tokensAsked(lab().sandbox)).toBe(0);
	});

	it('heals after WeChat has dropped it, and the new one is stored', async () => {
		const { sandbox } = lab();
		const killed = sandbox.currentToken(account);
		sandbox.killToken(account);
		await run();
		expect(sandbox.currentToken(account)).not.toBe(killed);
		expect(await storedToken()).toBe(sandbox.currentToken(account));
		const asked = tokensAsked(sandbox);
		await run();
		expect(tokensAsked(sandbox)).toBe(asked);
	});

	it('is each merchant’s own where the accounts are expressions, which stay as they were entered', async () => {
		const { client, sandbox } = lab();
		const entered = {
			appId: '={{ $json.appId }}',
			appSecret: '={{ $json.appSecret }}',
			packageKey: '={{ $json.packageKey }}',
		};
		const data = { ...sandboxCredential(sandbox), ...entered };
		const everybody = await storeCredential(client, 'Merchants', data);
		const merchants = ['first', 'second', 'third'].map(() => {
			const merchant = sandbox.addAccount();
			const added = sandbox.addApplication({ account: merchant, codeCount: 10_000 });
			return { ...merchant, id: added.applicationId };
		});
		const items = JSON.stringify(merchants.map((json) => ({ json })));
		const steps = [
			manualTrigger(),
			node('Merchants', 'n8n-nodes-base.code', { jsCode: `return ${items};` }, undefined, {
				typeVersion: 2,
			}),
			download('={{ $json.id }}', everybody),
		];
		const saved = await client.createWorkflow(chain('Merchants', steps));
		for (const run of ['first', 'second']) {
			const execution = await client.run(saved.id, TRIGGER);
			expect([run, execution.data.resultData.error]).toEqual([run, undefined]);
			const files = outputOf(execution, 'Marketcode Download');
			expect(files.map(({ json }) => json['application_id'])).toEqual(
				merchants.map(({ id }) => id),
			);
			for (const [n, { id }] of merchants.entries())
				expect(files[n]?.json['sha256']).toBe(sha256(sandbox.plainPackage(id, 0, 9_999)));
		}
		expect(await stored(everybody)).toMatchObject(entered);
	});

	it('serves n8n’s HTTP Request node', async () => {
		const { client, sandbox } = lab();
		const request = node(
			'HTTP Request',
			'n8n-nodes-base.httpRequest',
			{
				method: 'POST',
				url: `${sandbox.url}/intp/marketcode/applycodequery`,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: CREDENTIAL,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: `{ "application_id": ${applicationId} }`,
			},
			credential,
			{ typeVersion: 4.2 },
		);
		const saved = await client.createWorkflow(chain('HTTP Request', [manualTrigger(), request]));
		const [item] = outputOf(await client.run(saved.id, TRIGGER), request.name);
		expect(item?.json).toMatchObject({ errcode: 0, status: 'FINISH' });
		expect(tokensAsked(sandbox)).toBe(0);
	});

	it('is in no log of n8n, nor are the secrets', () => {
		const { n8n, sandbox } = lab();
		const token = sandbox.currentToken(account);
		for (const secret of [account.appSecret, account.packageKey, token])
			expect(n8n.logs()).not.toContain(secret);
	});
}
