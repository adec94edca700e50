import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { ParameterError } from '../../shared/n8n/errors';
import { applicationIdIn, oneOf, wholeNumber } from '../../shared/n8n/parameters';
import { codeActiveQuery, type CodeRef } from '../../shared/wechat/calls';
import { NOT_ACTIVATED } from '../../shared/wechat/errcodes';
import { unlessErrcode } from '../../shared/wechat/wechatErrors';
import { openClient, type OperationOption } from '../operation';

const CODE_CHARACTERS = 9;
const URL_CHARACTERS = 28;
const LOOKUPS = ['index', 'url', 'code'] as const;

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

/** @throws ParameterError if the code can't be one; the error never shows it */
function codeIn(context: IExecuteFunctions, itemIndex: number): CodeRef {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex);
	const text = (name: string) => String(parameter(name) ?? '');
	switch (oneOf(LOOKUPS, parameter('lookUpBy'), 'Look Up By')) {
		case 'index':
			return {
				application_id: applicationIdIn(parameter('applicationId')),
				code_index: wholeNumber(parameter('codeIndex'), 'Index', 0),
			};
		case 'url':
			return { code_url: ofLength(urlOf(text('codeUrl')), URL_CHARACTERS, 'URL') };
		case 'code':
			return { code: ofLength(text('code'), CODE_CHARACTERS, 'Code') };
	}
}

/**
 * The printed form of a url: scanners put a scheme before it, may write the host in lower case, and end it
 * with a line end or a tab. A space at its end is its own.
 */
const urlOf = (scanned: string): string =>
	scanned
		.replace(/^https?:\/\//i, '')
		// The look behind keeps it quick: what was scanned may be anything, and megabytes of it.
		.replace(/(?<![\r\n\t])[\r\n\t]+$/, '')
		.toUpperCase();

function ofLength(text: string, characters: number, label: string): string {
	if (text.length !== characters) {
		throw new ParameterError(
			`${label} has ${text.length} characters instead of ${characters}`,
			'Pass it exactly as in the package, spaces included; do not trim it.',
		);
	}
	return text;
}
