import axios from 'axios';
import { byId } from './world.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';

const lab = useLab();
const never = { finishAfterMs: Infinity };

let slowDown = () => {};
afterEach(() => slowDown());

describe('an application that is not finished', () => {
	it('is an error that shows the status as WeChat sent it, and what to do', async () => {
		const application = lab.application(never);
		const { message, description } = await lab.fail(application);
		expect(message).toBe(
			`Application ${application.applicationId} is not finished: its status is GENERATING`,
		);
		expect(description).toContain('set When Not Finished to Wait or Branch');
		expect(lab.sandbox.count('applycodedownload')).toBe(0);
	});

	it.each(['finish', 'Finish', 'FINISHED', ' FINISH', '1', 'FAIL'])(
		'is one with the odd status %j too',
		async (status) => {
			lab.sandbox.inject({ call: 'applycodequery', kind: 'status', status });
			const { message } = await lab.fail(lab.application());
			expect(message).toContain(`is not finished: its status is ${status}`);
		},
	);

	it('is one without a status', async () => {
		lab.sandbox.inject({ call: 'applycodequery', kind: 'status', status: '' });
		const { message } = await lab.fail(lab.application());
		expect(message).toMatch(/is not finished: WeChat sends no status$/);
	});

	it.each([
		[3, 'its status is 3'],
		[null, 'WeChat sends no status'],
	])('is one with the status %j, which is no text', async (status, said) => {
		const fault = { call: 'applycodequery', kind: 'status', status };
		await axios.post(`${lab.sandbox.url}/_sandbox/faults`, fault);
		const { message } = await lab.fail(lab.application());
		expect(message).toContain(said);
	});

	it('is one whose segment is not generated yet (80308), though its status is FINISH', async () => {
		lab.sandbox.inject({ call: 'applycodedownload', kind: 'errcode', errcode: 80308 });
		const { message, description } = await lab.fail(lab.application());
		expect(message).toMatch(/segment 1 .*The segment is not generated yet \(errcode 80308\)/);
		expect(description).toContain('set When Not Finished to Wait');
		expect(lab.sandbox.count('applycodequery')).toBe(1);
	});
});

describe('When Not Finished: Wait', () => {
	const waiting = { whenNotFinished: 'wait', pollInterval: 1, waitTimeout: 1 };

	it('asks at the interval until it is finished, then downloads', async () => {
		slowDown = speedUpClock(100);
		const unfinished = { call: 'applycodequery', kind: 'status', status: 'GENERATING' } as const;
		lab.sandbox.inject({ ...unfinished, times: 4 });
		const application = lab.application();
		const { files, json } = await lab.download(application, waiting);
		expect(lab.isWhole(application, files)).toBe(true);
		expect(json).toMatchObject([{ status: 'FINISH' }, {}, {}]);
		const times = lab.requests('applycodequery').map(({ at }) => at);
		expect(times).toHaveLength(5);
		times.slice(1).forEach((at, n) => expect(at - (times[n] ?? 0)).toBeGreaterThanOrEqual(1_000));
	});

	it.each(['perSegment', 'single'])(
		'waits for segments that are not generated yet (80308) and downloads the others once: %s',
		async (files) => {
			slowDown = speedUpClock(20);
			const application = lab.application({ codeCount: 8_000 });
			const fault = { call: 'applycodedownload', kind: 'errcode', errcode: 80308 } as const;
			lab.sandbox.inject({ ...fault, segment: 2_000, times: 5 });
			lab.sandbox.inject({ ...fault, segment: 7_000, times: 2 });
			const downloaded = await lab.download(application, { ...waiting, files });
			expect(lab.isWhole(application, downloaded.files)).toBe(true);
			const asked = lab.requests('applycodedownload');
			const tries = [0, 1, 2, 3, 4, 5, 6, 7].map(
				(n) => asked.filter(({ body }) => body.code_start === n * 1_000).length,
			);
			expect(tries).toEqual([1, 1, 6, 1, 1, 1, 1, 3]);
			const times = asked.filter(({ body }) => body.code_start === 2_000).map(({ at }) => at);
			times.slice(1).forEach((at, n) => expect(at - (times[n] ?? 0)).toBeGreaterThanOrEqual(900));
		},
	);

	it('gives up after the timeout', async () => {
		slowDown = speedUpClock(100);
		const start = Date.now();
		const application = lab.application(never);
		const { message, description } = await lab.fail(application, {
			...waiting,
			pollInterval: 20,
		});
		const waited = Date.now() - start;
		expect(waited).toBeGreaterThanOrEqual(60_000);
		expect(message).toBe(
			`Application ${application.applicationId} is not finished after 1 minute: its status is GENERATING`,
		);
		expect(description).toContain('set a longer Wait Timeout');
		// At the beginning, twice after the interval, and at the end.
		expect(lab.sandbox.count('applycodequery')).toBeLessThanOrEqual(4);
	});

	it('says what it waited for if a segment is never generated', async () => {
		slowDown = speedUpClock(100);
		const fault = { call: 'applycodedownload', kind: 'errcode', errcode: 80308 } as const;
		lab.sandbox.inject({ ...fault, segment: 1_000, times: Infinity });
		const { message } = await lab.fail(lab.application(), { ...waiting, pollInterval: 30 });
		expect(message).toMatch(/not finished after 1 minute: .*80308/);
	});

	it.each([
		['pollInterval', 'Poll Interval', 86_400],
		['waitTimeout', 'Wait Timeout', 10_080],
	])('needs a whole %s from 1', async (parameter, name, most) => {
		for (const value of [0, 'soon', 1.5, most + 1]) {
			const { message } = await lab.fail(lab.application(), { ...waiting, [parameter]: value });
			expect(message).toBe(`${name} is not a whole number from 1 to ${most}`);
		}
	});

	it('still fails at once for what waiting does not mend', async () => {
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode: 80300 });
		const { message } = await lab.fail(lab.application(), waiting);
		expect(message).toContain('There is no such application');
	});
});

