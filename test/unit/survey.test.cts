import fc from 'fast-check';
import { Survey, type Stretch } from '../../nodes/Marketcode/code/survey';
import type { Bounds } from '../../nodes/shared/codePackage/segments';
import type { Activation } from '../../nodes/shared/wechat/calls';

const activation = (code_start: number | null, code_end: number | null): Activation => ({
	code: '',
	application_id: '1',
	isv_application_id: null,
	activity_name: `${code_start}`,
	product_brand: '',
	product_title: '',
	product_code: '',
	wxa_appid: '',
	wxa_path: '',
	wxa_type: 0,
	code_start,
	code_end,
});

/** What is found of these activations, and which codes were asked about. */
async function surveyOf(
	active: readonly Bounds[],
	regions: readonly Bounds[],
	step: number,
	mostCalls = Infinity,
) {
	const asked: number[] = [];
	const survey = new Survey({
		step,
		mostCalls,
		ask: async (at) => {
			asked.push(at);
			const found = active.find(({ start, end }) => start <= at && at <= end);
			return found && activation(found.start, found.end);
		},
	});
	const stretches: Stretch[] = [];
	for (const region of regions) stretches.push(...(await survey.over(region)));
	return { stretches, asked };
}

const brief = ({ start, end, isActive, isExact }: Stretch) => [start, end, isActive, isExact];

describe('a survey', () => {
	it('jumps from the end of each activation, and knows its beginning from within it', async () => {
		const active = [
			{ start: 0, end: 9 },
			{ start: 25, end: 49 },
			{ start: 50, end: 60 },
		];
		const { stretches, asked } = await surveyOf(active, [{ start: 0, end: 99 }], 20);
		expect(asked).toEqual([0, 10, 30, 50, 61, 81, 99]);
		expect(stretches.map(brief)).toEqual([
			[0, 9, true, true],
			[10, 24, false, false],
			[25, 49, true, true],
			[50, 60, true, true],
			[61, 99, false, false],
		]);
		expect(stretches[2]?.activation?.activity_name).toBe('25');
	});

	it('does not see what lies between two questions, and does not say that it is certain', async () => {
		const { stretches } = await surveyOf([{ start: 3, end: 5 }], [{ start: 0, end: 19 }], 10);
		expect(stretches.map(brief)).toEqual([[0, 19, false, false]]);
	});

	it('asks about the ends of each region, and not twice about one activation', async () => {
		const regions = [
			{ start: 0, end: 39 },
			{ start: 40, end: 44 },
			{ start: 45, end: 99 },
		];
		const { stretches, asked } = await surveyOf([{ start: 42, end: 70 }], regions, 50);
		expect(asked).toEqual([0, 39, 40, 44, 71, 99]);
		expect(stretches.map(brief)).toEqual([
			[0, 39, false, false],
			[40, 41, false, false],
			[42, 44, true, true],
			[45, 70, true, true],
			[71, 99, false, false],
		]);
	});

	it('says from where on nothing is known when the questions are used up', async () => {
		const regions = [
			{ start: 0, end: 49 },
			{ start: 50, end: 99 },
		];
		const { stretches, asked } = await surveyOf([{ start: 5, end: 9 }], regions, 5, 4);
		expect(asked).toEqual([0, 5, 10, 15]);
		expect(stretches.map(brief)).toEqual([
			[0, 4, false, false],
			[5, 9, true, true],
			[10, 15, false, false],
			[16, 49, null, false],
			[50, 99, null, false],
		]);
	});

	it.each([
		['nothing', null, null],
		['no end', 3, null],
		['a range that does not hold the code', 10, 20],
	])(
		'knows of an activation of which WeChat tells %s only the code itself',
		async (_what, start, end) => {
			const ask = async (at: number) => (at === 2 ? activation(start, end) : undefined);
			const survey = new Survey({ ask, step: 1, mostCalls: 9 });
			expect((await survey.over({ start: 0, end: 4 })).map(brief)).toEqual([
				[0, 1, false, true],
				[2, 2, true, false],
				[3, 4, false, true],
			]);
		},
	);

	it('takes a start that is left out for 0', async () => {
		const survey = new Survey({ ask: async () => activation(null, 7), step: 1, mostCalls: 9 });
		expect((await survey.over({ start: 0, end: 7 })).map(brief)).toEqual([[0, 7, true, true]]);
	});
});

const SIZE = 80;
/** Activations that do not overlap, some of them neighbours. */
const layout = fc.array(fc.nat(9), { maxLength: 20 }).map((lengths) => {
	const active: Bounds[] = [];
	let next = 0;
	for (const [place, length] of lengths.entries()) {
		const end = next + length;
		if (end >= SIZE) break;
		if (place % 2 === 1 || length % 3 === 0) active.push({ start: next, end });
		next = end + 1;
	}
	return active;
});

describe('whatever is active', () => {
	const cuts = fc.uniqueArray(fc.integer({ min: 1, max: SIZE - 1 }), { maxLength: 4 });
	const regionsOf = (starts: readonly number[]): Bounds[] => {
		const sorted = [0, ...starts].sort((one, other) => one - other);
		return sorted.map((start, place) => ({ start, end: (sorted[place + 1] ?? SIZE) - 1 }));
	};
	const isActive = (active: readonly Bounds[], code: number) =>
		active.some(({ start, end }) => start <= code && code <= end);

	it('stretches follow each other without a gap, and what is certain is true', async () => {
		await fc.assert(
			fc.asyncProperty(
				layout,
				cuts,
				fc.integer({ min: 1, max: 30 }),
				fc.integer({ min: 1, max: 60 }),
				async (active, starts, step, mostCalls) => {
					const { stretches, asked } = await surveyOf(active, regionsOf(starts), step, mostCalls);
					expect(asked.length).toBeLessThanOrEqual(mostCalls);
					expect(new Set(asked).size).toBe(asked.length);
					let next = 0;
					for (const stretch of stretches) {
						expect(stretch.start).toBe(next);
						expect(stretch.end).toBeGreaterThanOrEqual(stretch.start);
						next = stretch.end + 1;
						for (let code = stretch.start; code <= stretch.end; code++) {
							if (stretch.isExact || stretch.isActive === true) {
								expect(isActive(active, code)).toBe(stretch.isActive);
							}
							if (stretch.isActive === null) expect(asked).not.toContain(code);
						}
					}
					expect(next).toBe(SIZE);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('a step of 1 finds it all, and is certain of it', async () => {
		await fc.assert(
			fc.asyncProperty(layout, cuts, async (active, starts) => {
				const { stretches } = await surveyOf(active, regionsOf(starts), 1);
				for (const stretch of stretches) {
					expect(stretch.isExact).toBe(true);
					expect(isActive(active, stretch.start)).toBe(stretch.isActive);
				}
			}),
		);
	});
});
