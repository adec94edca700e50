import { setTimeout as sleep } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';
import { itemsOf, type ExecutionSummary } from '../client.cts';
import type { Lab } from '../n8nLab.cts';
import { chain, noOp, node, PACKAGE } from '../workflow.cts';

/** The trigger in production: n8n polls at once when a workflow is activated, and a poll that throws prevents that. */
export function triggerSuite(lab: () => Lab): void {
	const watch = (...ids: string[]): INode =>
		node(
			'Trigger',
			`${PACKAGE}.marketcodeTrigger`,
			{
				applicationIds: ids.join('\n'),
				pollTimes: { item: [{ mode: 'everyX', value: 9, unit: 'hours' }] },
			},
			lab().credential,
		);
	const activated = async (name: string, ...ids: string[]) => {
		const saved = await lab().client.createWorkflow(chain(name, [watch(...ids), noOp('Next')]));
		await lab().client.activateWorkflow(saved);
		return saved;
	};
	/** Waits until there are so many: n8n records what a poll comes to after the poll. */
	const executions = async (workflowId: string, count: number): Promise<ExecutionSummary[]> => {
		const { client } = lab();
		for (let tries = 0; tries < 40; tries++) {
			const found = await client.listExecutions(workflowId);
			if (found.length >= count) return found;
			await sleep(250);
		}
		throw new Error(`There are not ${count} executions`);
	};

	it('reports an unknown application once, and the others start the workflow', async () => {
		const { client, sandbox } = lab();
		const { applicationId } = sandbox.addApplication({ codeCount: 10_000 });
		const saved = await activated('Trigger', '4711', applicationId);
		const found = await executions(saved.id, 2);
		const ended = await Promise.all(found.map(({ id }) => client.waitForExecution(id)));
		expect(ended.map(({ status }) => status).sort()).toEqual(['error', 'success']);
		for (const execution of ended) {
			if (execution.status === 'success') {
				expect(itemsOf(execution, 'Next')).toMatchObject([
					{ json: { application_id: applicationId, status: 'FINISH' } },
				]);
			} else {
				expect(JSON.stringify(execution)).toContain(
					'Application 4711: There is no such application',
				);
			}
		}
		await client.deactivateWorkflow(saved.id);
		await client.activateWorkflow(saved);
		// The poll of this activation, too, has nothing more to tell.
		await sleep(5_000);
		expect(await executions(saved.id, 2)).toHaveLength(2);
		await client.deactivateWorkflow(saved.id);
	});
}
