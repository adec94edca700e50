import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { checkLabel, type LabelSettings } from '../../symbols/labelLayout';
import { ParameterError } from '../../n8n/errors';
import { booleanIn, oneOf } from '../../n8n/parameters';

const SYMBOLS = ['qr', 'microCode', 'both'] as const;

/** Shorter ones, as PDF has them rounded, would come to nothing. */
const LEAST_MM = 0.01;

const lengthParameter: Pick<INodeProperties, 'type' | 'typeOptions' | 'displayOptions'> = {
	type: 'number',
	typeOptions: { minValue: LEAST_MM },
	displayOptions: { show: { output: ['pdf'] } },
};

/** How labels look. */
export const labelParameters: INodeProperties[] = [
	{
		displayName: 'Symbol',
		name: 'symbol',
		type: 'options',
		options: [
			{ name: 'QR Code and Micro Code', value: 'both', description: 'Side by side' },
			{
				name: 'Micro Code',
				value: 'microCode',
				description: "WeChat's own symbol, drawn from the lattice; at least 5 mm a side",
			},
			{ name: 'QR Code', value: 'qr', description: 'Of the URL: version 2, level Q' },
		],
		default: 'qr',
		description: 'What each label shows',
		displayOptions: { show: { output: ['pdf'] } },
	},
	{
		displayName: 'Page Width (Millimetres)',
		name: 'pageWidth',
		...lengthParameter,
		default: 30,
		description: 'Width of a label, which is a page',
	},
	{
		displayName: 'Page Height (Millimetres)',
		name: 'pageHeight',
		...lengthParameter,
		default: 30,
		description: 'Height of a label, which is a page',
	},
	{
		displayName: 'Module Size (Millimetres)',
		name: 'moduleSize',
		...lengthParameter,
		default: 0.5,
		description:
			'Side of one small square of the symbol. A QR code has 25 a side and 4 more of quiet zone around it: 0.5 mm gives 16.5 mm.',
	},
];

/** For the collection `options`. */
export const indexOnLabelOption: INodeProperties = {
	displayName: 'Show Index',
	name: 'showIndex',
	type: 'boolean',
	default: false,
	description: "Whether each label shows its code's index below the symbol",
	displayOptions: { show: { '/output': ['pdf'] } },
};

/** @throws ParameterError if a parameter can't be used, or the symbols don't fit on the page */
export function labelIn(context: IExecuteFunctions, itemIndex: number): LabelSettings {
	const length = (name: string, label: string) =>
		lengthIn(context.getNodeParameter(name, itemIndex), label);
	const showIndex = context.getNodeParameter('options.showIndex', itemIndex, false);
	const label: LabelSettings = {
		symbol: oneOf(SYMBOLS, context.getNodeParameter('symbol', itemIndex), 'Symbol'),
		pageWidth: length('pageWidth', 'Page Width'),
		pageHeight: length('pageHeight', 'Page Height'),
		moduleSize: length('moduleSize', 'Module Size'),
		showIndex: booleanIn(showIndex, 'Show Index'),
	};
	mustFit(label, undefined);
	return label;
}

/**
 * @param latticeWidth of the codes to be drawn; undefined if it is not known yet
 * @throws ParameterError if the symbols don't fit on the page
 */
export function mustFit(label: LabelSettings, latticeWidth: number | undefined): void {
	const problem = checkLabel(label, latticeWidth);
	if (problem) throw new ParameterError(problem.message, problem.description);
}

function lengthIn(value: unknown, label: string): number {
	const length = typeof value === 'string' ? Number(value.trim() || NaN) : value;
	if (typeof length === 'number' && Number.isFinite(length) && length >= LEAST_MM) {
		return length;
	}
	throw new ParameterError(
		`${label} is not a length`,
		`Enter millimetres as a number from ${LEAST_MM} on. If it is an expression, check what it gives for this item.`,
	);
}
