/** A member of a JSON object. */
export interface Member {
	/** Without its quotes and escapes. */
	readonly name: string;
	/** JSON text, as it was written. */
	readonly value: string;
}

/**
 * The members of a JSON object in their order: also those that `JSON.parse` drops because another of the
 * same name follows, and numbers with all their digits. Members of objects within it are not looked at.
 *
 * @param text what `JSON.parse` takes for an object; of any other text the result means nothing
 */
export function membersOf(text: string): Member[] {
	const members: Member[] = [];
	let depth = 0;
	let isName = true;
	let name = '';
	let valueStart = 0;
	const endMember = (end: number) => {
		// Nothing was named in `{}`.
		if (!isName) members.push({ name, value: text.slice(valueStart, end).trim() });
		isName = true;
	};
	for (let at = 0; at < text.length; at++) {
		switch (text[at]) {
			case '"': {
				const end = endOfString(text, at);
				if (isName) name = unescaped(text.slice(at, end));
				at = end - 1;
				break;
			}
			case ':':
				if (depth !== 1) break;
				isName = false;
				valueStart = at + 1;
				break;
			case ',':
				if (depth === 1) endMember(at);
				break;
			case '{':
			case '[':
				depth++;
				break;
			case '}':
			case ']':
				depth--;
				if (depth === 0) endMember(at);
		}
	}
	return members;
}

/** The first name that is given twice, with different values; undefined if there is none. */
export function contradictedName(members: readonly Member[]): string | undefined {
	const values = new Map<string, string>();
	for (const { name, value } of members) {
		if ((values.get(name) ?? value) !== value) return name;
		values.set(name, value);
	}
	return undefined;
}

/**
 * Where the string that begins at `start` ends, its quote included. Searched for by its quote, which is
 * quick: the longest strings hold megabytes.
 */
function endOfString(text: string, start: number): number {
	let quote = text.indexOf('"', start + 1);
	while (quote > 0 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
	return quote < 0 ? text.length : quote + 1;
}

function isEscaped(text: string, quote: number): boolean {
	let backslashes = 0;
	while (text[quote - 1 - backslashes] === '\\') backslashes++;
	return backslashes % 2 === 1;
}

function unescaped(string: string): string {
	try {
		return String(JSON.parse(string));
	} catch {
		return string;
	}
}
