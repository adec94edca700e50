import { randomBytes } from 'crypto';
import type { CodeRows } from './rows';

/**
 * Where fingerprints begin: random, and the same for all of one execution. If two different texts have one
 * fingerprint by chance (2^-64 for a pair), they don't have it the next time.
 */
export interface Seed {
	readonly low: number;
	readonly high: number;
}

export function newSeed(): Seed {
	const random = randomBytes(8);
	return { low: random.readInt32LE(0), high: random.readInt32LE(4) };
}

const LEAST_SLOTS = 2 ** 12;
const LARGEST_LOAD = 0.7;

/** More rows than that are made room for when they come: a range is only a promise. */
const MOST_EXPECTED = 2 ** 17;

/**
 * The 64-bit fingerprints of one column, and the rows they were first seen in: an open-addressing hash
 * table of 12 bytes a slot outside the heap, 17 to 34 bytes a row. Strings in a JavaScript Set would take
 * ten times as much.
 */
export class Fingerprints {
	/** Of the text that was last looked at. */
	low = 0;
	high = 0;
	private keys: Int32Array;
	/** 1-based numbers of rows; 0: the slot is free. */
	private rows: Uint32Array;
	/** Different texts that were noted. */
	count = 0;

	/** @param expected how many rows there will probably be */
	constructor(
		private readonly seed: Seed,
		expected: number,
	) {
		const least = Math.min(expected, MOST_EXPECTED) / LARGEST_LOAD + 1;
		const slots = Math.max(LEAST_SLOTS, 2 ** Math.ceil(Math.log2(least)));
		this.keys = new Int32Array(2 * slots);
		this.rows = new Uint32Array(slots);
	}

	/**
	 * Notes a field.
	 *
	 * @param row 0-based number of its row in the segment
	 * @returns the first row that has the same text, or -1
	 */
	add(rows: CodeRows, start: number, end: number, row: number): number {
		this.look(rows.view, start, end);
		if (this.count >= this.rows.length * LARGEST_LOAD) this.grow();
		const earlier = this.put(this.low, this.high, row + 1);
		if (earlier === 0) this.count++;
		return earlier - 1;
	}

	/** How many places there are, free ones too. */
	get slots(): number {
		return this.rows.length;
	}

	/**
	 * Tells of the fingerprints in some slots, in no order.
	 *
	 * @param from inclusive; `end`: exclusive, may be beyond the last slot
	 * @param tell takes a fingerprint and the 0-based number of the first row that has it
	 */
	visit(from: number, end: number, tell: (low: number, high: number, row: number) => void): void {
		for (let slot = from; slot < Math.min(end, this.slots); slot++) {
			const row = this.rows[slot] ?? 0;
			if (row > 0) tell(this.keys[2 * slot] ?? 0, this.keys[2 * slot + 1] ?? 0, row - 1);
		}
	}

	/** Two murmur-like lanes of 32 bits with constants of their own, four bytes at a time. */
	private look(view: DataView, start: number, end: number): void {
		let low = this.seed.low ^ (end - start);
		let high = this.seed.high;
		let at = start;
		for (; at + 4 <= end; at += 4) {
			const word = view.getInt32(at);
			low = Math.imul(low ^ Math.imul(word, 0xcc9e2d51), 0x1b873593);
			low ^= low >>> 15;
			high = Math.imul(high ^ Math.imul(word, 0x85ebca6b), 0xc2b2ae35);
			high ^= high >>> 13;
		}
		for (; at < end; at++) {
			const byte = view.getUint8(at) + 1;
			low = Math.imul(low ^ byte, 0x1b873593);
			low ^= low >>> 15;
			high = Math.imul(high ^ byte, 0xc2b2ae35);
			high ^= high >>> 13;
		}
		this.low = low ^ (low >>> 16);
		this.high = high ^ (high >>> 16);
	}

	/** @returns what stands there already, or 0 */
	private put(low: number, high: number, row: number): number {
		const mask = this.rows.length - 1;
		for (let slot = low & mask; ; slot = (slot + 1) & mask) {
			const earlier = this.rows[slot] ?? 0;
			if (earlier === 0) {
				this.keys[2 * slot] = low;
				this.keys[2 * slot + 1] = high;
				this.rows[slot] = row;
				return 0;
			}
			if (this.keys[2 * slot] === low && this.keys[2 * slot + 1] === high) return earlier;
		}
	}

	private grow(): void {
		const { keys, rows } = this;
		this.keys = new Int32Array(2 * keys.length);
		this.rows = new Uint32Array(2 * rows.length);
		for (let slot = 0; slot < rows.length; slot++) {
			const row = rows[slot] ?? 0;
			if (row > 0) this.put(keys[2 * slot] ?? 0, keys[2 * slot + 1] ?? 0, row);
		}
	}
}
