import { COLUMNS, type CodeRows, type Column } from './rows';
import type { Bounds } from './segments';

/** What a look at a segment's rows found. */
export interface Findings {
	/** Where the index column counts from; undefined if it can't be told (a first segment, no rows). */
	readonly indexesFrom: 'application' | 'segment' | undefined;
	/** What is wrong, in words that show no code; empty if all is right. */
	readonly problems: readonly string[];
}

/**
 * Holds a segment's rows to what was asked for: as many rows as codes, each of the right shape, with
 * contiguous indexes, no code and no url twice.
 *
 * @param rows all rows of the segment's package
 * @param bounds the segment's code range, inclusive at both ends
 */
export function verifyRows(rows: CodeRows, bounds: Bounds): Findings {
	const problems: string[] = [];
	if (rows.misfits) {
		const { line, reason, count } = rows.misfits;
		const more = count > 1 ? ` (${count} such lines)` : '';
		problems.push(`line ${line} is not a code row: ${reason}${more}`);
	}
	const expected = bounds.end - bounds.start + 1;
	if (rows.count !== expected) {
		problems.push(`${rows.count} rows instead of ${expected}`);
	}
	const first = rows.count > 0 ? rows.indexes[0] : undefined;
	if (first !== undefined) {
		if (first !== bounds.start && first !== 0) {
			problems.push(`the indexes begin at ${first} instead of ${bounds.start}`);
		}
		const gap = firstGap(rows, first);
		if (gap !== undefined) {
			problems.push(`row ${gap + 1} has index ${rows.indexes[gap]} instead of ${first + gap}`);
		}
	}
	for (const column of ['code', 'url'] as const) {
		const repeat = firstRepeat(rows, column);
		if (repeat)
			problems.push(`row ${repeat.row + 1} repeats the ${column} of row ${repeat.of + 1}`);
	}
	return { indexesFrom: indexesFrom(first, bounds), problems };
}

function indexesFrom(first: number | undefined, bounds: Bounds): Findings['indexesFrom'] {
	if (first === undefined || bounds.start === 0) return undefined;
	if (first === bounds.start) return 'application';
	return first === 0 ? 'segment' : undefined;
}

function firstGap(rows: CodeRows, first: number): number | undefined {
	for (let row = 0; row < rows.count; row++) {
		if (rows.indexes[row] !== first + row) return row;
	}
	return undefined;
}

/**
 * The first row whose field stands in an earlier row too. An open-addressing hash table of row numbers
 * over the text's own bytes: 50,000 strings for a JavaScript Set would take several times as long.
 */
function firstRepeat(rows: CodeRows, column: Column): { row: number; of: number } | undefined {
	const { text, starts, ends } = rows;
	const offset = COLUMNS.indexOf(column);
	const mask = 2 ** Math.ceil(Math.log2(rows.count * 2 + 1)) - 1;
	const table = new Int32Array(mask + 1).fill(-1);
	for (let row = 0; row < rows.count; row++) {
		const start = starts[row * COLUMNS.length + offset] ?? 0;
		const end = ends[row * COLUMNS.length + offset] ?? 0;
		let slot = hashOf(text, start, end) & mask;
		for (;;) {
			const other = table[slot] ?? -1;
			if (other === -1) break;
			const otherStart = starts[other * COLUMNS.length + offset] ?? 0;
			if (isSame(text, start, otherStart, end - start)) return { row, of: other };
			slot = (slot + 1) & mask;
		}
		table[slot] = row;
	}
	return undefined;
}

/** FNV-1a, 32 bits. */
function hashOf(text: Buffer, start: number, end: number): number {
	let hash = 0x811c9dc5;
	for (let at = start; at < end; at++) {
		hash = Math.imul(hash ^ (text[at] ?? 0), 0x01000193);
	}
	// FNV's low bits depend on the low bits of the input alone; fold the high ones in.
	return hash ^ (hash >>> 15);
}

function isSame(text: Buffer, one: number, other: number, length: number): boolean {
	for (let at = 0; at < length; at++) {
		if (text[one + at] !== text[other + at]) return false;
	}
	return true;
}
