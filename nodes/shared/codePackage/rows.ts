/** The columns of a row, in the order in which WeChat writes them. */
export const COLUMNS = ['lattice', 'code', 'index', 'url'] as const;
export type Column = (typeof COLUMNS)[number];

/** The rows of a package as offsets into its text; nothing is copied out of it. */
export interface CodeRows {
	readonly text: Buffer;
	/** Rows that have all four columns, in the order of the text. */
	readonly count: number;
	/** `starts[row * 4 + column]`: offset of a field's first byte, columns in the order of `COLUMNS`. */
	readonly starts: Uint32Array;
	/** `ends[row * 4 + column]`: offset behind a field's last byte. */
	readonly ends: Uint32Array;
	/** `lines[row]`: offset of the row's line; `lines[count]`: offset behind the last row's line end. */
	readonly lines: Uint32Array;
	/** `indexes[row]`: the value of the index column. */
	readonly indexes: Uint32Array;
	/** The first line that is not a row, and how many there are. */
	readonly misfits:
		| { readonly line: number; readonly reason: string; readonly count: number }
		| undefined;
}

const TAB = 0x09;
export const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COMMA = 0x2c;
const ZERO = 0x30;
export const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const LATTICE = 0;
const CODE = 1;
const INDEX = 2;
const URL = 3;

/** Bytes in a field of each column; the index has 1 to 8 digits (20,000,000 codes at the most). */
const WIDTHS = [68, 9, 0, 28] as const;
const INDEX_DIGITS = 8;
const URL_PREFIX = Buffer.from('P.URL.CN/');

/** Shortest row there is: both ends of the estimate of how many rows a text can hold. */
const SHORTEST_ROW = 68 + 9 + 1 + 28 + 3;

/** Which bytes a column may hold, one bit a column. */
const ALLOWED = allowedBytes();

function allowedBytes(): Uint8Array {
	const allowed = new Uint8Array(256);
	const allow = (column: number, characters: string) => {
		for (const byte of Buffer.from(characters)) {
			allowed[byte] = (allowed[byte] ?? 0) | (1 << column);
		}
	};
	allow(LATTICE, '01');
	allow(INDEX, '0123456789');
	allow(URL, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:');
	for (let byte = 0x20; byte <= 0x7e; byte++) {
		allowed[byte] = (allowed[byte] ?? 0) | (1 << CODE);
	}
	return allowed;
}

/** How a text's rows are written: found on its first row, then demanded of every row. */
interface Layout {
	readonly delimiter: number;
	/** Columns from left to right. */
	readonly order: readonly number[];
}

/**
 * Finds the rows of a package. Tabs or commas, any order of the columns, LF or CRLF, a final line end
 * or none and a byte order mark are all accepted; the shape of each field is not negotiable.
 *
 * @param text the decrypted package
 */
export function findRows(text: Buffer): CodeRows {
	const most = Math.ceil((text.length + 2) / SHORTEST_ROW);
	const starts = new Uint32Array(most * COLUMNS.length);
	const ends = new Uint32Array(most * COLUMNS.length);
	const lines = new Uint32Array(most + 1);
	const indexes = new Uint32Array(most);
	let layout: Layout | undefined;
	let count = 0;
	let misfit: { line: number; reason: string; count: number } | undefined;

	let next = text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
		? BYTE_ORDER_MARK.length
		: 0;
	for (let line = 1; next < text.length; line++) {
		const start = next;
		const lineFeed = text.indexOf(LINE_FEED, start);
		const lineEnd = lineFeed === -1 ? text.length : lineFeed;
		next = lineFeed === -1 ? text.length : lineFeed + 1;
		const end = text[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;

		layout ??= findLayout(text, start, end);
		const reason =
			layout === undefined
				? 'it does not have the four columns lattice, code, index and url'
				: readRow(text, start, end, layout, starts, ends, count);
		if (reason !== undefined) {
			misfit ??= { line, reason, count: 0 };
			misfit.count++;
			continue;
		}
		const at = count * COLUMNS.length + INDEX;
		indexes[count] = toNumber(text, starts[at] ?? 0, ends[at] ?? 0);
		lines[count] = start;
		lines[++count] = next;
	}
	return { text, count, starts, ends, lines, indexes, misfits: misfit };
}

/** Tells a row's delimiter and columns by the widths of its fields, which are all different. */
function findLayout(text: Buffer, start: number, end: number): Layout | undefined {
	const row = text.subarray(start, end);
	const delimiter = row.includes(TAB) ? TAB : COMMA;
	const order = row
		.toString('latin1')
		.split(String.fromCharCode(delimiter))
		.map((field) => columnOfWidth(field.length));
	const complete =
		order.length === COLUMNS.length && COLUMNS.every((_, column) => order.includes(column));
	return complete ? { delimiter, order } : undefined;
}

function columnOfWidth(width: number): number {
	return width >= 1 && width <= INDEX_DIGITS
		? INDEX
		: WIDTHS.findIndex((wanted) => wanted === width);
}

/**
 * Writes a row's field offsets down, unless it does not fit.
 *
 * @returns why it doesn't fit, in words that show nothing of the row; undefined if it does
 */
function readRow(
	text: Buffer,
	start: number,
	end: number,
	layout: Layout,
	starts: Uint32Array,
	ends: Uint32Array,
	row: number,
): string | undefined {
	let at = start;
	for (const [position, column] of layout.order.entries()) {
		const stop = fieldEnd(text, at, end, column);
		if (stop === -1) return `its ${COLUMNS[column]} does not have the expected form`;
		starts[row * COLUMNS.length + column] = at;
		ends[row * COLUMNS.length + column] = stop;
		const isLast = position === COLUMNS.length - 1;
		if (isLast ? stop !== end : stop >= end || text[stop] !== layout.delimiter) {
			return `its ${COLUMNS[column]} does not have the expected length`;
		}
		at = stop + 1;
	}
	return undefined;
}

/** The offset behind the field of `column` that starts at `at`, or -1 if there is no such field. */
function fieldEnd(text: Buffer, at: number, end: number, column: number): number {
	const bit = 1 << column;
	const most = Math.min(end, at + (column === INDEX ? INDEX_DIGITS : (WIDTHS[column] ?? 0)));
	let stop = at;
	while (stop < most && ((ALLOWED[text[stop] ?? 0] ?? 0) & bit) !== 0) stop++;
	if (column === INDEX) return stop > at ? stop : -1;
	if (stop - at !== WIDTHS[column]) return -1;
	const prefixed = column !== URL || URL_PREFIX.compare(text, at, at + URL_PREFIX.length) === 0;
	return prefixed ? stop : -1;
}

function toNumber(text: Buffer, start: number, end: number): number {
	let value = 0;
	for (let at = start; at < end; at++) value = value * 10 + ((text[at] ?? ZERO) - ZERO);
	return value;
}
