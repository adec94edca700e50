import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { workflowOf } from '../engine/engine.cts';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activityOf } from './activity.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

// Back from the printer: each operation once as it should be, and once as it fails. Also run on n8n 1.
const lab = useLab();

async function run(chosen: INodeParameters, input?: INodeExecutionData[]) {
	const { credentialId } = lab;
	const workflow = workflowOf('marketcode', chosen, {
		credentialId,
		onError: 'continueRegularOutput',
	});
	const result = await lab.world.engine.run(workflow, { input });
	expect(result.error).toBeUndefined();
	return result.output('Node').map(({ json }) => json);
}

const QUOTA = {
	error: expect.stringContaining('The daily quota of this call is used up (errcode 45009)'),
	message: expect.stringContaining('Wait until tomorrow'),
	details: { errcode: 45009, errmsg: expect.any(String), rid: expect.any(String) },
};

describe('Code: Activate', () => {
	const parameters = (applicationId: string) => ({
		resource: 'code',
		operation: 'activate',
		...activityOf(applicationId),
		codes: 'allBut',
		leftOut: '1000-1009',
	});

	it('activates all but the waste', async () => {
		const { applicationId } = lab.application();
		expect(await run(parameters(applicationId))).toMatchObject([
			{ code_start: 0, code_end: 999, activated: true, errcode: 0 },
			{ code_start: 1_010, code_end: 2_999, activated: true, errcode: 0 },
		]);
	});

	it('says what WeChat refuses, and what is done', async () => {
		const { applicationId } = lab.application();
		lab.sandbox.inject({ call: 'codeactive', kind: 'errcode', errcode: 45009, after: 1 });
		expect(await run(parameters(applicationId))).toEqual([
			expect.objectContaining({ code_start: 0, code_end: 999, activated: true }),
			{
				...QUOTA,
				message: expect.stringContaining('Done: 0–999. Not done: 1010–2999.'),
			},
		]);
	});

	it('looks whether it has activated, where the answer is lost', async () => {
		const { applicationId } = lab.application();
		lab.sandbox.inject({ call: 'codeactive', kind: 'cut' });
		expect(await run(parameters(applicationId))).toMatchObject([
			{ code_start: 0, code_end: 999, activated: true, errmsg: null },
			{ code_start: 1_010, code_end: 2_999, activated: true, errcode: 0 },
		]);
	});
});

describe('Code: Get Activations', () => {
	const parameters = (applicationId: string) => ({
		resource: 'code',
		operation: 'getActivations',
		application: byId(applicationId),
		step: 1_000,
	});

	it('maps what is active', async () => {
		const { applicationId } = lab.application();
		const activation = { ...activityOf(applicationId), codes: 'range', codeStart: 0, codeEnd: 999 };
		await run({ resource: 'code', operation: 'activate', ...activation });
		expect(await run(parameters(applicationId))).toMatchObject([
			{ code_start: 0, code_end: 999, is_active: true, ...ACTIVITY },
			{ code_start: 1_000, code_end: 2_999, is_active: false },
		]);
	});

	it('says what WeChat refuses', async () => {
		const { applicationId } = lab.application();
		lab.sandbox.inject({ call: 'codeactivequery', kind: 'errcode', errcode: 45009 });
		expect(await run(parameters(applicationId))).toEqual([QUOTA]);
	});
});

describe('Package: Find Codes', () => {
	const find = { resource: 'package', operation: 'findCodes', codesFrom: 'items' };

	it('finds a scan in a delivery', async () => {
		const application = lab.application();
		const { items } = await lab.download(application, { output: 'csv' });
		const [, row] = lab.rows(application, 1_000, 1_001);
		if (!row) throw new Error('No row');
		const scan = { json: { url: `http://p.url.cn${row.url.slice(8)}` } };
		expect(await run(find, [...items, scan])).toMatchObject([
			{
				is_found: true,
				application_id: application.applicationId,
				code_index: 1_001,
				file_name: expect.stringMatching(/_1000-1999\.csv$/),
				url: row.url,
			},
		]);
	});

	it('says that there are no files', async () => {
		expect(await run(find, [{ json: { url: 'P.URL.CN/0$-0000001 +/:%.8Q*' } }])).toEqual([
			{
				error: 'No input item has a file with codes in the binary field data',
				message: expect.stringContaining('Pass on the files of a delivery as binary files'),
			},
		]);
	});
});
