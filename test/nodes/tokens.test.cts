import type { Application } from '../sandbox/sandbox.cts';
import { byId } from './world.cts';
import { useLab } from './lab.cts';

const lab = useLab();

const tokenCalls = () => lab.requests('stable_token').map(({ forced }) => forced);
const rejections = (call: string, errcode: number) =>
	lab.requests(call).filter((request) => request.errcode === errcode).length;

const expectEveryCodeOnce = (application: Application, files: Buffer[]) =>
	expect(lab.isWhole(application, files)).toBe(true);

/** 20 segments, with a token that has served before and answers that take a moment. */
async function begun(): Promise<Application> {
	const application = lab.application({ codeCount: 10_000, segmentSize: 500 });
	await lab.download(lab.application({ codeCount: 10 }));
	lab.sandbox.clearRequests();
	lab.sandbox.inject({ call: 'applycodedownload', kind: 'slow', ms: 25, times: Infinity });
	return application;
}

const inParallel = { files: 'single', options: { concurrency: 8 } };

describe('the access token of a credential with AppID and AppSecret', () => {
	it('is asked for once, stored, and used by the next execution', async () => {
		await lab.download(lab.application());
		expect(tokenCalls()).toEqual([false]);
		expect(lab.stored.accessToken).toBe(lab.sandbox.currentToken());
		await lab.download(lab.application());
		expect(tokenCalls()).toEqual([false]);
	});

	it('is stored with its date, and not used beyond it', async () => {
		await lab.download(lab.application());
		const left = Number(lab.stored.accessTokenExpires) - Date.now();
		expect(left).toBeGreaterThan(7_100_000);
		expect(left).toBeLessThanOrEqual(7_200_000);
		lab.sandbox.advanceTime(7_200);
		const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 7_200_000);
		try {
			await lab.download(lab.application());
		} finally {
			later.mockRestore();
		}
		expect(tokenCalls()).toEqual([false, false]);
		expect(rejections('applycodequery', 42001)).toBe(0);
	});

	it('serves all items of an execution', async () => {
		const input = [1, 2, 3].map(() => ({ id: lab.application().applicationId }));
		const result = await lab.run({ application: byId('={{ $json.id }}') }, { input });
		expect(result.output('Node')).toHaveLength(9);
		expect(tokenCalls()).toEqual([false]);
	});

	it('is not used for another account that an expression in the credential names', async () => {
		const accounts = [lab.sandbox.account, lab.sandbox.addAccount()];
		const credentialId = lab.credential({
			appId: '={{ $json.appId }}',
			appSecret: '={{ $json.appSecret }}',
			packageKey: '={{ $json.packageKey }}',
		});
		const input = [...accounts, ...accounts].map((account) => ({
			...account,
			id: lab.application({ account }).applicationId,
		}));
		const result = await lab.run(
			{ application: byId('={{ $json.id }}'), files: 'single' },
			{ input, credentialId },
		);
		expect(result.error).toBeUndefined();
		expect(result.output('Node').map(({ json }) => json.application_id)).toEqual(
			input.map(({ id }) => id),
		);
		expect(lab.sandbox.requests.filter(({ errcode }) => errcode !== 0)).toEqual([]);
	});

	it('is never asked for with the old interface, which kills the token of everyone else', async () => {
		await lab.download(lab.application());
		expect(lab.sandbox.count('token')).toBe(0);
	});
});

describe('a token that WeChat rejects in the middle of a parallel download', () => {
	it.each([
		['is superseded (40001)', 40001, () => lab.sandbox.killToken()],
		['expires (42001)', 42001, () => lab.sandbox.expireToken()],
	])(
		'%s: every code arrives once, after one refresh that is not forced',
		async (_what, errcode, end) => {
			const application = await begun();
			const downloading = lab.download(application, inParallel);
			await lab.untilRequests('applycodedownload', 10);
			end();
			const { files } = await downloading;
			expectEveryCodeOnce(application, files);
			expect(rejections('applycodedownload', errcode)).toBeGreaterThan(1);
			expect(tokenCalls()).toEqual([false]);
			expect(lab.stored.accessToken).toBe(lab.sandbox.currentToken());

			await lab.download(application);
			expect(tokenCalls()).toEqual([false]);
		},
	);

	it('is replaced by force, once, if WeChat hands the dead token out again', async () => {
		const application = await begun();
		lab.sandbox.inject({ call: 'stable_token', kind: 'staleToken', times: Infinity });
		const downloading = lab.download(application, inParallel);
		await lab.untilRequests('applycodedownload', 10);
		lab.sandbox.killToken();
		const { files } = await downloading;
		expectEveryCodeOnce(application, files);
		expect(rejections('applycodedownload', 40001)).toBeGreaterThan(1);
		expect(tokenCalls()).toEqual([false, true]);
		expect(lab.stored.accessToken).toBe(lab.sandbox.currentToken());
	});

	it('is not asked for again if another execution has renewed it meanwhile', async () => {
		const application = lab.application();
		await lab.download(application);
		lab.sandbox.clearRequests();
		const slow = { call: 'applycodedownload', kind: 'slow', ms: Infinity } as const;
		lab.sandbox.inject({ ...slow, segment: 0 });
		const downloading = lab.download(application, { options: { concurrency: 1 } });
		await lab.untilRequests('applycodedownload', 1);

		lab.sandbox.killToken();
		await lab.download(lab.application({ codeCount: 10 }));
		expect(tokenCalls()).toEqual([false]);
		lab.sandbox.releaseAnswers();
		const { files } = await downloading;
		expectEveryCodeOnce(application, files);
		expect(rejections('applycodedownload', 40001)).toBe(1);
		expect(tokenCalls()).toEqual([false]);
	});

	it('may die again in the same download', async () => {
		const application = await begun();
		const downloading = lab.download(application, { files: 'single', options: { concurrency: 2 } });
		for (const requests of [3, 15]) {
			await lab.untilRequests('applycodedownload', requests);
			lab.sandbox.killToken();
		}
		const { files } = await downloading;
		expectEveryCodeOnce(application, files);
		expect(tokenCalls()).toEqual([false, false]);
	});
});

