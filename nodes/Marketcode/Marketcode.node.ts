import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { HAS_PASSWORDS } from '../shared/delivery/parameters/handover';
import { operations, route } from './router';

/** The node's outputs: the second is there only where passwords are made. */
const outputs = `={{ $parameter["operation"] === "decrypt" && ${HAS_PASSWORDS}
	? [{ type: "${NodeConnectionTypes.Main}", displayName: "Files" }, { type: "${NodeConnectionTypes.Main}", displayName: "Passwords" }]
	: [{ type: "${NodeConnectionTypes.Main}" }] }}` as const;

export class Marketcode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WeChat Marketcode',
		name: 'marketcode',
		icon: {
			light: 'file:../../icons/marketcode.svg',
			dark: 'file:../../icons/marketcode.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description:
			'Orders, queries, activates and looks up the codes of WeChat marketcode (一物一码), exchanges scans and decrypts packages',
		defaults: { name: 'WeChat Marketcode' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs,
		credentials: [{ name: 'wechatMarketcodeApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Application',
						value: 'application',
						description: 'An order of codes (申请单)',
					},
					{ name: 'Code', value: 'code', description: 'Codes that WeChat has generated' },
					{
						name: 'Package',
						value: 'package',
						description: 'Files with codes that are already at hand; WeChat is not called',
					},
				],
				default: 'application',
				description: 'What this is about',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['application'] } },
				options: [
					{
						name: 'Apply',
						value: 'apply',
						action: 'Apply for codes',
						description: 'Order codes; an order with the same external ID is made only once',
					},
					{
						name: 'Get',
						value: 'get',
						action: 'Get an application',
						description: 'Query the status, times and segments of an order',
					},
				],
				default: 'get',
				description: 'What to do',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['code'] } },
				options: [
					{
						name: 'Activate',
						value: 'activate',
						// What an AI agent is told of the tool, too.
						action: 'Activate codes irreversibly',
						description: 'Tie codes to a product and a mini program page; can not be undone',
					},
					{
						name: 'Exchange Ticket',
						value: 'exchangeTicket',
						action: 'Exchange a code ticket',
						description: 'Find out which code a user scanned',
					},
					{
						name: 'Get Activation',
						value: 'getActivation',
						action: 'Get the activation of a code',
						description: 'Look up whether a code is active, and what it is tied to',
					},
					{
						name: 'Get Activations',
						value: 'getActivations',
						action: 'Get the activations of an application',
						description: 'Map which codes of an application are active, and what they are tied to',
					},
				],
				default: 'getActivation',
				description: 'What to do',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['package'] } },
				options: [
					{
						name: 'Decrypt',
						value: 'decrypt',
						action: 'Decrypt a package',
						description:
							'Decrypt and check a package that is already at hand, without calling WeChat',
					},
					{
						name: 'Find Codes',
						value: 'findCodes',
						action: 'Find codes in a delivery',
						description:
							'Look codes or scans up in the files of a delivery: the index, file and line of each, or the range of a roll by its first and last code',
					},
					{
						name: 'Proof Sheet',
						value: 'proofSheet',
						action: 'Make a proof sheet',
						description:
							'Show codes of a delivery that is already at hand, as QR codes and micro codes on one page to print and scan',
					},
					{
						name: 'Verify Delivery',
						value: 'verifyDelivery',
						action: 'Verify a delivery',
						description:
							'Compare the files of all input items with their manifest: what is missing, changed, extra, or delivered before',
					},
				],
				default: 'decrypt',
				description: 'What to do',
			},
			...Object.values(operations).flatMap(({ description }) => description),
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}
