import { inspect } from 'node:util';
import type { ICredentialDataDecryptedObject, INodeParameters, OnError } from 'n8n-workflow';
import type { RunResult } from '../engine/engine.cts';
import type { Application, FaultKind } from '../sandbox/sandbox.cts';
import { byId } from './world.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';

const lab = useLab();

let slowDown = () => {};
beforeEach(() => {
	slowDown = speedUpClock(50);
});
afterEach(() => slowDown());

const WRONG_SECRET = 'deadbeef'.repeat(4);
const WRONG_KEY = 'WrongPackageKey0';
const WRONG_HEADER = 'wrong-header-value';
const MERCHANT_TOKEN = 'TOKEN_OF_A_MERCHANT_0123456789';

interface Scenario {
	readonly name: string;
	readonly credential?: ICredentialDataDecryptedObject;
	readonly parameters?: INodeParameters;
	readonly faults?: ReadonlyArray<{ call: string; times?: number; segment?: number } & FaultKind>;
	readonly prepare?: (application: Application) => void;
	/** Whether a download has put a token into the credential before. */
	readonly hasToken?: boolean;
}

const tokenServer = (changes: ICredentialDataDecryptedObject = {}) => ({
	authentication: 'tokenServer',
	tokenServerHeaderName: 'X-Sandbox-Key',
	tokenServerHeaderValue: 'sandbox-token-server-key',
	...changes,
});

const download = { call: 'applycodedownload', segment: 100, times: Infinity };
const query = { call: 'applycodequery', times: Infinity };
const token = { call: 'stable_token', times: Infinity };

const passing = { whenNotFinished: 'branch', options: { verify: 'warn' } };
const SUCCEEDING: readonly Scenario[] = [
	...['package', 'urlList', 'csv', 'encrypted'].map((output) => ({
		name: `writes ${output}`,
		parameters: { output },
	})),
	{ name: 'cuts a range', parameters: { codes: 'range', codeStart: 50, codeEnd: 250 } },
	{
		name: 'branches',
		parameters: passing,
		prepare: (application) => (application.finishAt = Infinity),
	},
	{ name: 'warns', parameters: passing, faults: [{ ...download, kind: 'rowMalformed' }] },
	{
		name: 'warns of a repeated code',
		parameters: passing,
		faults: [{ ...download, kind: 'duplicateCode' }],
	},
	{ name: 'has its token renewed', hasToken: true, prepare: () => lab.sandbox.killToken() },
];

const FAILING: readonly Scenario[] = [
	...[40001, 42001, 40164, 45009, 48001, 80309, -1, 99999].flatMap((errcode) =>
		[download, query, token].map((target) => ({
			name: `${target.call} answers ${errcode}`,
			faults: [{ ...target, kind: 'errcode', errcode } as const],
			hasToken: target !== token,
		})),
	),
	...(
		[
			{ kind: 'http', status: 500 },
			{ kind: 'http', status: 404 },
			{ kind: 'html' },
			{ kind: 'reset' },
			{ kind: 'cut' },
		] as const
	).flatMap((fault) =>
		[download, query, token].map((target) => ({
			name: `${target.call}: ${fault.kind}`,
			faults: [{ ...target, ...fault }],
			hasToken: target !== token,
		})),
	),
	...(
		[
			'damagedBase64',
			'cutBuffer',
			'wrongKey',
			'emptyBuffer',
			'noBuffer',
			'rowMissing',
			'rowDoubled',
			'otherWidth',
			'blankLine',
			'duplicateCode',
			'duplicateUrl',
			'otherSegment',
		] as const
	).map((kind) => ({ name: kind, faults: [{ ...download, kind }] })),
	{ name: 'a short url', faults: [{ ...download, kind: 'rowMalformed', column: 'url' }] },
	{
		name: 'the application is not finished',
		prepare: (application) => (application.finishAt = Infinity),
	},
	{ name: 'a wrong AppSecret', credential: { appSecret: WRONG_SECRET } },
	{ name: 'a wrong key', credential: { packageKey: WRONG_KEY } },
	{ name: 'a key that is too long', credential: { packageKey: `${WRONG_KEY}1` } },
	{ name: 'an address that is not allowed', prepare: () => lab.sandbox.allowIps([]) },
	{ name: 'a dead host', credential: { customBaseUrl: 'http://127.0.0.1:1' } },
	{ name: 'no such host', credential: { customBaseUrl: 'https://wechat.invalid' } },
	{
		name: 'no such host, with a token at hand',
		credential: {
			authentication: 'authorizerToken',
			authorizerAccessToken: MERCHANT_TOKEN,
			customBaseUrl: 'https://wechat.invalid',
		},
	},
	{
		name: "a merchant's token that is no longer valid",
		credential: { authentication: 'authorizerToken', authorizerAccessToken: MERCHANT_TOKEN },
	},
	{
		name: 'a dead token server',
		credential: tokenServer({ tokenServerUrl: 'http://127.0.0.1:1' }),
	},
	{ name: 'no token server', credential: tokenServer({ tokenServerUrl: 'not an address' }) },
	{
		name: 'a token server that wants another header',
		credential: tokenServer({ tokenServerHeaderValue: WRONG_HEADER }),
	},
	{
		name: 'a token server whose header can not be sent',
		credential: tokenServer({ tokenServerHeaderValue: `${WRONG_HEADER}\nX-Other: 1` }),
	},
	{
		name: 'an errmsg that quotes secrets',
		hasToken: true,
		prepare: () => {
			const { account } = lab.sandbox;
			const errmsg = `no ${lab.sandbox.currentToken()} ${account.appSecret} ${account.packageKey}`;
			lab.sandbox.inject({ ...query, kind: 'errcode', errcode: 80300, errmsg });
		},
	},
];

