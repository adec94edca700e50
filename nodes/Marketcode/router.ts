import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { hasPasswordsOutput } from '../shared/delivery/handoverParameters';
import { newRun } from '../shared/delivery/run';
import { ParameterError } from '../shared/n8n/errors';
import { forAllItems, forEachItem } from '../shared/n8n/items';
import { oneOf } from '../shared/n8n/parameters';
import * as apply from './application/apply.operation';
import * as get from './application/get.operation';
import * as activate from './code/activate.operation';
import * as exchangeTicket from './code/exchangeTicket.operation';
import * as getActivation from './code/getActivation.operation';
import type { ItemOperation, Operation } from './operation';
import * as decrypt from './package/decrypt.operation';
import * as proofSheet from './package/proofSheet.operation';
import * as verifyDelivery from './package/verifyDelivery.operation';

/** Every operation that the node's parameters `resource` and `operation` offer, by `resource.operation`. */
export const operations = {
	'application.apply': apply,
	'application.get': get,
	'code.activate': activate,
	'code.exchangeTicket': exchangeTicket,
	'code.getActivation': getActivation,
	'package.decrypt': decrypt,
	'package.proofSheet': proofSheet,
	'package.verifyDelivery': verifyDelivery,
} as const satisfies Readonly<Record<string, Operation>>;

type OperationName = keyof typeof operations;

const isOperation = (name: string): name is OperationName => name in operations;
const NAMES = Object.keys(operations).filter(isOperation);

/** Runs the chosen operation for each input item, or once for all of them. */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	// As stored: n8n's editor takes no expression for these two.
	const { resource, operation } = context.getNode().parameters;
	const chosen = operationOf(`${resource}.${operation}`);
	if (chosen && 'executeOnce' in chosen) {
		return await forAllItems(context, 1, async () => [await chosen.executeOnce(context)]);
	}
	const run = newRun();
	const outputs = hasPasswordsOutput(context) ? 2 : 1;
	return await forEachItem(
		context,
		outputs,
		async (itemIndex) => await itemOperation(context, itemIndex).execute(context, itemIndex, run),
	);
}

const operationOf = (name: string): Operation | undefined =>
	isOperation(name) ? operations[name] : undefined;

function itemOperation(context: IExecuteFunctions, itemIndex: number): ItemOperation {
	const resource = String(context.getNodeParameter('resource', itemIndex));
	const name = String(context.getNodeParameter('operation', itemIndex));
	const operation: Operation = operations[oneOf(NAMES, `${resource}.${name}`, 'Operation')];
	if ('execute' in operation) return operation;
	throw new ParameterError(
		'This operation takes all items at once',
		'Choose it in the list, not by an expression.',
	);
}
