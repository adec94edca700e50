import {
	LONE_SEGMENT,
	SeenPackages,
	type AcrossSegments,
} from '../../nodes/shared/codePackage/across';
import type { SegmentText } from '../../nodes/shared/codePackage/reader';
import type { PackageForm } from '../sandbox/form.cts';
import { csvWriter } from './formats.cts';
import { encrypt, planned, rowsOf, textOf, type Writing } from './packages.cts';
import { finished, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const ONE = '700000001';
const OTHER = '700000002';
const ROWS_OF_CODES = csvWriter(['code', 'url']);

/** What is in the package of a segment of 20 codes. */
interface Made {
	/** What its index column begins with; default: as it should. */
	readonly firstIndex?: number;
	/** The segment whose codes it holds; default: its own. */
	readonly codes?: number;
	readonly writing?: Writing;
	readonly form?: Partial<PackageForm>;
	/** Whether columns are taken out of the rows, as for a CSV file. */
	readonly isRewritten?: boolean;
}

/** What is wrong with the next segment. */
const next = (across: AcrossSegments, text: SegmentText) => finished(across.next(text));

/** One execution. */
function execution() {
	const packages = new SeenPackages();
	const segment = (
		number: number,
		{ firstIndex, codes = number, writing, form, isRewritten = false }: Made = {},
	): SegmentText => {
		const bounds = { start: (number - 1) * 20, end: number * 20 - 1 };
		const own = { start: (codes - 1) * 20, end: codes * 20 - 1 };
		const text = textOf(rowsOf(own, firstIndex ?? bounds.start, form), writing);
		return readSegment([encrypt(text, KEY)], {
			segment: planned(bounds, bounds, number),
			key: KEY,
			seed: packages.seed,
			verify: 'warn',
			compare: true,
			writer: isRewritten ? ROWS_OF_CODES : undefined,
			isBase64: false,
		});
	};
	return { packages, segment };
}

describe('across the segments of an item', () => {
	it('nothing is wrong with an application', () => {
		for (const firstIndex of [undefined, 0]) {
			const { packages, segment } = execution();
			const across = packages.of(ONE);
			for (const number of [1, 2, 3]) {
				expect(next(across, segment(number, { firstIndex }))).toEqual([]);
			}
			expect(across.origin).toBe(firstIndex === 0 ? 'segment' : 'application');
		}
	});

	it('the first segment does not tell where indexes count from', () => {
		const { packages, segment } = execution();
		const across = packages.of(ONE);
		next(across, segment(1));
		expect(across.origin).toBeUndefined();
	});

	it('a package that came for two segments is found', () => {
		const { packages, segment } = execution();
		const across = packages.of(ONE);
		expect(next(across, segment(1, { firstIndex: 0 }))).toEqual([]);
		expect(next(across, segment(2, { firstIndex: 0 }))).toEqual([]);
		expect(next(across, segment(3, { firstIndex: 0, codes: 1 }))).toEqual([
			'it is the same package as that of the codes 0–19',
		]);
	});

	it.each<Writing>([
		{ lineEnding: '\r\n' },
		{ delimiter: ',' },
		{ delimiter: '  ' },
		{ byteOrderMark: true, endsLine: false },
		{ order: ['url', 'code', 'index', 'lattice'] },
	])('it is found also where it is written with %j', (writing) => {
		const { packages, segment } = execution();
		const across = packages.of(ONE);
		next(across, segment(1));
		const [problem] = next(across, segment(2, { codes: 1, firstIndex: 20, writing }));
		expect(problem).toBe('it is the same package as that of the codes 0–19');
	});

	it('the same segment again is taken for what it is', () => {
		const { packages, segment } = execution();
		const across = packages.of(ONE);
		expect([1, 1].map((number) => next(across, segment(number)))).toEqual([[], []]);
	});

	it('indexes that count differently are found', () => {
		const { packages, segment } = execution();
		const across = packages.of(ONE);
		expect([1, 2].map((number) => next(across, segment(number)))).toEqual([[], []]);
		expect(next(across, segment(3, { firstIndex: 0 }))).toEqual([
			'its indexes count from the segment, those before from the application',
		]);
		expect(across.origin).toBe('application');
	});
});

describe('rows that are written unlike those of the first segment', () => {
	const found = (other: Made) => {
		const { packages, segment } = execution();
		const across = packages.of(ONE);
		const { isRewritten } = other;
		expect(next(across, segment(1, { isRewritten }))).toEqual([]);
		const problems = next(across, segment(2, other));
		expect(next(across, segment(3, { isRewritten }))).toEqual([]);
		return problems;
	};

	it.each<[string, Made]>([
		['another delimiter', { writing: { delimiter: ',' } }],
		['another delimiter', { writing: { delimiter: '  ' } }],
		['their columns in another order', { writing: { order: ['url', 'code', 'index', 'lattice'] } }],
		[
			'another delimiter, their columns in another order',
			{ writing: { delimiter: ',', order: ['url', 'code', 'index', 'lattice'] } },
		],
		['lattices of 68 characters instead of 361', { form: { latticeWidth: 68 } }],
	])('are found: %s', (what, made) => {
		expect(found(made)).toEqual([`unlike those before, its rows have ${what}`]);
	});

	it.each<Writing>([{ lineEnding: '\r\n' }, { endsLine: false }, { byteOrderMark: true }])(
		'are not those with %j',
		(writing) => {
			expect(found({ writing })).toEqual([]);
		},
	);

	it('are the same once columns were taken out of them, but for what stands in these', () => {
		const isRewritten = true;
		const order = ['url', 'code', 'index', 'lattice'] as const;
		expect(found({ isRewritten, writing: { delimiter: ',', order } })).toEqual([]);
		expect(found({ isRewritten, form: { latticeWidth: 68 } })).toEqual([
			'unlike those before, its rows have lattices of 68 characters instead of 361',
		]);
	});
});

describe('across the items of an execution', () => {
	it('the same codes again are fine', () => {
		const { packages, segment } = execution();
		for (let item = 0; item < 3; item++) {
			const across = packages.of(ONE);
			expect([1, 2].map((number) => next(across, segment(number)))).toEqual([[], []]);
			packages.keep(across);
		}
	});

	it('the package of another item is found, for other codes', () => {
		const { packages, segment } = execution();
		const first = packages.of(ONE);
		next(first, segment(1));
		packages.keep(first);
		expect(next(packages.of(ONE), segment(2, { codes: 1, firstIndex: 0 }))).toEqual([
			'it is the same package as that of the codes 0–19',
		]);
	});

	it('the package of another application is found, though for the same codes', () => {
		const { packages, segment } = execution();
		const first = packages.of(ONE);
		next(first, segment(1));
		packages.keep(first);
		expect(next(packages.of(OTHER), segment(1))).toEqual([
			'it is the same package as that of the codes 0–19 of application 700000001',
		]);
		expect(next(packages.of(undefined), segment(1))).toEqual([
			'it is the same package as that of the codes 0–19 of application 700000001',
		]);
	});

	it('is told without a name where nobody said whose the codes are', () => {
		const { packages, segment } = execution();
		const first = packages.of(undefined);
		next(first, segment(1));
		packages.keep(first);
		expect(next(packages.of(ONE), segment(1))).toEqual([
			'it is the same package as that of the codes 0–19 of another item',
		]);
		expect(next(packages.of(undefined), segment(1))).toEqual([]);
	});

	it('what was not handed on is not remembered', () => {
		const { packages, segment } = execution();
		const failed = packages.of(ONE);
		next(failed, segment(1));
		next(failed, segment(2));
		expect(next(packages.of(OTHER), segment(1))).toEqual([]);
		expect(packages.of(ONE).origin).toBeUndefined();
	});

	it('where indexes count from is remembered for each application', () => {
		const { packages, segment } = execution();
		const first = packages.of(ONE);
		next(first, segment(2));
		packages.keep(first);
		expect([packages.of(ONE).origin, packages.of(OTHER).origin]).toEqual([
			'application',
			undefined,
		]);
		expect(packages.of(undefined).origin).toBeUndefined();
		expect(next(packages.of(ONE), segment(3, { firstIndex: 0 }))).toEqual([
			'its indexes count from the segment, those before from the application',
		]);
		expect(next(packages.of(OTHER), segment(4, { firstIndex: 0 }))).toEqual([]);
	});

	it('an application of which only the first segment was seen is open still', () => {
		const { packages, segment } = execution();
		const first = packages.of(ONE);
		next(first, segment(1));
		packages.keep(first);
		expect(next(packages.of(ONE), segment(3, { firstIndex: 0 }))).toEqual([]);
	});

	it('each execution has fingerprints of its own', () => {
		const [one, other] = [execution(), execution()];
		expect(one.segment(1).identity).not.toBe(other.segment(1).identity);
		expect(one.segment(1).identity).toBe(one.segment(1).identity);
	});
});

it('a lone segment is told in words that fit behind "Segment 2:"', () => {
	expect(LONE_SEGMENT).toMatch(/^its indexes count from the segment, /);
});
