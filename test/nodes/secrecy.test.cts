import { createCipheriv } from 'node:crypto';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { workflowOf, type RunResult } from '../engine/engine.cts';
import type { Authorizer, FaultKind } from '../sandbox/sandbox.cts';
import { activateAll, activityOf } from './activity.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

let applicationId = '';
let merchant: Authorizer;
let slowDown = () => {};
const firstRefreshToken = 'FIRST_REFRESH_TOKEN_OF_THE_MERCHANT';

beforeEach(async () => {
	slowDown = speedUpClock(200);
	({ applicationId } = lab.application({ codeCount: 200, segmentSize: 100 }));
	await activateAll(lab, applicationId, { codes: 'range', codeStart: 0, codeEnd: 99 });
	const settings = { refreshToken: firstRefreshToken };
	merchant = lab.sandbox.addAuthorizer(lab.sandbox.account, settings);
});
afterEach(() => slowDown());

/** Everything of the credentials that must not show anywhere. */
const secrets = () => [
	lab.sandbox.account.appSecret,
	lab.sandbox.account.packageKey,
	lab.sandbox.currentToken() ?? 'no token',
	lab.sandbox.platform.accessToken,
	lab.sandbox.tokenServer.headerValue,
	firstRefreshToken,
	merchant.refreshToken,
	merchant.accessToken,
];

/** Codes and urls of the application, which may leave in items, but nowhere else. */
const codes = () => lab.rows({ ...application() }, 0, 199).flatMap(({ code, url }) => [code, url]);
const application = () => {
	const found = lab.sandbox.applications.find((one) => one.applicationId === applicationId);
	if (!found) throw new Error('No application');
	return found;
};

const ways = {
	appSecret: () => lab.credential(),
	componentRefresh: () =>
		lab.credential({
			authentication: 'componentRefresh',
			componentAppId: lab.sandbox.platform.appId,
			componentAccessToken: lab.sandbox.platform.accessToken,
			authorizerAppId: merchant.account.appId,
			authorizerRefreshToken: merchant.refreshToken,
			tokenServerHeaderValue: lab.sandbox.tokenServer.headerValue,
		}),
};

const query = () => ({
	...{ resource: 'application', operation: 'get' },
	application: byId(applicationId),
});

/** The token that a credential gets with its first request. */
async function tokenOf(credentialId: string): Promise<string> {
	await lab.world.run('marketcode', query(), { credentialId });
	return String(lab.world.engine.storedCredential(credentialId).accessToken);
}

/** What the token calls are sent. */
const secretsOf = {
	appSecret: () => [lab.sandbox.account.appSecret],
	componentRefresh: () => [lab.sandbox.platform.accessToken, merchant.refreshToken],
};

/** Each operation that calls WeChat, with its values in the item, as users have them. */
const OPERATIONS: Array<
	[call: string, parameters: () => INodeParameters, item: () => IDataObject]
> = [
	[
		'applycode',
		() => ({ resource: 'application', operation: 'apply', isvApplicationId: 'order-1' }),
		() => ({}),
	],
	['applycodequery', () => query(), () => ({})],
	[
		'codeactive',
		() => ({
			...activityOf(applicationId),
			...{ resource: 'code', operation: 'activate', codes: 'range', codeStart: 100, codeEnd: 199 },
		}),
		() => ({}),
	],
	[
		'codeactivequery',
		() => ({
			...{ resource: 'code', operation: 'getActivation', lookUpBy: 'url' },
			codeUrl: '={{ $json.url }}',
		}),
		() => ({ url: lab.sandbox.code(applicationId, 5).url }),
	],
	[
		'codeactivequery',
		() => ({
			...{ resource: 'code', operation: 'getActivation', lookUpBy: 'code' },
			code: '={{ $json.code }}',
		}),
		() => ({ code: lab.sandbox.code(applicationId, 5).code }),
	],
	[
		'tickettocode',
		() => ({
			...{ resource: 'code', operation: 'exchangeTicket' },
			openid: '={{ $json.openid }}',
			codeTicket: '={{ $json.ticket }}',
		}),
		() => ({
			openid: 'openid-of-a-user',
			ticket: lab.sandbox.issueTicket('openid-of-a-user', applicationId, 5),
		}),
	],
];

const FAULTS: Array<[what: string, fault: () => FaultKind]> = [
	['nothing goes wrong', () => ({ kind: 'missingErrcode' })],
	['the connection is reset', () => ({ kind: 'reset' })],
	['the answer is cut off', () => ({ kind: 'cut' })],
	['a gateway answers', () => ({ kind: 'http', status: 502 })],
	['a page comes back', () => ({ kind: 'html' })],
	['WeChat quotes what it was sent', () => quoting(-1)],
	['WeChat refuses and quotes what it was sent', () => quoting(80303)],
];

/** What the request holds that must not show. */
let quoted: string[] = [];
const quoting = (errcode: number): FaultKind => ({
	kind: 'errcode',
	errcode,
	errmsg: `refused: ${quoted.join(' ')} rid: 1-2-3`,
});

