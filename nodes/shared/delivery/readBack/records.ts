import { SHAPES, type Layout } from '../../codePackage/layout';

/** A row as it stands in a text. */
export interface TextRecord {
	/** Without quotes; of a line that can be no row: fewer than it should have. */
	readonly fields: readonly string[];
	/** Offset behind its line end. */
	readonly next: number;
	/** Lines that it takes: several where a line end stands between quotes. */
	readonly lines: number;
}

export const isBlank = ({ fields }: TextRecord): boolean => fields.length === 1 && fields[0] === '';

/** Reads the record that begins at an offset; undefined: its end is not there yet. */
export type RecordReader = (text: string, at: number) => TextRecord | undefined;

interface Line {
	readonly text: string;
	readonly next: number;
}

/** The line that begins at an offset, without its line end. */
export function lineAt(text: string, at: number): Line | undefined {
	const lineFeed = text.indexOf('\n', at);
	if (lineFeed === -1) return undefined;
	const end = text[lineFeed - 1] === '\r' && lineFeed > at ? lineFeed - 1 : lineFeed;
	return { text: text.slice(at, end), next: lineFeed + 1 };
}

/** Reads records of CSV, quotes as in RFC 4180. One within a field that has none around it is itself. */
export function csvRecords(delimiter: string): RecordReader {
	return (text, at) => {
		const line = lineAt(text, at);
		return line?.text.includes('"')
			? quotedRecord(text, at, delimiter)
			: line && { fields: line.text.split(delimiter), next: line.next, lines: 1 };
	};
}

function quotedRecord(text: string, at: number, delimiter: string): TextRecord | undefined {
	const fields: string[] = [];
	let lines = 1;
	for (let from = at; ; ) {
		let field: string | undefined;
		if (text[from] === '"') {
			const end = closingQuote(text, from);
			if (end === -1) return undefined;
			field = text.slice(from + 1, end).replaceAll('""', '"');
			lines += field.split('\n').length - 1;
			from = end + 1;
		}
		const line = lineAt(text, from);
		if (!line) return undefined;
		const stop = line.text.indexOf(delimiter);
		const rest = stop === -1 ? line.text : line.text.slice(0, stop);
		// What stands behind a closing quote makes it no field.
		if (field !== undefined && rest !== '') return { fields: [], next: line.next, lines };
		fields.push(field ?? rest);
		if (stop === -1) return { fields, next: line.next, lines };
		from += rest.length + delimiter.length;
	}
}

/** The offset of the quote that closes a field; -1: not there yet. What is last may be the first of two. */
function closingQuote(text: string, opening: number): number {
	for (let at = text.indexOf('"', opening + 1); at !== -1; at = text.indexOf('"', at + 2)) {
		if (text[at + 1] !== '"') return at;
	}
	return -1;
}

/**
 * Reads rows of WeChat's package: nothing in them is escaped, the shapes hold them in place. A CSV file of
 * the same four columns looks like one until a row has quotes; one that can be read both ways is CSV, as no
 * code of WeChat's was seen between quotes.
 */
export function packageRecords({ delimiter, order }: Layout): RecordReader {
	const between = delimiter === ' ' ? ' +' : delimiter;
	const pattern = new RegExp(`^${order.map((column) => `(${SHAPES[column]})`).join(between)}$`);
	const asCsv = csvRecords(delimiter);
	return (text, at) => {
		const line = lineAt(text, at);
		if (!line) return undefined;
		const fields = pattern.exec(line.text)?.slice(1);
		const asItIs = { fields: fields ?? [line.text], next: line.next, lines: 1 };
		if (delimiter === ' ' || (fields && !line.text.includes('"'))) return asItIs;
		const csv = asCsv(text, at);
		if (!fields) return csv;
		const isCsv = csv?.next === line.next && csv.fields.length === fields.length;
		return isCsv && pattern.test(csv.fields.join(delimiter)) ? csv : asItIs;
	};
}

/** Reads JSON Lines: of each object the values, if it has these keys in this order. */
export function jsonRecords(keys: readonly string[]): RecordReader {
	return (text, at) => {
		const line = lineAt(text, at);
		if (!line) return undefined;
		const entries = entriesOf(line.text);
		const isRow = entries.every(([key], column) => key === keys[column]);
		const fields = line.text === '' ? [''] : isRow ? entries.map(([, value]) => value) : [];
		return { fields, next: line.next, lines: 1 };
	};
}

/** The keys of an object in JSON with their values as texts; none if it is no object. */
export function entriesOf(json: string): ReadonlyArray<readonly [string, string]> {
	try {
		const value: unknown = JSON.parse(json);
		if (typeof value !== 'object' || value === null) return [];
		return Object.entries(value).map(([key, own]) => [key, String(own)] as const);
	} catch {
		return [];
	}
}
