import { FieldReader, NONE, type FieldPlaces } from './fields';
import {
	COLUMNS,
	INDEX,
	LEAST_LATTICE_WIDTH,
	URL_WIDTH,
	learnLayout,
	shapeOf,
	type Layout,
} from './layout';

/** Some rows of a package as offsets into a piece of its text; nothing is copied out of it. */
export interface CodeRows {
	readonly text: Buffer;
	/** Over `text`. */
	readonly view: DataView;
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
}

/** Rows of a batch, by their 0-based number: from `first` up to but without `end`. */
export interface RowSlice {
	readonly first: number;
	readonly end: number;
}

/** Lines that are no rows. */
export interface Misfits {
	/** 1-based number of the first one. */
	readonly line: number;
	/** Why it is none, in words that show nothing of it. */
	readonly reason: string;
	readonly count: number;
}

/** Where the lines of a text that are not blank begin and end, as byte offsets. */
export interface Content {
	/** Behind a byte order mark. */
	readonly start: number;
	/** Behind the last such line, and its line end if it has one. */
	readonly end: number;
	/** Whether that line has a line end. */
	readonly isEnded: boolean;
	readonly lineEnd: '\n' | '\r\n';
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const ZERO = 0x30;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** No row is that long: a lattice of 63 × 63 modules would still fit. */
const LONGEST_LINE = 4_096;

/** Shortest row there is, for an estimate of how many a piece of text can hold. */
const SHORTEST_ROW = LEAST_LATTICE_WIDTH + 1 + 1 + URL_WIDTH + COLUMNS.length;

/**
 * Finds the rows of a package in its text as it arrives. The first row teaches the layout; every further
 * one is held to it. LF or CRLF, a final line end or none, a byte order mark and blank lines at the very
 * end are all fine.
 */
export class RowReader {
	/** Undefined before the first row. */
	layout: Layout | undefined;
	private fields: FieldReader | undefined;
	private readonly rows = new Batch();
	private carry: Buffer = Buffer.alloc(0);
	private joined: Buffer = Buffer.alloc(0);
	/** Offset of `carry` in the whole text. */
	private offset = 0;
	private hasBegun = false;
	private isInLongLine = false;
	private line = 0;
	private blanks = { line: 0, count: 0 };
	private misfit: { line: number; reason: string; count: number } | undefined;
	private readonly extent = { start: 0, end: 0, isEnded: true };
	private lineEnd: Content['lineEnd'] | undefined;

	get misfits(): Misfits | undefined {
		return this.misfit;
	}

	get content(): Content {
		return { ...this.extent, lineEnd: this.lineEnd ?? '\n' };
	}

	/** The rows that a further piece of text completes; good until the next call. */
	push(chunk: Buffer): CodeRows {
		return this.read(this.carry.length > 0 ? this.behindCarry(chunk) : chunk, false);
	}

	/** The last row, if it has no line end. */
	end(): CodeRows {
		return this.read(this.carry, true);
	}

	/** The chunk behind what was carried over, in a buffer that serves one chunk after the other. */
	private behindCarry(chunk: Buffer): Buffer {
		const length = this.carry.length + chunk.length;
		if (this.joined.length < length) this.joined = Buffer.alloc(2 * length);
		// The carry may stand further on in the same buffer; copying within one is safe.
		this.carry.copy(this.joined);
		chunk.copy(this.joined, this.carry.length);
		return this.joined.subarray(0, length);
	}

	private read(text: Buffer, isEnd: boolean): CodeRows {
		const { rows } = this;
		rows.begin(text);
		if (!this.hasBegun && text.length < BYTE_ORDER_MARK.length && !isEnd) {
			this.carry = text;
			return rows;
		}
		let at = this.begin(text);
		for (;;) {
			const lineFeed = text.indexOf(LINE_FEED, at);
			const isLast = isEnd && (at < text.length || this.isInLongLine);
			if (lineFeed === -1 && !isLast) break;
			const next = lineFeed === -1 ? text.length : lineFeed + 1;
			this.readLine(rows, at, lineFeed === -1 ? text.length : lineFeed, next);
			at = next;
		}
		this.keep(text, at);
		return rows;
	}

	/** The offset at which the lines of the first piece begin. */
	private begin(text: Buffer): number {
		if (this.hasBegun) return 0;
		this.hasBegun = true;
		const hasMark = text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
		this.extent.start = hasMark ? BYTE_ORDER_MARK.length : 0;
		this.extent.end = this.extent.start;
		return this.extent.start;
	}

