import fc from 'fast-check';
import { alreadyDelivered } from '../../nodes/shared/delivery/verify/alreadyDelivered';
import { manifestOf } from '../../nodes/shared/delivery/manifest/manifest';
import { sumsProblems } from '../../nodes/shared/delivery/verify/sums';
import { factsWith, listed, sha256Of } from './manifests.cts';

type Range = readonly [number, number];

const manifestFor = (ranges: readonly Range[], changes: Parameters<typeof factsWith>[0] = {}) =>
	manifestOf(
		factsWith({
			files: ranges.map(([start, end], n) =>
				listed(`${n}.txt`, `${n} ${start} ${end} ${JSON.stringify(changes)}`, start, end),
			),
			...changes,
		}),
	);
const earlier = { created: new Date('2025-01-01T00:00:00.000Z') };

const ranges: fc.Arbitrary<Range[]> = fc.array(
	fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 12 })).map(([start, more]) => [start, start + more]),
	{ minLength: 1, maxLength: 6 },
);

describe('what another delivery has too', () => {
	it('is each code of both, and no other', () => {
		const codesOf = (list: readonly Range[]) =>
			new Set(
				list.flatMap(([start, end]) => [...Array(end - start + 1).keys()].map((n) => start + n)),
			);
		fc.assert(
			fc.property(ranges, ranges, (own, others) => {
				const told = alreadyDelivered(manifestFor(own), manifestFor(others, earlier));
				const both = [...codesOf(own)].filter((code) => codesOf(others).has(code));
				const found = told?.ranges.map(({ code_start, code_end }): Range => [code_start, code_end]);
				expect([...codesOf(found ?? [])]).toEqual(both.sort((a, b) => a - b));
				expect(told?.code_count ?? 0).toBe(both.length);
				// Stretches that touch are one.
				expect(
					found?.some(([start], n) => n > 0 && start <= (found[n - 1]?.[1] ?? 0) + 1),
				).not.toBe(true);
			}),
			{ numRuns: 500 },
		);
	});

	it('is nothing where no application is known', () => {
		const unknown = { application_id: null };
		const other = manifestFor([[0, 9]], { ...earlier, ...unknown });
		expect(alreadyDelivered(manifestFor([[0, 9]], unknown), other)).toBeUndefined();
	});

	it.each([
		['another application', { application_id: '4711' }],
		['an unknown application', { application_id: null }],
		["another account's", { app_id: 'wx1' }],
	])('is nothing: %s', (_what, changes) => {
		const own = manifestFor([[0, 9]]);
		expect(
			alreadyDelivered(own, manifestFor([[0, 9]], { ...earlier, ...changes })),
		).toBeUndefined();
		expect(alreadyDelivered(manifestFor([[0, 9]], changes), own)).toBeUndefined();
	});

	it('is told where the account is not known', () => {
		const other = manifestFor([[5, 20]], { ...earlier, app_id: null });
		expect(alreadyDelivered(manifestFor([[0, 9]]), other)).toEqual({
			created: '2025-01-01T00:00:00.000Z',
			application_id: '700000001',
			isv_application_id: 'order-2026-001',
			ranges: [{ code_start: 5, code_end: 9 }],
			code_count: 5,
			files: [],
		});
	});

	it('is a file that is the same, whoever it is said to be of', () => {
		const files = [listed('a.txt', 'same', 0, 9)];
		const own = manifestOf(factsWith({ files }));
		const other = manifestOf(factsWith({ files, ...earlier, application_id: null }));
		expect(alreadyDelivered(own, other)).toMatchObject({ ranges: [], files: ['a.txt'] });
	});
});

describe('SHA256SUMS', () => {
	const [one, two] = [sha256Of('one'), sha256Of('two')];
	const known = new Map([['a.txt', new Set([one])]]);

	it.each([
		['agrees', `${one}  a.txt\n`],
		['agrees in binary mode, behind a byte order mark, with CRLF', `\ufeff${one} *a.txt\r\n`],
		['agrees in upper case, with a folder', `${one.toUpperCase()}  ./rolls/a.txt`],
		['lists what nobody knows', `${two}  b.txt\n`],
		['is empty', ''],
	])('%s', (_what, text) => expect(sumsProblems(text, known)).toEqual([]));

	it('has another hash, or no line', () => {
		const text = `${two}  a.txt\nhello\n${one.slice(1)}  a.txt\n`;
		expect(sumsProblems(text, known)).toEqual([
			'SHA256SUMS has another SHA-256 for a.txt than the manifest',
			'SHA256SUMS: line 2 is not a SHA-256 and a file name',
			'SHA256SUMS: line 3 is not a SHA-256 and a file name',
		]);
	});

	it('that is something else altogether is told of in a few lines', () => {
		const problems = sumsProblems('hello\n'.repeat(1_000_000), known);
		expect(problems).toHaveLength(21);
		expect(problems.at(-1)).toBe('SHA256SUMS: from line 21 on it was not looked at');
		expect(sumsProblems('hello\n'.repeat(20), known)).toHaveLength(20);
	});
});
