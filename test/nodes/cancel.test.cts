import { setTimeout as sleep } from 'node:timers/promises';
import { BinaryDataService } from 'n8n-core';
import type { INodeParameters } from 'n8n-workflow';
import { byId, type RunNode } from './world.cts';
import { useLab } from './lab.cts';
import { until } from '../until.cts';

const lab = useLab();

/** What Stop does not end takes a minute or for ever. */
const SOON_MS = 20_000;

const isAsked = async (call: string, times = 1) => await lab.untilRequests(call, times);
/** Has its answer, and does now what that one leads to. */
const isAnswered = async (call: string) => {
	await isAsked(call);
	await lab.untilEnded(call);
	await sleep(100);
};

/** Starts a run, presses Stop at that moment, and waits whether anything still comes. */
async function cancelAt(
	moment: () => Promise<void>,
	parameters: INodeParameters,
	options: RunNode = {},
) {
	const stop = new AbortController();
	const running = lab.run(parameters, { ...options, signal: stop.signal });
	await moment();
	const pressed = performance.now();
	stop.abort();
	const result = await running;
	expect(performance.now() - pressed).toBeLessThan(SOON_MS);
	const seen = lab.sandbox.requests.length;
	await sleep(700);
	return { result, later: lab.sandbox.requests.length - seen };
}

describe('Stop', () => {
	it.each([undefined, 'continueRegularOutput'] as const)(
		'ends a download that is under way, at once (%s)',
		async (onError) => {
			const application = lab.application({ codeCount: 10_000, segmentSize: 500 });
			lab.sandbox.inject({
				call: 'applycodedownload',
				kind: 'slow',
				ms: Infinity,
				times: Infinity,
			});
			const parameters = {
				application: byId(application.applicationId),
				files: 'single',
				options: { concurrency: 2 },
			};
			const { result, later } = await cancelAt(() => isAsked('applycodedownload', 2), parameters, {
				onError,
			});
			expect(result.status).toBe('canceled');
			expect(result.output('Node').filter(({ binary }) => binary)).toEqual([]);
			expect(later).toBe(0);
			expect(lab.sandbox.count('applycodedownload')).toBeLessThanOrEqual(2);
			expect(lab.requests('applycodedownload').every(({ aborted }) => aborted)).toBe(true);
		},
	);

	it('ends a wait for an application that is not finished', async () => {
		const application = lab.application({ finishAfterMs: Infinity });
		const parameters = {
			application: byId(application.applicationId),
			whenNotFinished: 'wait',
			pollInterval: 600,
		};
		const { result, later } = await cancelAt(() => isAnswered('applycodequery'), parameters);
		expect(result.status).toBe('canceled');
		expect(later).toBe(0);
		expect(lab.sandbox.count('applycodequery')).toBe(1);
	});

	it('ends the minute that is waited for after too many calls (45011)', async () => {
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode: 45011 });
		const parameters = { application: byId(lab.application().applicationId) };
		const { result, later } = await cancelAt(() => isAnswered('applycodequery'), parameters);
		expect(result.status).toBe('canceled');
		expect(later).toBe(0);
	});

	it.each([
		['stable_token', {}],
		['token-server', { authentication: 'tokenServer' }],
	])('ends a token call that is under way: %s', async (call, changes) => {
		const { url, headerName, headerValue } = lab.sandbox.tokenServer;
		const credentialId = lab.credential({
			tokenServerUrl: url,
			tokenServerHeaderName: headerName,
			tokenServerHeaderValue: headerValue,
			...changes,
		});
		lab.sandbox.inject({ call, kind: 'slow', ms: Infinity });
		const parameters = { application: byId(lab.application().applicationId) };
		const { result, later } = await cancelAt(() => isAsked(call), parameters, { credentialId });
		expect(result.status).toBe('canceled');
		expect(later).toBe(0);
		expect(lab.requests(call).map(({ aborted }) => aborted)).toEqual([true]);
	});

	it('ends no exchange of a refresh token: the new one is stored', async () => {
		const { platform, account } = lab.sandbox;
		const merchant = lab.sandbox.addAuthorizer(account);
		const credentialId = lab.credential({
			authentication: 'componentRefresh',
			componentAppId: platform.appId,
			componentAccessToken: platform.accessToken,
			authorizerAppId: account.appId,
			authorizerRefreshToken: merchant.refreshToken,
		});
		const call = 'api_authorizer_token';
		lab.sandbox.inject({ call, kind: 'slow', ms: Infinity });
		const parameters = { application: byId(lab.application().applicationId) };
		const stop = new AbortController();
		const running = lab.run(parameters, { credentialId, signal: stop.signal });
		await lab.untilRequests(call, 1);
		stop.abort();
		// What ends on Stop ends within half a second.
		await sleep(700);
		lab.sandbox.releaseAnswers();
		expect((await running).status).toBe('canceled');
		await lab.untilEnded(call);
		expect(lab.requests(call).map(({ aborted }) => aborted)).toEqual([false]);
		const stored = () => lab.world.engine.storedCredential(credentialId);
		await until('the new token', () => stored().accessToken === merchant.accessToken);
		expect(stored().authorizerRefreshToken).toBe(merchant.refreshToken);
		expect(lab.sandbox.count('applycodequery')).toBe(0);
	});

	it.each([undefined, 'continueRegularOutput'] as const)(
		'ends the items behind one that it came too late for (%s)',
		async (onError) => {
			const { applicationId } = lab.application({ codeCount: 1_000 });
			const stop = new AbortController();
			const store = BinaryDataService.prototype.store;
			const storing = jest
				.spyOn(BinaryDataService.prototype, 'store')
				.mockImplementation(async function (this: BinaryDataService, ...file) {
					const stored = await store.apply(this, file);
					stop.abort();
					return stored;
				});
			const parameters = { application: byId('={{ $json.id }}') };
			const input = [1, 2, 3].map(() => ({ id: applicationId }));
			const result = await lab.run(parameters, { signal: stop.signal, onError, input });
			await sleep(700);
			storing.mockRestore();
			expect(result.status).toBe('canceled');
			expect(lab.sandbox.count('applycodequery')).toBe(1);
		},
	);

	it('ends the items that have not begun', async () => {
		const { applicationId } = lab.application();
		lab.sandbox.inject({ call: 'applycodequery', kind: 'slow', ms: Infinity });
		const stop = new AbortController();
		const running = lab.run(
			{ application: byId('={{ $json.id }}') },
			{
				signal: stop.signal,
				onError: 'continueRegularOutput',
				input: [1, 2, 3].map(() => ({ id: applicationId })),
			},
		);
		await lab.untilRequests('applycodequery', 1);
		stop.abort();
		await running;
		expect(lab.sandbox.count('applycodequery')).toBe(1);
	});
});