describe('When Not Finished: Branch', () => {
	const branch = { whenNotFinished: 'branch' };

	it('sends the application to the second output, with these fields and no file', async () => {
		const application = lab.application(never);
		const { items, result } = await lab.download(application, branch);
		const created = Math.floor(application.createdAt / 1000);
		expect(items).toEqual([]);
		expect(result.output('Node', 1)).toEqual([
			{
				json: {
					application_id: application.applicationId,
					isv_application_id: application.isvApplicationId,
					status: 'GENERATING',
					create_time: created,
					update_time: created,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('sends each item where it belongs', async () => {
		const finished = lab.application({ codeCount: 1_000 });
		const unfinished = lab.application(never);
		const input = [unfinished, finished, unfinished].map(({ applicationId }) => ({
			id: applicationId,
		}));
		const parameters = { application: byId('={{ $json.id }}'), ...branch };
		const result = await lab.run(parameters, { input });
		expect(result.error).toBeUndefined();
		expect(result.output('Node', 0)).toMatchObject([
			{ json: { application_id: finished.applicationId }, pairedItem: { item: 1 } },
		]);
		expect(result.output('Node', 1)).toMatchObject([
			{ json: { application_id: unfinished.applicationId }, pairedItem: { item: 0 } },
			{ json: { application_id: unfinished.applicationId }, pairedItem: { item: 2 } },
		]);
	});

	it('sends one whose segment is not generated yet (80308) there, and stores none of its files', async () => {
		const fault = { call: 'applycodedownload', kind: 'errcode', errcode: 80308 } as const;
		lab.sandbox.inject({ ...fault, segment: 2_000 });
		const slowly = { kind: 'trickle', bytes: 2_000, everyMs: 500 } as const;
		lab.sandbox.inject({ call: 'applycodedownload', ...slowly, segment: 0 });
		const application = lab.application();
		const before = await lab.world.engine.storedFiles();
		const { items, result } = await lab.download(application, branch);
		// Of the segments that are there, only the beginning was looked at.
		await lab.untilEnded('applycodedownload');
		const [first] = lab.requests('applycodedownload');
		expect(first?.aborted).toBe(true);
		expect(first?.sentBytes).toBeLessThan(20_000);
		expect(await lab.world.engine.storedFiles()).toEqual(before);
		expect(items).toEqual([]);
		expect(result.output('Node', 1)).toMatchObject([
			{ json: { application_id: application.applicationId, status: 'FINISH' } },
		]);
	});

	it.each(['bufferFirst', 'missingErrcode'] as const)(
		'looks at no more than the beginning of a segment that is there, also with %s',
		async (kind) => {
			const fault = { call: 'applycodedownload', kind: 'errcode', errcode: 80308 } as const;
			lab.sandbox.inject({ ...fault, segment: 2_000 });
			for (const way of [{ kind: 'trickle', bytes: 2_000, everyMs: 500 }, { kind }] as const) {
				lab.sandbox.inject({ call: 'applycodedownload', segment: 0, ...way });
			}
			const { items } = await lab.download(lab.application(), branch);
			expect(items).toEqual([]);
			await lab.untilEnded('applycodedownload');
			const [first] = lab.requests('applycodedownload');
			expect(first?.aborted).toBe(true);
			expect(first?.sentBytes).toBeLessThan(20_000);
		},
	);

	it('leaves errors errors', async () => {
		const failed = await lab.fail(undefined, { application: byId('1'), ...branch });
		expect(failed.message).toContain('There is no such application');
	});
});
