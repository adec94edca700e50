import type { Fingerprints } from './fingerprints';
import type { Bounds } from './segments';

/** Work that lets others have their turn at each `yield`, every millisecond or so. */
export type Steps<Result> = Generator<void, Result, void>;

/** Urls of a segment that stand elsewhere in the application too. */
export interface Repeats {
	/** The first one's index in the application, from 0. */
	readonly index: number;
	/** The index at which it was seen before. */
	readonly of: number;
	/** How many there are. */
	readonly count: number;
}

/** An index beyond that has no room in a table; WeChat's applications end at 20,000,000 codes. */
export const LARGEST_INDEX = 2 ** 30;

/** No more is made room for beforehand: a range is only a promise. */
const MOST_EXPECTED = 20_000_000;

/** 12 bytes a slot: 15 bytes a code, and no more than 16 where a table had to grow by a sixteenth. */
const LOAD = 0.8;
const LARGEST_LOAD = 0.85;
const GROWTH = 17 / 16;

/** Slots of a segment that are worked through in one go: about a millisecond, all over the memory. */
const SLOTS_TO_PUT = 2 ** 14;
/** The same for slots of the table, from one end of the memory to the other. */
const SLOTS_TO_READ = 2 ** 16;

/** In place of an index. */
const FREE = 0;
/** The same: the fingerprint counts for nothing. */
const FORGOTTEN = -1;

/**
 * The urls of an application over all of its segments, and of all items of one execution, as 64-bit
 * fingerprints in at most 16 bytes a code outside the heap. Where more come than were expected, tables that
 * were outgrown take room too until they are collected.
 */
export class ApplicationUrls {
	private table = new UrlTable(0);
	private expected = 0;
	/** Where the codes are that were added for an item not kept yet. */
	private added: Bounds | undefined;
	/** The same for the one that failed last: those before are forgotten once codes are added. */
	private failed: Bounds | undefined;

	/** How many codes the application has here; those of an item that failed may be among them. */
	get count(): number {
		return this.table.count;
	}

	/**
	 * Begins an item. One that was begun before and is not kept has failed.
	 *
	 * @param expected how many codes there will be in all
	 */
	begin(expected: number): void {
		if (this.added) this.failed = this.added;
		this.added = undefined;
		this.expected = Math.min(expected, MOST_EXPECTED);
	}

	/** The codes of the item were handed on. */
	keep(): void {
		this.added = undefined;
	}

	/**
	 * Adds a segment's urls. The same url at the same index is the same code, downloaded again.
	 *
	 * @param bounds the segment's codes, up to `LARGEST_INDEX`
	 * @returns undefined if none of them stands at another index
	 */
	*add(urls: Fingerprints, bounds: Bounds): Steps<Repeats | undefined> {
		yield* this.forgetFailed();
		const needed = this.count + urls.count;
		if (needed > this.table.slots * LARGEST_LOAD) yield* this.grow(needed);
		let last = bounds.end;
		let index = Infinity;
		let of = 0;
		let count = 0;
		this.added = hull(bounds, this.added);
		for (let from = 0; from < urls.slots; from += SLOTS_TO_PUT) {
			if (from > 0) yield;
			urls.visit(from, from + SLOTS_TO_PUT, (low, high, row) => {
				const own = bounds.start + row;
				last = Math.max(last, own);
				const earlier = this.table.put(low, high, own);
				if (earlier === own) return;
				count++;
				if (own > index) return;
				index = own;
				of = earlier;
			});
			// Rows that the segment should not have are to be forgotten, too.
			this.added = hull({ start: bounds.start, end: last }, this.added);
		}
		return count > 0 ? { index, of, count } : undefined;
	}

	private *grow(needed: number): Steps<void> {
		const { table } = this;
		const codes = Math.max(needed, this.expected, table.count * GROWTH);
		const larger = new UrlTable(Math.ceil(codes / LOAD) + 1);
		for (let from = 0; from < table.slots; from += SLOTS_TO_READ) {
			if (from > 0) yield;
			table.copyTo(larger, from, from + SLOTS_TO_READ);
		}
		this.table = larger;
	}

	/** What a failed item brought may be wrong: it must not make a right one fail. */
	private *forgetFailed(): Steps<void> {
		if (!this.failed) return;
		for (let from = 0; from < this.table.slots; from += SLOTS_TO_READ) {
			this.table.forget(this.failed, from, from + SLOTS_TO_READ);
			yield;
		}
		this.failed = undefined;
	}
}

const hull = (one: Bounds, other: Bounds = one): Bounds => ({
	start: Math.min(one.start, other.start),
	end: Math.max(one.end, other.end),
});

/** What a slot holds: the index plus 1, and the fingerprint's halves. Beside each other, they are read at once. */
const FIELDS = 3;

/** Fingerprints with the index of each: open addressing, of a size that never changes. */
class UrlTable {
	/** Fingerprints there are, forgotten ones too. */
	count = 0;
	private readonly fields: Int32Array;

	constructor(readonly slots: number) {
		this.fields = new Int32Array(FIELDS * slots);
	}

	/** @returns the index at which the fingerprint stands: this one if it is new; there has to be a free slot */
	put(low: number, high: number, index: number): number {
		const { fields } = this;
		// `Fingerprints` takes its slots from the low half: with the same one here, neighbours would pile up.
		let at = FIELDS * Math.floor(((high >>> 0) / 2 ** 32) * this.slots);
		for (; ; at = at + FIELDS < fields.length ? at + FIELDS : 0) {
			const earlier = fields[at];
			if (earlier === FREE) {
				fields[at + 1] = low;
				fields[at + 2] = high;
				this.count++;
			} else if (fields[at + 1] !== low || fields[at + 2] !== high) {
				continue;
			} else if (earlier !== FORGOTTEN) {
				return (earlier ?? 0) - 1;
			}
			fields[at] = index + 1;
			return index;
		}
	}

	/** Puts what stands in some slots, the last one not included, into another table. */
	copyTo(other: UrlTable, from: number, end: number): void {
		const { fields } = this;
		for (let at = FIELDS * from; at < Math.min(FIELDS * end, fields.length); at += FIELDS) {
			const index = fields[at] ?? FREE;
			if (index === FREE || index === FORGOTTEN) continue;
			other.put(fields[at + 1] ?? 0, fields[at + 2] ?? 0, index - 1);
		}
	}

	/** Forgets the codes with these indexes, in some slots, the last one not included. */
	forget(bounds: Bounds, from: number, end: number): void {
		const { fields } = this;
		for (let at = FIELDS * from; at < Math.min(FIELDS * end, fields.length); at += FIELDS) {
			const index = (fields[at] ?? FREE) - 1;
			if (index >= bounds.start && index <= bounds.end) fields[at] = FORGOTTEN;
		}
	}
}
