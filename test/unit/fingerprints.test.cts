import fc from 'fast-check';
import { Fingerprints, newSeed, type Seed } from '../../nodes/shared/codePackage/fingerprints';
import { CODE, COLUMNS, URL } from '../../nodes/shared/codePackage/layout';
import { RowReader, type CodeRows } from '../../nodes/shared/codePackage/rows';
import { SPARE_BYTES, rowWriter } from '../sandbox/codes.cts';
import { GUIDE_FORM, changedForm, type PackageForm } from '../sandbox/form.cts';
import { rowsOf, textOf, withItem, type Row, type Writing } from './packages.cts';
import { SEED, fields, verified } from './reading.cts';

const SEEDS: Seed[] = [{ low: 0, high: 0 }, newSeed()];
/** Distinct by construction. A million rows take 10 to 40 s here, where jest runs the code. */
const MANY = Number(process.env.FINGERPRINTED_ROWS ?? 100_000);
const BATCH = 10_000;

/** The rows of the sandbox's codes, batch by batch; with the narrowest lattice, as it does not matter. */
function* batches(count: number, form: Partial<PackageForm> = {}): Generator<CodeRows> {
	const narrow = changedForm(GUIDE_FORM, { latticeWidth: 16, ...form });
	const write = rowWriter('700000001', narrow);
	const text = Buffer.alloc(BATCH * 80 + SPARE_BYTES);
	for (let first = 0; first < count; first += BATCH) {
		let end = 0;
		for (let at = first; at < first + BATCH; at++) end = write(text, end, at, at);
		const rows = new RowReader().push(text.subarray(0, end));
		expect(rows.count).toBe(BATCH);
		yield rows;
	}
}

/** How many fields the fingerprints of these seeds take for one that stood before. */
function repeats(seeds: readonly Seed[], count: number, form?: Partial<PackageForm>): number {
	const tables = seeds.flatMap((seed) =>
		[CODE, URL].map((column) => ({ column, seen: new Fingerprints(seed, 0) })),
	);
	let found = 0;
	let row = 0;
	for (const rows of batches(count, form)) {
		for (let at = 0; at < rows.count; at++, row++) {
			for (const { column, seen } of tables) {
				const place = at * COLUMNS.length + column;
				if (seen.add(rows, rows.starts[place] ?? 0, rows.ends[place] ?? 0, row) !== -1) found++;
			}
		}
	}
	expect(row).toBe(count);
	return found;
}

/** For each text, the first one that is the same, or -1. */
function firstsOf(texts: readonly string[], seed = SEED): number[] {
	const seen = new Fingerprints(seed, 0);
	const { rows, bounds } = fields(texts);
	return bounds.map(([start, end], row) => seen.add(rows, start, end, row));
}

describe('Fingerprints', () => {
	it(`tell the codes and urls of ${MANY} rows apart`, () => {
		expect(repeats(SEEDS, MANY)).toBe(0);
	});

	it.each([4, 5, 6, 7, 8])('tell codes of %d characters apart', (codeLength) => {
		expect(repeats([newSeed()], MANY / 10, { codeLength })).toBe(0);
	});

	it('tell apart what differs in one or two characters', () => {
		const base = [...'P.URL.CN/0AAAAAAAAAAAAAAAAAA'];
		const set = 'AB%0127Z $*-.:';
		const texts = new Set<string>();
		for (let at = 10; at < 28; at++) {
			for (let other = at + 1; other < 28; other++) {
				for (const one of set) {
					for (const two of set) {
						texts.add(withItem(withItem(base, at, one), other, two).join(''));
					}
				}
			}
		}
		expect(texts.size).toBe(1 + 18 * 13 + 153 * 13 * 13);
		expect(firstsOf([...texts], newSeed()).every((first) => first === -1)).toBe(true);
	});

	it('tell all codes of one and two characters apart, and from longer ones', () => {
		const printable = Array.from({ length: 0x5e }, (_, n) => String.fromCharCode(0x21 + n));
		const texts = [
			...printable,
			...printable.flatMap((one) => printable.map((two) => one + two)),
			...printable.flatMap((one) => printable.map((two) => `${one}${two}0`)),
			...printable.flatMap((one) => printable.map((two) => `000${one}${two}`)),
		];
		const different = [...new Set(texts)];
		expect(different.length).toBeGreaterThan(26_000);
		expect(firstsOf(different)).toEqual(different.map(() => -1));
	});

	it('find every text that comes again, and its first row', () => {
		const text = fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom('A', 'B', '0') });
		fc.assert(
			fc.property(fc.array(text, { maxLength: 200 }), (texts) => {
				expect(firstsOf(texts)).toEqual(
					texts.map((own, at) => (texts.indexOf(own) < at ? texts.indexOf(own) : -1)),
				);
			}),
		);
	});

	it('find what comes again after the table has grown many times', () => {
		const texts = Array.from({ length: 60_000 }, (_, at) => `P.URL.CN/${at}`.padEnd(28, ':'));
		const firsts = firstsOf([...texts, ...texts]);
		expect(firsts.slice(0, texts.length).every((first) => first === -1)).toBe(true);
		expect(firsts.slice(texts.length)).toEqual([...texts.keys()]);
	});

	it('do not depend on where in a piece a text stands', () => {
		for (let before = 0; before < 9; before++) {
			const { rows, bounds } = fields(['x'.repeat(before), 'P.URL.CN/0:*', 'AB', 'P.URL.CN/0:*']);
			const seen = new Fingerprints(SEED, 0);
			const found = bounds.slice(1).map(([start, end], row) => seen.add(rows, start, end, row));
			expect(found).toEqual([-1, -1, 0]);
		}
	});

	it('begin at random', () => {
		const seeds = Array.from({ length: 100 }, newSeed);
		expect(new Set(seeds.map(({ low }) => low)).size).toBeGreaterThan(95);
		expect(new Set(seeds.map(({ high }) => high)).size).toBeGreaterThan(95);
	});
});

