import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { pollApplications } from './poll';

/** There is one event. n8n's node panel takes its words from here; else "On new WeChat Marketcode event". */
const event: INodeProperties = {
	displayName: 'Event',
	name: 'event',
	type: 'hidden',
	default: 'applicationFinished',
	description: 'What starts the workflow',
	options: [
		{
			name: 'Application Finished',
			value: 'applicationFinished',
			action: 'On application finished',
			description: 'WeChat has generated the codes of an application',
		},
	],
};

export class MarketcodeTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WeChat Marketcode Trigger',
		name: 'marketcodeTrigger',
		icon: {
			light: 'file:../../icons/marketcode.svg',
			dark: 'file:../../icons/marketcode.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: 'Application Finished',
		description:
			'Start when WeChat has generated an order; or order, activate and look up codes. Files for the printer are in Marketcode Download.',
		defaults: { name: 'WeChat Marketcode Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'wechatMarketcodeApi', required: true }],
		properties: [
			event,
			{
				displayName: 'Application IDs',
				name: 'applicationIds',
				type: 'string',
				typeOptions: { rows: 4 },
				default: '',
				placeholder: 'e.g. 581865877',
				description: 'IDs that WeChat returned (application_id), one a line',
			},
			{
				displayName: 'External IDs',
				name: 'isvApplicationIds',
				type: 'string',
				typeOptions: { rows: 4 },
				default: '',
				placeholder: 'e.g. order-2026-001',
				description: 'IDs that you gave when you applied (isv_application_id), one a line',
			},
			{
				displayName: 'Overdue After (Hours)',
				name: 'overdueHours',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'Whether to report, once, an application that is still not finished after so many hours; 0: never. Its item has is_overdue: true.',
			},
			{
				displayName:
					'Each application starts the workflow once, when it is finished, even if it is taken off the list and put back. In the editor it shows a sample, which counts for nothing; Execute workflow runs the nodes behind it for real.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
		],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollApplications(this);
	}
}