describe('a stored token', () => {
	it('that is malformed (40014) is replaced', async () => {
		const application = lab.application();
		await lab.download(application);
		const credentialId = lab.credential({ ...lab.stored, accessToken: 'not-a-token' });
		lab.sandbox.clearRequests();
		const { files } = await lab.download(application, {}, { credentialId });
		expectEveryCodeOnce(application, files);
		expect(rejections('applycodequery', 40014)).toBe(1);
		expect(tokenCalls()).toEqual([false]);
	});

	it.each([40001, 40014, 42001])(
		'that is rejected again (%d) after its renewal is an error, not a loop',
		async (errcode) => {
			const fault = { call: 'applycodequery', kind: 'errcode', errcode } as const;
			lab.sandbox.inject({ ...fault, times: Infinity });
			const { message, description } = await lab.fail(lab.application());
			expect(message).toContain(`(errcode ${errcode})`);
			expect(description).toMatch(/rid: \w+/);
			expect(lab.sandbox.count('applycodequery')).toBe(2);
			expect(tokenCalls()).toEqual([false, false, true]);
		},
	);

	it('is not replaced for any other errcode', async () => {
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode: 48001 });
		await lab.fail(lab.application());
		expect(tokenCalls()).toEqual([false]);
	});

	it('survives that WeChat refuses to force another one', async () => {
		await lab.download(lab.application());
		lab.sandbox.killToken();
		lab.sandbox.inject({ call: 'stable_token', kind: 'staleToken' });
		lab.sandbox.inject({ call: 'stable_token', kind: 'errcode', errcode: 45009, after: 1 });
		const { message } = await lab.fail(lab.application());
		expect(message).toContain('The daily quota of this call is used up (errcode 45009)');
	});
});

describe('the token call', () => {
	it.each([
		['another AppSecret (40001)', { appSecret: 'f'.repeat(32) }, 'The AppSecret is wrong', 40001],
		['no AppSecret at all (40125)', { appSecret: 'nonsense' }, 'The AppSecret is wrong', 40125],
		['an unknown AppID', { appId: 'wx0000000000000000' }, 'The AppID is invalid', 40013],
		['no AppID', { appId: '' }, 'The AppID is missing', 41002],
		['an empty AppSecret', { appSecret: '' }, 'The AppSecret is missing', 41004],
	])('with %s is an error at once that names it', async (_what, changes, meaning, errcode) => {
		const credentialId = lab.credential(changes);
		const { message, description } = await lab.fail(lab.application(), {}, { credentialId });
		expect(message).toBe(`${meaning} (errcode ${errcode})`);
		expect(description).toContain('credential');
		expect(description).toMatch(new RegExp(`errcode ${errcode}, .* rid: \\w+`));
		expect(tokenCalls()).toEqual([false]);
		expect(lab.sandbox.count('applycodequery')).toBe(0);
	});

	it('from an address that is not allowed says which one (40164)', async () => {
		lab.sandbox.allowIps(['203.0.113.7']);
		const { message, description } = await lab.fail(lab.application());
		expect(message).toBe(
			"This server's IP address is not on the account's allowlist: 127.0.0.1 (errcode 40164)",
		);
		expect(description).toContain('allowlist');
		expect(tokenCalls()).toEqual([false]);
	});

	it.each([40243, 45009, 89503, 50002])('fails at once for %d', async (errcode) => {
		lab.sandbox.inject({ call: 'stable_token', kind: 'errcode', errcode });
		const { message } = await lab.fail(lab.application());
		expect(message).toContain(`(errcode ${errcode})`);
		expect(tokenCalls()).toEqual([false]);
	});

	it('without a token in its answer says so', async () => {
		lab.sandbox.inject({ call: 'stable_token', kind: 'errcode', errcode: 0 });
		const { message } = await lab.fail(lab.application());
		expect(message).toBe('WeChat answered without an access token');
	});
});
