import { Fingerprints, type Seed } from './fingerprints';
import { COLUMNS, type Column } from './layout';
import type { CodeRows, Misfits } from './rows';
import { countOf, type Bounds } from './segments';

/** What happens to codes that don't pass verification. */
export type Verify = 'fail' | 'warn' | 'off';

/** What a look at a segment's rows found. */
export interface Findings {
	/** Where the index column counts from; undefined if it can't be told (a first segment, no rows). */
	readonly indexesFrom: 'application' | 'segment' | undefined;
	/** What is wrong, in words that show no code; empty if all is right. */
	readonly problems: readonly string[];
}

/** What is found where nobody looks. */
export const NOT_VERIFIED: Findings = { indexesFrom: undefined, problems: [] };

/** A row, both 0-based, that has a field of an earlier row. */
interface Repeat {
	readonly row: number;
	readonly of: number;
}

/**
 * Holds a segment's rows, as they arrive, to what was asked for: as many rows as codes, with contiguous
 * indexes, no code and no url twice.
 */
export class SegmentCheck {
	private count = 0;
	private first: number | undefined;
	private gap: { row: number; index: number } | undefined;
	private readonly codes: ColumnCheck;
	private readonly urls: ColumnCheck;

	/** @param bounds the segment's code range, inclusive at both ends */
	constructor(
		private readonly bounds: Bounds,
		seed: Seed,
	) {
		this.codes = new ColumnCheck('code', seed, countOf(bounds));
		this.urls = new ColumnCheck('url', seed, countOf(bounds));
	}

	/** Looks at the next rows. */
	next(rows: CodeRows): void {
		if (rows.count === 0) return;
		this.first ??= rows.indexes[0] ?? 0;
		for (let at = 0; at < rows.count; at++) {
			const row = this.count + at;
			if (rows.indexes[at] !== this.first + row && !this.gap) {
				this.gap = { row, index: rows.indexes[at] ?? 0 };
			}
			this.codes.next(rows, at, row);
			this.urls.next(rows, at, row);
		}
		this.count += rows.count;
	}

	/** The urls of the rows. */
	get fingerprints(): Fingerprints {
		return this.urls.seen;
	}

	/** Tells packages of the same urls from all others, however their lines are written. */
	get identity(): string {
		return this.urls.identity;
	}

	/** What is wrong, once all rows were looked at. */
	findings(misfits: Misfits | undefined): Findings {
		const { bounds } = this;
		const problems: string[] = [];
		if (misfits) {
			const { line, reason, count } = misfits;
			const more = count > 1 ? ` (${count} such lines)` : '';
			problems.push(`line ${line} is not a code row: ${reason}${more}`);
		}
		const expected = countOf(bounds);
		if (this.count !== expected) problems.push(`${this.count} rows instead of ${expected}`);
		const { first, gap } = this;
		if (first !== undefined && first !== bounds.start && first !== 0) {
			problems.push(`the indexes begin at ${first} instead of ${bounds.start}`);
		}
		if (first !== undefined && gap) {
			problems.push(`row ${gap.row + 1} has index ${gap.index} instead of ${first + gap.row}`);
		}
		problems.push(...this.codes.problems, ...this.urls.problems);
		return { indexesFrom: indexesFrom(first, bounds), problems };
	}
}

function indexesFrom(first: number | undefined, bounds: Bounds): Findings['indexesFrom'] {
	if (first === undefined || bounds.start === 0) return undefined;
	if (first === bounds.start) return 'application';
	return first === 0 ? 'segment' : undefined;
}

/** Finds the first row whose field stands in an earlier row too. */
class ColumnCheck {
	readonly seen: Fingerprints;
	private readonly offset: number;
	private repeat: Repeat | undefined;
	private low = 0;
	private high = 0;

	constructor(
		private readonly column: Column,
		seed: Seed,
		expected: number,
	) {
		this.seen = new Fingerprints(seed, expected);
		this.offset = COLUMNS.indexOf(column);
	}

	/** @param at the row's number in `rows`; `row`: in the segment; both 0-based */
	next(rows: CodeRows, at: number, row: number): void {
		const place = at * COLUMNS.length + this.offset;
		const of = this.seen.add(rows, rows.starts[place] ?? 0, rows.ends[place] ?? 0, row);
		if (of >= 0) this.repeat ??= { row, of };
		this.low = Math.imul(this.low ^ this.seen.low, 0x1b873593) + 1;
		this.high = Math.imul(this.high ^ this.seen.high, 0xc2b2ae35) + 1;
	}

	get identity(): string {
		return `${this.low} ${this.high}`;
	}

	get problems(): string[] {
		const { repeat, column } = this;
		return repeat ? [`row ${repeat.row + 1} repeats the ${column} of row ${repeat.of + 1}`] : [];
	}
}
