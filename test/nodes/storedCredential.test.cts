import { setTimeout as sleep } from 'node:timers/promises';
import type { ICredentialDataDecryptedObject, IDataObject, INodeType } from 'n8n-workflow';
import { workflowOf } from '../engine/engine.cts';
import type { Account, Authorizer } from '../sandbox/sandbox.cts';
import { entered } from './entered.cts';
import { speedUpClock } from './fastClock.cts';
import { byId } from './world.cts';
import { useLab } from './lab.cts';
import { until } from '../until.cts';

const lab = useLab();

const stored = (id: string) => lab.world.engine.storedCredential(id);

/** The same fields, each as an expression that gives what the item brings for it. */
const byItem = (fields: Record<string, string>) =>
	Object.fromEntries(Object.keys(fields).map((name) => [name, `={{ $json.${name} }}`]));

/** The fields of a credential for an account, and how its tokens die. */
interface Way {
	readonly fields: Record<string, string>;
	readonly fixed?: Record<string, string>;
	kill(): void;
	expire(): void;
}

const WAYS: Record<string, () => Way> = {
	appSecret: () => {
		const { appId, appSecret } = lab.sandbox.account;
		return { fields: { appId, appSecret }, ...death() };
	},
	tokenServer: () => {
		const { url, headerName, headerValue } = lab.sandbox.tokenServer;
		const server = { tokenServerUrl: url, tokenServerHeaderName: headerName };
		return { fields: { ...server, tokenServerHeaderValue: headerValue }, ...death() };
	},
	componentRefresh: () => {
		const { platform } = lab.sandbox;
		const merchant = lab.sandbox.addAuthorizer(lab.sandbox.account);
		return {
			fields: {
				componentAppId: platform.appId,
				componentAccessToken: platform.accessToken,
				authorizerAppId: merchant.account.appId,
			},
			fixed: { authorizerRefreshToken: merchant.refreshToken },
			...death(merchant),
		};
	},
};

const death = (merchant?: Authorizer) => ({
	kill: () => lab.sandbox.killToken(merchant),
	expire: () => lab.sandbox.expireToken(merchant),
});

describe.each(Object.keys(WAYS))('a credential with %s', (authentication) => {
	const begin = () => {
		const { fields, fixed = {}, kill, expire } = WAYS[authentication]!();
		const { packageKey } = lab.sandbox.account;
		const all = { ...fields, packageKey, host: 'custom', customBaseUrl: lab.sandbox.url };
		const item = { ...all, id: lab.application({ codeCount: 1_000 }).applicationId };
		return { all, fixed: { authentication, ...fixed }, item, kill, expire };
	};

	const runsOf = (credentialId: string, item: IDataObject) => async () => {
		const before = String(stored(credentialId).accessToken ?? '');
		const parameters = { application: byId('={{ $json.id }}') };
		const result = await lab.run(parameters, { credentialId, input: [item, item] });
		expect(result.error).toBeUndefined();
		expect(result.output('Node')).toHaveLength(2);
		expect(stored(credentialId).accessToken).not.toBe(before);
	};

	it.each([
		['without expressions', (fields: Record<string, string>) => fields],
		['with every field as an expression', byItem],
	])('%s is as it was when tokens were fetched, killed and renewed', async (_how, write) => {
		const { all, fixed, item, kill, expire } = begin();
		const credentialId = lab.world.engine.addCredential('wechatMarketcodeApi', {
			...write(all),
			...fixed,
		}).id;
		const before = entered(stored(credentialId));
		const run = runsOf(credentialId, item);
		for (const happens of [() => {}, kill, expire]) {
			happens();
			await run();
			expect(entered(stored(credentialId))).toEqual(before);
			expect(stored(credentialId)).not.toHaveProperty('expressions');
		}
	});

	it('is as it was when it was tested, with expressions that need no item', async () => {
		const { all, fixed } = begin();
		const write = ([name, value]: [string, string]) => [name, `={{ "${value}" }}`];
		const fields = Object.fromEntries(Object.entries(all).map(write));
		const { engine } = lab.world;
		const { id } = engine.addCredential('wechatMarketcodeApi', { ...fields, ...fixed });
		const before = entered(stored(id));
		for (let tests = 0; tests < 2; tests++) {
			expect(await engine.testCredential(id)).toMatchObject({ status: 'OK' });
			expect(entered(stored(id))).toEqual(before);
		}
		expect(stored(id).accessToken).toMatch(/./);
	});

	it('is as it was when no token was to be had', async () => {
		const { all, fixed, item } = begin();
		const fields = { ...byItem(all), ...fixed };
		const { id: credentialId } = lab.world.engine.addCredential('wechatMarketcodeApi', fields);
		const before = stored(credentialId);
		for (const call of ['stable_token', 'token-server', 'api_authorizer_token']) {
			lab.sandbox.inject({ call, kind: 'errcode', errcode: 45009, times: Infinity });
		}
		lab.sandbox.inject({ call: 'token-server', kind: 'http', status: 404, times: Infinity });
		const result = await lab.run({ application: byId(item.id) }, { credentialId, input: [item] });
		expect(result.status).toBe('error');
		expect(stored(credentialId)).toEqual(before);
	});
});

