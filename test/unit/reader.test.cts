import { createHash } from 'node:crypto';
import type { TextFormat } from '../../nodes/shared/codePackage/format';
import {
	AcrossSegments,
	joined,
	segmentText,
	uncheckedText,
	type Verify,
} from '../../nodes/shared/codePackage/output';
import { packageErrorOf, planned, rowsOf, textOf, type Row } from './packages.cts';

const BOUNDS = { start: 20, end: 39 };
const ROWS = rowsOf(BOUNDS);
const TEXT = textOf(ROWS);
const WHOLE = planned(BOUNDS);
const CUT = planned(BOUNDS, { start: 25, end: 27 });
const URLS: TextFormat = { columns: ['url'], delimiter: ',', lineEnding: '\n' };
const EVERY_VERIFY: Verify[] = ['fail', 'warn', 'off'];
const SECRETS = ROWS.flatMap(({ code, url }) => [code, url]);
const sha256 = (text: Buffer) => createHash('sha256').update(text).digest('hex');
const urlsOf = (rows: readonly Row[]) => rows.map(({ url }) => `${url}\n`).join('');

/** A row missing, doubled, malformed; a code of another row. */
const FAULTY: ReadonlyArray<readonly [string, Row[]]> = [
	['missing', ROWS.slice(1)],
	['doubled', [...ROWS, ...ROWS.slice(-1)]],
	['out of place', [...ROWS.slice(10), ...ROWS.slice(0, 10)]],
	['with the code of another', ROWS.map((row) => ({ ...row, code: ROWS[0]?.code ?? '' }))],
];
const MALFORMED = textOf(ROWS.map((row, at) => (at === 7 ? { ...row, code: 'short' } : row)));

