import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { hasPasswordsOutput } from '../shared/delivery/handoverParameters';
import { newRun } from '../shared/delivery/run';
import { forEachItem } from '../shared/n8n/items';
import { oneOf } from '../shared/n8n/parameters';
import * as apply from './application/apply.operation';
import * as get from './application/get.operation';
import * as activate from './code/activate.operation';
import * as exchangeTicket from './code/exchangeTicket.operation';
import * as getActivation from './code/getActivation.operation';
import type { Operation } from './operation';
import * as decrypt from './package/decrypt.operation';

/** Every operation that the node's parameters `resource` and `operation` offer, by `resource.operation`. */
export const operations = {
	'application.apply': apply,
	'application.get': get,
	'code.activate': activate,
	'code.exchangeTicket': exchangeTicket,
	'code.getActivation': getActivation,
	'package.decrypt': decrypt,
} as const satisfies Readonly<Record<string, Operation>>;

type OperationName = keyof typeof operations;

const isOperation = (name: string): name is OperationName => name in operations;
const NAMES = Object.keys(operations).filter(isOperation);

/** Runs the chosen operation for each input item. */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const run = newRun();
	return await forEachItem(context, hasPasswordsOutput(context) ? 2 : 1, async (itemIndex) => {
		const resource = String(context.getNodeParameter('resource', itemIndex));
		const operation = String(context.getNodeParameter('operation', itemIndex));
		const name = oneOf(NAMES, `${resource}.${operation}`, 'Operation');
		return await operations[name].execute(context, itemIndex, run);
	});
}
