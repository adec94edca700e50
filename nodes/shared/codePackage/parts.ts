import type { CodeRows, Content, RowSlice } from './rows';

/** The wanted rows of a segment that go into one file. */
export interface Part {
	/** 1-based number of the file. */
	readonly file: number;
	/** 1-based number, in that file, of the first of these rows. */
	readonly row: number;
	/** How many rows. */
	readonly count: number;
}

/** Where a slice of rows begins in what is handed on. */
export interface Place {
	/** 1-based number of the file. */
	readonly file: number;
	/** 1-based number, in that file, of the slice's first row. */
	readonly row: number;
}

/** Writes rows as they go into a file; a slice never stands in two files. */
export type RowWriter = (rows: CodeRows, slice: RowSlice, place: Place) => Buffer;

/** What a segment puts into one file. */
export interface TextPart {
	/** The package's own bytes, or the rows as the writer wrote them; to be put together. */
	readonly pieces: readonly Buffer[];
	/** Rows in `pieces`. */
	readonly count: number;
	/** Where rows stand in `pieces`, if these are the text's own bytes. */
	readonly content: Content | undefined;
}

/** Puts a segment's wanted rows, as they arrive, into the parts where they belong. */
export class Parts {
	/** As many as parts, in their order. */
	readonly texts: readonly { readonly pieces: Buffer[]; count: number }[];
	private current = 0;

	/** @param writer undefined: nothing is to be written */
	constructor(
		private readonly parts: readonly Part[],
		private readonly writer: RowWriter | undefined,
	) {
		this.texts = parts.map(() => ({ pieces: [], count: 0 }));
	}

	take(rows: CodeRows, { first, end }: RowSlice): void {
		if (!this.writer) return;
		for (let from = first; from < end; ) {
			const part = this.parts[this.current];
			const text = this.texts[this.current];
			if (!part || !text) return;
			const isLast = this.current === this.parts.length - 1;
			const until = isLast ? end : Math.min(end, from + part.count - text.count);
			const place = { file: part.file, row: part.row + text.count };
			text.pieces.push(this.writer(rows, { first: from, end: until }, place));
			text.count += until - from;
			if (text.count === part.count && !isLast) this.current++;
			from = until;
		}
	}
}

/** The lines of some rows, byte for byte as they stand in the package. */
export const originalRows: RowWriter = (rows, slice) =>
	Buffer.from(rows.text.subarray(rows.lines[slice.first], rows.lines[slice.end]));

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Where rows stand in lines that were cut out of a package: the last one may have no line end, or half of
 * one.
 */
export function contentOfLines(lines: readonly Buffer[], lineEnd: Content['lineEnd']): Content {
	const bytes = lines.reduce((sum, { length }) => sum + length, 0);
	const last = lines.at(-1)?.at(-1);
	const end = last === CARRIAGE_RETURN ? bytes - 1 : bytes;
	return { start: 0, end, isEnded: last === LINE_FEED, lineEnd };
}

/**
 * A part's pieces as they stand in a file of several parts: without a byte order mark in the middle of the
 * file, and where another row follows, with a line end after the last row and no blank lines.
 */
export function joined(
	{ pieces, content }: TextPart,
	place: { readonly isFirst: boolean; readonly isLast: boolean },
): Buffer[] {
	if (!content) return [...pieces];
	const from = place.isFirst ? 0 : content.start;
	const to = place.isLast ? Infinity : content.end;
	const lineEnd = place.isLast || content.isEnded ? '' : content.lineEnd;
	let offset = 0;
	const cut = pieces.map((piece) => {
		const part = piece.subarray(Math.max(from - offset, 0), Math.max(to - offset, 0));
		offset += piece.length;
		return part;
	});
	return [...cut, Buffer.from(lineEnd)];
}
