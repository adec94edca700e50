import { COLUMNS } from '../../codePackage/layout';
import type { RowWriter } from '../../codePackage/parts';
import type { CodeRows } from '../../codePackage/rows';
import { asciiBytes, encoded } from './encoding';
import { piecesOf, type TextFormat } from './format';
import type { Counted, Piece } from './pieces';

/** The row that is being written. */
interface Current {
	readonly rows: CodeRows;
	/** Its 0-based number among them. */
	row: number;
	/** 1-based number of its file, and of the row in it. */
	readonly file: number;
	number: number;
}

/** Writes a part of the row at an offset of the target; returns the offset behind it. */
type Write = (target: Buffer, at: number, current: Current) => number;

/** A piece of every row, and the room that it takes at most. */
interface Part {
	readonly write: Write;
	readonly bytesPerRow: number;
	/** For each byte of the package's rows. */
	readonly bytesPerByte: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ZERO = 0x30;
const MOST_DIGITS = 16;
const FEW_BYTES = 48;

/** By byte: what stands before it between quotes; 0: nothing. Fields of a package are printable ASCII. */
const CSV_ESCAPES = new Uint8Array(256);
CSV_ESCAPES[QUOTE] = QUOTE;
const JSON_ESCAPES = new Uint8Array(256);
JSON_ESCAPES[QUOTE] = BACKSLASH;
JSON_ESCAPES[BACKSLASH] = BACKSLASH;

/**
 * Writes rows as the format says. Bytes are copied from the package's text to the file: a text of its own
 * for every row would cost more than all the rest.
 */
export function rowWriter(
	format: TextFormat,
	{ applicationId }: { readonly applicationId: string | undefined },
): RowWriter {
	const parts = joinedTexts(piecesOf(format, applicationId ?? '')).map((piece) =>
		partOf(piece, format),
	);
	const writes = parts.map(({ write }) => write);
	const bytesPerRow = parts.reduce((sum, part) => sum + part.bytesPerRow, 0);
	const bytesPerByte = parts.reduce((sum, part) => sum + part.bytesPerByte, 0);
	// Written here first, so that what is kept of a slice is as long as its rows and not as the most they could take.
	let target = Buffer.alloc(0);
	return (rows, { first, end }, place) => {
		const bytes = (rows.lines[end] ?? 0) - (rows.lines[first] ?? 0);
		const room = (end - first) * bytesPerRow + bytes * bytesPerByte;
		if (target.length < room) target = Buffer.allocUnsafe(room);
		const current: Current = { rows, row: first, file: place.file, number: place.row };
		let at = 0;
		for (; current.row < end; current.row++, current.number++) {
			for (const write of writes) at = write(target, at, current);
		}
		return Buffer.from(target.subarray(0, at));
	};
}

function joinedTexts(pieces: readonly Piece[]): Piece[] {
	const joined: Piece[] = [];
	for (const piece of pieces) {
		const last = joined.at(-1);
		if (typeof piece === 'string' && typeof last === 'string') joined.splice(-1, 1, last + piece);
		else joined.push(piece);
	}
	return joined;
}

function partOf(piece: Piece, { encoding, delimiter }: TextFormat): Part {
	if (typeof piece === 'string') {
		const bytes = encoded(piece, encoding);
		const write: Write = (target, at) => copied(target, at, bytes, 0, bytes.length);
		return { write, bytesPerRow: bytes.length, bytesPerByte: 0 };
	}
	const width = asciiBytes(encoding);
	if ('number' in piece) {
		return {
			write: writeNumber(piece.number, width),
			bytesPerRow: MOST_DIGITS * width,
			bytesPerByte: 0,
		};
	}
	const column = COLUMNS.indexOf(piece.column);
	const writeField = {
		never: () => writeBare(column, width),
		csv: () => writeCsv(column, width, delimiter.charCodeAt(0)),
		json: () => writeQuoted(column, width, JSON_ESCAPES),
	};
	// Two quotes, and every byte behind an escape.
	return { write: writeField[piece.quoting](), bytesPerRow: 2 * width, bytesPerByte: 2 * width };
}

/** Writes an ASCII character; in UTF-16LE, with its second byte. */
function put(target: Buffer, at: number, byte: number, width: 1 | 2): number {
	target[at] = byte;
	if (width === 2) target[at + 1] = 0;
	return at + width;
}

function writeBare(column: number, width: 1 | 2): Write {
	return (target, at, { rows: { text, starts, ends }, row }) => {
		const field = row * COLUMNS.length + column;
		const start = starts[field] ?? 0;
		const end = ends[field] ?? 0;
		if (width === 1) return copied(target, at, text, start, end);
		let to = at;
		for (let from = start; from < end; from++) to = put(target, to, text[from] ?? 0, width);
		return to;
	};
}

/** Copies bytes; a few of them by hand, which takes less time than to call what is fast with many. */
function copied(target: Buffer, at: number, from: Buffer, start: number, end: number): number {
	if (end - start > FEW_BYTES) return at + from.copy(target, at, start, end);
	let to = at;
	for (let next = start; next < end; next++) target[to++] = from[next] ?? 0;
	return to;
}

/** Between quotes only where it has to be, which shows while it is written. */
function writeCsv(column: number, width: 1 | 2, delimiter: number): Write {
	const quoted = writeQuoted(column, width, CSV_ESCAPES);
	return (target, at, current) => {
		const { text, starts, ends } = current.rows;
		const field = current.row * COLUMNS.length + column;
		const start = starts[field] ?? 0;
		const end = ends[field] ?? 0;
		if (text[start] === SPACE || text[end - 1] === SPACE) return quoted(target, at, current);
		let to = at;
		for (let from = start; from < end; from++) {
			const byte = text[from] ?? 0;
			if (byte === QUOTE || byte === delimiter) return quoted(target, at, current);
			to = put(target, to, byte, width);
		}
		return to;
	};
}

function writeQuoted(column: number, width: 1 | 2, escapes: Uint8Array): Write {
	return (target, at, { rows: { text, starts, ends }, row }) => {
		const field = row * COLUMNS.length + column;
		const end = ends[field] ?? 0;
		let to = put(target, at, QUOTE, width);
		for (let from = starts[field] ?? 0; from < end; from++) {
			const byte = text[from] ?? 0;
			const escape = escapes[byte] ?? 0;
			if (escape !== 0) to = put(target, to, escape, width);
			to = put(target, to, byte, width);
		}
		return put(target, to, QUOTE, width);
	};
}

function writeNumber(counted: Counted, width: 1 | 2): Write {
	return (target, at, { rows, row, file, number }) => {
		let rest = { row: number, file, index: rows.indexes[row] ?? 0 }[counted];
		let digits = 1;
		for (let power = 10; power <= rest; power *= 10) digits++;
		const end = at + digits * width;
		for (let to = end - width; to >= at; to -= width) {
			put(target, to, ZERO + (rest % 10), width);
			rest = Math.floor(rest / 10);
		}
		return end;
	};
}
