import type { IExecuteFunctions } from 'n8n-workflow';
import { ParameterError } from '../../shared/n8n/errors';
import { applicationIdIn, oneOf, wholeNumber } from '../../shared/n8n/parameters';
import type { CodeRef } from '../../shared/wechat/calls';

const CODE_CHARACTERS = 9;
const URL_CHARACTERS = 28;
const LOOKUPS = ['index', 'url', 'code'] as const;

/**
 * The code that the parameters name.
 *
 * @throws ParameterError if it can't be one; the error never shows it
 */
export function codeIn(context: IExecuteFunctions, itemIndex: number): CodeRef {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex);
	const text = (name: string) => String(parameter(name) ?? '');
	switch (oneOf(LOOKUPS, parameter('lookUpBy'), 'Look Up By')) {
		case 'index':
			return {
				application_id: applicationIdIn(parameter('applicationId')),
				code_index: wholeNumber(parameter('codeIndex'), 'Index', 0),
			};
		case 'url':
			return { code_url: ofLength(urlOf(text('codeUrl')), URL_CHARACTERS, 'URL') };
		case 'code':
			return { code: ofLength(text('code'), CODE_CHARACTERS, 'Code') };
	}
}

/**
 * The printed form of a url: scanners put a scheme before it, may write the host in lower case, and end it
 * with a line end or a tab. A space at its end is its own.
 */
const urlOf = (scanned: string): string =>
	scanned
		.replace(/^https?:\/\//i, '')
		// The look behind keeps it quick: what was scanned may be anything, and megabytes of it.
		.replace(/(?<![\r\n\t])[\r\n\t]+$/, '')
		.toUpperCase();

function ofLength(text: string, characters: number, label: string): string {
	if (text.length !== characters) {
		throw new ParameterError(
			`${label} has ${text.length} characters instead of ${characters}`,
			'Pass it exactly as in the package, spaces included; do not trim it.',
		);
	}
	return text;
}
