import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { workflowOf, type Poller, type WorkflowJson } from '../engine/engine.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';

const lab = useLab();
const HOUR_S = 3_600;

/** What n8n's database holds of the trigger, whatever becomes of the process. */
let staticData: IDataObject = {};
beforeEach(() => {
	staticData = {};
});

/** A workflow of the trigger alone, with these lists of applications. */
function workflow(parameters: INodeParameters): WorkflowJson {
	const { nodes, ...others } = workflowOf('marketcodeTrigger', parameters, {
		credentialId: lab.credentialId,
	});
	const trigger = nodes.slice(1).map((node) => ({ ...node, name: 'Trigger' }));
	return { ...others, nodes: trigger, connections: {} };
}

/** n8n starts, with what its database holds. */
const start = (parameters: INodeParameters): Poller =>
	lab.world.engine.startPolling(workflow(parameters), { staticData });

const idsOf = (...applications: Application[]) => ({
	applicationIds: applications.map(({ applicationId }) => applicationId).join('\n'),
});
const externalIdsOf = (...applications: Application[]) => ({
	isvApplicationIds: applications.map(({ isvApplicationId }) => isvApplicationId).join('\n'),
});

/** The applications that a poll emits, or null. */
async function emitted(poller: Poller): Promise<unknown[] | null> {
	const outputs = await poller.poll();
	return outputs?.[0]?.map(({ json }) => json.application_id) ?? null;
}

const unfinished = () => lab.application({ finishAfterMs: Infinity });
const finish = (application: Application) => {
	application.finishAt = application.createdAt;
};

describe('an application', () => {
	it('is emitted when it has become finished, with its segments', async () => {
		const application = unfinished();
		const poller = start(idsOf(application));
		expect(await poller.poll()).toBeNull();
		finish(application);
		const seconds = Math.floor(application.createdAt / 1000);
		expect(await poller.poll()).toEqual([
			[
				{
					json: {
						application_id: application.applicationId,
						isv_application_id: application.isvApplicationId,
						status: 'FINISH',
						code_count: 3_000,
						segments: 3,
						code_generate_list: [
							{ code_start: 0, code_end: 999 },
							{ code_start: 1_000, code_end: 1_999 },
							{ code_start: 2_000, code_end: 2_999 },
						],
						create_time: seconds,
						create_time_iso: new Date(seconds * 1000).toISOString(),
						update_time: seconds,
						update_time_iso: new Date(seconds * 1000).toISOString(),
						is_overdue: false,
					},
				},
			],
		]);
	});

	it('is emitted once, and not even asked about any more', async () => {
		const poller = start(idsOf(lab.application()));
		expect(await emitted(poller)).toHaveLength(1);
		lab.sandbox.clearRequests();
		expect([await poller.poll(), await poller.poll()]).toEqual([null, null]);
		expect(lab.sandbox.requests).toEqual([]);
	});

	it('is emitted once, though n8n restarts', async () => {
		const [first, second] = [lab.application(), unfinished()];
		expect(await emitted(start(idsOf(first, second)))).toEqual([first.applicationId]);
		const restarted = start(idsOf(first, second));
		expect(await restarted.poll()).toBeNull();
		finish(second);
		expect(await emitted(restarted)).toEqual([second.applicationId]);
		expect(await start(idsOf(first, second)).poll()).toBeNull();
	});

	it('is emitted once, though the list is edited', async () => {
		const [first, second, third] = [lab.application(), lab.application(), lab.application()];
		expect(await emitted(start(idsOf(first, second)))).toHaveLength(2);
		expect(await emitted(start(idsOf(third)))).toEqual([third.applicationId]);
		expect(await start(idsOf(third, second, first)).poll()).toBeNull();
	});

	it('that is listed by both of its IDs is emitted once', async () => {
		const application = lab.application();
		const both = { ...idsOf(application), ...externalIdsOf(application) };
		const poller = start(both);
		expect(await emitted(poller)).toEqual([application.applicationId]);
		expect(await poller.poll()).toBeNull();
	});

	it('that was emitted under one ID is not emitted under the other', async () => {
		const application = lab.application();
		expect(await emitted(start(externalIdsOf(application)))).toHaveLength(1);
		expect(await start(idsOf(application)).poll()).toBeNull();
	});

	it('is emitted together with the others that have become finished, in the order of the list', async () => {
		const applications = [lab.application(), unfinished(), lab.application()];
		const poller = start(idsOf(...applications));
		expect(await emitted(poller)).toEqual(
			[applications[0], applications[2]].map((application) => application?.applicationId),
		);
	});

	it('is emitted again by another workflow', async () => {
		const application = lab.application();
		expect(await emitted(start(idsOf(application)))).toHaveLength(1);
		staticData = {};
		expect(await emitted(start(idsOf(application)))).toHaveLength(1);
	});
});

