import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { ParameterError } from '../../shared/n8n/errors';
import { requiredText, wholeNumber } from '../../shared/n8n/parameters';
import type { Activity } from '../../shared/wechat/calls';

/** The parameters that say what a range of codes is tied to. */
export const activityParameters: INodeProperties[] = [
	{
		displayName: 'Activity Name',
		name: 'activityName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Spring 2026',
		description: 'Your name for this activation; consumers do not see it',
	},
	{
		displayName: 'Product Brand',
		name: 'productBrand',
		type: 'string',
		default: '',
		required: true,
		description: 'Brand of the product that carries the codes',
	},
	{
		displayName: 'Product Title',
		name: 'productTitle',
		type: 'string',
		default: '',
		required: true,
		description: 'Name of the product that carries the codes',
	},
	{
		displayName: 'Product Code (EAN)',
		name: 'productCode',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 6901234567892',
		description:
			'The number below the barcode of the product: EAN-13 or EAN-8. Its check digit is verified.',
	},
	{
		displayName: 'Mini Program AppID',
		name: 'wxaAppid',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. wx0123456789abcdef',
		description: 'AppID of the mini program that opens when a code is scanned',
	},
	{
		displayName: 'Mini Program Page',
		name: 'wxaPath',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. pages/scan/index',
		description:
			'Path of the page that opens, as the mini program lists it: without a slash before it. A query such as ?from=box may follow.',
	},
	{
		displayName: 'Mini Program Version',
		name: 'wxaType',
		type: 'options',
		options: [
			{ name: 'Develop', value: 1, description: 'For tests: only developers can open it' },
			{ name: 'Release', value: 0, description: 'What consumers have' },
			{ name: 'Trial', value: 2, description: 'For tests: only invited testers can open it' },
		],
		default: 0,
		description: 'Which version of the mini program opens',
	},
];

const WXA_TYPES: readonly unknown[] = [0, 1, 2];

/** @throws ParameterError if a parameter is empty or can't be right */
export function activityIn(context: IExecuteFunctions, itemIndex: number): Activity {
	const text = (name: string, label: string) => {
		const value: unknown = context.getNodeParameter(name, itemIndex);
		return requiredText(value, label);
	};
	const product_code = text('productCode', 'Product Code');
	const wxa_path = text('wxaPath', 'Mini Program Page');
	const wxa_type = wholeNumber(
		context.getNodeParameter('wxaType', itemIndex),
		'Mini Program Version',
		0,
	);
	if (!hasValidCheckDigit(product_code)) {
		throw new ParameterError(
			'Product Code is not an EAN: its length or its check digit is wrong',
			'An EAN has 13 or 8 digits, the last of which is computed from the others. Compare it with the barcode; a 12-digit UPC gets a 0 before it.',
		);
	}
	if (wxa_path.startsWith('/')) {
		throw new ParameterError(
			'Mini Program Page begins with a slash',
			'Write the path as the mini program lists it, such as pages/scan/index.',
		);
	}
	if (!WXA_TYPES.includes(wxa_type)) {
		throw new ParameterError(
			'Mini Program Version has a value that it does not offer',
			'Its expression can give 0 (Release), 1 (Develop) or 2 (Trial).',
		);
	}
	return {
		activity_name: text('activityName', 'Activity Name'),
		product_brand: text('productBrand', 'Product Brand'),
		product_title: text('productTitle', 'Product Title'),
		product_code,
		wxa_appid: text('wxaAppid', 'Mini Program AppID'),
		wxa_path,
		wxa_type,
	};
}

/** Tells whether a text is an EAN-13 or EAN-8 with the right check digit (GS1 General Specifications). */
function hasValidCheckDigit(ean: string): boolean {
	if (!/^(\d{8}|\d{13})$/.test(ean)) return false;
	const sum = [...ean]
		.reverse()
		.reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3), 0);
	return sum % 10 === 0;
}
