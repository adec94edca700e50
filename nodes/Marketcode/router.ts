import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { hasPasswordsOutput } from '../shared/delivery/parameters/handover';
import { newRun } from '../shared/delivery/run';
import { forAllItems, forEachItem } from '../shared/n8n/items';
import { notOffered } from '../shared/n8n/parameters';
import type { ItemOperation } from './operation';
import { operations } from './operations';

const itemOperations = new Map<string, ItemOperation>();
for (const [name, operation] of operations) {
	if ('execute' in operation) itemOperations.set(name, operation);
}

/** Runs the chosen operation for each input item, or once for all of them. */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	// As stored: n8n takes no expression for these two.
	const { resource, operation } = context.getNode().parameters;
	const chosen = operations.get(`${resource}.${operation}`);
	if (chosen && 'executeOnce' in chosen) {
		return await forAllItems(context, 1, async () => [await chosen.executeOnce(context)]);
	}
	const run = newRun();
	const outputs = hasPasswordsOutput(context) ? 2 : 1;
	return await forEachItem(context, outputs, async (itemIndex) => {
		const resource = String(context.getNodeParameter('resource', itemIndex));
		const operation = String(context.getNodeParameter('operation', itemIndex));
		return await itemOperation(`${resource}.${operation}`).execute(context, itemIndex, run);
	});
}

/** @throws ParameterError if the node has no such operation that runs for each input item */
function itemOperation(name: string): ItemOperation {
	const operation = itemOperations.get(name);
	if (!operation) throw notOffered([...itemOperations.keys()], 'Operation');
	return operation;
}
