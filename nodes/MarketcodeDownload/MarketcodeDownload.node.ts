import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { hasPasswordsOutput } from '../shared/delivery/parameters/handover';
import { newRun } from '../shared/delivery/run';
import { forEachItem } from '../shared/n8n/items';
import { outputs, properties } from './description';
import { downloadApplication } from './download';

export class MarketcodeDownload implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Marketcode Download',
		name: 'marketcodeDownload',
		icon: {
			light: 'file:../../icons/marketcode.svg',
			dark: 'file:../../icons/marketcode.dark.svg',
		},
		group: ['input'],
		version: 1,
		subtitle:
			'={{ ({ package: "Package", urlList: "URL List", csv: "CSV", jsonLines: "JSON Lines", items: "Items", pdf: "PDF", encrypted: "Encrypted" })[$parameter["output"]] }}',
		description:
			'Get the codes of a finished order as files for the printer, decrypted and checked. Ordering and activating are in WeChat Marketcode. An AI agent is told of the files but does not get them.',
		defaults: { name: 'Marketcode Download' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs,
		credentials: [{ name: 'wechatMarketcodeApi', required: true }],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// These parameters decide the shape of the node, so they are the same for every item.
		const hasBranch = this.getNodeParameter('whenNotFinished', 0) === 'branch';
		const outputCount = 1 + (hasBranch ? 1 : 0) + (hasPasswordsOutput(this) ? 1 : 0);
		const run = newRun();
		return await forEachItem(
			this,
			outputCount,
			async (itemIndex) => await downloadApplication(this, itemIndex, run),
		);
	}
}