async function run(scenario: Scenario, onError?: OnError): Promise<RunResult> {
	lab.sandbox.clearFaults();
	lab.sandbox.allowIps(undefined);
	const application = lab.application({ codeCount: 300, segmentSize: 100 });
	const tokenServerUrl = lab.sandbox.tokenServer.url;
	const credentialId = lab.credential({ tokenServerUrl, ...scenario.credential });
	if (scenario.hasToken) await lab.download(application, {}, { credentialId });
	scenario.prepare?.(application);
	for (const fault of scenario.faults ?? []) lab.sandbox.inject(fault);
	const parameters = { application: byId(application.applicationId), ...scenario.parameters };
	return await lab.run(parameters, { credentialId, onError });
}

/** All that a run leaves for a user or a log: what is enumerable and what isn't, however deep. */
const everythingIn = ({ run: { data }, error, logs }: RunResult): string =>
	[
		JSON.stringify(data),
		inspect(data, { depth: Infinity, showHidden: true, maxStringLength: Infinity }),
		inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity }),
		...logs,
	].join('\n');

/** What must not be there; the codes of the present application among it. */
function secrets(): string[] {
	const { account, applications, tokenServer: server } = lab.sandbox;
	const { applicationId = '' } = applications.at(-1) ?? {};
	const codes = [0, 1, 99, 100, 150, 199, 200, 299].map((n) => lab.sandbox.code(applicationId, n));
	return [
		account.appSecret,
		account.packageKey,
		server.headerValue,
		// How each token of the sandbox begins.
		'SANDBOX_',
		WRONG_SECRET,
		WRONG_KEY,
		WRONG_HEADER,
		MERCHANT_TOKEN,
		...codes.flatMap(({ code, url, lattice }) => [code, url, lattice]),
	];
}

const leaksIn = (result: RunResult): string[] => {
	const everything = everythingIn(result);
	return secrets().filter((secret) => everything.includes(secret));
};

describe('no secret and no code is in anything but the files', () => {
	it.each(SUCCEEDING)('when the node $name', async (scenario) => {
		const result = await run(scenario);
		expect(result.error).toBeUndefined();
		expect(leaksIn(result)).toEqual([]);
	});

	it.each(FAILING)('when the node fails: $name', async (scenario) => {
		const result = await run(scenario);
		expect(result.status).toBe('error');
		expect(leaksIn(result)).toEqual([]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'in the error items of %s',
		async (onError) => {
			for (const scenario of FAILING.filter((_scenario, n) => n % 4 === 0)) {
				const result = await run(scenario, onError);
				expect(result.status).toBe('success');
				expect(leaksIn(result)).toEqual([]);
			}
		},
	);

	it('and this test would see one', async () => {
		const result = await run({
			name: 'with a secret',
			parameters: { binaryPropertyName: 'SANDBOX_' },
		});
		expect(leaksIn(result)).toEqual(['SANDBOX_']);
	});
});
