import { setTimeout as sleep } from 'node:timers/promises';
import { TRIGGER } from '../e2e/workflow.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { checkedRanges, filesOf } from './files.cts';
import { measured } from './measure.cts';
import {
	begunDuring,
	executionsOf,
	startQueue,
	WORKER_CONCURRENCY,
	WORKERS,
	type Queue,
} from './queue.cts';
import { createFanOut, publishDownload, publishRangeDownload, send } from './workflows.cts';

const APPLICATIONS = 20;
const SEGMENTS = 2;
/** As WeChat cuts them. */
const SEGMENT_SIZE = 50_000;
/** Where the size changes nothing but the time that a test takes. */
const SMALL_SEGMENT_SIZE = 10_000;
/** Executions that can be under way at once. */
const SLOTS = WORKERS * WORKER_CONCURRENCY;
/** What a test waits for by itself; jest's own limit ends the test, but not what it waits for. */
const WAIT_MS = 120_000;

const say = (line: string) => void process.stderr.write(`${line}\n`);

describe('n8n in queue mode', () => {
	let opened: Queue | undefined;

	const queue = (): Queue => {
		if (opened === undefined) throw new Error('n8n has not started');
		return opened;
	};

	const addApplication = (segmentSize: number, segments = SEGMENTS): Application =>
		queue().sandbox.addApplication({ codeCount: segments * segmentSize, segmentSize });

	const addApplications = (segmentSize: number) =>
		Array.from({ length: APPLICATIONS }, () => addApplication(segmentSize));

	const requests = (call: string) =>
		queue().sandbox.requests.filter((request) => request.call === call);

	const until = async (isSo: () => boolean) => {
		const deadline = Date.now() + WAIT_MS;
		while (!isSo()) {
			if (Date.now() > deadline) throw new Error(`still not so after ${WAIT_MS} ms: ${isSo}`);
			await sleep(50);
		}
	};

	/** Answers so late that whatever is sent at once is also under way at once. */
	const delay = (call: string) =>
		queue().sandbox.inject({ call, kind: 'slow', ms: 2_000, times: Infinity });

	/**
	 * How often WeChat was asked for a token: no more than one for each execution under way when there was
	 * none that is good. An execution ends only after the token it used is stored, so in each slot none
	 * but the first can find none. In normal mode WeChat gives them all the same token, so that they don't
	 * kill each other's.
	 */
	const expectOneRefresh = (title: string) => {
		const asked = requests('stable_token');
		say(`measured: ${title}: ${asked.length} token requests`);
		expect(asked.length).toBeGreaterThan(0);
		expect(asked.length).toBeLessThanOrEqual(SLOTS);
		expect(asked.filter(({ forced }) => forced)).toEqual([]);
	};

	/** The ranges of an application's segments. */
	const rangesOf = ({ applicationId, codeCount, segmentSize }: Application) =>
		Array.from({ length: codeCount / segmentSize }, (_, i) => ({
			applicationId,
			start: i * segmentSize,
			end: (i + 1) * segmentSize - 1,
		}));

	/** Sends all applications at once and looks at every file; both workers have to take part. */
	const downloadAll = async (applications: readonly Application[], title: string) => {
		const codes = applications.reduce((total, { codeCount }) => total + codeCount, 0);
		const refused: unknown[] = [];
		// A webhook says only that its workflow has failed; why, the executions tell below.
		const sendAll = () =>
			Promise.all(
				applications.map(({ applicationId }) =>
					send(queue(), 'download', applicationId).catch((error) => void refused.push(error)),
				),
			);
		const begun = await begunDuring(queue(), () => measured(queue(), title, codes, sendAll, say));
		say(`measured: ${title}: ${begun.map(({ length }) => length).join('+')} executions`);
		for (const ids of begun) expect(ids.length).toBeGreaterThan(0);
		expect(begun.flat()).toHaveLength(applications.length);
		const ranges = [];
		for (const id of begun.flat()) {
			const execution = await queue().client.waitForExecution(id);
			ranges.push(await checkedRanges(queue(), execution));
		}
		expect(refused).toEqual([]);
		expect(ranges).toHaveLength(applications.length);
		expect(ranges).toEqual(expect.arrayContaining(applications.map(rangesOf)));
	};

	beforeAll(async () => {
		opened = await startQueue(say);
		await publishDownload(opened, 'download', { files: 'perSegment' });
		await publishDownload(opened, 'single', { files: 'single' });
	}, 900_000);

	beforeEach(() => queue().sandbox.clearRequests());

	afterEach(() => queue().sandbox.clearFaults());

	afterAll(async () => {
		await opened?.close();
	}, 180_000);

	it('shares 20 applications between the workers, with one new token', async () => {
		delay('stable_token');
		await downloadAll(addApplications(SEGMENT_SIZE), 'no token yet');
		expectOneRefresh('no token yet');
	}, 600_000);

	it('replaces a token that dies in mid-run, with one new token', async () => {
		delay('stable_token');
		const applications = addApplications(SMALL_SEGMENT_SIZE);
		const killing = until(() => requests('applycodedownload').length >= SLOTS).then(() => {
			// The stored token has served so far.
			expect(requests('stable_token')).toEqual([]);
			queue().sandbox.killToken();
		});
		await Promise.all([downloadAll(applications, 'token dies in mid-run'), killing]);
		expectOneRefresh('token dies in mid-run');
	}, 600_000);

	it('shares the segments of one application, sent one by one to a webhook', async () => {
		const segments = 8;
		const application = addApplication(SEGMENT_SIZE, segments);
		await publishRangeDownload(queue(), 'range');
		const fanOut = await createFanOut(queue(), 'range', application.applicationId);
		const downloads = () => requests('applycodedownload').filter(({ errcode }) => errcode === 0);
		delay('applycodedownload');
		const begun = await begunDuring(queue(), () =>
			measured(
				queue(),
				'one application by segment',
				application.codeCount,
				async () => {
					await queue().client.run(fanOut, TRIGGER);
					await until(() => downloads().length === segments);
				},
				say,
			),
		);
		say(`measured: by segment: ${begun.map(({ length }) => length).join('+')} executions`);
		// One of them is the workflow that was started by hand: it runs on a worker, too.
		expect(begun.flat()).toHaveLength(segments + 1);
		for (const ids of begun) expect(ids.length).toBeGreaterThan(1);
		const ranges = [];
		for (const id of begun.flat()) {
			const execution = await queue().client.waitForExecution(id);
			ranges.push(...(await checkedRanges(queue(), execution)));
		}
		expect(ranges.sort((a, b) => a.start - b.start)).toEqual(rangesOf(application));
		// One by the workflow that asks for the segments, one by each execution that downloads.
		expect(requests('applycodequery')).toHaveLength(segments + 1);
		expect(requests('stable_token')).toEqual([]);
	}, 300_000);

	it('hands on nothing of a worker that is killed, and runs again', async () => {
		const { client, database, sandbox, workers } = queue();
		const { applicationId, codeCount } = addApplication(SEGMENT_SIZE);
		const storedBy = (id: string) =>
			database.query(`SELECT "fileSize" FROM binary_data WHERE "sourceId" = '${id}'`);
		sandbox.inject({
			call: 'applycodedownload',
			kind: 'slow',
			ms: 600_000,
			segment: SEGMENT_SIZE,
		});
		const begunBefore = new Set(workers.flatMap(executionsOf));
		const answer = send(queue(), 'single', applicationId).then(String, String);
		// One segment has arrived, the other is on its way.
		const downloads = () => requests('applycodedownload');
		await until(() => downloads().length === 2 && downloads().some(({ endedAt }) => endedAt));
		const isNew = (id: string) => !begunBefore.has(id);
		const killed = workers.find((worker) => executionsOf(worker).some(isNew));
		const id = killed && executionsOf(killed).find(isNew);
		if (killed === undefined || id === undefined) throw new Error('no worker has begun');
		await killed.kill();
		const killedAt = Date.now();
		const failed = await client.waitForExecution(id);
		say(`measured: worker killed: ${failed.status} after ${Date.now() - killedAt} ms`);
		expect(['crashed', 'error']).toContain(failed.status);
		expect(filesOf(failed)).toEqual([]);
		expect(await storedBy(id)).toEqual([]);
		expect(await answer).toMatch(/^Error: 500/);
		expect(downloads().filter(({ aborted }) => aborted)).toHaveLength(1);

		sandbox.clearRequests();
		const begun = await begunDuring(queue(), () => send(queue(), 'single', applicationId));
		const [again] = begun.flat();
		const whole = await client.waitForExecution(String(again));
		const range = { applicationId, start: 0, end: codeCount - 1 };
		expect(await checkedRanges(queue(), whole)).toEqual([range]);
		expect(await storedBy(whole.id)).toHaveLength(1);
		expect(requests('stable_token')).toEqual([]);

		// Back again, the worker doesn't take up what it left, and takes part.
		await killed.restart();
		expect((await client.readExecution(id)).status).toBe(failed.status);
		const restarted = executionsOf(killed).length;
		delay('applycodedownload');
		const some = Array.from({ length: SLOTS }, () => addApplication(SMALL_SEGMENT_SIZE));
		await Promise.all(some.map((it) => send(queue(), 'single', it.applicationId)));
		expect(executionsOf(killed).length).toBeGreaterThan(restarted);
	}, 300_000);

	it('prints no secret', () => {
		const { main, sandbox, workers } = queue();
		const { appSecret, packageKey } = sandbox.account;
		for (const n8n of [main, ...workers])
			for (const secret of [appSecret, packageKey, sandbox.currentToken()])
				expect(n8n.logs()).not.toContain(secret);
	});
});
