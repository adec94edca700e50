import { outputOf, type Execution } from '../client.cts';
import type { Lab } from '../n8nLab.cts';
import { chain, download, manualTrigger, node, noOp, TRIGGER } from '../workflow.cts';

const UNKNOWN = '404';
const NODE = 'Marketcode Download';

/** One item an application id, for the download node to take by `={{ $json.id }}`. */
const applications = (ids: string[]) =>
	node(
		'Applications',
		'n8n-nodes-base.code',
		{ jsCode: `return ${JSON.stringify(ids.map((id) => ({ json: { id } })))};` },
		undefined,
		{ typeVersion: 2 },
	);

/** What happens to an application that isn't there, or isn't finished. */
export function outcomesSuite(lab: () => Lab): void {
	const finished = () => lab().sandbox.addApplication({ codeCount: 10_000 }).applicationId;

	const unfinished = (finishAfterMs = Infinity) =>
		lab().sandbox.addApplication({ codeCount: 10_000, finishAfterMs }).applicationId;

	const run = async (...workflow: Parameters<typeof chain>): Promise<Execution> => {
		const { id } = await lab().client.createWorkflow(chain(...workflow));
		return await lab().client.run(id, TRIGGER);
	};

	const each = (parameters = {}, onError?: 'continueRegularOutput' | 'continueErrorOutput') =>
		download('={{ $json.id }}', lab().credential, parameters, { onError });

	it('stops the workflow by default', async () => {
		const ids = [finished(), UNKNOWN];
		const execution = await run('Stops', [manualTrigger(), applications(ids), each()]);
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toMatch(/80300/);
	});

	it('continues with an error item', async () => {
		const ids = [UNKNOWN, finished()];
		const nodes = [manualTrigger(), applications(ids), each({}, 'continueRegularOutput')];
		const [failed, good] = outputOf(await run('Continues', nodes), NODE);
		expect(failed?.json['error']).toMatch(/80300/);
		expect(good?.json).toMatchObject({ application_id: ids[1], code_count: 10_000 });
		expect([failed, good].map((item) => item?.pairedItem)).toMatchObject([
			{ item: 0 },
			{ item: 1 },
		]);
	});

	it('sends errors and unfinished applications to outputs of their own', async () => {
		const ids = [finished(), unfinished(), UNKNOWN];
		const branching = each({ whenNotFinished: 'branch' }, 'continueErrorOutput');
		const branches = [noOp('Files'), noOp('Not finished'), noOp('Errors')];
		const nodes = [manualTrigger(), applications(ids), branching];
		const { id } = await lab().client.createWorkflow(chain('Three outputs', nodes, branches));

		const editor = await lab().editor();
		await editor.openWorkflow(id);
		await editor.executeWorkflow();
		for (const { name } of branches) await editor.nodeSucceeded(name);
		await editor.keepScreenshot('three-outputs');

		const [latest] = await lab().client.listExecutions(id);
		const execution = await lab().client.readExecution(String(latest?.id));
		const ofOutput = (output: number) => outputOf(execution, NODE, output).map(({ json }) => json);
		expect(ofOutput(0)).toMatchObject([{ application_id: ids[0], code_count: 10_000 }]);
		expect(ofOutput(1)).toMatchObject([{ application_id: ids[1] }]);
		expect(ofOutput(2)).toMatchObject([{ error: expect.stringMatching(/80300/) }]);
	});

	it('waits until the application is finished', async () => {
		const id = unfinished(3_000);
		const waiting = { whenNotFinished: 'wait', pollInterval: 1, waitTimeout: 1 };
		const steps = [manualTrigger(), download(id, lab().credential, waiting)];
		const items = outputOf(await run('Waits', steps), NODE);
		expect(items).toMatchObject([{ json: { application_id: id, status: 'FINISH' } }]);
	});
}
