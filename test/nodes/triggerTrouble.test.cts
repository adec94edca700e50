import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { workflowOf, type Poller, type PollOptions } from '../engine/engine.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';

// The trigger where WeChat refuses, does not know or does not answer, and where its memory is damaged.
const lab = useLab();

/** What n8n's database holds of the trigger. */
let staticData: IDataObject = {};
beforeEach(() => {
	staticData = {};
});

function start(parameters: INodeParameters, options: PollOptions = {}): Poller {
	const { nodes, ...others } = workflowOf('marketcodeTrigger', parameters, {
		credentialId: lab.credentialId,
	});
	const workflow = { ...others, nodes: nodes.slice(1), connections: {} };
	return lab.world.engine.startPolling(workflow, { staticData, ...options });
}

/** The applications that a poll emits, or null. */
async function emitted(poller: Poller): Promise<unknown[] | null> {
	const outputs = await poller.poll();
	return outputs?.[0]?.map(({ json }) => json.application_id) ?? null;
}

const applications = (count: number, finishAfterMs = 0): Application[] =>
	Array.from({ length: count }, () => lab.application({ finishAfterMs }));
const idsOf = (listed: readonly Application[]) => listed.map(({ applicationId }) => applicationId);
const list = (...ids: string[]) => ({ applicationIds: ids.join('\n') });

/** The applications that WeChat was asked about since the last time. */
function asked(): unknown[] {
	const ids = lab.requests('applycodequery').map(({ body }) => body.application_id);
	lab.sandbox.clearRequests();
	return ids.map(String);
}

const refuse = (errcode: number, after: number, times = 1) =>
	lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode, after, times });

describe.each([45009, 45011])('after errcode %d', (errcode) => {
	it('a poll hands on what it has found and asks no more; the next one goes on from there', async () => {
		const ids = idsOf(applications(5));
		const poller = start(list(...ids));
		refuse(errcode, 2);
		expect(await emitted(poller)).toEqual(ids.slice(0, 2));
		expect(asked()).toEqual(ids.slice(0, 3));
		expect(await emitted(poller)).toEqual(ids.slice(2));
		expect(asked()).toEqual(ids.slice(2));
		expect(await poller.poll()).toBeNull();
		expect([asked(), poller.reports]).toEqual([[], []]);
	});

	it('a poll that has heard nothing else fails, with one call', async () => {
		const ids = idsOf(applications(3));
		const poller = start(list(...ids));
		refuse(errcode, 0, 2);
		await expect(poller.poll()).rejects.toThrow(`errcode ${errcode}`);
		await expect(poller.poll()).rejects.toThrow(`errcode ${errcode}`);
		expect(asked()).toEqual([ids[0], ids[0]]);
		expect(staticData).toEqual({});
		expect(await emitted(poller)).toEqual(ids);
	});

	it('polls that get only two answers each come to all entries, around and around', async () => {
		const all = applications(5, Infinity);
		const ids = idsOf(all);
		const poller = start(list(...ids));
		const rounds: unknown[][] = [];
		for (let poll = 0; poll < 5; poll++) {
			refuse(errcode, 2);
			expect(await poller.poll()).toBeNull();
			rounds.push(asked().slice(0, 2));
		}
		expect(rounds.flat()).toEqual([...ids, ...ids]);
	});

	it('everything is emitted once, wherever it comes', async () => {
		const ids = idsOf(applications(4));
		for (const after of ids.keys()) {
			staticData = {};
			const poller = start(list(...ids));
			refuse(errcode, after);
			const all: unknown[] = [];
			for (let poll = 0; poll < 3; poll++)
				all.push(...((await emitted(poller).catch(() => [])) ?? []));
			expect(all).toEqual(ids);
			expect(await start(list(...ids)).poll()).toBeNull();
		}
	});
});

