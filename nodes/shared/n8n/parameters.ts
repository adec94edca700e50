import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { ParameterError } from './errors';

const LARGEST_APPLICATION_ID = 2n ** 64n - 1n;
const LONGEST_EXTERNAL_ID = 128;

/**
 * An application by its ID (decimal digits) or by the ID that its owner gave it. `ApplicationRef` of `wechat`
 * is the same: neither room knows the other.
 */
export type ApplicationId = { application_id: string } | { isv_application_id: string };

/** The parameter that names an application, for all nodes. */
export const applicationParameter: INodeProperties = {
	displayName: 'Application',
	name: 'application',
	type: 'resourceLocator',
	default: { mode: 'id', value: '' },
	required: true,
	description: 'The application, an order of codes, whose codes this is about',
	modes: [
		{
			// n8n's editor shows its own name for a mode that is called id.
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 581865877',
			hint: 'application_id, as WeChat returned it when the codes were applied for',
		},
		{
			displayName: 'By External ID',
			name: 'isvId',
			type: 'string',
			placeholder: 'e.g. order-2026-001',
			hint: 'isv_application_id, the ID that you gave when you applied',
		},
	],
};

/** The parameters that choose codes of an application, for all nodes. */
export const codeRangeParameters: INodeProperties[] = [
	{
		displayName: 'Codes',
		name: 'codes',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Every code of the application' },
			{ name: 'Range', value: 'range', description: 'From one code to another' },
		],
		default: 'all',
		description: 'Which codes of the application',
	},
	{
		displayName: 'Code Start',
		name: 'codeStart',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		hint: 'Counted from 0: the first code is 0',
		description: 'Index of the first code, counted from 0',
		displayOptions: { show: { codes: ['range'] } },
	},
	{
		displayName: 'Code End',
		name: 'codeEnd',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 9999,
		hint: 'Included: 0 to 9999 are 10,000 codes',
		description: 'Index of the last code; it is included',
		displayOptions: { show: { codes: ['range'] } },
	},
];

/**
 * The application that the parameter `application` names.
 *
 * @throws ParameterError if it is empty or can't be an application's ID
 */
export function applicationIn(context: IExecuteFunctions, itemIndex: number): ApplicationId {
	const { mode, value } = locatorIn(context.getNodeParameter('application', itemIndex));
	const text = String(value ?? '').trim();
	if (text === '') {
		throw new ParameterError(
			'The application is missing',
			'Enter the application ID or the external ID. If it is an expression, it gives nothing for this item.',
		);
	}
	if (mode === 'isvId') return { isv_application_id: externalIdIn(value) };
	return { application_id: applicationIdIn(value) };
}

/**
 * The ID that an application's owner gave it.
 *
 * @throws ParameterError if it is empty or longer than WeChat takes
 */
export function externalIdIn(value: unknown): string {
	const text = textIn(value, 'The external ID');
	if (text === '' || text.length > LONGEST_EXTERNAL_ID) {
		throw new ParameterError(
			text === '' ? 'The external ID is missing' : `The external ID has ${text.length} characters`,
			`Enter an ID of 1 to ${LONGEST_EXTERNAL_ID} characters. If it is an expression, check what it gives for this item.`,
		);
	}
	return text;
}

/**
 * WeChat's ID of an application: a uint64 in decimal digits.
 *
 * @throws ParameterError if it can't be one, or has lost digits as a JavaScript number
 */
export function applicationIdIn(value: unknown): string {
	if (typeof value === 'number' && !Number.isSafeInteger(value)) {
		throw new ParameterError(
			'The application ID is beyond what a JavaScript number can hold exactly',
			'It has lost digits on its way here (2^53 and more), or is not a whole number. Pass it on as text: in quotes, or from a field that is a string.',
		);
	}
	const text = requiredText(value, 'The application ID');
	if (!/^\d+$/.test(text)) {
		throw new ParameterError(
			'The application ID has characters other than digits',
			'Enter the application_id that WeChat returned. If this is the ID that you gave yourself, choose "By External ID"; if it is an expression, press Expression beside the field.',
		);
	}
	if (BigInt(text) > LARGEST_APPLICATION_ID) {
		throw new ParameterError(
			'The application ID is too large to be one',
			`WeChat's IDs go up to ${LARGEST_APPLICATION_ID}. If this is the ID that you gave yourself, choose "By External ID".`,
		);
	}
	return BigInt(text).toString();
}

