import type { INodePropertyOptions } from 'n8n-workflow';
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

export type Operation = ItemOperation | OnceOperation;

interface Resource {
	readonly option: INodePropertyOptions & { readonly value: string };
	/** What the editor chooses first. */
	readonly first: Operation;
	/** By name, as n8n sorts them. */
	readonly operations: readonly Operation[];
}

/** Everything that the node does. The editor offers what is listed here, and the router runs it. */
export const resources: readonly Resource[] = [
	{
		option: { name: 'Application', value: 'application', description: 'An order of codes' },
		first: get,
		operations: [apply, get],
	},
	{
		option: { name: 'Code', value: 'code', description: 'Codes that WeChat has generated' },
		first: getActivation,
		operations: [activate, exchangeTicket, getActivation, getActivations],
	},
	{
		option: {
			name: 'Package',
			value: 'package',
			description: 'Files with codes that are already at hand; WeChat is not called',
		},
		first: decrypt,
		operations: [decrypt, findCodes, proofSheet, verifyDelivery],
	},
];

/** The operations by what a workflow holds of them: `resource.operation`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
	resources.flatMap((resource) =>
		resource.operations.map((operation) => [
			`${resource.option.value}.${operation.option.value}`,
			operation,
		]),
	),
);