describe('an unknown application', () => {
	it.each([80300, 80301])(
		'(%d) is reported once, and the others start the workflow',
		async (errcode) => {
			const [first, second] = [lab.application(), lab.application({ finishAfterMs: Infinity })];
			const ids = idsOf([first, second]);
			const poller = start(list('4711', ...ids));
			lab.sandbox.inject({
				call: 'applycodequery',
				kind: 'errcode',
				errcode,
				times: 1,
			});
			expect(await emitted(poller)).toEqual(ids.slice(0, 1));
			expect(poller.reports).toMatchObject([
				{
					name: 'NodeApiError',
					message: expect.stringMatching(`^Application 4711: .* \\(errcode ${errcode}\\)$`),
					description: expect.stringMatching(
						/^This is reported once, .*WeChat said: errcode .*rid: /,
					),
				},
			]);
			expect([await poller.poll(), await poller.poll()]).toEqual([null, null]);
			second.finishAt = second.createdAt;
			expect(await emitted(poller)).toEqual(ids.slice(1));
			expect(poller.reports).toHaveLength(1);
			// Another process of n8n knows it from the database.
			const restarted = start(list('4711', ...ids));
			expect(await restarted.poll()).toBeNull();
			expect(restarted.reports).toEqual([]);
		},
	);

	it('is asked about at every poll, and emitted when WeChat knows it', async () => {
		const [known] = idsOf(applications(1, Infinity));
		const poller = start(list('4711', String(known)));
		expect(await poller.poll()).toBeNull();
		expect(poller.reports).toHaveLength(1);
		lab.sandbox.addApplication({ applicationId: '4711', codeCount: 10_000 });
		expect(await emitted(poller)).toEqual(['4711']);
		expect(await poller.poll()).toBeNull();
	});

	it('is reported again once WeChat has known it in between, and once the list is edited', async () => {
		const ids = idsOf(applications(2));
		const poller = start(list('4711', ...ids));
		expect(await emitted(poller)).toEqual(ids);
		const edited = start(list(...ids, '4711'));
		expect(await edited.poll()).toBeNull();
		expect(edited.reports).toHaveLength(1);
		expect(await edited.poll()).toBeNull();
		expect(edited.reports).toHaveLength(1);

		const [waiting] = idsOf(applications(1, Infinity));
		const unsteady = start(list(String(waiting), ...ids));
		for (const times of [1, 0, 1]) {
			if (times > 0) refuse(80300, 0);
			await unsteady.poll();
		}
		expect(unsteady.reports).toHaveLength(2);
	});

	it('is thrown once, if there is no other: who activates the workflow is told at once', async () => {
		const poller = start(list('4711', '4712'));
		await expect(poller.poll()).rejects.toMatchObject({
			message:
				"2 applications can't be queried: Application 4711: There is no such application (errcode 80300)",
			description: expect.stringContaining('This is reported once'),
		});
		expect([await poller.poll(), await poller.poll()]).toEqual([null, null]);
		expect([poller.reports, asked().length]).toEqual([[], 6]);
	});

	it('does not keep n8n from going on with the workflow when it starts, though there is no other', async () => {
		const poller = start(list('4711'), { activation: 'init' });
		expect([await poller.poll(), await poller.poll()]).toEqual([null, null]);
		expect(poller.reports).toHaveLength(1);
	});

	it('does not hide that WeChat refuses the account', async () => {
		const ids = idsOf(applications(1));
		const poller = start(list('4711', ...ids));
		refuse(48001, 1);
		await expect(poller.poll()).rejects.toThrow(/^This account may not use .*48001/);
		expect(poller.reports).toMatchObject([{ message: expect.stringMatching(/4711/) }]);
		expect(await emitted(poller)).toEqual(ids);
		expect(poller.reports).toHaveLength(1);
	});

	it('may be none at all, such as a word among the IDs', async () => {
		const ids = idsOf(applications(1));
		const poller = start(list('order-1', ...ids));
		expect(await emitted(poller)).toEqual(ids);
		expect(await poller.poll()).toBeNull();
		expect(poller.reports).toMatchObject([
			{ message: expect.stringMatching(/^Application IDs, entry 1: .*other than digits/) },
		]);
		// Another word in its place is another one.
		const edited = start(list('order-2', ...ids));
		expect(await edited.poll()).toBeNull();
		expect(edited.reports).toHaveLength(1);
	});
});

