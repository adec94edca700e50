import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { hasPasswordsOutput } from '../shared/delivery/parameters/handover';
import { newRun } from '../shared/delivery/run';
import { forAllItems, forEachItem } from '../shared/n8n/items';
import { oneOf } from '../shared/n8n/parameters';
import * as apply from './application/apply.operation';
import * as get from './application/get.operation';
import * as activate from './code/activate.operation';
import * as exchangeTicket from './code/exchangeTicket.operation';
import * as getActivation from './code/getActivation.operation';
import * as getActivations from './code/getActivations.operation';
import type { ItemOperation, OnceOperation } from './operation';
import * as decrypt from './package/decrypt.operation';
import * as findCodes from './package/findCodes.operation';
import * as proofSheet from './package/proofSheet.operation';
import * as verifyDelivery from './package/verifyDelivery.operation';

/** Operations that run for each input item, by `resource.operation`. */
const itemOperations = {
	'application.apply': apply,
	'application.get': get,
	'code.activate': activate,
	'code.exchangeTicket': exchangeTicket,
	'code.getActivation': getActivation,
	'code.getActivations': getActivations,
	'package.decrypt': decrypt,
} as const satisfies Readonly<Record<string, ItemOperation>>;

/** Operations that run once for all input items. */
const onceOperations = {
	'package.findCodes': findCodes,
	'package.proofSheet': proofSheet,
	'package.verifyDelivery': verifyDelivery,
} as const satisfies Readonly<Record<string, OnceOperation>>;

/** Every operation that the node's parameters `resource` and `operation` offer. */
export const operations = { ...itemOperations, ...onceOperations };

const isItemOperation = (name: string): name is keyof typeof itemOperations =>
	name in itemOperations;
const isOnceOperation = (name: string): name is keyof typeof onceOperations =>
	name in onceOperations;
const NAMES = Object.keys(itemOperations).filter(isItemOperation);

/** Runs the chosen operation for each input item, or once for all of them. */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	// As stored: n8n takes no expression for these two.
	const { resource, operation } = context.getNode().parameters;
	const stored = `${resource}.${operation}`;
	if (isOnceOperation(stored)) {
		const { executeOnce } = onceOperations[stored];
		return await forAllItems(context, 1, async () => [await executeOnce(context)]);
	}
	const run = newRun();
	const outputs = hasPasswordsOutput(context) ? 2 : 1;
	return await forEachItem(context, outputs, async (itemIndex) => {
		const resource = String(context.getNodeParameter('resource', itemIndex));
		const operation = String(context.getNodeParameter('operation', itemIndex));
		const name = oneOf(NAMES, `${resource}.${operation}`, 'Operation');
		return await itemOperations[name].execute(context, itemIndex, run);
	});
}
