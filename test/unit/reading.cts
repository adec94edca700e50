import fc from 'fast-check';
import type { Steps } from '../../nodes/shared/codePackage/applicationUrls';
import type { Seed } from '../../nodes/shared/codePackage/fingerprints';
import { COLUMNS, type Column, type Layout } from '../../nodes/shared/codePackage/layout';
import type { Part } from '../../nodes/shared/codePackage/parts';
import {
	SegmentReader,
	type ReadOptions,
	type SegmentText,
} from '../../nodes/shared/codePackage/reader';
import {
	RowReader,
	type CodeRows,
	type Content,
	type Misfits,
} from '../../nodes/shared/codePackage/rows';
import type { Stage } from '../../nodes/shared/codePackage/stage';
import { SegmentCheck, type Findings } from '../../nodes/shared/codePackage/verify';
import { planned, type Row } from './packages.cts';

/** One execution's fingerprints; which ones must not matter. */
export const SEED: Seed = { low: 0x1234567, high: -0x7654321 };

/** A text in pieces, cut at these offsets; one that is 0, or comes twice, gives an empty piece. */
export function cutAt(text: Buffer, cuts: readonly number[]): Buffer[] {
	const ends = [...cuts].sort((one, other) => one - other);
	return [...ends, text.length].map((end, at) => text.subarray(ends[at - 1] ?? 0, end));
}

/** Pieces of one size, and what is left. */
export function piecesOf(text: Buffer, size: number): Buffer[] {
	const count = Math.max(Math.ceil(text.length / size), 1);
	return Array.from({ length: count }, (_, at) => text.subarray(at * size, (at + 1) * size));
}

/** Up to so many offsets at which a text may be cut. */
export const cutsOf = (text: Buffer, most = 12): fc.Arbitrary<number[]> =>
	fc.array(fc.nat({ max: text.length }), { maxLength: most });

/** What was read of a text's rows. */
export interface Reading {
	readonly rows: Row[];
	readonly indexes: number[];
	/** Each with its line end. */
	readonly lines: string[];
	readonly misfits: Misfits | undefined;
	readonly layout: Layout | undefined;
	readonly content: Content;
}

/** Reads the rows of a text that arrives in these pieces. */
export function readRows(text: Buffer | string | readonly Buffer[]): Reading {
	const reader = new RowReader();
	const pieces = typeof text === 'string' || Buffer.isBuffer(text) ? [Buffer.from(text)] : text;
	const taken = [...pieces.map((piece) => copyOf(reader.push(piece))), copyOf(reader.end())];
	return {
		rows: taken.flatMap(({ rows }) => rows),
		indexes: taken.flatMap(({ indexes }) => indexes),
		lines: taken.flatMap(({ lines }) => lines),
		misfits: reader.misfits,
		layout: reader.layout,
		content: reader.content,
	};
}

function copyOf(rows: CodeRows): Pick<Reading, 'rows' | 'indexes' | 'lines'> {
	const field = (row: number, column: Column) => {
		const at = row * COLUMNS.length + COLUMNS.indexOf(column);
		return rows.text.toString('latin1', rows.starts[at], rows.ends[at]);
	};
	const numbers = Array.from({ length: rows.count }, (_, row) => row);
	return {
		rows: numbers.map((row) => ({
			lattice: field(row, 'lattice'),
			code: field(row, 'code'),
			index: field(row, 'index'),
			url: field(row, 'url'),
		})),
		indexes: [...rows.indexes.subarray(0, rows.count)],
		lines: numbers.map((row) => rows.text.toString('latin1', rows.lines[row], rows.lines[row + 1])),
	};
}

/** What a look at a segment's text finds, and its identity. */
export function verified(
	text: Buffer | readonly Buffer[],
	bounds: { readonly start: number; readonly end: number },
	seed = SEED,
): Findings & { readonly identity: string } {
	const reader = new RowReader();
	const check = new SegmentCheck(bounds, seed);
	for (const piece of Buffer.isBuffer(text) ? [text] : text) check.next(reader.push(piece));
	check.next(reader.end());
	return { ...check.findings(reader.misfits), identity: check.identity };
}

/** What comes out of a stage for these pieces. */
export const through = (stage: Stage, pieces: readonly Buffer[]): Buffer =>
	Buffer.concat([...pieces.map((piece) => Buffer.from(stage.push(piece))), stage.end()]);

/** Reads a segment's package that arrives in these pieces. */
export function readSegment(
	pieces: readonly Buffer[],
	options: Partial<ReadOptions> & Pick<ReadOptions, 'segment' | 'key'>,
): SegmentText {
	const reader = new SegmentReader({
		seed: SEED,
		verify: 'fail',
		compare: false,
		writer: undefined,
		parts: WHOLE,
		isCounted: false,
		picks: undefined,
		isBase64: true,
		...options,
	});
	for (const piece of pieces) reader.write(piece);
	return reader.end();
}

/** A segment's text as it goes into a file, or into several behind one another. */
export const fileOf = ({ parts }: Pick<SegmentText, 'parts'>): Buffer =>
	Buffer.concat(parts.flatMap(({ pieces }) => pieces));

/** How many codes that is. */
export const countIn = ({ parts }: Pick<SegmentText, 'parts'>): number =>
	parts.reduce((sum, { count }) => sum + count, 0);

/** All of a segment into one file. */
export const WHOLE: readonly Part[] = [{ file: 1, row: 1, count: Infinity }];

/** Codes from 0 on. */
export const firstCodes = (count: number) => planned({ start: 0, end: count - 1 });

/** What comes of steps that are taken one after the other. */
export function finished<Result>(steps: Steps<Result>): Result {
	for (;;) {
		const step = steps.next();
		if (step.done) return step.value;
	}
}

/** Texts as fields of one piece. */
export function fields(texts: readonly string[]) {
	const text = Buffer.from(texts.join(''), 'latin1');
	const view = new DataView(text.buffer, text.byteOffset, text.length);
	const none = new Uint32Array(0);
	const rows: CodeRows = {
		text,
		view,
		count: 0,
		starts: none,
		ends: none,
		lines: none,
		indexes: none,
	};
	let end = 0;
	const bounds = texts.map((own) => [end, (end += own.length)] as const);
	return { rows, bounds };
}