describe('the list', () => {
	it('takes blank lines, spaces, Windows line ends and repeated IDs', async () => {
		const { applicationId } = lab.application();
		const applicationIds = `\r\n ${applicationId} \r\n\r\n${applicationId}\n0${applicationId}\n`;
		expect(await emitted(start({ applicationIds }))).toEqual([applicationId]);
		expect(lab.sandbox.count('applycodequery')).toBe(1);
	});

	it('may have an ID with letters, which holds back no other', async () => {
		const { applicationId } = lab.application();
		const poller = start({ applicationIds: `order-1\n${applicationId}` });
		expect(await emitted(poller)).toEqual([applicationId]);
		expect(poller.reports).toMatchObject([{ message: expect.stringMatching(/other than digits/) }]);
	});

	it('is emitted once, even if a poll begins while a slow one still runs', async () => {
		const { applicationId } = lab.application();
		const poller = start({ applicationIds: applicationId });
		lab.sandbox.inject({ call: 'applycodequery', kind: 'slow', ms: 200, times: 2 });
		const both = await Promise.all([emitted(poller), emitted(poller)]);
		expect(both).toEqual(expect.arrayContaining([[applicationId], null]));
	});

	it('may be an array that an expression gives', async () => {
		const { applicationId } = lab.application();
		const applicationIds = `={{ [${applicationId}] }}`;
		expect(await emitted(start({ applicationIds }))).toEqual([applicationId]);
	});

	it.each([
		['is empty', {}, /no application to watch/, /one a line/],
		['has only IDs with letters', { applicationIds: 'order-1' }, /other than digits/, /ID/],
		['has a long external ID', { isvApplicationIds: 'x'.repeat(129) }, /129 characters/, /128/],
		[
			'has a bad number of hours',
			{ applicationIds: '1', overdueHours: -1 },
			/Overdue After/,
			/sign/,
		],
	])('is an error before any request if it %s', async (_what, parameters, message, description) => {
		const poll = start(parameters).poll();
		await expect(poll).rejects.toMatchObject({
			message: expect.stringMatching(message),
			description: expect.stringMatching(description),
		});
		expect(lab.sandbox.requests).toEqual([]);
		expect(staticData).toEqual({});
	});
});

describe('an application that can not be queried', () => {
	it('is counted, if there are several', async () => {
		await expect(start({ applicationIds: '4711\n4712' }).poll()).rejects.toMatchObject({
			message:
				"2 applications can't be queried: Application 4711: There is no such application (errcode 80300)",
			description: expect.stringContaining('Check the application ID'),
		});
	});

	it('leaves the memory as it was when the poll fails', async () => {
		const application = lab.application();
		const poller = start(idsOf(application, unfinished()));
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode: 48001, times: 2 });
		await expect(poller.poll()).rejects.toThrow('48001');
		expect(staticData).toEqual({});
		expect(await emitted(poller)).toEqual([application.applicationId]);
	});

	it('is asked about again within the poll, if WeChat is busy', async () => {
		const slowDown = speedUpClock(50);
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode: -1, times: 2 });
		expect(await emitted(start(idsOf(lab.application())))).toHaveLength(1);
		slowDown();
	});
});

describe('an application that takes long', () => {
	const overdueHours = 2;

	it('is reported once when it is overdue, and again when it is finished', async () => {
		const application = unfinished();
		const poller = start({ ...idsOf(application), overdueHours });
		expect(await poller.poll()).toBeNull();
		passHours(application, 2);
		const [[item] = []] = (await poller.poll()) ?? [];
		expect(item?.json).toMatchObject({
			application_id: application.applicationId,
			status: 'GENERATING',
			is_overdue: true,
		});
		expect(await poller.poll()).toBeNull();
		expect(await start({ ...idsOf(application), overdueHours }).poll()).toBeNull();
		finish(application);
		expect(await poller.poll()).toMatchObject([
			[{ json: { status: 'FINISH', is_overdue: false } }],
		]);
		expect(await poller.poll()).toBeNull();
	});

	it('is not reported before its time, nor if nobody asked for it', async () => {
		const application = unfinished();
		passHours(application, 1);
		expect(await start({ ...idsOf(application), overdueHours }).poll()).toBeNull();
		passHours(application, 99);
		expect(await start(idsOf(application)).poll()).toBeNull();
	});
});

/** Makes the application older; the sandbox's clock alone would not move the trigger's. */
function passHours(application: Application, hours: number): void {
	Object.assign(application, { createdAt: application.createdAt - hours * HOUR_S * 1000 });
}

describe('a test in the editor', () => {
	const test = async (parameters: INodeParameters) =>
		await lab.world.engine.run(workflow(parameters), { staticData });

	it('shows a finished application, and leaves the memory alone', async () => {
		const [first, second] = [unfinished(), lab.application()];
		const poller = start(idsOf(first, second));
		const result = await test(idsOf(first, second));
		expect(result.output('Trigger').map(({ json }) => json.application_id)).toEqual([
			second.applicationId,
		]);
		expect(staticData).toEqual({});
		expect(await emitted(poller)).toEqual([second.applicationId]);
		expect((await test(idsOf(second))).output('Trigger')).toHaveLength(1);
		expect(await poller.poll()).toBeNull();
	});

	it('shows one that is not finished, if there is no other', async () => {
		const result = await test(idsOf(unfinished()));
		expect(result.output('Trigger')).toMatchObject([{ json: { status: 'GENERATING' } }]);
	});

	it('is an error if none can be queried', async () => {
		const result = await test({ applicationIds: '4711' });
		expect(result.error?.message).toBe(
			'Application 4711: There is no such application (errcode 80300)',
		);
	});
});

describe('the items of a poll', () => {
	it('feed Marketcode Download', async () => {
		const application = lab.application();
		const [items = []] = (await start(idsOf(application)).poll()) ?? [];
		const download = await lab.run(
			{ application: { __rl: true, mode: 'id', value: '={{ $json.application_id }}' } },
			{ input: items.map(({ json }) => json) },
		);
		expect(download.output('Node')).toHaveLength(3);
	});
});
