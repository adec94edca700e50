import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { HAS_PASSWORDS } from '../shared/delivery/parameters/handover';
import { properties, subtitle } from './description';
import { route } from './router';

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
		subtitle,
		description:
			'Order, query, activate and look up codes; decrypt, search and verify packages. Files for the printer are in Marketcode Download.',
		defaults: { name: 'WeChat Marketcode' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs,
		credentials: [{ name: 'wechatMarketcodeApi', required: true }],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}