describe('a credential with the fields of two merchants', () => {
	const fields = byItem({ appId: '', appSecret: '', packageKey: '' });
	const merchants = () => [lab.sandbox.account, lab.sandbox.addAccount()];
	const itemOf = (account: Account) => ({
		...account,
		id: lab.application({ account, codeCount: 1_000 }).applicationId,
	});
	const refused = () => lab.sandbox.requests.filter(({ errcode }) => errcode !== 0);

	it('gives none of them the token of the other, one after the other or at once', async () => {
		const [a, b] = merchants().map(itemOf);
		const credentialId = lab.credential(fields);
		const run = async (...input: Array<ReturnType<typeof itemOf> | undefined>) =>
			await lab.run(
				{ application: byId('={{ $json.id }}') },
				{ credentialId, input: input.flatMap((item) => item ?? []) },
			);
		const results = [await run(a, b), await run(b), await run(a, b, a)];
		results.push(...(await Promise.all([run(a), run(b, a), run(b), run(a, b)])));
		expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
		for (const result of results) expect(result.output('Node').length).toBeGreaterThan(0);
		expect(refused()).toEqual([]);
		expect(stored(credentialId)).toMatchObject(fields);
	});

	it('keeps each to its own token when one of them is killed', async () => {
		const accounts = merchants();
		const items = accounts.map(itemOf);
		const credentialId = lab.credential(fields);
		const run = async (input: IDataObject[]) =>
			await lab.run({ application: byId('={{ $json.id }}') }, { credentialId, input });
		await run(items);
		lab.sandbox.killToken(accounts[1]);
		const result = await run([...items, ...items].reverse());
		expect(result.error).toBeUndefined();
		expect(refused().map(({ errcode }) => errcode)).toEqual([40001]);
	});

	it('that is edited into one with fixed fields, or back, keeps nothing of before', async () => {
		const [a, b] = merchants();
		if (!a || !b) throw new Error('Two accounts');
		const run = async (changes: ICredentialDataDecryptedObject, account: Account) => {
			const credentialId = lab.credential({ ...last, ...changes });
			const input = [itemOf(account)];
			const parameters = { application: byId('={{ $json.id }}') };
			const result = await lab.run(parameters, { credentialId, input });
			expect(result.error).toBeUndefined();
			last = stored(credentialId);
			expect(entered(last)).toMatchObject(changes);
		};
		let last: ICredentialDataDecryptedObject = {};
		const fixed = ({ appId, appSecret, packageKey }: Account) => ({ appId, appSecret, packageKey });
		await run(fields, a);
		await run(fixed(b), b);
		await run(fields, a);
		await run({ ...fields, appId: b.appId, appSecret: b.appSecret }, b);
		await run(fixed(a), a);
		expect(refused()).toEqual([]);
	});

	it('serves a node of n8n as well, such as HTTP Request', async () => {
		const items = merchants().map(itemOf);
		const credentialId = lab.credential(fields);
		const { engine } = lab.world;
		for (const input of [items, [...items].reverse()]) {
			const workflow = workflowOf('n8n-nodes-base.httpRequest', {}, { credentialId });
			const result = await engine.run(workflow, {
				input: input.map((json) => ({ json })),
				nodeTypes: { 'n8n-nodes-base.httpRequest': httpRequest(lab.sandbox.url) },
			});
			expect(result.error).toBeUndefined();
			expect(result.output('Node').map(({ json }) => json.errcode)).toEqual([0, 0]);
			expect(stored(credentialId)).toMatchObject(fields);
		}
	});
});

