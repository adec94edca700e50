import type { INodeParameters, OnError } from 'n8n-workflow';
import { activateAll, activityOf } from './activity.cts';
import { useOperation } from './operation.cts';
import { byId } from './world.cts';

// What is activated can't be undone: with a failure behind it, its items leave all the same.
const activate = useOperation('code', 'activate');
const { lab } = activate;

let applicationId = '';
beforeEach(() => {
	({ applicationId } = lab.application());
});

const quotaIsUsedUp = (after: number) =>
	lab.sandbox.inject({ call: 'codeactive', kind: 'errcode', errcode: 45009, after });

async function run(rangeList: string, onError: OnError, changes: INodeParameters = {}) {
	const parameters = { ...activityOf(applicationId), codes: 'ranges', rangeList, ...changes };
	const result = await activate.run(parameters, {
		onError,
		input: [
			{ id: applicationId, order: 'first' },
			{ id: applicationId, order: 'second' },
		],
	});
	expect(result.error).toBeUndefined();
	return result;
}

const FIRST = '={{ $json.order === "first" ? "0-9,20-29,40-49" : "60-69" }}';
const QUOTA = expect.stringMatching(
	/^Activation 2 of 3, codes 20–29: The daily quota of this call/,
);

describe('activations before one that fails', () => {
	it('leave by the main output, the error by its own', async () => {
		quotaIsUsedUp(1);
		const result = await run(FIRST, 'continueErrorOutput');
		const done = result.output('Node', 0);
		expect(done.map(({ json, pairedItem }) => [json, pairedItem])).toMatchObject([
			[{ code_start: 0, code_end: 9, call: 1, calls: 3, activated: true }, { item: 0 }],
			[{ code_start: 60, code_end: 69, call: 1, calls: 1, activated: true }, { item: 1 }],
		]);
		const failed = result.output('Node', 1);
		expect(failed.map(({ json }) => json)).toEqual([
			{
				id: applicationId,
				order: 'first',
				error: QUOTA,
				message: expect.stringContaining('Done: 0–9. Not done: 20–29, 40–49.'),
			},
		]);
		expect(failed[0]?.pairedItem).toMatchObject({ item: 0 });
	});

	it('leave before the error item, where both go on by the main output', async () => {
		quotaIsUsedUp(1);
		const result = await run(FIRST, 'continueRegularOutput');
		expect(result.output('Node').map(({ json, pairedItem }) => [json, pairedItem])).toMatchObject([
			[{ code_start: 0, code_end: 9, activated: true }, { item: 0 }],
			[{ error: QUOTA, details: { errcode: 45009 } }, { item: 0 }],
			[{ code_start: 60, code_end: 69, activated: true }, { item: 1 }],
		]);
	});

	it('leave with the parts of the very range that fails', async () => {
		await activateAll(lab, applicationId, { codes: 'range', codeStart: 5, codeEnd: 14 });
		lab.sandbox.clearRequests();
		// The whole range, which is refused; what is before the active codes; what is behind them.
		quotaIsUsedUp(2);
		const result = await run(
			'={{ $json.order === "first" ? "0-29" : "90" }}',
			'continueErrorOutput',
		);
		expect(result.output('Node', 0).map(({ json }) => json)).toMatchObject([
			{ code_start: 0, code_end: 4, call: 1, calls: 1, already_active: false },
			{ code_start: 5, code_end: 14, call: 1, calls: 1, already_active: true },
			{ code_start: 90, code_end: 90 },
		]);
		expect(result.output('Node', 1)).toHaveLength(1);
	});

	it('are in the error alone, if the workflow stops', async () => {
		quotaIsUsedUp(1);
		const parameters = { ...activityOf(applicationId), codes: 'ranges', rangeList: '0,2,4' };
		const { description } = await activate.fail(parameters);
		expect(description).toContain('Done: 0. Not done: 2, 4.');
	});
});

it('a failure before the first one hands only the error on', async () => {
	const result = await run('0,2', 'continueErrorOutput', { application: byId('4711') });
	expect(result.output('Node', 0)).toEqual([]);
	expect(result.output('Node', 1)).toHaveLength(2);
});
