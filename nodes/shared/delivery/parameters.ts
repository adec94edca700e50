import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Verify } from '../codePackage/verify';
import { oneOf, requiredText, textIn } from '../n8n/parameters';
import { TEXT_EXTENSIONS, TEXT_MIME_TYPES, TEXT_OUTPUTS, type TextFormat } from './format';
import { formatOptions, jsonLinesOutput, readTextFormat } from './formatParameters';

const OUTPUTS = ['package', 'urlList', 'csv', 'jsonLines', 'encrypted'] as const;
const VERIFY: readonly Verify[] = ['fail', 'warn', 'off'];

const EXTENSIONS = { ...TEXT_EXTENSIONS, package: 'txt', encrypted: 'bin' } as const;
const MIME_TYPES = {
	...TEXT_MIME_TYPES,
	package: 'text/plain',
	encrypted: 'application/octet-stream',
} as const;

/** What the files hold. */
export const outputParameter: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'Package',
			value: 'package',
			description: "The decrypted text with WeChat's four columns, byte for byte",
		},
		{ name: 'URL List', value: 'urlList', description: 'One URL a line, ready to print' },
		{ name: 'CSV', value: 'csv', description: 'Columns, header and delimiter of your choice' },
		jsonLinesOutput,
		{
			name: 'Encrypted',
			value: 'encrypted',
			description: 'Not decrypted, one file a segment; needs no package key',
		},
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
};

/** The options of everything that writes codes into files, for the collection `options`. */
export const fileOptions: INodeProperties[] = [
	...formatOptions,
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. roll_{segment}_{code_start}-{code_end}.txt',
		description:
			'With the placeholders {application_id}, {code_start}, {code_end} and {segment}. Empty: marketcode_{application_id}_{code_start}-{code_end}.',
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
];

/** What the parameters above say for one item, checked. */
export interface FileSettings {
	readonly output: (typeof OUTPUTS)[number];
	readonly isEncrypted: boolean;
	/** How rows are written; undefined: as they stand in the package. */
	readonly format: TextFormat | undefined;
	/** With placeholders in braces. */
	readonly fileName: string;
	readonly mimeType: string;
	readonly binaryPropertyName: string;
	readonly verify: Verify;
}

/** @throws ParameterError if one can't be used */
export function readFileSettings(context: IExecuteFunctions, itemIndex: number): FileSettings {
	const option = (name: string, fallback: unknown): unknown =>
		context.getNodeParameter(`options.${name}`, itemIndex, fallback);
	const output = oneOf(OUTPUTS, context.getNodeParameter('output', itemIndex), 'Output');
	const textOutput = TEXT_OUTPUTS.find((text) => text === output);
	return {
		output,
		isEncrypted: output === 'encrypted',
		format: textOutput && readTextFormat(textOutput, option),
		fileName:
			textIn(option('fileName', ''), 'File Name') ||
			`marketcode_{application_id}_{code_start}-{code_end}.${EXTENSIONS[output]}`,
		mimeType: MIME_TYPES[output],
		binaryPropertyName: requiredText(
			context.getNodeParameter('binaryPropertyName', itemIndex),
			'Put Output File in Field',
		),
		verify: oneOf(VERIFY, option('verify', 'fail'), 'Verify'),
	};
}
