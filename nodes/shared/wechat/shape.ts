/**
 * What a value of an answer is, in words for an error: its kind and size, nothing of its content, which may
 * be a code or a secret.
 */
export function shapeOf(value: unknown): string {
	if (value === undefined) return 'missing';
	if (value === null) return 'null';
	if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
	switch (typeof value) {
		case 'string':
			return value === '' ? 'an empty text' : `text of ${countOf(value.length, 'character')}`;
		case 'number':
			return numberShape(value);
		case 'boolean':
			return 'true or false';
		default:
			return 'an object';
	}
}

function numberShape(value: number): string {
	if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'a number too large to be exact';
	if (!Number.isInteger(value)) return 'a number with decimals';
	return value < 0 ? 'a negative number' : 'a number';
}

/** What a whole answer is that should have been a JSON object. */
export function textShape(text: string): string {
	const trimmed = text.trim();
	if (trimmed === '') return 'it is empty';
	if (trimmed.startsWith('<')) return 'it is not JSON but a web page';
	const value = parsed(trimmed);
	return value === undefined
		? `it is not JSON but text of ${countOf(text.length, 'character')}`
		: `it is not an object but ${shapeOf(value)}`;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

const countOf = (count: number, what: string): string =>
	`${count} ${what}${count === 1 ? '' : 's'}`;
