import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { oneOf, wholeNumber } from '../../n8n/parameters';
import type { Division } from '../cut';

const FILES = ['perSegment', 'single', 'perCount'] as const;

/** WeChat takes orders of up to so many codes. */
const MOST_CODES = 20_000_000;

/** n8n holds the items of an execution in memory, and the editor shows them. */
const MOST_ITEMS = 100_000;

/** What a table in n8n still shows well. */
const LIMIT = 1000;

/** Outputs that are made of rows, so that files may begin and end anywhere. */
const DIVISIBLE = ['package', 'urlList', 'csv', 'jsonLines', 'pdf'] as const;

const perCountOption = {
	name: 'Per Count',
	value: 'perCount',
	description:
		'As many codes a file as you say, for example as a roll has; the last file has what is left',
};

/** How the codes of an application are divided into files. */
export const filesParameter: INodeProperties = {
	displayName: 'Files',
	name: 'files',
	type: 'options',
	options: [
		perCountOption,
		{
			name: 'Per Segment',
			value: 'perSegment',
			description: 'As WeChat cut them, mostly 50,000 codes each',
		},
		{ name: 'Single', value: 'single', description: 'All codes in one file, in order' },
	],
	default: 'perSegment',
	description: 'How to divide the codes into files',
	displayOptions: { show: { output: [...DIVISIBLE] } },
};

/** How the codes of one package are divided into files. */
export const packageFilesParameter: INodeProperties = {
	...filesParameter,
	options: [
		perCountOption,
		{
			name: 'Per Package',
			value: 'perSegment',
			description: 'All codes of the package in one file',
		},
	],
};

/** n8n's own Limit is 50 by default, for lists that people read; these codes go into tables. */
const limitParameter: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MOST_ITEMS },
	default: 50,
	description: 'Max number of results to return',
	hint: 'Counted from the first code. For whole orders take files: n8n holds items in memory.',
	displayOptions: { show: { output: ['items'] } },
};

/** What goes with them. */
export const divisionParameters: INodeProperties[] = [
	{
		displayName: 'Codes per File',
		name: 'codesPerFile',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MOST_CODES },
		default: 20000,
		description: 'How many codes go into each file; the last one has what is left',
		displayOptions: { show: { output: [...DIVISIBLE], files: ['perCount'] } },
	},
	{ ...limitParameter, default: LIMIT },
];

/**
 * How the user wants the codes divided.
 *
 * @throws ParameterError if a parameter can't be used
 */
export function divisionIn(
	context: IExecuteFunctions,
	itemIndex: number,
	output: string,
): Division {
	if (!DIVISIBLE.some((divisible) => divisible === output)) return 'perSegment';
	const files = oneOf(FILES, context.getNodeParameter('files', itemIndex), 'Files');
	if (files === 'perSegment') return 'perSegment';
	if (files === 'single') return Infinity;
	const codes = context.getNodeParameter('codesPerFile', itemIndex);
	return wholeNumber(codes, 'Codes per File', 1, MOST_CODES);
}

/**
 * The most codes that leave as items; Infinity where files do.
 *
 * @throws ParameterError if the parameter can't be used
 */
export const limitIn = (context: IExecuteFunctions, itemIndex: number, output: string): number =>
	output === 'items'
		? wholeNumber(context.getNodeParameter('limit', itemIndex), 'Limit', 1, MOST_ITEMS)
		: Infinity;
