import {
	sleep,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import { ParameterError } from '../../shared/n8n/errors';
import { addHint } from '../../shared/n8n/hints';
import { oneOf, requiredText } from '../../shared/n8n/parameters';
import type { OperationOption } from '../operation';
import { searchFor } from './codeSearch';
import { codeItems, rangeItem } from './foundCodes';
import { soughtIn, soughtParameters } from './soughtCodes';
import { zipPasswordParameter } from './zipPassword';

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
	zipPasswordParameter,
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