describe('the identity of a package', () => {
	const BOUNDS = { start: 0, end: 49 };
	const ROWS = rowsOf(BOUNDS);
	const identity = (rows: readonly Row[], writing: Writing = {}, end = '') =>
		verified(Buffer.concat([textOf(rows, writing), Buffer.from(end)]), BOUNDS).identity;
	const own = identity(ROWS);

	it.each<[Writing, string]>([
		[{ lineEnding: '\r\n' }, ''],
		[{ endsLine: false }, ''],
		[{ endsLine: false }, '\r'],
		[{}, '\n\n\n'],
		[{ lineEnding: '\r\n' }, '\r\n\r\n'],
		[{ byteOrderMark: true }, ''],
		[{ delimiter: ',' }, ''],
		[{ delimiter: ' ' }, ''],
		[{ delimiter: '    ', lineEnding: '\r\n' }, '\r'],
		[{ order: ['url', 'lattice', 'code', 'index'] }, ''],
	])('is that of its urls, written with %j and %j', (writing, end) => {
		expect(identity(ROWS, writing, end)).toBe(own);
	});

	it('is the same wherever indexes count from', () => {
		expect(identity(rowsOf(BOUNDS, 700))).toBe(own);
	});

	it('is another one with any two rows exchanged', () => {
		const place = fc.nat({ max: ROWS.length - 1 });
		fc.assert(
			fc.property(place, place, (one, other) => {
				fc.pre(one !== other);
				const order = ROWS.map((_, at) => (at === one ? other : at === other ? one : at));
				expect(identity(order.flatMap((at) => ROWS.slice(at, at + 1)))).not.toBe(own);
			}),
		);
	});

	it('is another one with one other character in one url', () => {
		const character = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:');
		fc.assert(
			fc.property(
				fc.nat({ max: 49 }),
				fc.integer({ min: 9, max: 27 }),
				character,
				(row, at, put) => {
					const { url = '', ...rest } = ROWS[row] ?? { lattice: '', code: '', index: '' };
					fc.pre(url[at] !== put);
					const changed = { ...rest, url: url.slice(0, at) + put + url.slice(at + 1) };
					expect(identity(withItem(ROWS, row, changed))).not.toBe(own);
				},
			),
		);
	});

	it('is another one with a row less or a row more', () => {
		const identities = ROWS.map((_, at) => identity(ROWS.slice(0, at)));
		const less = ROWS.map((_, at) => identity(ROWS.filter((_row, other) => other !== at)));
		const more = ROWS.map((row, at) => identity([...ROWS.slice(0, at), row, ...ROWS.slice(at)]));
		const all = [own, ...identities, ...less.slice(0, -1), ...more];
		expect(new Set(all).size).toBe(all.length);
	});
});
