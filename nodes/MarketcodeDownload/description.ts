import { NodeConnectionTypes, type INodeProperties } from 'n8n-workflow';
import { applicationParameter } from '../shared/n8n/parameters';

/** The node's outputs: the second is there only where the user asked for it. */
export const outputs = `={{ $parameter["whenNotFinished"] === "branch"
	? [{ type: "${NodeConnectionTypes.Main}", displayName: "Finished" }, { type: "${NodeConnectionTypes.Main}", displayName: "Not Finished" }]
	: [{ type: "${NodeConnectionTypes.Main}" }] }}` as const;

const options: INodeProperties[] = [
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
			{ name: 'Code', value: 'code', description: '9 characters; always text' },
			{ name: 'Index', value: 'index', description: "The code's place in the application" },
			{
				name: 'Lattice',
				value: 'lattice',
				description: "68 digits, the bits of WeChat's own dot matrix",
			},
			{ name: 'URL', value: 'url', description: '28 characters; what is printed as a QR code' },
		],
		default: ['lattice', 'code', 'index', 'url'],
		description: 'Which columns the CSV file has, in this order',
		displayOptions: { show: { '/output': ['csv'] } },
	},
	{
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 16 },
		default: 4,
		description: 'How many segments to download and hold in memory at once (about 30 MB each)',
	},
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
		displayOptions: { show: { '/output': ['csv'] } },
	},
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
		displayOptions: { show: { '/output': ['csv', 'urlList'] } },
	},
	{
		displayName: 'Timeout',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 120,
		description: 'Seconds that one request to WeChat may take',
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

/** The node's parameters. */
export const properties: INodeProperties[] = [
	applicationParameter,
	{
		displayName: 'Codes',
		name: 'codes',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Every code of the application' },
			{ name: 'Range', value: 'range', description: 'From one code to another' },
		],
		default: 'all',
		description: 'Which codes to download',
	},
	{
		displayName: 'Code Start',
		name: 'codeStart',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Index of the first code, counted from 0',
		displayOptions: { show: { codes: ['range'] } },
	},
	{
		displayName: 'Code End',
		name: 'codeEnd',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 9999,
		description: 'Index of the last code; it is included',
		displayOptions: { show: { codes: ['range'] } },
	},
	{
		displayName: 'When Not Finished',
		name: 'whenNotFinished',
		type: 'options',
		options: [
			{ name: 'Error', value: 'error', description: 'Fail for this item' },
			{
				name: 'Wait',
				value: 'wait',
				description: 'Ask again until WeChat has generated the codes',
			},
			{
				name: 'Branch',
				value: 'branch',
				description: "Send the item to a second output, 'Not Finished'",
			},
		],
		default: 'error',
		description: 'What to do while WeChat is still generating the codes',
	},
	{
		displayName: 'Poll Interval (Seconds)',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		description: 'How long to wait before asking again',
		displayOptions: { show: { whenNotFinished: ['wait'] } },
	},
	{
		displayName: 'Wait Timeout (Minutes)',
		name: 'waitTimeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		description:
			'How long to wait in all. The execution keeps running meanwhile; for hours, use Branch with a Wait node.',
		displayOptions: { show: { whenNotFinished: ['wait'] } },
	},
	{
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
	},
	{
		displayName: 'Files',
		name: 'files',
		type: 'options',
		options: [
			{
				name: 'Per Segment',
				value: 'perSegment',
				description: 'As WeChat cut them, mostly 50,000 codes each',
			},
			{ name: 'Single', value: 'single', description: 'All codes in one file, in order' },
		],
		default: 'perSegment',
		description: 'How to divide the codes into files',
		displayOptions: { hide: { output: ['encrypted'] } },
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the output binary field to put the file in',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	},
];
