import {
	CODE,
	COLUMNS,
	INDEX,
	INDEX_DIGITS,
	LATTICE,
	MOST_CODE_CHARACTERS,
	URL,
	URL_WIDTH,
	type Layout,
} from './layout';

const ZERO = 0x30;
const NINE = 0x39;

/** Which bytes a url may hold. */
const IN_URL = new Uint8Array(256);
for (const byte of Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:')) IN_URL[byte] = 1;

/** No column, or no place. */
export const NONE = -1;

/** Where the places of a row's fields are written down. */
export interface FieldPlaces {
	readonly text: Buffer;
	/** Over `text`. */
	readonly view: DataView;
	/** Rows that are written down already. */
	readonly count: number;
	/** As in `CodeRows`. */
	readonly starts: Uint32Array;
	readonly ends: Uint32Array;
}

/**
 * Finds a row's fields from both ends: all but the code show where they stop, and the code is what is left
 * between them.
 */
export class FieldReader {
	private readonly delimiter: number;
	private readonly isSpaced: boolean;
	private readonly order: readonly number[];
	/** Columns on the left of the code, and on its right. */
	private readonly before: number;
	private readonly latticeWidth: number;
	private readonly host: Buffer;

	constructor(layout: Layout) {
		this.delimiter = layout.delimiter.charCodeAt(0);
		this.isSpaced = layout.delimiter === ' ';
		this.order = layout.order;
		this.before = layout.order.indexOf(CODE);
		this.latticeWidth = layout.latticeWidth;
		this.host = Buffer.from(layout.host, 'latin1');
	}

	/**
	 * Writes the offsets of a row's fields into the batch, behind its last row.
	 *
	 * @returns the first column that does not fit, or -1
	 */
	read(rows: FieldPlaces, start: number, end: number): number {
		const { text } = rows;
		let left = start;
		for (let position = 0; position < this.before; position++) {
			const column = this.order[position] ?? 0;
			const stop = column === INDEX ? this.digitsFrom(text, left, end) : left + this.width(column);
			if (stop > end || !this.fits(rows, column, left, stop)) return column;
			left = this.behindDelimiter(text, stop, end);
			if (left === NONE) return column;
		}
		let right = end;
		for (let position = COLUMNS.length - 1; position > this.before; position--) {
			const column = this.order[position] ?? 0;
			const from =
				column === INDEX ? this.digitsBefore(text, right, left) : right - this.width(column);
			if (from < left || !this.fits(rows, column, from, right)) return column;
			right = this.beforeDelimiter(text, from, left);
			if (right === NONE) return column;
		}
		return this.fits(rows, CODE, left, right) ? NONE : CODE;
	}

	private width(column: number): number {
		return column === LATTICE ? this.latticeWidth : URL_WIDTH;
	}

	/** Notes a field's place if it has its column's shape. */
	private fits(rows: FieldPlaces, column: number, start: number, end: number): boolean {
		const at = rows.count * COLUMNS.length + column;
		rows.starts[at] = start;
		rows.ends[at] = end;
		switch (column) {
			case LATTICE:
				return isLattice(rows.view, start, end);
			case URL:
				return this.isUrl(rows.text, start, end);
			case INDEX:
				return end > start && end - start <= INDEX_DIGITS;
			default:
				return this.isCode(rows.text, start, end);
		}
	}

	private isUrl(text: Buffer, start: number, end: number): boolean {
		for (let at = start; at < end; at++) if (IN_URL[text[at] ?? 0] === 0) return false;
		for (let at = 0; at < this.host.length; at++) {
			if (text[start + at] !== this.host[at]) return false;
		}
		return true;
	}

	private isCode(text: Buffer, start: number, end: number): boolean {
		if (end <= start || end - start > MOST_CODE_CHARACTERS) return false;
		const least = this.isSpaced ? 0x21 : 0x20;
		for (let at = start; at < end; at++) {
			const byte = text[at] ?? 0;
			if (byte < least || byte > 0x7e) return false;
		}
		return true;
	}

	private digitsFrom(text: Buffer, start: number, end: number): number {
		let at = start;
		while (at < end && isDigit(text[at])) at++;
		return at;
	}

	private digitsBefore(text: Buffer, end: number, start: number): number {
		let at = end;
		while (at > start && isDigit(text[at - 1])) at--;
		return at;
	}

	private behindDelimiter(text: Buffer, at: number, end: number): number {
		if (at >= end || text[at] !== this.delimiter) return NONE;
		let next = at + 1;
		while (this.isSpaced && next < end && text[next] === this.delimiter) next++;
		return next;
	}

	private beforeDelimiter(text: Buffer, at: number, start: number): number {
		if (at <= start || text[at - 1] !== this.delimiter) return NONE;
		let last = at - 1;
		while (this.isSpaced && last > start && text[last - 1] === this.delimiter) last--;
		return last;
	}
}

const isDigit = (byte = 0): boolean => byte >= ZERO && byte <= NINE;

/** Whether all bytes are 0 or 1; looks at four at a time, in a third of the time that one at a time takes. */
function isLattice(view: DataView, start: number, end: number): boolean {
	let at = start;
	for (; at + 4 <= end; at += 4) {
		if ((view.getUint32(at) & 0xfefefefe) !== 0x30303030) return false;
	}
	for (; at < end; at++) if ((view.getUint8(at) & 0xfe) !== ZERO) return false;
	return true;
}
