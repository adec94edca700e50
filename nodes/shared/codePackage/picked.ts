import { CODE, COLUMNS, LATTICE, URL } from './layout';
import type { CodeRows, RowSlice } from './rows';

/** A row's fields, to be shown one by one. */
export interface PickedRow {
	/** As it stands in the package. */
	readonly index: number;
	/** Up to 9 characters. */
	readonly code: string;
	/** 28 characters; may begin or end with spaces. */
	readonly url: string;
	/** Digits 0 and 1. */
	readonly lattice: string;
}

/** Which of a segment's wanted rows to pick: their 0-based numbers, ascending. */
export type Picks = 'all' | readonly number[];

export interface Picked {
	/** In the order of the rows. */
	readonly rows: readonly PickedRow[];
	/** The first row whose url begins or ends with a space; undefined if there is none, or all are picked. */
	readonly spaced: PickedRow | undefined;
}

export const NOTHING_PICKED: Picked = { rows: [], spaced: undefined };

const SPACE = 0x20;

/** Picks rows out of a segment as they arrive. */
export class RowPicker implements Picked {
	readonly rows: PickedRow[] = [];
	spaced: PickedRow | undefined;
	/** Wanted rows that have gone by. */
	private passed = 0;
	private next = 0;

	constructor(private readonly picks: Picks) {}

	/** Looks at the next wanted rows. */
	take(rows: CodeRows, { first, end }: RowSlice): void {
		const { picks } = this;
		if (picks === 'all') {
			for (let row = first; row < end; row++) this.rows.push(rowAt(rows, row));
			return;
		}
		const before = this.passed - first;
		for (let pick = picks[this.next]; pick !== undefined && pick - before < end; ) {
			this.rows.push(rowAt(rows, pick - before));
			pick = picks[++this.next];
		}
		for (let row = first; row < end && !this.spaced; row++) {
			if (isSpaced(rows, row)) this.spaced = rowAt(rows, row);
		}
		this.passed += end - first;
	}
}

function rowAt({ text, starts, ends, indexes }: CodeRows, row: number): PickedRow {
	const field = (column: number): string => {
		const at = row * COLUMNS.length + column;
		return text.toString('latin1', starts[at], ends[at]);
	};
	return { index: indexes[row] ?? 0, code: field(CODE), url: field(URL), lattice: field(LATTICE) };
}

function isSpaced({ text, starts, ends }: CodeRows, row: number): boolean {
	const at = row * COLUMNS.length + URL;
	return text[starts[at] ?? 0] === SPACE || text[(ends[at] ?? 0) - 1] === SPACE;
}