function expectToldNothing({ error, run, logs }: RunResult, hidden: readonly string[]): void {
	const hints = Object.values(run.data.resultData.runData).flatMap((tasks) =>
		tasks.map((task) => [task.hints, task.error]),
	);
	expectNoneOf(hidden, [error, error?.cause, error?.stack, hints, logs]);
}

function expectNoneOf(hidden: readonly string[], told: unknown): void {
	const text = JSON.stringify(told);
	expect(hidden.filter((secret) => text.includes(JSON.stringify(secret).slice(1, -1)))).toEqual([]);
}

describe.each(['appSecret', 'componentRefresh'] as const)('with the authentication %s', (way) => {
	describe.each(OPERATIONS)('%s', (call, parameters, item) => {
		it.each(FAULTS)('shows no secret, code or ticket when %s', async (_what, fault) => {
			const credentialId = ways[way]();
			const input = item();
			quoted = [await tokenOf(credentialId), ...Object.values(input).map(String)];
			lab.sandbox.inject({ call, times: Infinity, ...fault() });
			for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
				const options = { credentialId, onError, input: [input] };
				const result = await lab.world.run('marketcode', parameters(), options);
				expectToldNothing(result, [...secrets(), ...quoted, ...codes()]);
				expectNoneOf(secrets(), result.output('Node'));
			}
		});
	});
});

describe('a token call that quotes what it was sent', () => {
	it.each([
		['appSecret', 'stable_token', 40125],
		['componentRefresh', 'api_authorizer_token', 61023],
		['componentRefresh', 'api_authorizer_token', 40001],
	] as const)('shows no secret (%s, %s, %d)', async (way, call, errcode) => {
		const errmsg = `refused: ${secretsOf[way]().join(' ')} rid: 1-2-3`;
		lab.sandbox.inject({ call, kind: 'errcode', errcode, errmsg, times: Infinity });
		for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
			const result = await lab.world.run('marketcode', query(), {
				credentialId: ways[way](),
				onError,
			});
			expectToldNothing(result, secrets());
			expectNoneOf(secrets(), result.output('Node'));
			expect(JSON.stringify([result.error ?? result.output('Node')])).toContain('refused: ***');
		}
	});
});

describe('Package: Decrypt', () => {
	const key = () => lab.sandbox.account.packageKey;
	const encrypt = (text: string) => {
		const cipher = createCipheriv('aes-128-cbc', key(), key());
		return Buffer.concat([cipher.update(text, 'latin1'), cipher.final()]);
	};
	const rows = () => lab.rows(application(), 0, 99).map(({ line }) => line);

	it.each([
		['all is right', () => encrypt(rows().join('\n')), {}],
		['a row is missing', () => encrypt(rows().slice(1).join('\n')), {}],
		[
			'a row is missing, with a warning',
			() => encrypt(rows().slice(1).join('\n')),
			{ verify: 'warn' },
		],
		['a row is doubled', () => encrypt([...rows(), rows()[0]].join('\n')), {}],
		['a row is malformed', () => encrypt(rows().join('\n').replace('P.URL.CN', 'Q.URL.CN')), {}],
		['it is not encrypted', () => Buffer.from(rows().join('\n')), {}],
		['it is cut off', () => encrypt(rows().join('\n')).subarray(0, -16), {}],
	])('shows neither the key nor a code when %s', async (_what, content, options) => {
		const workflow = workflowOf(
			'marketcode',
			{ resource: 'package', operation: 'decrypt', options },
			{ credentialId: lab.credentialId },
		);
		const item: INodeExecutionData = {
			json: { code_start: 0, code_end: 99 },
			binary: { data: { data: content().toString('base64'), mimeType: 'text/plain' } },
		};
		const result = await lab.world.engine.run(workflow, { input: [item] });
		const { output } = result;
		expectNoneOf([...secrets(), ...codes()], [result.error, result.hints('Node'), result.logs]);
		expectNoneOf(
			[...secrets(), ...codes()],
			output('Node').map(({ json }) => json),
		);
	});
});

describe('WeChat Marketcode Trigger', () => {
	it.each(FAULTS)('shows no secret when %s', async (_what, fault) => {
		for (const credentialId of [ways.appSecret(), ways.componentRefresh()]) {
			const { nodes, ...others } = workflowOf(
				'marketcodeTrigger',
				{ applicationIds: applicationId },
				{ credentialId },
			);
			lab.sandbox.clearFaults();
			quoted = [await tokenOf(credentialId)];
			const staticData = {};
			const workflow = { ...others, nodes: nodes.slice(1), connections: {} };
			const poller = lab.world.engine.startPolling(workflow, { staticData });
			lab.sandbox.inject({ call: 'applycodequery', times: Infinity, ...fault() });
			const outcome = await poller.poll().catch((error: unknown) => error);
			const { message, stack } = outcome instanceof Error ? outcome : new Error('none');
			expectNoneOf(secrets(), [outcome, message, stack, staticData, poller.logs]);
		}
	});
});