/** Queries each item's application with the credential, as n8n's own node for requests does. */
const httpRequest = (url: string): INodeType => ({
	description: {
		displayName: 'HTTP Request',
		name: 'httpRequest',
		description: 'Stand-in for the node of n8n',
		group: ['transform'],
		version: 1,
		defaults: {},
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'wechatMarketcodeApi', required: true }],
		properties: [],
	},
	async execute() {
		const items = this.getInputData();
		const answers: IDataObject[] = [];
		for (const [itemIndex, { json }] of items.entries()) {
			const body = { application_id: Number(json.id) };
			const options = {
				method: 'POST',
				uri: `${url}/intp/marketcode/applycodequery`,
				body,
				json: true,
			};
			const answer: IDataObject = await this.helpers.requestWithAuthentication.call(
				this,
				'wechatMarketcodeApi',
				options as never,
				undefined,
				itemIndex,
			);
			answers.push({ errcode: 0, ...answer });
		}
		return [answers.map((json, item) => ({ json, pairedItem: { item } }))];
	},
});

describe('a token that n8n can not store', () => {
	let slowDown = () => {};
	beforeEach(() => {
		slowDown = speedUpClock(20);
	});
	afterEach(() => slowDown());

	const merchant = () => {
		const { platform } = lab.sandbox;
		const authorizer = lab.sandbox.addAuthorizer(lab.sandbox.account);
		const id = lab.credential({
			authentication: 'componentRefresh',
			componentAppId: platform.appId,
			componentAccessToken: platform.accessToken,
			authorizerAppId: authorizer.account.appId,
			authorizerRefreshToken: authorizer.refreshToken,
		});
		return { authorizer, id };
	};
	const refreshes = () => lab.sandbox.count('api_authorizer_token');

	it('at once is stored a moment later, and WeChat not asked again', async () => {
		const { authorizer, id } = merchant();
		lab.world.engine.failCredentialWrites(2);
		await lab.download(lab.application(), {}, { credentialId: id });
		expect(refreshes()).toBe(1);
		expect(stored(id).authorizerRefreshToken).toBe(authorizer.refreshToken);
	});

	it('at once is stored a moment later, though Stop was pressed meanwhile', async () => {
		slowDown();
		const { authorizer, id } = merchant();
		const { refreshToken } = authorizer;
		lab.world.engine.failCredentialWrites(1);
		const stop = new AbortController();
		const parameters = { application: byId(lab.application().applicationId) };
		const running = lab.run(parameters, { credentialId: id, signal: stop.signal });
		await lab.untilRequests('api_authorizer_token', 1);
		await sleep(300);
		stop.abort();
		expect((await running).status).toBe('canceled');
		expect(authorizer.refreshToken).not.toBe(refreshToken);
		const isStored = () => stored(id).authorizerRefreshToken === authorizer.refreshToken;
		await until('the new refresh token', isStored);
		await sleep(300);
		expect(refreshes()).toBe(1);
		expect(lab.sandbox.count('applycodequery')).toBe(0);
	});

	it('at all is an error that says so', async () => {
		const { id } = merchant();
		lab.world.engine.failCredentialWrites(Infinity);
		const { message } = await lab.fail(lab.application(), {}, { credentialId: id });
		lab.world.engine.failCredentialWrites(0);
		expect(message).toBe('n8n could not store the access token that it fetched');
		expect(refreshes()).toBe(1);
	});

	it('because its field is an expression is not fetched', async () => {
		const { authorizer, id } = merchant();
		const authorizerRefreshToken = '={{ $json.refreshToken }}';
		const credentialId = lab.credential({ ...stored(id), authorizerRefreshToken });
		const input = [{ refreshToken: authorizer.refreshToken }];
		const { message, description } = await lab.fail(lab.application(), {}, { credentialId, input });
		expect(message).toBe('The authorizer refresh token in the credential is an expression');
		expect(description).toContain('enter the token itself');
		expect(refreshes()).toBe(0);
	});
});
