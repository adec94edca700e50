import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { workflowOf, type Poller } from '../engine/engine.cts';
import type { Application, ApplicationSettings } from '../sandbox/sandbox.cts';
import { useLab } from './lab.cts';

// The trigger where WeChat does not tell the application ID.
const lab = useLab();

let staticData: IDataObject = {};
beforeEach(() => {
	staticData = {};
});

function start(parameters: INodeParameters): Poller {
	const { nodes, ...others } = workflowOf('marketcodeTrigger', parameters, {
		credentialId: lab.credentialId,
	});
	const workflow = { ...others, nodes: nodes.slice(1), connections: {} };
	return lab.world.engine.startPolling(workflow, { staticData });
}

/** What the items of a poll call their applications by: the application ID, or else the external ID. */
async function emitted(poller: Poller): Promise<unknown[] | null> {
	const outputs = await poller.poll();
	return (
		outputs?.[0]?.map(({ json }) => json.application_id ?? `external ${json.isv_application_id}`) ??
		null
	);
}

const sparse = (settings: Partial<ApplicationSettings> = {}) =>
	lab.application({ isvApplicationId: 'order-1', sparseAnswers: true, ...settings });
const become = (application: Application, changes: Partial<Application>) =>
	Object.assign(application, changes);
const byExternal = { isvApplicationIds: 'order-1' };

describe('an application whose ID WeChat does not tell', () => {
	it('is emitted with its external ID', async () => {
		sparse();
		const [[item] = []] = (await start(byExternal).poll()) ?? [];
		expect(item?.json).toMatchObject({
			application_id: null,
			isv_application_id: 'order-1',
			status: 'FINISH',
			segments: 3,
			create_time: null,
			is_overdue: false,
		});
	});

	it('is emitted once, whatever becomes of n8n and the list', async () => {
		sparse();
		const poller = start(byExternal);
		expect(await emitted(poller)).toEqual(['external order-1']);
		expect(await poller.poll()).toBeNull();
		expect(await start(byExternal).poll()).toBeNull();
		const { applicationId } = lab.application();
		expect(await emitted(start({ applicationIds: applicationId }))).toEqual([applicationId]);
		lab.sandbox.clearRequests();
		expect(await start(byExternal).poll()).toBeNull();
		expect(lab.sandbox.requests).toEqual([]);
	});

	it('is another one than that with another external ID', async () => {
		sparse();
		sparse({ isvApplicationId: 'order-2' });
		const poller = start({ isvApplicationIds: 'order-1\norder-2' });
		expect(await emitted(poller)).toEqual(['external order-1', 'external order-2']);
	});

	it('is emitted with its ID where it is listed by that', async () => {
		const { applicationId } = sparse();
		const poller = start({ applicationIds: applicationId });
		expect(await emitted(poller)).toEqual([applicationId]);
		expect(await poller.poll()).toBeNull();
	});

	it.each(['first', 'last'])(
		'is emitted once if it is listed by both IDs, and one answer tells both: the %s',
		async (which) => {
			const { applicationId } = lab.application({ isvApplicationId: 'order-1' });
			lab.sandbox.inject({
				call: 'applycodequery',
				kind: 'fields',
				fields: { application_id: undefined, isv_application_id: undefined },
				after: which === 'first' ? 1 : 0,
			});
			// The list of external IDs is the second one.
			const poller = start({ ...byExternal, applicationIds: applicationId });
			expect(await emitted(poller)).toEqual([applicationId]);
			expect(await poller.poll()).toBeNull();
		},
	);

	it('is emitted as overdue once, though a later answer tells its ID', async () => {
		const application = sparse({ finishAfterMs: Infinity });
		const hour = 3_600_000;
		lab.sandbox.inject({
			call: 'applycodequery',
			kind: 'fields',
			fields: { create_time: Math.floor((Date.now() - 5 * hour) / 1000) },
			times: Infinity,
		});
		const poller = start({ ...byExternal, overdueHours: 1 });
		expect(await poller.poll()).toMatchObject([[{ json: { is_overdue: true } }]]);
		become(application, { sparseAnswers: false });
		expect(await poller.poll()).toBeNull();
		become(application, { finishAt: application.createdAt });
		expect(await poller.poll()).toMatchObject([
			[{ json: { application_id: application.applicationId, is_overdue: false } }],
		]);
		expect(await poller.poll()).toBeNull();
	});

	it('is known by every ID that was ever told together with one that is', async () => {
		const application = sparse({ finishAfterMs: Infinity });
		const { applicationId } = application;
		lab.sandbox.inject({
			call: 'applycodequery',
			kind: 'fields',
			fields: { create_time: 1_700_000_000 },
			times: Infinity,
		});
		const overdueHours = 1;
		expect(await emitted(start({ ...byExternal, overdueHours }))).toEqual(['external order-1']);
		become(application, { sparseAnswers: false });
		// n8n stores what a poll has learned only if that emits something.
		const { applicationId: other } = lab.application();
		const both = { ...byExternal, applicationIds: other, overdueHours };
		expect(await emitted(start(both))).toEqual([other]);
		become(application, { sparseAnswers: true });
		expect(await start({ applicationIds: applicationId, overdueHours }).poll()).toBeNull();
	});
});

describe('the memory of an earlier version', () => {
	it('is read', async () => {
		const [first, second] = [lab.application(), sparse()];
		staticData = {
			'node:Node': {
				finished: [first.applicationId],
				overdue: [],
				done: [`Application IDs ${first.applicationId}`, 'External IDs order-1'],
			},
		};
		const third = lab.application();
		const applicationIds = [first, third].map(({ applicationId }) => applicationId).join('\n');
		expect(await emitted(start({ ...byExternal, applicationIds }))).toEqual([third.applicationId]);
		expect(lab.sandbox.count('applycodequery')).toBe(1);
		// By its external ID it was emitted before, with the ID that WeChat told then.
		expect(await start({ isvApplicationIds: first.isvApplicationId }).poll()).toBeNull();
		expect(second.applicationId).not.toBe('');
	});
});
