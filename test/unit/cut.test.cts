import fc from 'fast-check';
import type { Bounds, PlannedSegment } from '../../nodes/shared/codePackage/segments';
import { MOST_FILES, cutIntoFiles, type Division } from '../../nodes/shared/delivery/cut';
import { ParameterError } from '../../nodes/shared/n8n/errors';
import { planned } from './packages.cts';
import { processorTime } from './processorTime.cts';

/** Segments one behind the other, each with some of its codes wanted; there may be gaps between them. */
const segments = fc
	.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.integer({ min: 1, max: 12 })), {
		minLength: 1,
		maxLength: 8,
	})
	.map((sizes) => {
		let next = 0;
		return sizes.map(([gap, unwanted, count], at): PlannedSegment => {
			const start = next + gap;
			const wanted = { start: start + unwanted, end: start + unwanted + count - 1 };
			next = wanted.end + 1 + gap;
			return planned({ start, end: next - 1 }, wanted, at + 1);
		});
	});
const division = fc.oneof(
	fc.integer({ min: 1, max: 30 }),
	fc.constantFrom<Division>('perSegment', Infinity),
);

const codesOf = ({ start, end }: Bounds): number[] =>
	Array.from({ length: end - start + 1 }, (_, at) => start + at);

/** The codes of each file, put there one by one as the parts say; each must go where the next place is. */
function filled(list: readonly PlannedSegment[], into: Division): number[][] {
	const { files, parts } = cutIntoFiles(list, into);
	const filling: number[][] = files.map(() => []);
	for (const segment of list) {
		const codes = codesOf(segment.wanted);
		for (const { file, row, count } of parts.get(segment) ?? []) {
			const own = filling[file - 1];
			expect(row).toBe((own?.length ?? NaN) + 1);
			expect(count).toBeGreaterThan(0);
			own?.push(...codes.splice(0, count));
		}
		expect(codes).toEqual([]);
	}
	return filling;
}

describe('cutIntoFiles', () => {
	it('puts every wanted code into exactly one file, in order', () => {
		fc.assert(
			fc.property(segments, division, (list, into) => {
				expect(filled(list, into).flat()).toEqual(list.flatMap(({ wanted }) => codesOf(wanted)));
			}),
		);
	});

	it('fills all files but the last', () => {
		fc.assert(
			fc.property(segments, fc.integer({ min: 1, max: 30 }), (list, size) => {
				const lengths = filled(list, size).map(({ length }) => length);
				expect(lengths.slice(0, -1).every((length) => length === size)).toBe(true);
				expect(lengths.at(-1)).toBeGreaterThan(0);
				expect(lengths.at(-1)).toBeLessThanOrEqual(size);
			}),
		);
	});

	it('says of each file what is in it', () => {
		fc.assert(
			fc.property(segments, division, (list, into) => {
				const codes = filled(list, into);
				const { files, parts } = cutIntoFiles(list, into);
				expect(files).toEqual(
					codes.map((own, at) => ({
						file: at + 1,
						segments: list.filter((segment) =>
							codesOf(segment.wanted).some((code) => own.includes(code)),
						),
						codes: { start: own[0], end: own.at(-1) },
						count: own.length,
					})),
				);
				expect([...parts.keys()]).toEqual(list);
			}),
		);
	});

	it('makes a file of each segment, or of all', () => {
		const list = [
			planned({ start: 0, end: 9 }, { start: 4, end: 9 }, 1),
			planned({ start: 10, end: 19 }, { start: 10, end: 19 }, 2),
			planned({ start: 20, end: 29 }, { start: 20, end: 20 }, 3),
		];
		expect(filled(list, 'perSegment').map((own) => [own[0], own.at(-1)])).toEqual([
			[4, 9],
			[10, 19],
			[20, 20],
		]);
		expect(filled(list, Infinity)).toHaveLength(1);
		expect(filled(list, 17)).toHaveLength(1);
		expect(filled(list, 16).map(({ length }) => length)).toEqual([16, 1]);
	});

	it('makes rolls of 20,000 out of segments of 50,000', () => {
		const list = [0, 1, 2].map((at) =>
			planned({ start: at * 50_000, end: at * 50_000 + 49_999 }, undefined, at + 1),
		);
		const { files, parts } = cutIntoFiles(list, 20_000);
		expect(files.map(({ count }) => count)).toEqual([...Array<number>(7).fill(20_000), 10_000]);
		expect(files.map((file) => file.segments.map(({ segment }) => segment))).toEqual([
			[1],
			[1],
			[1, 2],
			[2],
			[2],
			[3],
			[3],
			[3],
		]);
		expect(list.map((segment) => parts.get(segment))).toEqual([
			[
				{ file: 1, row: 1, count: 20_000 },
				{ file: 2, row: 1, count: 20_000 },
				{ file: 3, row: 1, count: 10_000 },
			],
			[
				{ file: 3, row: 10_001, count: 10_000 },
				{ file: 4, row: 1, count: 20_000 },
				{ file: 5, row: 1, count: 20_000 },
			],
			[
				{ file: 6, row: 1, count: 20_000 },
				{ file: 7, row: 1, count: 20_000 },
				{ file: 8, row: 1, count: 10_000 },
			],
		]);
	});

	it('makes up to 10,000 files, and says what to choose for more codes', () => {
		expect(MOST_FILES).toBe(10_000);
		const codes = (count: number) => [planned({ start: 0, end: count - 1 })];
		expect(cutIntoFiles(codes(10_000), 1).files).toHaveLength(10_000);
		expect(cutIntoFiles(codes(20_000), 2).files).toHaveLength(10_000);
		for (const [count, size, least] of [
			[10_001, 1, 2],
			[20_001, 2, 3],
			[20_000_000, 1_999, 2_000],
		] as const) {
			const refused = refusalOf(() => cutIntoFiles(codes(count), size));
			expect(refused.message).toContain(`${count} codes with ${size} a file would be `);
			expect(refused.description).toContain(`at least ${least}:`);
			// What it says to choose does.
			expect(cutIntoFiles(codes(count), least).files.length).toBeLessThanOrEqual(10_000);
		}
	});

	it('refuses them before it has planned them', () => {
		const worked = processorTime();
		refusalOf(() => cutIntoFiles([planned({ start: 0, end: 19_999_999 })], 1));
		expect(worked()).toBeLessThan(500);
	});
});

function refusalOf(work: () => unknown): ParameterError {
	try {
		work();
	} catch (error) {
		if (error instanceof ParameterError) return error;
		throw error;
	}
	throw new Error('It was not refused');
}
