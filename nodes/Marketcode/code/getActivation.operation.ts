import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { codeActiveQuery } from '../../shared/wechat/calls';
import { NOT_ACTIVATED } from '../../shared/wechat/errcodes';
import { unlessErrcode } from '../../shared/wechat/wechatErrors';
import { openClient, type OperationOption } from '../operation';
import { codeIn } from './namedCode';

export const option: OperationOption = {
	name: 'Get Activation',
	value: 'getActivation',
	action: 'Get activation of code',
	description: 'Look up whether a code is active, and what it is tied to',
};

export const description: INodeProperties[] = [
	{
		displayName: 'Look Up By',
		name: 'lookUpBy',
		type: 'options',
		options: [
			{
				name: 'Application and Index',
				value: 'index',
				description: "The code's place in its application",
			},
			{ name: 'Code', value: 'code', description: 'The 9 characters of the code column' },
			{ name: 'URL', value: 'url', description: 'What is printed or was scanned' },
		],
		default: 'index',
		description: 'How the code is named',
	},
	{
		displayName: 'Application ID',
		name: 'applicationId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 581865877',
		description: 'ID that WeChat returned when the codes were applied for (application_id)',
		displayOptions: { show: { lookUpBy: ['index'] } },
	},
	{
		displayName: 'Index',
		name: 'codeIndex',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: "The code's place in the application, counted from 0",
		displayOptions: { show: { lookUpBy: ['index'] } },
	},
	{
		displayName: 'URL',
		name: 'codeUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. P.URL.CN/…',
		description:
			'The 28 characters of the URL column, spaces included. A scanned http:// before them is taken off.',
		displayOptions: { show: { lookUpBy: ['url'] } },
	},
	{
		displayName: 'Code',
		name: 'code',
		type: 'string',
		default: '',
		required: true,
		description: 'The 9 characters of the code column, spaces included',
		displayOptions: { show: { lookUpBy: ['code'] } },
	},
];

/** Looks a code up: whether it is active, and what it is tied to. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const ref = codeIn(context, itemIndex);
	const client = await openClient(context, itemIndex);
	const activation = await unlessErrcode(codeActiveQuery(client, ref), NOT_ACTIVATED);
	const json = activation ? { is_active: true, ...activation } : { is_active: false, ...ref };
	return [[{ json, pairedItem: { item: itemIndex } }]];
}