	/** Keeps the beginning of a line for the next piece, unless it is too long for a row already. */
	private keep(text: Buffer, at: number): void {
		this.offset += at;
		this.carry = text.subarray(at);
		// The last byte may be half of its line end.
		if (this.carry.length <= LONGEST_LINE + 1) return;
		if (!this.isInLongLine) {
			this.isInLongLine = true;
			this.noteBlanks();
			this.note(this.line + 1, `it is longer than ${LONGEST_LINE} bytes`);
		}
		this.offset += this.carry.length;
		this.carry = Buffer.alloc(0);
	}

	/** @param stop offset of the line feed; `next`: offset behind it */
	private readLine(rows: Batch, start: number, stop: number, next: number): void {
		const { text } = rows;
		this.line++;
		const end = stop > start && text[stop - 1] === CARRIAGE_RETURN ? stop - 1 : stop;
		if (end === start && !this.isInLongLine) {
			if (this.blanks.count++ === 0) this.blanks.line = this.line;
			return;
		}
		const isEnded = next > stop;
		if (isEnded) this.lineEnd ??= end < stop ? '\r\n' : '\n';
		this.extent.end = this.offset + (isEnded ? next : end);
		this.extent.isEnded = isEnded;
		this.noteBlanks();
		if (this.isInLongLine) {
			this.isInLongLine = false;
			return;
		}
		const reason = this.readRow(rows, start, end);
		if (reason === undefined) rows.close(start, next);
		else this.note(this.line, reason);
	}

	/**
	 * @returns why the line is no row, undefined if it is one. In words only once: for thousands of such lines,
	 *   words that nobody reads would cost more than the rows
	 */
	private readRow(rows: Batch, start: number, end: number): string | undefined {
		const line = () => rows.text.toString('latin1', start, end);
		if (end - start > LONGEST_LINE) return `it is longer than ${LONGEST_LINE} bytes`;
		if (!this.fields) {
			const layout = learnLayout(line());
			if (!layout) {
				if (this.misfit) return '';
				return `it does not have the four columns lattice, code, index and url without doubt (${shapeOf(line())})`;
			}
			this.layout = layout;
			this.fields = new FieldReader(layout);
		}
		const column = this.fields.read(rows, start, end);
		if (column === NONE) return undefined;
		if (this.misfit) return '';
		return `its ${COLUMNS[column]} does not fit (${shapeOf(line(), this.layout?.delimiter)})`;
	}

	/** Blank lines are wrong where another line follows. */
	private noteBlanks(): void {
		if (this.blanks.count === 0) return;
		this.note(this.blanks.line, 'it is empty', this.blanks.count);
		this.blanks.count = 0;
	}

	private note(line: number, reason: string, count = 1): void {
		this.misfit ??= { line, reason, count: 0 };
		this.misfit.count += count;
	}
}

/** Rows of one piece of text, while they are being found; its arrays serve one piece after the other. */
class Batch implements CodeRows, FieldPlaces {
	text: Buffer = Buffer.alloc(0);
	view = new DataView(new ArrayBuffer(0));
	starts = new Uint32Array(0);
	ends = new Uint32Array(0);
	lines = new Uint32Array(1);
	indexes = new Uint32Array(0);
	count = 0;

	begin(text: Buffer): void {
		this.text = text;
		this.view = new DataView(text.buffer, text.byteOffset, text.length);
		this.count = 0;
		const most = Math.ceil((text.length + 2) / SHORTEST_ROW);
		if (most <= this.indexes.length) return;
		this.starts = new Uint32Array(most * COLUMNS.length);
		this.ends = new Uint32Array(most * COLUMNS.length);
		this.lines = new Uint32Array(most + 1);
		this.indexes = new Uint32Array(most);
	}

	/** Counts the row whose fields were just written. */
	close(start: number, next: number): void {
		const { text, starts, ends, count } = this;
		const at = count * COLUMNS.length + INDEX;
		let index = 0;
		for (let digit = starts[at] ?? 0; digit < (ends[at] ?? 0); digit++) {
			index = index * 10 + ((text[digit] ?? ZERO) - ZERO);
		}
		this.indexes[count] = index;
		this.lines[count] = start;
		this.lines[++this.count] = next;
	}
}
