import { COLUMNS, type Column } from '../codePackage/layout';
import type { RowWriter } from '../codePackage/parts';
import type { CodeRows, RowSlice } from '../codePackage/rows';

/** How rows are written into a file. */
export interface TextFormat {
	/** From left to right. */
	readonly columns: readonly Column[];
	/** One ASCII character. */
	readonly delimiter: string;
	/** Ends every row, the last one too. */
	readonly lineEnding: '\n' | '\r\n';
}

const QUOTE = 0x22;
const CODE = COLUMNS.indexOf('code');
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
 * Writes rows with the chosen columns. A field that holds the delimiter or a quote is quoted as RFC 4180
 * says; only a code can.
 */
export function rowWriter(format: TextFormat): RowWriter {
	const columns = format.columns.map((column) => COLUMNS.indexOf(column));
	const delimiter = format.delimiter.charCodeAt(0);
	const lineEnding = Buffer.from(format.lineEnding);
	return (rows, slice) => {
		const { text, starts, ends } = rows;
		const file = Buffer.allocUnsafe(mostBytes(rows, slice, columns, lineEnding.length));
		let at = 0;
		for (let row = slice.first; row < slice.end; row++) {
			for (let position = 0; position < columns.length; position++) {
				const column = columns[position] ?? 0;
				if (position > 0) file[at++] = delimiter;
				const start = starts[row * COLUMNS.length + column] ?? 0;
				const end = ends[row * COLUMNS.length + column] ?? 0;
				at =
					column === CODE && needsQuotes(text, start, end, delimiter)
						? writeQuoted(file, at, text, start, end)
						: at + text.copy(file, at, start, end);
			}
			at += lineEnding.copy(file, at);
		}
		return file.subarray(0, at);
	};
}

/** Room for the rows: a code may have to be quoted, with every byte of it doubled. */
function mostBytes(
	{ starts, ends }: CodeRows,
	slice: RowSlice,
	columns: readonly number[],
	lineEndBytes: number,
): number {
	let bytes = 0;
	for (let row = slice.first; row < slice.end; row++) {
		bytes += lineEndBytes;
		for (let position = 0; position < columns.length; position++) {
			const column = columns[position] ?? 0;
			const at = row * COLUMNS.length + column;
			const width = (ends[at] ?? 0) - (starts[at] ?? 0);
			bytes += (column === CODE ? 2 + 2 * width : width) + 1;
		}
	}
	return bytes;
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
