import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Bounds } from '../../shared/codePackage/segments';
import { ParameterError } from '../../shared/n8n/errors';
import { codeRangeParameters, oneOf, wholeNumber } from '../../shared/n8n/parameters';
import type { Application } from '../../shared/wechat/calls';
import { finishedSegments, lastCodeOf, requireFinished } from '../plan';
import {
	NONE,
	merged,
	rangesIn,
	requireAmong,
	requireWithin,
	without,
	type ListedRange,
} from './ranges';

const CHOICES = ['all', 'range', 'ranges', 'allBut'] as const;
const RANGES = 'Ranges';
const LEFT_OUT = 'Left Out';

const PLACEHOLDER = 'e.g. 0-4999\n5003\n5100-9999';

/** The parameters that choose codes of an application, with gaps. */
export const chosenCodesParameters: INodeProperties[] = [
	{
		displayName: 'Codes',
		name: 'codes',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Every code of the application' },
			{ name: 'All But', value: 'allBut', description: 'Every code but those that are left out' },
			{ name: 'Range', value: 'range', description: 'From one code to another' },
			{ name: 'Ranges', value: 'ranges', description: 'Several ranges and single codes' },
		],
		default: 'all',
		description: 'Which codes of the application',
	},
	...codeRangeParameters.filter(({ name }) => name !== 'codes'),
	{
		displayName: RANGES,
		name: 'rangeList',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder: PLACEHOLDER,
		description:
			'Indexes and ranges such as 0-4999, a line or between commas. Both ends of a range belong to it.',
		displayOptions: { show: { codes: ['ranges'] } },
	},
	{
		displayName: LEFT_OUT,
		name: 'leftOut',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: PLACEHOLDER,
		description:
			'Codes that must not become active, such as waste: indexes and ranges such as 0-4999, a line or between commas. With All But, write none if there are none.',
		displayOptions: { show: { codes: ['allBut', 'range', 'ranges'] } },
	},
];

/** What those parameters choose. */
interface ChosenCodes {
	/** Undefined: all codes. */
	readonly ranges: readonly Bounds[] | undefined;
	/** The same where the user has written a list. */
	readonly listed: readonly ListedRange[];
	readonly leftOut: readonly ListedRange[];
}

/** @throws ParameterError if a list or a bound can't be read; the error names the line */
export function chosenCodesIn(context: IExecuteFunctions, itemIndex: number): ChosenCodes {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex);
	switch (oneOf(CHOICES, parameter('codes'), 'Codes')) {
		case 'all':
			return { ranges: undefined, listed: [], leftOut: [] };
		case 'allBut':
			return { ranges: undefined, listed: [], leftOut: leftOutIn(parameter('leftOut'), true) };
		case 'range': {
			const start = wholeNumber(parameter('codeStart'), 'Code Start', 0);
			const end = wholeNumber(parameter('codeEnd'), 'Code End', 0);
			const leftOut = leftOutIn(parameter('leftOut'), false);
			return { ranges: [{ start, end }], listed: [], leftOut };
		}
		case 'ranges': {
			const listed = rangesIn(parameter('rangeList'), RANGES);
			if (listed.length === 0) {
				throw new ParameterError(
					`${RANGES} is missing`,
					'Enter the codes. If it is an expression, it gives nothing for this item.',
				);
			}
			return { ranges: merged(listed), listed, leftOut: leftOutIn(parameter('leftOut'), false) };
		}
	}
}

/**
 * An expression that gives nothing must not mean that nothing is waste: an activation can't be undone.
 *
 * @param isRequired whether an empty field is an error, too
 */
export function leftOutIn(value: unknown, isRequired: boolean): ListedRange[] {
	const isNone = typeof value === 'string' && NONE.test(value);
	const ranges = isNone ? [] : rangesIn(value, LEFT_OUT);
	const isGiven = value !== undefined && value !== null;
	if (ranges.length === 0 && !isNone && (isRequired || !isGiven)) {
		throw new ParameterError(
			`${LEFT_OUT} is missing`,
			'Enter the codes that must not become active, or the word none. If it is an expression, it gives nothing for this item.',
		);
	}
	return ranges;
}

/**
 * The fewest ranges that are exactly the chosen codes of a finished application, in order.
 *
 * @throws ParameterError, PackageError if the application does not have them, or none is left
 */
export function plannedRanges(application: Application, chosen: ChosenCodes): Bounds[] {
	requireFinished(application);
	const last = lastCodeOf(application);
	requireWithin(chosen.listed, last, RANGES);
	requireWithin(chosen.leftOut, last, LEFT_OUT);
	const ranges = chosen.ranges ?? [undefined];
	const wanted = ranges.map((range) => {
		const segments = finishedSegments(application, range);
		return { start: segments.at(0)?.wanted.start ?? 0, end: segments.at(-1)?.wanted.end ?? 0 };
	});
	requireAmong(chosen.leftOut, wanted, LEFT_OUT);
	const planned = without(wanted, chosen.leftOut);
	if (planned.length === 0) {
		throw new ParameterError(
			'No code is left to activate',
			`${LEFT_OUT} holds every one of the chosen codes. Compare the two.`,
		);
	}
	return planned;
}