describe('segmentText', () => {
	it.each(EVERY_VERIFY)('hands the package on byte for byte (verify: %s)', (verify) => {
		const text = textOf(ROWS, { lineEnding: '\r\n', delimiter: ',', byteOrderMark: true });
		const made = segmentText(text, WHOLE, undefined, verify);
		expect(made.text).toBe(text);
		expect(made).toMatchObject({ segment: WHOLE, count: 20, digest: sha256(text) });
		expect(made.findings.problems).toEqual([]);
		expect(made.findings.indexesFrom).toBe(verify === 'off' ? undefined : 'application');
	});

	it.each(EVERY_VERIFY)('cuts a range out (verify: %s)', (verify) => {
		const cut = segmentText(TEXT, CUT, undefined, verify);
		expect(cut.text).toEqual(textOf(ROWS.slice(5, 8)));
		const urls = segmentText(TEXT, CUT, URLS, verify);
		expect(urls.text.toString()).toBe(urlsOf(ROWS.slice(5, 8)));
		expect([cut.count, urls.count]).toEqual([3, 3]);
		expect([cut.digest, urls.digest]).toEqual([sha256(TEXT), sha256(TEXT)]);
	});

	it('cuts the same codes where indexes count from the segment', () => {
		const cut = segmentText(textOf(rowsOf(BOUNDS, 0)), CUT, URLS, 'fail');
		expect(cut.text.toString()).toBe(urlsOf(ROWS.slice(5, 8)));
		expect(cut.findings.indexesFrom).toBe('segment');
	});

	it('writes rows in the wanted format', () => {
		const made = segmentText(TEXT, WHOLE, URLS, 'fail');
		expect(made.text.toString()).toBe(urlsOf(ROWS));
		expect(made.count).toBe(20);
	});

	it.each(FAULTY)('hands nothing on with a row %s (verify: fail)', (_what, rows) => {
		for (const form of [URLS, undefined]) {
			const work = () => segmentText(textOf(rows), WHOLE, form, 'fail');
			const error = packageErrorOf(work, SECRETS);
			expect(error.message).toMatch(/^The codes did not pass verification: /);
			expect(error.description).toMatch(/^Nothing was handed on\. .*option Verify/);
		}
	});

	it.each(FAULTY)('warns of a row %s, and hands on what there is', (_what, rows) => {
		const made = segmentText(textOf(rows), WHOLE, URLS, 'warn');
		expect(made.findings.problems.length).toBeGreaterThan(0);
		expect(made.text.toString()).toBe(urlsOf(rows));
		expect(made.count).toBe(rows.length);
		expect(segmentText(textOf(rows), WHOLE, undefined, 'warn').text).toEqual(textOf(rows));
	});

	it.each(FAULTY)('does not look for a row %s (verify: off)', (_what, rows) => {
		const made = segmentText(textOf(rows), WHOLE, URLS, 'off');
		expect(made.findings.problems).toEqual([]);
		expect(made.text.toString()).toBe(urlsOf(rows));
	});

	it.each(FAULTY)('cuts nothing out of a segment with a row %s', (_what, rows) => {
		for (const verify of ['warn', 'off'] as const) {
			const error = packageErrorOf(() => segmentText(textOf(rows), CUT, URLS, verify), SECRETS);
			expect(error.message).toMatch(/^A range can't be cut out of a segment /);
			expect(error.description).toMatch(/^Choose whole segments, or all codes\. /);
		}
	});

	it('hands a malformed row on only in the package as it came', () => {
		for (const verify of ['warn', 'off'] as const) {
			const error = packageErrorOf(() => segmentText(MALFORMED, WHOLE, URLS, verify), SECRETS);
			expect(error.message).toBe(
				'Line 8 of the package is not a code row: its code does not have the expected form',
			);
			const passed = segmentText(MALFORMED, WHOLE, undefined, verify);
			expect(passed.text).toBe(MALFORMED);
			expect(passed.count).toBe(19);
		}
		const error = packageErrorOf(() => segmentText(MALFORMED, WHOLE, undefined, 'fail'), SECRETS);
		expect(error.message).toContain('line 8 is not a code row');
	});

	it('takes a page that is no package for an error', () => {
		const page = Buffer.from('<html>\n<body>Busy</body>\n</html>\n');
		packageErrorOf(() => segmentText(page, WHOLE, undefined, 'fail'));
		packageErrorOf(() => segmentText(page, WHOLE, URLS, 'off'));
	});
});

describe('uncheckedText', () => {
	it('is the encrypted package, whole', () => {
		const encrypted = Buffer.alloc(64, 1);
		expect(uncheckedText(encrypted, CUT)).toEqual({
			segment: CUT,
			text: encrypted,
			count: 20,
			findings: { indexesFrom: undefined, problems: [] },
			digest: sha256(encrypted),
		});
	});
});

describe('AcrossSegments', () => {
	const segment = (number: number, firstIndex?: number, codes = number) => {
		const bounds = { start: (number - 1) * 20, end: number * 20 - 1 };
		const own = { start: (codes - 1) * 20, end: codes * 20 - 1 };
		const text = textOf(rowsOf(own, firstIndex ?? bounds.start));
		return segmentText(text, planned(bounds, bounds, number), undefined, 'warn');
	};

	it('finds nothing wrong with an application', () => {
		for (const firstIndex of [undefined, 0]) {
			const across = new AcrossSegments();
			for (const number of [1, 2, 3]) expect(across.next(segment(number, firstIndex))).toEqual([]);
			expect(across.origin).toBe(firstIndex === 0 ? 'segment' : 'application');
		}
	});

	it('does not know where the first segment counts from', () => {
		const across = new AcrossSegments();
		across.next(segment(1));
		expect(across.origin).toBeUndefined();
	});

	it('finds a package that came for two segments', () => {
		const across = new AcrossSegments();
		expect(across.next(segment(1, 0))).toEqual([]);
		expect(across.next(segment(2, 0))).toEqual([]);
		expect(across.next(segment(3, 0, 1))).toEqual([
			expect.stringMatching(/^it is the same package as that of the codes \d+–\d+$/),
		]);
	});

	it('takes the same segment again for what it is', () => {
		const across = new AcrossSegments();
		expect([1, 1].map((number) => across.next(segment(number)))).toEqual([[], []]);
	});

	it('finds indexes that count differently', () => {
		const across = new AcrossSegments();
		expect([1, 2].map((number) => across.next(segment(number)))).toEqual([[], []]);
		expect(across.next(segment(3, 0))).toEqual([
			'its indexes count from the segment, those before from the application',
		]);
		expect(across.origin).toBe('application');
	});
});

describe('joined', () => {
	const LAST = { isFirst: false, isLast: true };
	const FIRST = { isFirst: true, isLast: false };
	const INNER = { isFirst: false, isLast: false };
	const ONLY = { isFirst: true, isLast: true };
	const join = (text: string, place: typeof ONLY) => joined(Buffer.from(text), place).toString();

	it('leaves a file of one segment as it is', () => {
		for (const text of ['a\nb', '\ufeffa\nb\n', '', '\ufeff', 'a\r\nb']) {
			expect(join(text, ONLY)).toBe(text);
		}
	});

	it('ends the last row where another follows, as the other rows end', () => {
		for (const place of [FIRST, INNER]) {
			expect(join('a\nb', place)).toBe('a\nb\n');
			expect(join('a\r\nb', place)).toBe('a\r\nb\r\n');
			expect(join('a\nb\n', place)).toBe('a\nb\n');
			expect(join('a', place)).toBe('a\n');
			expect(join('', place)).toBe('');
		}
		expect(join('a\nb', LAST)).toBe('a\nb');
	});

	it('keeps a byte order mark only at the start of the file', () => {
		expect(join('\ufeffa\n', FIRST)).toBe('\ufeffa\n');
		expect(join('\ufeffa\n', INNER)).toBe('a\n');
		expect(join('\ufeffa', LAST)).toBe('a');
		expect(join('\ufeff', LAST)).toBe('');
	});
});
