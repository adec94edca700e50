import {
	countOf,
	firstOf,
	isCut,
	planSegments,
	type Bounds,
} from '../../nodes/shared/codePackage/segments';
import { packageErrorOf, planned } from './packages.cts';

const b = (start: number, end: number): Bounds => ({ start, end });
const LIST = [b(0, 49_999), b(50_000, 99_999), b(100_000, 119_999)];

describe('countOf and isCut', () => {
	it('count both ends', () => {
		expect([countOf(b(0, 0)), countOf(b(0, 49_999)), countOf(b(7, 9))]).toEqual([1, 50_000, 3]);
	});

	it('tell a part from the whole', () => {
		expect(isCut(planned(b(5, 9)))).toBe(false);
		expect(isCut(planned(b(5, 9), b(6, 9)))).toBe(true);
		expect(isCut(planned(b(5, 9), b(5, 8)))).toBe(true);
	});
});

describe('planSegments', () => {
	const wantedOf = (range?: Bounds, list = LIST) =>
		planSegments(list, range).segments.map(({ segment, wanted }) => [
			segment,
			wanted.start,
			wanted.end,
		]);

	it('plans all segments, whole', () => {
		expect(planSegments(LIST)).toEqual({
			segments: LIST.map((bounds, at) => ({ segment: at + 1, bounds, wanted: bounds })),
			problems: [],
		});
	});

	it('plans an application of one code', () => {
		expect(wantedOf(undefined, [b(0, 0)])).toEqual([[1, 0, 0]]);
		expect(wantedOf(b(0, 0), [b(0, 0)])).toEqual([[1, 0, 0]]);
	});

	it('puts a list in order and leaves the caller’s as it was', () => {
		const list = [...LIST].reverse();
		expect(planSegments(list)).toEqual(planSegments(LIST));
		expect(list).toEqual([...LIST].reverse());
	});

	it.each([
		['within one segment', b(10, 20), [[1, 10, 20]]],
		['one code', b(50_000, 50_000), [[2, 50_000, 50_000]]],
		['the last code', b(119_999, 119_999), [[3, 119_999, 119_999]]],
		['exactly one segment', b(50_000, 99_999), [[2, 50_000, 99_999]]],
		[
			'across a border',
			b(49_999, 50_000),
			[
				[1, 49_999, 49_999],
				[2, 50_000, 50_000],
			],
		],
		[
			'over a whole segment in between',
			b(49_000, 100_000),
			[
				[1, 49_000, 49_999],
				[2, 50_000, 99_999],
				[3, 100_000, 100_000],
			],
		],
		[
			'all',
			b(0, 119_999),
			[
				[1, 0, 49_999],
				[2, 50_000, 99_999],
				[3, 100_000, 119_999],
			],
		],
	])('plans a range: %s', (_what, range, expected) => {
		expect(wantedOf(range)).toEqual(expected);
	});

	it('asks for whole segments of the list, whatever is wanted of them', () => {
		expect(planSegments(LIST, b(49_999, 50_000)).segments.map(({ bounds }) => bounds)).toEqual(
			LIST.slice(0, 2),
		);
	});

	it('takes an empty list for an error', () => {
		expect(packageErrorOf(() => planSegments([])).message).toBe(
			'WeChat lists no segments for this application, though it is finished',
		);
	});

	it.each([
		['that overlap', [b(0, 9), b(9, 19)], '9–19'],
		['that are doubled', [b(0, 9), b(0, 9)], '0–9'],
		['one within another', [b(0, 99), b(10, 19)], '10–19'],
		['that are reversed', [b(0, 9), b(19, 10)], '19–10'],
		['below 0', [b(-1, 9)], '-1–9'],
	])('refuses segments %s', (_what, list, at) => {
		const { message } = packageErrorOf(() => planSegments(list));
		expect(message).toBe(`WeChat's list of segments contradicts itself at ${at}`);
	});

	it.each([
		['between segments', [b(0, 9), b(20, 29)], undefined, ['10–19']],
		['before the first', [b(5, 9)], undefined, ['0–4']],
		['several', [b(5, 9), b(11, 19), b(21, 29)], undefined, ['0–4', '10–10', '20–20']],
		['within the range', [b(0, 9), b(20, 29)], b(5, 25), ['10–19']],
		['at the end of the range', [b(0, 9), b(20, 29)], b(5, 15), ['10–15']],
		['at its start', [b(0, 9), b(20, 29)], b(15, 25), ['15–19']],
	])('names codes without a segment: %s', (_what, list, range, gaps) => {
		expect(planSegments(list, range).problems).toEqual(
			gaps.map((gap) => `WeChat lists no segment for the codes ${gap}`),
		);
	});

	it('refuses a range of which no segment holds anything', () => {
		const { message } = packageErrorOf(() => planSegments([b(0, 9), b(20, 29)], b(12, 17)));
		expect(message).toBe('WeChat lists no segment for any of the codes 12–17');
	});

	it('is silent on a gap outside the range', () => {
		expect(planSegments([b(0, 9), b(20, 29)], b(20, 29)).problems).toEqual([]);
		expect(planSegments([b(0, 9), b(20, 29)], b(0, 9)).problems).toEqual([]);
	});

	it('refuses a reversed range', () => {
		const error = packageErrorOf(() => planSegments(LIST, b(10, 9)));
		expect(error.message).toBe('The range is reversed: it starts at 10 and ends at 9');
	});

	it.each([b(0, 120_000), b(120_000, 120_000), b(-1, 5)])(
		'refuses the range %j outside the application, and says what there is',
		(range) => {
			const error = packageErrorOf(() => planSegments(LIST, range));
			expect(error.message).toBe(
				`The range ${range.start}–${range.end} is outside the application`,
			);
			expect(error.description).toBe('Choose codes from 0 to 119999; both ends are included.');
		},
	);
});

describe('firstOf', () => {
	const wantedOf = (count: number, range?: Bounds) =>
		firstOf(planSegments(LIST, range), count).segments.map(({ wanted }) => wanted);

	it.each([
		['one code', 1, undefined, [b(0, 0)]],
		['up to within a segment', 50_001, undefined, [b(0, 49_999), b(50_000, 50_000)]],
		['exactly a segment, and not the next one', 50_000, undefined, [b(0, 49_999)]],
		['of a range', 3, b(49_998, 60_000), [b(49_998, 49_999), b(50_000, 50_000)]],
		['all that a range has', 100, b(49_998, 50_007), [b(49_998, 49_999), b(50_000, 50_007)]],
	])('takes the first codes: %s', (_what, count, range, expected) => {
		expect(wantedOf(count, range)).toEqual(expected);
	});

	it.each([120_000, 120_001, Infinity])('takes all codes where there are no more: %d', (count) => {
		expect(firstOf(planSegments(LIST), count)).toEqual(planSegments(LIST));
	});

	it('asks for whole segments still, counts codes and not gaps, and keeps what is said of these', () => {
		const plan = planSegments([b(0, 9), b(20, 29)]);
		const first = firstOf(plan, 12);
		expect(first.segments).toEqual([planned(b(0, 9)), planned(b(20, 29), b(20, 21), 2)]);
		expect(first.problems).toEqual(plan.problems);
		expect(plan).toEqual(planSegments([b(0, 9), b(20, 29)]));
	});
});