function locatorIn(value: unknown): { mode: unknown; value: unknown } {
	const isLocator = typeof value === 'object' && value !== null && 'value' in value;
	if (!isLocator) return { mode: 'id', value };
	return { mode: 'mode' in value ? value.mode : 'id', value: value.value };
}

/**
 * A parameter that is a whole number; expressions often give one as a string.
 *
 * @param label the parameter's name as the user sees it
 * @param smallest inclusive
 * @param largest inclusive
 * @throws ParameterError if it is anything else
 */
export function wholeNumber(
	value: unknown,
	label: string,
	smallest: number,
	largest = Number.MAX_SAFE_INTEGER,
): number {
	const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
	const number = Number(text);
	if (!/^\d+$/.test(text) || number < smallest || number > largest) {
		const limit = largest === Number.MAX_SAFE_INTEGER ? '' : ` to ${largest}`;
		throw new ParameterError(
			`${label} is not a whole number from ${smallest}${limit}`,
			text === ''
				? 'Enter a number. If it is an expression, it gives nothing for this item.'
				: 'Enter a whole number within these bounds, without sign, decimals or separators.',
		);
	}
	return number;
}

/**
 * One of the values that a parameter offers; an expression can give anything.
 *
 * @param label the parameter's name as the user sees it
 * @throws ParameterError if it is none of them
 */
export function oneOf<Value extends string>(
	values: readonly Value[],
	value: unknown,
	label: string,
): Value {
	const found = values.find((offered) => offered === value);
	if (found === undefined) throw notOffered(values, label);
	return found;
}

/** The error for a value that is none of those that a parameter offers. */
export const notOffered = (values: readonly string[], label: string): ParameterError =>
	new ParameterError(
		`${label} has a value that it does not offer`,
		`Its expression can give ${values.map((offered) => JSON.stringify(offered)).join(', ')}.`,
	);

/**
 * A parameter that is text. An expression can give an object instead, which JavaScript would turn into
 * the same text for every item.
 *
 * @param label the parameter's name as the user sees it
 * @returns the text, trimmed; empty if there is none
 * @throws ParameterError if it is no text and no whole number
 */
export function textIn(value: unknown, label: string): string {
	const isText = typeof value === 'string' && !value.includes('[object Object]');
	const isExact = typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
	if (!isText && !isExact && value !== undefined && value !== null) {
		throw new ParameterError(
			`${label} is not text`,
			'Its expression gives an object, a list or a number that is not exact. Choose a field of it that is text.',
		);
	}
	return String(value ?? '').trim();
}

/**
 * A text that has to be there.
 *
 * @throws ParameterError if it is empty or no text
 */
export function requiredText(value: unknown, label: string): string {
	const text = textIn(value, label);
	if (text === '') {
		throw new ParameterError(
			`${label} is missing`,
			'Enter it. If it is an expression, it gives nothing for this item.',
		);
	}
	return text;
}

/**
 * A parameter that is on or off; expressions often give it as text.
 *
 * @throws ParameterError if it is anything else: no guess is safe
 */
export function booleanIn(value: unknown, label: string): boolean {
	const text = String(value).trim().toLowerCase();
	if (text === 'true') return true;
	if (text === 'false') return false;
	throw new ParameterError(
		`${label} is neither on nor off`,
		'Its expression has to give true or false.',
	);
}

/**
 * The codes that the parameters above choose, inclusive at both ends; undefined: all.
 *
 * @throws ParameterError if a bound is not a whole number
 */
export function codeRangeIn(
	context: IExecuteFunctions,
	itemIndex: number,
): { start: number; end: number } | undefined {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex);
	if (oneOf(['all', 'range'], parameter('codes'), 'Codes') === 'all') return undefined;
	return {
		start: wholeNumber(parameter('codeStart'), 'Code Start', 0),
		end: wholeNumber(parameter('codeEnd'), 'Code End', 0),
	};
}
