import { COLUMNS, type CodeRows, type Column } from './rows';

/** How rows are written into a file. */
export interface TextFormat {
	/** From left to right. */
	readonly columns: readonly Column[];
	/** One ASCII character. */
	readonly delimiter: string;
	/** Ends every row, the last one too. */
	readonly lineEnding: '\n' | '\r\n';
}

/** Rows of a segment, by their 0-based number: from `first` up to but without `end`. */
export interface RowSlice {
	readonly first: number;
	readonly end: number;
}

/** The longest form a field can take: a code may have to be quoted, with every byte of it doubled. */
const MOST_BYTES: Readonly<Record<Column, number>> = {
	lattice: 68,
	code: 2 + 2 * 9,
	index: 8,
	url: 28,
};
const CODE = COLUMNS.indexOf('code');
const QUOTE = 0x22;
const BYTE_ORDER_MARK = '\ufeff';

/** The line of column names that heads a CSV file, behind a byte order mark if wanted. */
export function csvHead(
	format: TextFormat,
	options: { readonly header: boolean; readonly byteOrderMark: boolean },
): Buffer {
	const mark = options.byteOrderMark ? BYTE_ORDER_MARK : '';
	const names = options.header ? format.columns.join(format.delimiter) + format.lineEnding : '';
	return Buffer.from(mark + names);
}

/**
 * Rows with the chosen columns. A field that holds the delimiter or a quote is quoted as RFC 4180 says;
 * only a code can.
 */
export function formatRows(rows: CodeRows, slice: RowSlice, format: TextFormat): Buffer {
	const columns = format.columns.map((column) => COLUMNS.indexOf(column));
	const delimiter = format.delimiter.charCodeAt(0);
	const lineEnding = Buffer.from(format.lineEnding);
	const mostInRow = format.columns.reduce(
		(sum, column) => sum + MOST_BYTES[column] + 1,
		lineEnding.length,
	);
	const file = Buffer.allocUnsafe((slice.end - slice.first) * mostInRow);
	let at = 0;
	for (let row = slice.first; row < slice.end; row++) {
		for (const [position, column] of columns.entries()) {
			if (position > 0) file[at++] = delimiter;
			const start = rows.starts[row * COLUMNS.length + column] ?? 0;
			const end = rows.ends[row * COLUMNS.length + column] ?? 0;
			at =
				column === CODE && needsQuotes(rows.text, start, end, delimiter)
					? writeQuoted(file, at, rows.text, start, end)
					: at + rows.text.copy(file, at, start, end);
		}
		at += lineEnding.copy(file, at);
	}
	return file.subarray(0, at);
}

/** The lines of some rows, byte for byte as they stand in the package. */
export function originalRows(rows: CodeRows, slice: RowSlice): Buffer {
	return rows.text.subarray(rows.lines[slice.first], rows.lines[slice.end]);
}

function needsQuotes(text: Buffer, start: number, end: number, delimiter: number): boolean {
	for (let at = start; at < end; at++) {
		if (text[at] === QUOTE || text[at] === delimiter) return true;
	}
	return false;
}

function writeQuoted(file: Buffer, to: number, text: Buffer, start: number, end: number): number {
	let at = to;
	file[at++] = QUOTE;
	for (let from = start; from < end; from++) {
		const byte = text[from] ?? 0;
		if (byte === QUOTE) file[at++] = QUOTE;
		file[at++] = byte;
	}
	file[at++] = QUOTE;
	return at;
}
