import { NodeConnectionTypes, type INodeProperties } from 'n8n-workflow';
import { labelParameters } from '../shared/delivery/parameters/label';
import { divisionParameters, filesParameter } from '../shared/delivery/parameters/division';
import { HAS_PASSWORDS } from '../shared/delivery/parameters/handover';
import {
	binaryPropertyParameter,
	byName,
	fileOptions,
	outputParameter,
} from '../shared/delivery/parameters/fileSettings';
import { applicationParameter, codeRangeParameters } from '../shared/n8n/parameters';

const output = (displayName?: string): string =>
	displayName === undefined
		? `{ type: "${NodeConnectionTypes.Main}" }`
		: `{ type: "${NodeConnectionTypes.Main}", displayName: "${displayName}" }`;

/** The node's outputs: all but the first are there only where the user asked for them. */
export const outputs = `={{ $parameter["whenNotFinished"] === "branch"
	? (${HAS_PASSWORDS}
		? [${output('Finished')}, ${output('Not Finished')}, ${output('Passwords')}]
		: [${output('Finished')}, ${output('Not Finished')}])
	: (${HAS_PASSWORDS}
		? [${output('Files')}, ${output('Passwords')}]
		: [${output()}]) }}` as const;

const options = byName([
	...fileOptions,
	{
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 16 },
		default: 4,
		description:
			'How many segments to download at once; what goes into the file is held in memory until the segment has proved whole',
	},
	{
		displayName: 'Timeout',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3600 },
		default: 120,
		description:
			'Seconds that WeChat may be silent, before its answer and within it. How long an answer takes as a whole does not count, unless it brings less than 1 kB a second.',
	},
]);

/** The node's parameters. */
export const properties: INodeProperties[] = [
	applicationParameter,
	...codeRangeParameters,
	{
		displayName: 'When Not Finished',
		name: 'whenNotFinished',
		type: 'options',
		noDataExpression: true,
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
		typeOptions: { minValue: 1, maxValue: 86400 },
		default: 30,
		description: 'How long to wait before asking again',
		displayOptions: { show: { whenNotFinished: ['wait'] } },
	},
	{
		displayName: 'Wait Timeout (Minutes)',
		name: 'waitTimeout',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10080 },
		default: 30,
		description:
			'How long to wait in all. The execution keeps running meanwhile; for hours, use Branch with a Wait node.',
		displayOptions: { show: { whenNotFinished: ['wait'] } },
	},
	outputParameter,
	filesParameter,
	...divisionParameters,
	...labelParameters,
	binaryPropertyParameter,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	},
];