describe('a damaged memory', () => {
	it.each<[string, unknown]>([
		['a text', 'gone'],
		['a list', []],
		['a text for a list', { finished: '1', overdue: [], done: [] }],
		['an object for a list', { finished: { 0: '1' }, overdue: [], done: [] }],
		['a list of other things', { finished: [{}], overdue: [], done: [] }],
		['null for a list', { finished: ['1'], overdue: [], done: null }],
		['without a list', { overdue: [], done: [] }],
		['with one emptied', { finished: [], overdue: [], done: ['Application IDs 1'] }],
		[
			'with unknown ones that are no list',
			{ finished: [], overdue: [], done: [], unknown: 1, lists: '' },
		],
	])(
		'(%s) is an error at every poll, that says what to do, and nothing is asked',
		async (_what, memory) => {
			const ids = idsOf(applications(1));
			const parameters = list(...ids);
			const lists = JSON.stringify([ids, []]);
			const stored =
				typeof memory === 'object' && memory !== null && 'lists' in memory
					? { ...memory, lists }
					: memory;
			staticData = JSON.parse(JSON.stringify({ 'node:Node': stored }));
			const before = JSON.stringify(staticData);
			const poller = start(parameters);
			for (let poll = 0; poll < 2; poll++) {
				await expect(poller.poll()).rejects.toMatchObject({
					message: 'The memory of what this trigger has emitted is damaged',
					description: expect.stringMatching(/another name in its place.*publish the workflow/),
				});
			}
			expect([asked(), JSON.stringify(staticData)]).toEqual([[], before]);
		},
	);
});

/** WeChat takes every question and never answers. */
const hang = (after = 0) =>
	lab.sandbox.inject({
		call: 'applycodequery',
		kind: 'stall',
		afterBytes: 0,
		after,
		times: Infinity,
	});

describe('a poll that hangs', () => {
	let slowDown = () => {};
	beforeEach(() => {
		slowDown = speedUpClock(200);
	});
	afterEach(() => slowDown());

	it('is ended after 5 minutes, and begun the next time with what it has not come to', async () => {
		const ids = idsOf(applications(5));
		const poller = start(list(...ids));
		hang();
		const began = Date.now();
		const polls = [poller.poll(), poller.poll()];
		expect(await polls[1]).toBeNull();
		await expect(polls[0]).rejects.toThrow(
			/^2 applications can't be queried: WeChat (sends its answer too slowly|did not answer in time)/,
		);
		// Its end is counted in half seconds, each of which that clock rounds.
		expect(Date.now() - began).toBeGreaterThan(225_000);
		lab.sandbox.clearFaults();
		expect(await emitted(poller)).toEqual([...ids.slice(2), ...ids.slice(0, 2)]);
		expect(await poller.poll()).toBeNull();
	});

	it('is ended sooner where n8n gives it less time', async () => {
		const ids = idsOf(applications(3));
		const poller = start(list(...ids), { budgetMs: 36_000 });
		hang();
		await expect(poller.poll()).rejects.toThrow(
			`Application ${ids[0]}: WeChat did not answer within the 36 seconds that a poll may take`,
		);
		lab.sandbox.clearFaults();
		expect(await emitted(poller)).toEqual([...ids.slice(1), ...ids.slice(0, 1)]);
	});

	it('hands on what it has found until then, and blocks no other', async () => {
		const ids = idsOf(applications(4));
		const poller = start(list(...ids));
		hang(1);
		expect(await emitted(poller)).toEqual(ids.slice(0, 1));
		lab.sandbox.clearFaults();
		expect(await emitted(poller)).toEqual([ids[3], ids[1], ids[2]]);
	});
});
