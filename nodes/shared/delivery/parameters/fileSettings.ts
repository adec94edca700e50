import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Verify } from '../../codePackage/verify';
import { oneOf, requiredText, textIn } from '../../n8n/parameters';
import type { LabelSettings } from '../../symbols/labelLayout';
import { compareIn, compareOption, type Compare } from './compare';
import type { Division } from '../cut';
import { divisionIn, limitIn } from './division';
import { defaultFileName } from '../names/fileName';
import { TEXT_EXTENSIONS, TEXT_MIME_TYPES, TEXT_OUTPUTS, type TextFormat } from '../format/format';
import { formatOptions, readTextFormat } from './format';
import { handoverIn, handoverOptions, type HandoverSettings } from './handover';
import { indexOnLabelOption, labelIn } from './label';

const OUTPUTS = ['package', 'urlList', 'csv', 'jsonLines', 'items', 'pdf', 'encrypted'] as const;
const VERIFY: readonly Verify[] = ['fail', 'warn', 'off'];

const EXTENSIONS = { ...TEXT_EXTENSIONS, package: 'txt', items: '', pdf: 'pdf', encrypted: 'bin' };
const MIME_TYPES = {
	...TEXT_MIME_TYPES,
	package: 'text/plain',
	items: '',
	pdf: 'application/pdf',
	encrypted: 'application/octet-stream',
};

/** What the files hold. */
export const outputParameter: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'CSV', value: 'csv', description: 'Columns, header and delimiter of your choice' },
		{
			name: 'Encrypted',
			value: 'encrypted',
			description: 'Not decrypted, one file a segment; needs no package key',
		},
		{
			name: 'Items',
			value: 'items',
			description: 'One n8n item for each code, for tables; good for a few thousand',
		},
		{
			name: 'JSON Lines',
			value: 'jsonLines',
			description: 'One JSON object a line, for databases and scripts',
		},
		{
			name: 'Package',
			value: 'package',
			description: "The decrypted text with WeChat's four columns, byte for byte",
		},
		{
			name: 'PDF',
			value: 'pdf',
			description:
				'One label a page, ready to print: for printers without software for variable data',
		},
		{ name: 'URL List', value: 'urlList', description: 'One URL a line, ready to print' },
	],
	default: 'package',
	description: 'What the files hold',
};

/** Where an item carries its file. */
export const binaryPropertyParameter: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
	description: 'Where the next node finds the file, mostly data',
	displayOptions: { hide: { output: ['items'] } },
};

/** The options of everything that writes codes into files, for the collection `options`. */
export const fileOptions: INodeProperties[] = byName([
	compareOption,
	...formatOptions,
	...handoverOptions,
	indexOnLabelOption,
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. roll_{file}_{code_start}-{code_end}.txt',
		description:
			'With the placeholders {application_id}, {isv_application_id}, {file}, {files}, {code_start}, {code_end}, {count}, {date} and {segment}; {file:4} gives 0001. Empty: marketcode_{application_id}_{code_start}-{code_end}.',
	},
	{
		displayName: 'Verify',
		name: 'verify',
		type: 'options',
		options: [
			{
				name: 'Fail',
				value: 'fail',
				description: 'Hand nothing on unless every code of the download is right',
			},
			{
				name: 'Warn',
				value: 'warn',
				description: "Hand the files on and say in their field 'warnings' what is wrong",
			},
			{ name: 'Off', value: 'off', description: 'Do not count and compare codes' },
		],
		default: 'fail',
		description:
			'What to do if codes are missing, doubled, malformed or out of order. A code that is printed wrong can not be undone.',
	},
]);

/** Options in the order in which people look for them; n8n's editor keeps the one that it is given. */
export function byName(options: INodeProperties[]): INodeProperties[] {
	return options.sort((one, other) => one.displayName.localeCompare(other.displayName, 'en'));
}

/** What the parameters above say for one item, checked. */
export interface FileSettings {
	readonly output: (typeof OUTPUTS)[number];
	readonly isEncrypted: boolean;
	/** How rows are written, or which fields items have; undefined: as they stand in the package. */
	readonly format: TextFormat | undefined;
	/** With placeholders in braces. */
	readonly fileName: string;
	readonly mimeType: string;
	readonly binaryPropertyName: string;
	readonly verify: Verify;
	readonly compare: Compare;
	readonly division: Division;
	/** The most codes that leave as items; Infinity where files do. */
	readonly limit: number;
	/** How labels look; undefined where none are drawn. */
	readonly label: LabelSettings | undefined;
	readonly handover: HandoverSettings;
}

/** @throws ParameterError if one can't be used */
export function readFileSettings(context: IExecuteFunctions, itemIndex: number): FileSettings {
	const option = (name: string, fallback: unknown): unknown =>
		context.getNodeParameter(`options.${name}`, itemIndex, fallback);
	const output = oneOf(OUTPUTS, context.getNodeParameter('output', itemIndex), 'Output');
	const textOutput = output === 'items' ? output : TEXT_OUTPUTS.find((text) => text === output);
	return {
		output,
		isEncrypted: output === 'encrypted',
		format: textOutput && readTextFormat(textOutput, option),
		fileName: textIn(option('fileName', ''), 'File Name') || defaultFileName(EXTENSIONS[output]),
		mimeType: MIME_TYPES[output],
		binaryPropertyName: requiredText(
			context.getNodeParameter('binaryPropertyName', itemIndex, 'data'),
			'Put Output File in Field',
		),
		verify: oneOf(VERIFY, option('verify', 'fail'), 'Verify'),
		compare: compareIn(context, itemIndex),
		division: divisionIn(context, itemIndex, output),
		limit: limitIn(context, itemIndex, output),
		label: output === 'pdf' ? labelIn(context, itemIndex) : undefined,
		handover: handoverIn(context, itemIndex, output),
	};
}
