import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { COLUMNS, type Column } from '../codePackage/layout';
import type { Verify } from '../codePackage/verify';
import { ParameterError } from '../n8n/errors';
import { booleanIn, oneOf, requiredText, textIn } from '../n8n/parameters';
import { compareIn, compareOption, type Compare } from './compareParameters';
import { defaultFileName } from './fileName';
import type { TextFormat } from './format';

const OUTPUTS = ['package', 'urlList', 'csv', 'encrypted'] as const;
const VERIFY: readonly Verify[] = ['fail', 'warn', 'off'];
const DELIMITERS = [',', ';', '\t'] as const;
const LINE_ENDINGS = { lf: '\n', crlf: '\r\n' } as const;

const EXTENSIONS = { package: 'txt', urlList: 'txt', csv: 'csv', encrypted: 'bin' } as const;
const MIME_TYPES = {
	package: 'text/plain',
	urlList: 'text/plain',
	csv: 'text/csv',
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
	{
		displayName: 'Byte Order Mark',
		name: 'byteOrderMark',
		type: 'boolean',
		default: false,
		description:
			'Whether to begin the file with the bytes EF BB BF, which some programs need to read it as UTF-8',
		displayOptions: { show: { '/output': ['csv'] } },
	},
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'multiOptions',
		options: [
			{ name: 'Code', value: 'code', description: 'Up to 9 characters; always text' },
			{ name: 'Index', value: 'index', description: "The code's place in the application" },
			{
				name: 'Lattice',
				value: 'lattice',
				description: "The dots of WeChat's own micro code; 1 is black (361 digits are 19 × 19)",
			},
			{ name: 'URL', value: 'url', description: '28 characters; what is printed as a QR code' },
		],
		default: ['lattice', 'code', 'index', 'url'],
		description: 'Which columns the CSV file has, in this order',
		displayOptions: { show: { '/output': ['csv'] } },
	},
	compareOption,
	{
		displayName: 'Delimiter',
		name: 'delimiter',
		type: 'options',
		options: [
			{ name: 'Comma', value: ',' },
			{ name: 'Semicolon', value: ';' },
			{ name: 'Tab', value: '\t' },
		],
		default: ',',
		description: 'What stands between two columns of the CSV file',
		displayOptions: { show: { '/output': ['csv'] } },
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: '',
		placeholder: 'e.g. roll_{segment}_{code_start}-{code_end}.txt',
		description:
			'With the placeholders {application_id}, {isv_application_id}, {file}, {files}, {code_start}, {code_end}, {count}, {date} and {segment}; {file:4} gives 0001. Empty: marketcode_{application_id}_{code_start}-{code_end}.',
	},
	{
		displayName: 'Header',
		name: 'header',
		type: 'boolean',
		default: true,
		description: 'Whether the first line of a CSV file names its columns',
		displayOptions: { show: { '/output': ['csv'] } },
	},
	{
		displayName: 'Line Ending',
		name: 'lineEnding',
		type: 'options',
		options: [
			{ name: 'LF (Linux, macOS)', value: 'lf' },
			{ name: 'CRLF (Windows)', value: 'crlf' },
		],
		default: 'lf',
		description: 'What ends each line of the file; the printer may ask for CRLF',
		displayOptions: { show: { '/output': ['csv', 'urlList'] } },
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
	/** What begins every file; undefined: its first row does. */
	readonly head: { readonly header: boolean; readonly byteOrderMark: boolean } | undefined;
	/** With placeholders in braces. */
	readonly fileName: string;
	readonly mimeType: string;
	readonly binaryPropertyName: string;
	readonly verify: Verify;
	readonly compare: Compare;
}

/** @throws ParameterError if one can't be used */
export function readFileSettings(context: IExecuteFunctions, itemIndex: number): FileSettings {
	const option = (name: string, fallback: unknown): unknown =>
		context.getNodeParameter(`options.${name}`, itemIndex, fallback);
	const output = oneOf(OUTPUTS, context.getNodeParameter('output', itemIndex), 'Output');
	const lineEnding = oneOf(['lf', 'crlf'], option('lineEnding', 'lf'), 'Line Ending');
	const hasRows = output === 'urlList' || output === 'csv';
	return {
		output,
		isEncrypted: output === 'encrypted',
		format: hasRows
			? {
					columns: output === 'csv' ? columnsIn(option('columns', [...COLUMNS])) : ['url'],
					delimiter: oneOf(DELIMITERS, option('delimiter', ','), 'Delimiter'),
					lineEnding: LINE_ENDINGS[lineEnding],
				}
			: undefined,
		head:
			output === 'csv'
				? {
						header: booleanIn(option('header', true) ?? true, 'Header'),
						byteOrderMark: booleanIn(option('byteOrderMark', false) ?? false, 'Byte Order Mark'),
					}
				: undefined,
		fileName: textIn(option('fileName', ''), 'File Name') || defaultFileName(EXTENSIONS[output]),
		mimeType: MIME_TYPES[output],
		binaryPropertyName: requiredText(
			context.getNodeParameter('binaryPropertyName', itemIndex),
			'Put Output File in Field',
		),
		verify: oneOf(VERIFY, option('verify', 'fail'), 'Verify'),
		compare: compareIn(context, itemIndex),
	};
}

function columnsIn(value: unknown): Column[] {
	const columns: unknown[] = Array.isArray(value) ? value : [value];
	if (columns.length === 0) {
		throw new ParameterError(
			'No columns are chosen',
			'Choose at least one column for the CSV file.',
		);
	}
	return columns.map((column) => oneOf(COLUMNS, column, 'Columns'));
}
