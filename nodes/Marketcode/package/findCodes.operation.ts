import {
	sleep,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type IPairedItemData,
} from 'n8n-workflow';
import { rollBetween } from '../../shared/delivery/find/rolls';
import { ParameterError } from '../../shared/n8n/errors';
import { addHint } from '../../shared/n8n/hints';
import { oneOf, requiredText } from '../../shared/n8n/parameters';
import type { OperationOption } from '../operation';
import { searchFor, type Search } from './codeSearch';
import { soughtIn, soughtParameters, type Sought } from './soughtCodes';

export const option: OperationOption = {
	name: 'Find Codes',
	value: 'findCodes',
	action: 'Find codes in delivery',
	description:
		'Look codes or scans up in the files of a delivery: the index, file and line of each, or the range of a roll by its first and last code',
};

export const description: INodeProperties[] = [
	{
		displayName:
			'The codes are looked for in the files of all input items; ZIPs are looked into. With the manifest among them, the indexes of lists are known, too.',
		name: 'findCodesNotice',
		type: 'notice',
		default: '',
	},
	...soughtParameters,
	{
		displayName: 'Input Binary Field',
		name: 'inputBinaryField',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field that holds a file of the delivery',
		description:
			'The package decrypted, a URL list, CSV or JSON Lines; which of them is found out. A manifest is found in any field.',
	},
	{
		displayName: 'Result',
		name: 'result',
		type: 'options',
		options: [
			{ name: 'Codes', value: 'codes', description: 'Where each code is' },
			{
				name: 'Ranges',
				value: 'range',
				description:
					'The codes are the first and the last of a roll, of the next roll …: its range',
			},
		],
		default: 'codes',
		description: 'What to find out',
	},
	{
		displayName: 'ZIP Password',
		name: 'password',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description: 'Opens encrypted ZIPs. An expression can give each item its own.',
	},
];

/** Looks for codes in all files of all input items; calls nobody. */
export async function executeOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const field = requiredText(context.getNodeParameter('inputBinaryField', 0), 'Input Binary Field');
	const result = oneOf(['codes', 'range'], context.getNodeParameter('result', 0), 'Result');
	const sought = await soughtIn(context, field);
	if (result === 'range' && sought.length % 2 === 1) throw oddNumber(sought.length);
	const search = await searchFor(context, sought, field);
	const items: INodeExecutionData[] = [];
	for (const [at, one] of sought.entries()) {
		if (at % CODES_AT_ONCE === 0) await sleep(0);
		if (result === 'codes') items.push(...codeItems(search, one, at + 1));
		else if (at % 2 === 1) items.push(rangeItem(search, sought[at - 1] ?? one, one, (at + 1) / 2));
	}
	const lost = items.filter(({ json }) => json.is_found !== true).length;
	const notFound = lost > 0 ? `${lost} of ${items.length} were not found` : undefined;
	addHint(context, search.warnings[0] ?? notFound);
	return items;
}

/** Codes that are told in one go: a few milliseconds. */
const CODES_AT_ONCE = 250;

const oddNumber = (count: number): ParameterError =>
	new ParameterError(
		`There are ${count} codes: a range needs two, its first and its last code`,
		'Enter both for each roll, one after the other. Of a roll with one code, enter it twice.',
	);

/** An item for each place at which the code is; one if it is nowhere. */
function codeItems(
	search: Search,
	{ text, itemIndex }: Sought,
	position: number,
): INodeExecutionData[] {
	const asked = { looked_for: text, position };
	const found = search.of(text);
	if (found.length === 0) {
		const json = { ...asked, ...search.whyNot(text), matches: 0, ...NOWHERE };
		return [{ json, pairedItem: { item: itemIndex } }];
	}
	return found.map((code) => {
		const { applicationId, isvApplicationId, codeIndex, problem, file, line, url } = code;
		const json = {
			...asked,
			is_found: true,
			note: problem,
			matches: found.length,
			application_id: applicationId,
			isv_application_id: isvApplicationId,
			code_index: codeIndex,
			file_name: file.name,
			archive: file.archive ?? null,
			line,
			url,
			code: code.code ?? null,
		};
		return { json, pairedItem: paired(itemIndex, file.itemIndex) };
	});
}

/** The same fields for all items, as a table wants them. */
const NOWHERE = {
	application_id: null,
	isv_application_id: null,
	code_index: null,
	file_name: null,
	archive: null,
	line: null,
	url: null,
	code: null,
};

/** The codes of a roll, from one scan to the other. */
function rangeItem(
	search: Search,
	one: Sought,
	other: Sought,
	position: number,
): INodeExecutionData {
	const asked = { looked_for_first: one.text, looked_for_last: other.text, position };
	const roll = rollBetween(search.of(one.text), search.of(other.text));
	if (typeof roll === 'string') {
		const lost = [one, other].find(({ text }) => search.of(text).length === 0);
		const why = lost && search.whyNot(lost.text);
		const which = lost === one ? 'The first' : 'The second';
		const told = why ? { ...why, note: `${which}: ${why.note}` } : { is_found: false, note: roll };
		const json = { ...asked, ...told, ...NO_RANGE };
		return { json, pairedItem: paired(one.itemIndex, other.itemIndex) };
	}
	const { first, last } = roll;
	const json = {
		...asked,
		is_found: true,
		note: null,
		application_id: first.applicationId,
		isv_application_id: first.isvApplicationId,
		code_start: first.codeIndex,
		code_end: last.codeIndex,
		code_count: last.row - first.row + 1,
		file_name: first.file.name,
		archive: first.file.archive ?? null,
		line_start: first.line,
		line_end: last.line,
	};
	return { json, pairedItem: paired(one.itemIndex, other.itemIndex, first.file.itemIndex) };
}

const NO_RANGE = {
	application_id: null,
	isv_application_id: null,
	code_start: null,
	code_end: null,
	code_count: null,
	file_name: null,
	archive: null,
	line_start: null,
	line_end: null,
};

const paired = (...items: readonly number[]): IPairedItemData[] =>
	[...new Set(items)].map((item) => ({ item }));
