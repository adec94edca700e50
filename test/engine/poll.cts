import { PollContext, TriggersAndPollers } from 'n8n-core';
import { UserError } from 'n8n-workflow';
import type { INodeExecutionData, WorkflowActivateMode } from 'n8n-workflow';
import { additionalDataFor } from './additionalData.cts';
import { storeStaticData, workflowFrom, type RunContext, type RunOptions } from './run.cts';
import type { WorkflowJson } from './workflow.cts';

export type PollOptions = Pick<
	RunOptions,
	'startNode' | 'staticData' | 'credentials' | 'nodeTypes'
> & {
	/** How long n8n lets a poll last; default: as long as n8n's own default. */
	budgetMs?: number;
	/** Who has activated the workflow; default: a user. */
	activation?: WorkflowActivateMode;
};

/** A workflow that n8n has activated, with one polling trigger. */
export interface Poller {
	/**
	 * What n8n's schedule does each time: items by output, or null when the trigger has nothing new.
	 * Throws what the trigger throws. Feed the items to `run` with mode `trigger` to go on.
	 *
	 * As in n8n, the trigger's static data lives in memory from poll to poll, changed even by a poll
	 * that failed; `staticData`, the stored copy, follows only when items come out. To see what a
	 * restart of n8n loses, start another poller with the same `staticData`.
	 */
	poll(): Promise<INodeExecutionData[][] | null>;
	/** The errors that the trigger reported without ending its poll, each of which n8n makes a failed execution. */
	reports: Error[];
	/** Everything that n8n-core logged, or that went to the console, during all polls so far. */
	logs: string[];
}

/**
 * Activates a workflow, without the first poll that n8n does at once.
 *
 * @throws UserError when the workflow has no polling trigger, or not the one that is named
 */
export function activate(
	json: WorkflowJson,
	context: RunContext,
	options: PollOptions,
): Pick<Poller, 'poll' | 'reports'> {
	const workflow = workflowFrom(json, context, options);
	const node = workflow
		.getPollNodes()
		.find(({ name }) => options.startNode === undefined || name === options.startNode);
	if (!node) throw new UserError(`No polling trigger "${options.startNode ?? ''}"`);
	const additionalData = additionalDataFor({ ...context, mode: 'trigger', json, workflow });
	const { budgetMs, activation = 'activate' } = options;
	const reports: Error[] = [];
	const pollContext = new PollContext(
		workflow,
		node,
		additionalData,
		'trigger',
		activation,
		undefined,
		(error) => void reports.push(error),
		undefined,
		undefined,
		undefined,
		budgetMs === undefined ? undefined : () => budgetMs,
	);
	const triggers = context.services.get(TriggersAndPollers);
	return {
		reports,
		async poll() {
			const items = await triggers.runPollFunction(workflow, node, pollContext);
			if (items) storeStaticData(options.staticData, workflow.staticData);
			return items;
		},
	};
}
