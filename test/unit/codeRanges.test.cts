import fc from 'fast-check';
import {
	listed,
	merged,
	rangesIn,
	requireAmong,
	requireWithin,
	without,
} from '../../nodes/Marketcode/code/ranges';
import type { Bounds } from '../../nodes/shared/codePackage/segments';

const read = (text: unknown) =>
	rangesIn(text, 'Left Out').map(({ start, end, line }) => [start, end, line]);

describe('a list of codes', () => {
	it.each([
		['17', [[17, 17, 1]]],
		[' 0 - 99 ', [[0, 99, 1]]],
		[
			'0-9\r\n\r\n20–29\r30',
			[
				[0, 9, 1],
				[20, 29, 3],
				[30, 30, 4],
			],
		],
		[
			'1, 3-4,,7',
			[
				[1, 1, 1],
				[3, 4, 1],
				[7, 7, 1],
			],
		],
		[
			'1,3,200,300',
			[
				[1, 1, 1],
				[3, 3, 1],
				[200, 200, 1],
				[300, 300, 1],
			],
		],
		[
			'５～９，１２、13；14',
			[
				[5, 9, 1],
				[12, 12, 1],
				[13, 13, 1],
				[14, 14, 1],
			],
		],
		['0000000-0004999', [[0, 4999, 1]]],
		['9\t—\t9', [[9, 9, 1]]],
		[
			'1——2、3～4；5〜6，7 至 8\n9到10',
			[
				[1, 2, 1],
				[3, 4, 1],
				[5, 6, 1],
				[7, 8, 1],
				[9, 10, 2],
			],
		],
		['', []],
		['\n ,\n', []],
		[17, [[17, 17, 1]]],
	])('%j', (text, expected) => expect(read(text)).toEqual(expected));

	it.each([
		['0-9\nten', 'Left Out, line 2: an entry is neither'],
		['0-9-10', 'line 1: an entry is neither'],
		['0--9', 'line 1: an entry is neither'],
		['第20017号', 'line 1: an entry is neither'],
		['-5', 'line 1: an entry is neither'],
		['1.5', 'line 1: an entry is neither'],
		['1e3', 'line 1: an entry is neither'],
		['1 2', 'line 1: an entry is neither'],
		['1234567890123456', 'line 1: an entry is neither'],
		['\n\n9-0', 'line 3: the range 9–0 is reversed'],
		['1,000-1,999', 'line 1: a comma stands within a number'],
		['0-9\n12,000', 'line 2: a comma stands within a number'],
		[{ waste: '1' }, 'Left Out is not text'],
		[['1'], 'Left Out is not text'],
	])('refuses %j', (text, message) => expect(() => read(text)).toThrow(message));

	it('has an end', () => {
		expect(read('1\n'.repeat(20_000))).toHaveLength(20_000);
		expect(() => read('1\n'.repeat(20_001))).toThrow('more than 20000 entries');
	});

	it('is held to the application, by line', () => {
		const ranges = rangesIn('0-9\n5, 90-100', 'Ranges');
		expect(() => requireWithin(ranges, 100, 'Ranges')).not.toThrow();
		expect(() => requireWithin(ranges, 99, 'Ranges')).toThrow(
			'Ranges, line 2: 90–100 is outside the application',
		);
	});

	it('is told in short where it is long', () => {
		expect(
			listed([
				{ start: 0, end: 9 },
				{ start: 11, end: 11 },
			]),
		).toBe('0–9, 11');
		const many = Array.from({ length: 25 }, (_, at) => ({ start: 2 * at, end: 2 * at }));
		expect(listed(many)).toMatch(/36, 38 and 5 more$/);
	});
});

const SIZE = 60;
const bounds = fc
	.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
	.map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }));
const list = fc.array(bounds, { maxLength: 12 });

/** By another way: a mark for each code. */
const marks = (ranges: readonly Bounds[]) =>
	Array.from({ length: SIZE }, (_, code) =>
		ranges.some(({ start, end }) => start <= code && code <= end),
	);
const stretches = (marked: readonly boolean[]) =>
	marked.filter((mark, code) => mark && marked[code - 1] !== true).length;
const codesIn = (ranges: readonly Bounds[]) =>
	ranges.flatMap(({ start, end }) =>
		Array.from({ length: end - start + 1 }, (_, place) => start + place),
	);

describe('whatever the ranges and what is left out of them', () => {
	it('an entry that has no code in common with them is told, and no other', () => {
		fc.assert(
			fc.property(list, list, (ranges, leftOut) => {
				const chosen = marks(ranges);
				const isForeign = ({ start, end }: Bounds) => !chosen.slice(start, end + 1).includes(true);
				const entries = leftOut.map((entry, at) => ({ ...entry, line: at + 1 }));
				const told = () => requireAmong(entries, ranges, 'Left Out');
				const foreign = entries.filter(isForeign);
				if (foreign.length === 0) return expect(told).not.toThrow();
				const lines = foreign.map(({ line }) => line).join('|');
				expect(told).toThrow(
					new RegExp(`^Left Out, line (${lines}): .* is not among the chosen codes$`),
				);
			}),
		);
	});

	it('exactly the others come, once, in order, in the fewest ranges', () => {
		fc.assert(
			fc.property(list, list, (ranges, leftOut) => {
				const holes = marks(leftOut);
				const wanted = marks(ranges).map((mark, code) => mark && !holes[code]);
				const calls = without(ranges, leftOut);
				expect(codesIn(calls)).toEqual([...wanted.keys()].filter((code) => wanted[code]));
				expect(calls).toHaveLength(stretches(wanted));
			}),
			{ numRuns: 2_000 },
		);
	});

	it('merged ranges are the same codes, as few as can be', () => {
		fc.assert(
			fc.property(list, (ranges) => {
				expect(codesIn(merged(ranges))).toEqual(
					[...marks(ranges).keys()].filter((code) => marks(ranges)[code]),
				);
				expect(merged(ranges)).toHaveLength(stretches(marks(ranges)));
			}),
		);
	});
});
