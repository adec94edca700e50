import { NOT_VERIFIED, type Verify } from '../../nodes/shared/codePackage/verify';
import { csvWriter } from './formats.cts';
import {
	encrypt,
	packageErrorOf,
	planned,
	rowsOf,
	textOf,
	withItem,
	type Row,
} from './packages.cts';
import { countIn, fileOf, piecesOf, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const BOUNDS = { start: 20, end: 39 };
const ROWS = rowsOf(BOUNDS);
const TEXT = textOf(ROWS);
const WHOLE = planned(BOUNDS);
const CUT = planned(BOUNDS, { start: 25, end: 27 });
const URLS = csvWriter(['url']);
const EVERY_VERIFY: Verify[] = ['fail', 'warn', 'off'];
const SECRETS = ROWS.flatMap(({ code, url, lattice }) => [code, url, lattice]);
const urlsOf = (rows: readonly Row[]) => rows.map(({ url }) => `${url}\n`).join('');

/** Reads a segment of this text, in a few pieces. */
const read = (
	text: Buffer,
	segment: typeof WHOLE,
	writer: typeof URLS | undefined,
	verify: Verify,
) =>
	readSegment(piecesOf(Buffer.from(encrypt(text, KEY).toString('base64')), 1_000), {
		segment,
		key: KEY,
		writer,
		verify,
	});

/** A row missing, doubled, out of place; a code of another row. */
const FAULTY: ReadonlyArray<readonly [string, Row[]]> = [
	['missing', ROWS.slice(1)],
	['doubled', [...ROWS, ...ROWS.slice(-1)]],
	['out of place', [...ROWS.slice(10), ...ROWS.slice(0, 10)]],
	['with the code of another', ROWS.map((row) => ({ ...row, code: ROWS[0]?.code ?? '' }))],
];
const MALFORMED = textOf(
	ROWS.map((row, at) => (at === 7 ? { ...row, code: `${row.code}Z` } : row)),
);
const MALFORMED_REASON =
	'its code does not fit (4 fields: 361 × 0/1, 10 characters, index, 28 characters)';

describe('SegmentReader', () => {
	it.each(EVERY_VERIFY)('hands the package on byte for byte (verify: %s)', (verify) => {
		const text = textOf(ROWS, { lineEnding: '\r\n', delimiter: ',', byteOrderMark: true });
		const made = read(text, WHOLE, undefined, verify);
		expect(fileOf(made)).toEqual(text);
		expect(made).toMatchObject({
			segment: WHOLE,
			parts: [{ count: 20 }],
			layout: { latticeWidth: 361, delimiter: ',' },
		});
		expect(made.findings.problems).toEqual([]);
		expect(made.findings.indexesFrom).toBe(verify === 'off' ? undefined : 'application');
	});

	it.each(EVERY_VERIFY)('cuts a range out (verify: %s)', (verify) => {
		const cut = read(TEXT, CUT, undefined, verify);
		expect(fileOf(cut)).toEqual(textOf(ROWS.slice(5, 8)));
		const urls = read(TEXT, CUT, URLS, verify);
		expect(fileOf(urls).toString()).toBe(urlsOf(ROWS.slice(5, 8)));
		expect([countIn(cut), countIn(urls)]).toEqual([3, 3]);
		expect(cut.identity).toBe(urls.identity);
		expect(cut.identity).toBe(read(TEXT, WHOLE, undefined, 'fail').identity);
	});

	it.each([
		{ delimiter: ',', lineEnding: '\r\n', endsLine: false, byteOrderMark: true },
		{ delimiter: '   ' },
		{ order: ['url', 'code', 'index', 'lattice'] },
	] as const)('cuts lines out byte for byte as they stand: %j', (writing) => {
		const text = textOf(ROWS, writing);
		const lines = text
			.subarray('byteOrderMark' in writing ? 3 : 0)
			.toString()
			.split(/(?<=\n)/);
		for (const [first, end] of [
			[0, 1],
			[2, 5],
			[18, 20],
			[19, 20],
			[0, 19],
		] as const) {
			const wanted = { start: 20 + first, end: 19 + end };
			const cut = read(text, planned(BOUNDS, wanted), undefined, 'fail');
			expect(fileOf(cut).toString()).toBe(lines.slice(first, end).join(''));
			expect(countIn(cut)).toBe(end - first);
		}
	});

	it('cuts the same codes where indexes count from the segment', () => {
		const cut = read(textOf(rowsOf(BOUNDS, 0)), CUT, URLS, 'fail');
		expect(fileOf(cut).toString()).toBe(urlsOf(ROWS.slice(5, 8)));
		expect(cut.findings.indexesFrom).toBe('segment');
	});

	it('writes rows in the wanted format', () => {
		const made = read(TEXT, WHOLE, URLS, 'fail');
		expect(fileOf(made).toString()).toBe(urlsOf(ROWS));
		expect(countIn(made)).toBe(20);
	});

	it('keeps only what goes into the file', () => {
		const bounds = { start: 0, end: 4_999 };
		const bytes = encrypt(textOf(rowsOf(bounds)), KEY);
		const options = { segment: planned(bounds), key: KEY, isBase64: false };
		const { parts } = readSegment(piecesOf(bytes, 65_536), { ...options, writer: URLS });
		const pieces = parts.flatMap((part) => part.pieces);
		const memory = new Set(pieces.map(({ buffer }) => buffer));
		const kept = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
		// 29 bytes a row, of 402.
		expect(kept).toBeLessThan(bytes.length / 10);
	});

	it.each(FAULTY)('hands nothing on with a row %s (verify: fail)', (_what, rows) => {
		for (const writer of [URLS, undefined]) {
			const error = packageErrorOf(() => read(textOf(rows), WHOLE, writer, 'fail'), SECRETS);
			expect(error.message).toMatch(/^The codes did not pass verification: /);
			expect(error.description).toMatch(/^Nothing was handed on\. .*option Verify/);
		}
	});

	it.each(FAULTY)('warns of a row %s, and hands on what there is', (_what, rows) => {
		const made = read(textOf(rows), WHOLE, URLS, 'warn');
		expect(made.findings.problems.length).toBeGreaterThan(0);
		expect(fileOf(made).toString()).toBe(urlsOf(rows));
		expect(countIn(made)).toBe(rows.length);
		expect(fileOf(read(textOf(rows), WHOLE, undefined, 'warn'))).toEqual(textOf(rows));
	});

	it.each(FAULTY)('does not look for a row %s (verify: off)', (_what, rows) => {
		const made = read(textOf(rows), WHOLE, URLS, 'off');
		expect(made.findings).toEqual(NOT_VERIFIED);
		expect(fileOf(made).toString()).toBe(urlsOf(rows));
	});

	it.each(FAULTY)('cuts nothing out of a segment with a row %s', (_what, rows) => {
		for (const verify of ['warn', 'off'] as const) {
			for (const writer of [URLS, undefined]) {
				const error = packageErrorOf(() => read(textOf(rows), CUT, writer, verify), SECRETS);
				expect(error.message).toMatch(
					/^A segment that did not pass verification can't be cut or counted out: /,
				);
				expect(error.description).toMatch(
					/^Choose whole segments, and Files: Per Segment or Single without row numbers\. /,
				);
			}
		}
	});

	it('hands a malformed row on only in the package as it came', () => {
		for (const verify of ['warn', 'off'] as const) {
			const error = packageErrorOf(() => read(MALFORMED, WHOLE, URLS, verify), SECRETS);
			expect(error.message).toBe(`Line 8 of the package is not a code row: ${MALFORMED_REASON}`);
			const passed = read(MALFORMED, WHOLE, undefined, verify);
			expect(fileOf(passed)).toEqual(MALFORMED);
			expect(countIn(passed)).toBe(19);
		}
		const error = packageErrorOf(() => read(MALFORMED, WHOLE, undefined, 'fail'), SECRETS);
		expect(error.message).toContain(`line 8 is not a code row: ${MALFORMED_REASON}`);
	});

	it('takes a page that is no package for an error', () => {
		const page = Buffer.from('<html>\n<body>Busy</body>\n</html>\n');
		packageErrorOf(() => read(page, WHOLE, undefined, 'fail'));
		packageErrorOf(() => read(page, WHOLE, URLS, 'off'));
		expect(fileOf(read(page, WHOLE, undefined, 'off'))).toEqual(page);
	});

	it('says that the package is damaged as soon as it is', () => {
		const [first = Buffer.alloc(0), ...rest] = piecesOf(encrypt(TEXT, KEY), 1_600);
		const damaged = withItem([first, ...rest], 0, Buffer.from(`${first.toString('base64')}#AAA`));
		packageErrorOf(() =>
			readSegment(damaged.slice(0, 1), { segment: WHOLE, key: KEY, verify: 'warn' }),
		);
	});
});

describe('a package that stays encrypted', () => {
	const bytes = encrypt(TEXT, KEY);
	const keep = (encrypted: Buffer, size: number) =>
		readSegment(piecesOf(Buffer.from(encrypted.toString('base64')), size), {
			segment: CUT,
			key: undefined,
		});

	it('is handed on whole, whatever part of it is wanted', () => {
		const made = keep(bytes, 1_000);
		expect(fileOf(made)).toEqual(bytes);
		expect(made).toMatchObject({
			segment: CUT,
			parts: [{ count: 20, content: undefined }],
			layout: undefined,
			findings: { indexesFrom: undefined, problems: [] },
		});
	});

	it('is the same as another one with the same bytes, however these arrive', () => {
		expect(keep(bytes, 7).identity).toBe(keep(bytes, 1_000).identity);
		const other = Buffer.from(bytes);
		other[100] = (other[100] ?? 0) ^ 1;
		expect(keep(other, 1_000).identity).not.toBe(keep(bytes, 1_000).identity);
	});

	it('is held to base64 and whole blocks all the same', () => {
		for (const text of ['', 'AAAA', '#'.repeat(64)]) {
			packageErrorOf(() => readSegment([Buffer.from(text)], { segment: WHOLE, key: undefined }));
		}
	});
});
