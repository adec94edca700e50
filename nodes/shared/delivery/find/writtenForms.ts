import { MOST_CODE_CHARACTERS, URL_WIDTH } from '../../codePackage/layout';
import { hasShape } from '../readBack/form';

/** What a delivered code would have to have, for a text to be the same code. */
export interface WrittenForm {
	readonly column: 'url' | 'code';
	/** As it stands in that column. */
	readonly text: string;
}

/** A shorter text is no url that lost its spaces, but something else. */
const LEAST_URL_CHARACTERS = 20;

const SCHEME = /^\s*https?:\/\//i;

/**
 * What a text that was scanned, copied or typed can stand for, likeliest first: itself before anything that
 * would have to be changed, as `%` and `+` are characters of a url, too. A browser encodes only spaces (the path
 * of a URL, https://url.spec.whatwg.org/#path-percent-encode-set), encodeURIComponent most characters, a form
 * spaces as `+`. Urls are in capitals. Spaces at the ends that got lost are put back behind it.
 *
 * @returns none if it can be no code
 */
export function formsOf(text: string): WrittenForm[] {
	if (text.trim() === '') return [];
	const readings = new Set([
		text,
		text.replaceAll('%20', ' '),
		decoded(text),
		decoded(text.replaceAll('+', ' ')),
	]);
	return [...readings].flatMap((reading) => {
		const url = reading.replace(SCHEME, '').toUpperCase();
		return [
			...formsIn('code', reading, 1, MOST_CODE_CHARACTERS),
			...formsIn('url', url, LEAST_URL_CHARACTERS, URL_WIDTH),
		];
	});
}

/** As it is; then, of a text with that many characters at least, with other spaces around them. */
function formsIn(
	column: WrittenForm['column'],
	text: string,
	least: number,
	width: number,
): WrittenForm[] {
	const bare = text.trim();
	const isLikely = bare.length >= least && bare.length <= width;
	const begun = text.trimStart().slice(0, width);
	const texts = new Set(isLikely ? [text, begun, bare, begun.padEnd(width)] : [text]);
	return [...texts].filter((own) => hasShape(column, own)).map((own) => ({ column, text: own }));
}

const decoded = (text: string): string =>
	text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** Whether a text can be found only where a file has the column code. */
export const isOnlyCode = (text: string): boolean =>
	formsOf(text).every(({ column }) => column === 'code');
