import fc from 'fast-check';
import { evenlySpaced } from '../../nodes/shared/delivery/handover/proof';

/** The places as numbers over all segments. */
function placesIn(counts: readonly number[], chosen: readonly number[][]): number[] {
	let before = 0;
	return chosen.flatMap((own, at) => {
		const places = own.map((place) => before + place);
		before += counts[at] ?? 0;
		return places;
	});
}

const counts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

describe('evenlySpaced', () => {
	it('chooses as many as wanted, each once and in order, the first and the last among them', () => {
		fc.assert(
			fc.property(counts, fc.integer({ min: 1, max: 60 }), (own, wanted) => {
				const chosen = evenlySpaced(own, wanted);
				const places = placesIn(own, chosen);
				const total = sumOf(own);
				expect(places).toHaveLength(Math.min(wanted, total));
				expect([...new Set(places)].sort((one, other) => one - other)).toEqual(places);
				expect(places[0]).toBe(0);
				if (places.length > 1) expect(places.at(-1)).toBe(total - 1);
				expect(chosen.map((of, at) => of.every((place) => place < (own[at] ?? 0)))).toEqual(
					own.map(() => true),
				);
			}),
		);
	});

	it('leaves gaps that differ by one at most', () => {
		fc.assert(
			fc.property(counts, fc.integer({ min: 2, max: 60 }), (own, wanted) => {
				const places = placesIn(own, evenlySpaced(own, wanted));
				const gaps = places.slice(1).map((place, at) => place - (places[at] ?? 0));
				if (gaps.length > 0) {
					expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
				}
			}),
		);
	});

	it.each([
		[[10], 1, [[0]]],
		[[10], 2, [[0, 9]]],
		[[11], 3, [[0, 5, 10]]],
		[[1], 5, [[0]]],
		[[2, 1], 9, [[0, 1], [0]]],
		[[50_000, 50_000, 1], 3, [[0], [0], [0]]],
		[[3, 1, 1, 5], 2, [[0], [], [], [4]]],
	])('of %j chooses %d: %j', (own, wanted, expected) => {
		expect(evenlySpaced(own, wanted)).toEqual(expected);
	});

	it('counts 20,000,000 codes exactly', () => {
		const own = Array<number>(400).fill(50_000);
		const places = placesIn(own, evenlySpaced(own, 40));
		expect([places[0], places.at(-1), places.length]).toEqual([0, 19_999_999, 40]);
	});
});
