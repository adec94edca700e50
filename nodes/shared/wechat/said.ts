/** How much of what WeChat says is shown, in characters. */
const MOST_SHOWN = 300;

/** How much of it is read, in characters: several times what WeChat ever sends. */
const MOST_READ = 4_000;

/** How many characters one may become where it is encoded several times over. */
const WIDEST_FORM = 16;

/** How often a text may be encoded within another. */
const LEVELS = 4;

/** From how many characters on the beginning of a secret, with which a text ends, is taken for it. */
const TELLING = 6;

/** Characters escaped as in JSON, a byte URL-encoded, or a backslash before any other character. */
const ENCODED = /((?:\\u[\da-f]{4})+)|%([\da-f]{2})|\\/gi;

/** What is left of such a form where a text is cut off in it. */
const HALF_ENCODED = /(?:%[\da-f]?|u[\da-f]{0,3})$/i;

/** A text as it is searched; of each character of it, where that begins and ends in the original. */
interface View {
	readonly text: string;
	readonly starts: readonly number[];
	readonly ends: readonly number[];
}

/**
 * A text of WeChat's, or the beginning of a long one, in which every secret is replaced by `***`: as it is,
 * in other case, URL-encoded or escaped as in JSON, also in parts or several times over. Nothing is left of
 * secrets that overlap, nor of one with whose beginning the text ends.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
	// What follows in a longer one is not read anyway.
	const sought = secrets.map((secret) => secret.slice(0, MOST_READ)).filter(Boolean);
	const longest = Math.max(0, ...sought.map(({ length }) => length));
	const read = text.slice(0, MOST_READ + longest * WIDEST_FORM);
	const secretEnds = new Map<number, number>();
	for (const viewOf of [asItIs, decoded]) {
		const view = viewOf(read);
		for (const secret of sought) {
			for (const [start, end] of findings(view, viewOf(secret).text)) {
				secretEnds.set(start, Math.max(end, secretEnds.get(start) ?? 0));
			}
		}
	}
	let clean = '';
	let maskedUntil = 0;
	for (let at = 0; at < Math.min(read.length, MOST_READ); at++) {
		const end = secretEnds.get(at) ?? 0;
		if (at >= maskedUntil) clean += end > at ? '***' : (read[at] ?? '');
		maskedUntil = Math.max(maskedUntil, end);
	}
	return clean;
}

/** What is shown of a text of WeChat's in which no secret is left: at most 300 characters. */
export const shortened = (text: string): string =>
	text.length <= MOST_SHOWN
		? text
		: // The first half of a character that takes two places would show as a question mark.
			`${text.slice(0, MOST_SHOWN - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Where a secret stands in the original of a view, its end exclusive; or its beginning, at the end. */
function findings({ text, starts, ends }: View, secret: string): Array<[number, number]> {
	const found: Array<[number, number]> = [];
	const last = secret.length - 1;
	if (last < 0) return found;
	for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
		found.push([starts[at] ?? 0, ends[at + last] ?? Infinity]);
	}
	for (const cut of new Set([text, text.replace(HALF_ENCODED, '')])) {
		let length = Math.min(last, cut.length);
		while (length >= TELLING && !cut.endsWith(secret.slice(0, length))) length--;
		if (length >= TELLING) found.push([starts[cut.length - length] ?? 0, Infinity]);
	}
	return found;
}

/** Case is nothing to go by: a gateway may write `%2b` or a host in lower case. */
function asItIs(text: string): View {
	const starts = Array.from(text, (_, at) => at);
	return { text: lowerCase(text), starts, ends: starts.map((at) => at + 1) };
}

/** The bytes of a text whose encodings are undone. A form that stands for some of them is theirs as a whole. */
function decoded(text: string): View {
	let view = inBytes(text);
	for (let level = 0; level < LEVELS; level++) view = unwrapped(view);
	return { ...view, text: lowerCase(view.text).replaceAll('+', ' ') };
}

function inBytes(text: string): View {
	const builder = new ViewBuilder();
	let at = 0;
	for (const char of text) {
		builder.add(bytesOf(char), at, at + char.length);
		at += char.length;
	}
	return builder;
}

function unwrapped({ text, starts, ends }: View): View {
	const builder = new ViewBuilder();
	let next = 0;
	const copyUntil = (end: number) => {
		for (; next < end; next++) builder.add(text[next] ?? '', starts[next] ?? 0, ends[next] ?? 0);
	};
	for (const { 0: form, 1: escaped, 2: hex, index } of text.matchAll(ENCODED)) {
		copyUntil(index);
		next = index + form.length;
		const bytes = escaped ? bytesOf(fromJson(escaped)) : hex ? byteOf(hex) : '';
		builder.add(bytes, starts[index] ?? 0, ends[next - 1] ?? 0);
	}
	copyUntil(text.length);
	return builder;
}

class ViewBuilder implements View {
	text = '';
	readonly starts: number[] = [];
	readonly ends: number[] = [];

	/** Adds characters that all stand for the same place of the original. */
	add(chars: string, start: number, end: number): void {
		this.text += chars;
		for (let added = 0; added < chars.length; added++) {
			this.starts.push(start);
			this.ends.push(end);
		}
	}
}

/** Its bytes in UTF-8, a character each. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

const byteOf = (hex: string): string => String.fromCharCode(parseInt(hex, 16));

const fromJson = (escaped: string): string => String(JSON.parse(`"${escaped}"`));

/** Only ASCII, so that every character stays at its place. */
const lowerCase = (text: string): string =>
	text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
