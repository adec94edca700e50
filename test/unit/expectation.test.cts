import fc from 'fast-check';
import { regionsOf } from '../../nodes/Marketcode/code/expectation';

const LAST = 199;

/** Delivered files with gaps between them: borders in order, every second stretch is a file. */
const someFiles = fc
	.uniqueArray(fc.nat(LAST + 1), { minLength: 2, maxLength: 20 })
	.map((borders) => {
		const sorted = borders.sort((one, other) => one - other);
		return sorted.slice(1).map((next, at) => ({
			...{ name: `file ${at}`, start: sorted[at] ?? 0, end: next - 1 },
		}));
	})
	.chain((stretches) => fc.subarray(stretches));
const someWaste = fc.array(
	fc.tuple(fc.nat(LAST), fc.nat(12)).map(([start, more]) => ({
		...{ start, end: Math.min(start + more, LAST), line: 1 },
	})),
	{ maxLength: 12 },
);

describe('the regions of an application, of which codes were delivered', () => {
	it('say of each code whether it should be active, and in which file it is; no fewer would', () => {
		fc.assert(
			fc.property(someFiles, someWaste, (files, leftOut) => {
				const delivered = { applicationId: '1', isvApplicationId: null, created: '', files };
				const regions = regionsOf({ start: 0, end: LAST }, { active: delivered, leftOut });
				const told = regions.flatMap(({ start, end, expected, delivery }) =>
					Array.from({ length: end - start + 1 }, (_, n) => [
						...[start + n, expected, delivery.file_name],
					]),
				);
				const wanted = Array.from({ length: LAST + 1 }, (_, index) => {
					const holds = ({ start, end }: { start: number; end: number }) =>
						start <= index && index <= end;
					const file = files.find(holds);
					return [index, file !== undefined && !leftOut.some(holds), file?.name ?? null];
				});
				expect(told).toEqual(wanted);
				const changes = wanted.filter(([, ...said], index) => {
					const [, ...before] = wanted[index - 1] ?? [];
					return String(said) !== String(before);
				});
				expect(regions).toHaveLength(changes.length);
			}),
		);
	});
});
