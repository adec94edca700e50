import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { ApplicationUrls, type Repeats } from '../../nodes/shared/codePackage/applicationUrls';
import { SeenPackages } from '../../nodes/shared/codePackage/across';
import { Fingerprints, newSeed } from '../../nodes/shared/codePackage/fingerprints';
import type { SegmentText } from '../../nodes/shared/codePackage/reader';
import type { Bounds, Plan } from '../../nodes/shared/codePackage/segments';
import { encrypt, planned, rowsOf, textOf, type Row } from './packages.cts';
import { SEED, fields, finished, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const ONE = '700000001';
const OTHER = '700000002';
const ANY_SEED = newSeed();
const SIZE = 25;

const boundsOf = (segment: number, size = SIZE): Bounds => ({
	start: (segment - 1) * size,
	end: segment * size - 1,
});

const planOf = (segments: number): Plan => ({
	segments: Array.from({ length: segments }, (_, at) =>
		planned(boundsOf(at + 1), boundsOf(at + 1), at + 1),
	),
	problems: [],
});

/** An execution of segments with real rows, in which a row may get the url of another code. */
function execution() {
	const packages = new SeenPackages();
	const segment = (number: number, urls: Readonly<Record<number, number>> = {}): SegmentText => {
		const bounds = boundsOf(number);
		const rows = rowsOf(bounds).map((row, at): Row => {
			const of = urls[bounds.start + at];
			return of === undefined ? row : { ...row, ...{ url: urlAt(of) } };
		});
		return readSegment([encrypt(textOf(rows), KEY)], {
			segment: planned(bounds, bounds, number),
			key: KEY,
			seed: packages.seed,
			verify: 'warn',
			compare: true,
			isBase64: false,
		});
	};
	/** What is wrong with the segments of an item. */
	const item = (texts: readonly SegmentText[], application = ONE, isKept = true) => {
		const across = packages.of(application, planOf(texts.length));
		const problems = texts.flatMap((text) => finished(across.next(text)));
		if (isKept) packages.keep(across);
		return problems;
	};
	return { packages, segment, item };
}

const urlAt = (index: number): string =>
	rowsOf({ start: index, end: index }).map(({ url }) => url)[0] ?? '';

/** The fingerprints of a segment's urls. */
function fingerprintsOf(urls: readonly string[], seed = SEED): Fingerprints {
	const seen = new Fingerprints(seed, urls.length);
	const { rows, bounds } = fields(urls);
	for (const [row, [start, end]] of bounds.entries()) seen.add(rows, start, end, row);
	return seen;
}

describe('a url that comes twice in an application', () => {
	it('is found between segment 1 and segment 400', () => {
		const { packages, segment } = execution();
		const across = packages.of(ONE, planOf(400));
		for (let number = 1; number < 400; number++) {
			expect(finished(across.next(segment(number)))).toEqual([]);
		}
		expect(finished(across.next(segment(400, { 9_990: 7 })))).toEqual([
			'its url at index 9990 repeats that of index 7',
		]);
	});

	it('is told once a segment, with the first index and how many there are', () => {
		const { segment, item } = execution();
		const urls = { 70: 3, 60: 20, 65: 4, 74: 30 };
		expect(item([segment(1), segment(2), segment(3, urls), segment(4, { 99: 20 })])).toEqual([
			'its url at index 60 repeats that of index 20 (4 such urls)',
			'its url at index 99 repeats that of index 20',
		]);
	});

	it('is found where each segment is an item of its own', () => {
		const { segment, item } = execution();
		for (let number = 1; number < 40; number++) expect(item([segment(number)])).toEqual([]);
		expect(item([segment(40, { 999: 0 })])).toEqual([
			'its url at index 999 repeats that of index 0',
		]);
	});

	it('is none if the same codes are downloaded again, or are those of another application', () => {
		const { segment, item } = execution();
		expect(item([segment(1), segment(2)])).toEqual([]);
		expect(item([segment(2), segment(1)])).toEqual([]);
		expect(item([segment(3, { 51: 9 })], OTHER)).toEqual([]);
	});

	it('is not told beside a package that is another one as a whole', () => {
		const { segment, item } = execution();
		const urls = Object.fromEntries(Array.from({ length: SIZE }, (_, at) => [SIZE + at, at]));
		expect(item([segment(1), segment(2, urls)])).toEqual([
			'it is the same package as that of the codes 0–24',
		]);
	});

	it('is not looked for unless that was planned', () => {
		const { packages, segment } = execution();
		const across = packages.of(ONE);
		expect(finished(across.next(segment(1)))).toEqual([]);
		expect(finished(across.next(segment(2, { 30: 3 })))).toEqual([]);
	});
});

describe('an item that fails', () => {
	it('does not make a right one fail', () => {
		const { segment, item } = execution();
		// Codes of segment 3 came for segment 2.
		const wrong = segment(
			2,
			Object.fromEntries([...Array(24).keys()].map((at) => [25 + at, 50 + at])),
		);
		expect(item([segment(1), wrong], ONE, false)).toEqual([]);
		expect(item([segment(1), segment(2), segment(3)])).toEqual([]);
	});

	it('does not hide what was seen before', () => {
		const { segment, item } = execution();
		expect(item([segment(1)])).toEqual([]);
		expect(item([segment(2)], ONE, false)).toEqual([]);
		expect(item([segment(3)], ONE, false)).toEqual([]);
		// Codes 30 and 60 were not handed on.
		expect(item([segment(4, { 80: 30, 81: 60 })])).toEqual([]);
		expect(item([segment(5, { 101: 8 })])).toEqual([
			'its url at index 101 repeats that of index 8',
		]);
		expect(item([segment(6, { 126: 30 })])).toEqual([
			'its url at index 126 repeats that of index 80',
		]);
	});

	it('is forgotten with rows that it had too many', () => {
		const urls = new ApplicationUrls();
		urls.begin(0);
		finished(urls.add(fingerprintsOf(['a', 'b', 'c', 'd']), { start: 0, end: 1 }));
		urls.begin(0);
		expect(finished(urls.add(fingerprintsOf(['d']), { start: 9, end: 9 }))).toBeUndefined();
	});
});

describe('ApplicationUrls', () => {
	const url = fc.integer({ min: 0, max: 300 }).map((number) => `P.URL.CN/${number}`);
	const segments = fc.array(
		fc.record({
			urls: fc.uniqueArray(url, { maxLength: 40 }),
			start: fc.constantFrom(0, 40, 80, 120, 160, 200),
			isNewItem: fc.boolean(),
			isKept: fc.boolean(),
		}),
		{ maxLength: 30 },
	);

	it('finds what a Map finds, however small it begins', () => {
		fc.assert(
			fc.property(segments, fc.nat({ max: 400 }), (all, expected) => {
				const own = new ApplicationUrls();
				const map = new Map<string, number>();
				own.begin(expected);
				for (const { urls, start, isNewItem } of all) {
					if (isNewItem) {
						own.keep();
						own.begin(expected);
					}
					const bounds = { start, end: start + 39 };
					const found = finished(own.add(fingerprintsOf(urls, ANY_SEED), bounds));
					expect(found).toEqual(foundByMap(map, urls, start));
					expect(own.count).toBe(map.size);
				}
			}),
		);
	});

	it('forgets, of what failed, whatever a Map forgets', () => {
		fc.assert(
			fc.property(segments, (all) => {
				const own = new ApplicationUrls();
				const map = new Map<string, number>();
				for (const { urls, start, isKept } of all) {
					own.begin(0);
					const bounds = { start, end: start + 39 };
					expect(finished(own.add(fingerprintsOf(urls), bounds))).toEqual(
						foundByMap(map, urls, start),
					);
					if (isKept) own.keep();
					else {
						for (const [text, index] of map) {
							if (index >= bounds.start && index <= bounds.end) map.delete(text);
						}
					}
				}
			}),
		);
	});

	it('takes at most 16 bytes a code outside the heap, expected or not', () => {
		const size = 8_000;
		const codes = 5 * size;
		const segments = Array.from({ length: codes / size }, (_segment, number) =>
			fingerprintsOf(Array.from({ length: size }, (_row, at) => `${number * size + at}`)),
		);
		const before = bytesOutsideHeap();
		const bytesACode = (expected: number): number[] => {
			const own = new ApplicationUrls();
			own.begin(expected);
			return segments.map((urls, number) => {
				const bounds = { start: number * size, end: (number + 1) * size - 1 };
				expect(finished(own.add(urls, bounds))).toBeUndefined();
				return (bytesOutsideHeap() - before) / own.count;
			});
		};
		const grown = bytesACode(size);
		expect(Math.max(...grown)).toBeLessThanOrEqual(16);
		// That it is measured at all: what others leave behind may be freed in between.
		expect(grown.at(-1)).toBeGreaterThan(8);
		const planned = bytesACode(codes).at(-1);
		expect(planned).toBeLessThanOrEqual(16);
		expect(planned).toBeGreaterThan(8);
	});

	it('lets others have their turn', () => {
		const seen = fingerprintsOf(Array.from({ length: 50_000 }, (_, at) => String(at)));
		const own = new ApplicationUrls();
		own.begin(0);
		const turns = (start: number) => [...own.add(seen, { start, end: start + 49_999 })].length;
		expect(turns(0)).toBe(2 ** 17 / 2 ** 14 - 1);
	});

	it('finds in one run what it took for a repeat by chance in another, as each has a seed of its own', () => {
		const seeds = Array.from({ length: 50 }, () => new SeenPackages().seed);
		expect(new Set(seeds.map(({ low, high }) => `${low} ${high}`)).size).toBe(50);
		const keys = (seed = newSeed()) => {
			const found: number[] = [];
			fingerprintsOf(['P.URL.CN/0'], seed).visit(0, Infinity, (low, high) => found.push(low, high));
			return found.join();
		};
		expect(new Set(seeds.map(keys)).size).toBe(50);
	});
});

/** What typed arrays and buffers take, says Node, once what nobody holds any more is gone. */
function bytesOutsideHeap(): number {
	setFlagsFromString('--expose-gc');
	const collect: unknown = runInNewContext('gc');
	if (typeof collect !== 'function') throw new Error('Node does not collect on demand');
	// The first time only begins to give buffers back.
	for (let time = 0; time < 2; time++) collect();
	return process.memoryUsage().arrayBuffers;
}

/** As the table should: the first place of a url stays, that of the lowest repeat is told. */
function foundByMap(
	map: Map<string, number>,
	urls: readonly string[],
	start: number,
): Repeats | undefined {
	const repeats = urls.flatMap((text, row) => {
		const index = start + row;
		const of = map.get(text) ?? index;
		map.set(text, of);
		return of === index ? [] : [{ index, of }];
	});
	const [first] = repeats;
	return first && { ...first, count: repeats.length };
}
