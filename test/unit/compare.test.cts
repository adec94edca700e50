import { LARGEST_INDEX } from '../../nodes/shared/codePackage/applicationUrls';
import { SeenPackages } from '../../nodes/shared/codePackage/across';
import type { Bounds, Plan } from '../../nodes/shared/codePackage/segments';
import { comparedOf, type Compare } from '../../nodes/shared/delivery/parameters/compare';
import { encrypt, planned, rowsOf, textOf } from './packages.cts';
import { finished, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const ID = '700000001';

const planOf = (...segments: Bounds[]): Plan => ({
	segments: segments.map((bounds) => planned(bounds)),
	problems: [],
});

const compared = (compare: Compare, plan: Plan, packages = new SeenPackages()) =>
	comparedOf({ compare, verify: 'fail', isEncrypted: false }, packages, ID, plan);

const MOST = planOf({ start: 0, end: 2_499_999 }, { start: 2_500_000, end: 4_999_999 });
const MORE = planOf({ start: 0, end: 2_499_999 }, { start: 2_500_000, end: 5_000_000 });

describe('how far urls are compared', () => {
	it.each<[Compare, Plan, string]>([
		['auto', MOST, 'application'],
		['auto', MORE, 'segment'],
		['auto', planOf({ start: 19_000_000, end: 19_999_999 }), 'application'],
		['application', MORE, 'application'],
		['application', planOf({ start: 0, end: LARGEST_INDEX + 1 }), 'segment'],
		['segment', MOST, 'segment'],
	])('%s, case %#', (compare, plan, expected) => {
		expect(compared(compare, plan)).toBe(expected);
	});

	it('counts whole segments of which a part is wanted', () => {
		const segment = planned({ start: 0, end: 5_000_000 }, { start: 0, end: 9 });
		expect(compared('auto', { segments: [segment], problems: [] })).toBe('segment');
	});

	it('is not at all without a look at the rows', () => {
		const packages = new SeenPackages();
		for (const compare of ['auto', 'application', 'segment'] as const) {
			const off = { compare, verify: 'off', isEncrypted: false } as const;
			expect(comparedOf(off, packages, ID, MOST)).toBe('none');
			const encrypted = { compare, verify: 'fail', isEncrypted: true } as const;
			expect(comparedOf(encrypted, packages, ID, MOST)).toBe('none');
		}
	});

	it('counts what other items brought, but not the same codes twice', () => {
		const packages = new SeenPackages();
		const bounds = { start: 0, end: 99 };
		const text = readSegment([encrypt(textOf(rowsOf(bounds)), KEY)], {
			segment: planned(bounds),
			key: KEY,
			compare: true,
			isBase64: false,
		});
		const across = packages.of(ID, planOf(bounds));
		finished(across.next(text));
		packages.keep(across);
		expect(packages.codesWith(ID, planOf(bounds))).toBe(100);
		expect(packages.codesWith(ID, planOf({ start: 1_000, end: 1_049 }))).toBe(150);
		const rest = planOf({ start: 100, end: 4_999_999 }, { start: 9_000_000, end: 9_000_000 });
		expect(compared('auto', rest)).toBe('application');
		expect(compared('auto', rest, packages)).toBe('segment');
	});
});
