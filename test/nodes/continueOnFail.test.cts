import type { INodeParameters, OnError } from 'n8n-workflow';
import { byId } from './world.cts';
import { useLab } from './lab.cts';

const lab = useLab();

const APPLICATION: INodeParameters = { application: byId('={{ $json.id }}') };

/** Runs an unknown application, a good one, one with a bad range, and the good one again. */
async function run(onError: OnError, parameters: INodeParameters = {}) {
	const good = lab.application({ codeCount: 1_000 });
	const result = await lab.run(
		{ ...APPLICATION, codes: 'range', codeStart: 0, codeEnd: '={{ $json.end }}', ...parameters },
		{
			onError,
			input: [
				{ id: '4711', end: 999, order: 'first' },
				{ id: good.applicationId, end: 999, order: 'second' },
				{ id: good.applicationId, end: 5_000, order: 'third' },
				{ id: good.applicationId, end: 499, order: 'fourth' },
			],
		},
	);
	return { result, good };
}

const RID = expect.stringMatching(/^\w+-\w+-\w+$/);

describe('an item that fails', () => {
	it('goes on in its place as an error item, if the user chose so', async () => {
		const { result, good } = await run('continueRegularOutput');
		expect(result.status).toBe('success');
		const items = result.output('Node');
		expect(items.map(({ json }) => json)).toMatchObject([
			{
				error: 'Application 4711: There is no such application (errcode 80300)',
				message: expect.stringMatching(/^Check the application ID.*errcode 80300, .* rid: \w+/),
				details: {
					errcode: 80300,
					errmsg: expect.stringContaining('application not exist'),
					rid: RID,
				},
			},
			{ application_id: good.applicationId, code_end: 999 },
			{
				error: 'The range 0–5000 is outside the application',
				message: expect.stringContaining('Choose codes from 0 to 999'),
			},
			{ application_id: good.applicationId, code_end: 499 },
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
		expect(items.map(({ binary }) => Object.keys(binary ?? {}))).toEqual([
			[],
			['data'],
			[],
			['data'],
		]);
	});

	it.each([
		['error', 1],
		['branch', 2],
	])('leaves by the error output, if the user chose so (%s)', async (whenNotFinished, errors) => {
		const { result, good } = await run('continueErrorOutput', { whenNotFinished });
		expect(result.status).toBe('success');
		const files = result.output('Node', 0);
		expect(files.map(({ json }) => json.application_id)).toEqual([
			good.applicationId,
			good.applicationId,
		]);
		expect(files.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 3 }]);
		const failed = result.output('Node', errors);
		expect(failed.map(({ json }) => json)).toMatchObject([
			{
				id: '4711',
				order: 'first',
				error: 'Application 4711: There is no such application (errcode 80300)',
				message: expect.stringMatching(/errcode 80300, .* rid: \w+/),
			},
			{ order: 'third', error: 'The range 0–5000 is outside the application' },
		]);
		expect(failed.map(({ pairedItem }) => pairedItem)).toMatchObject([{ item: 0 }, { item: 2 }]);
	});

	it('ends the node otherwise, and says which item it was', async () => {
		const { result } = await run('stopWorkflow');
		expect(result.status).toBe('error');
		expect(result.error).toMatchObject({ context: { itemIndex: 0 } });
		expect(result.output('Node')).toEqual([]);
	});

	it('hands none of its files on, though some of its segments were there already', async () => {
		const application = lab.application();
		lab.sandbox.inject({ call: 'applycodedownload', segment: 2_000, kind: 'rowMissing' });
		const result = await lab.run(APPLICATION, {
			onError: 'continueRegularOutput',
			input: [{ id: application.applicationId }],
		});
		const items = result.output('Node');
		expect(items).toHaveLength(1);
		expect(items[0]?.json.error).toMatch(/segment 3 .*did not pass verification/);
		expect(items[0]?.binary).toBeUndefined();
	});
});
