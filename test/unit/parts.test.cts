import fc from 'fast-check';
import {
	Parts,
	joined,
	originalRows,
	type Part,
	type RowWriter,
} from '../../nodes/shared/codePackage/parts';
import type { ReadOptions } from '../../nodes/shared/codePackage/reader';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import type { Verify } from '../../nodes/shared/codePackage/verify';
import { csvWriter } from './formats.cts';
import { encrypt, packageErrorOf, planned, rowsOf, textOf, type Row } from './packages.cts';
import { cutAt, cutsOf, fileOf, piecesOf, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const BOUNDS = { start: 20, end: 59 };
const ROWS = rowsOf(BOUNDS);
const SEGMENT = planned(BOUNDS);
const URLS = csvWriter(['url']);

/** Numbers each row as the writer is told to. */
const NUMBERS: RowWriter = ({ indexes }, { first, end }, { file, row }) =>
	Buffer.from(
		Array.from(
			{ length: end - first },
			(_, at) => `${file}/${row + at}=${indexes[first + at]}\n`,
		).join(''),
	);

/** Parts of these sizes; the first goes into a file that has rows already. */
const partsOf = (sizes: readonly number[], before = 0, file = 7): Part[] =>
	sizes.map((count, at) => ({ file: file + at, row: at === 0 ? before + 1 : 1, count }));

/** Sizes that add up. */
const sizesFor = (count: number, most = 9): fc.Arbitrary<number[]> =>
	fc.array(fc.nat({ max: count }), { maxLength: most }).map((cuts) => {
		const ends = [...new Set([...cuts.filter((cut) => cut > 0), count])].sort((a, b) => a - b);
		return ends.map((end, at) => end - (ends[at - 1] ?? 0));
	});

const WRITINGS = [
	{},
	{ endsLine: false },
	{ lineEnding: '\r\n', delimiter: ',' },
	{ lineEnding: '\r\n', endsLine: false, byteOrderMark: true },
] as const;

/** Reads a text that arrives in these pieces, before it is decrypted. */
const read = (text: Buffer, options: Partial<ReadOptions>, cuts: readonly number[] = [1_000]) =>
	readSegment(cutAt(encrypt(text, KEY), cuts), {
		segment: SEGMENT,
		key: KEY,
		isBase64: false,
		...options,
	});

/** The lines of a text, with their line ends; no byte order mark. */
const linesOf = (text: Buffer): string[] =>
	text
		.toString()
		.replace('\ufeff', '')
		.split(/(?<=\n)/);

const byCounts = <Item,>(items: readonly Item[], sizes: readonly number[]): Item[][] => {
	const rest = [...items];
	return sizes.map((size) => rest.splice(0, size));
};

describe('a segment that goes into several files', () => {
	const arriving = fc.record({
		writing: fc.constantFrom(...WRITINGS),
		sizes: sizesFor(40),
		before: fc.nat({ max: 100_000 }),
		cuts: cutsOf(Buffer.alloc(16_000)),
		range: fc.constantFrom(undefined, { start: 20, end: 58 }, { start: 33, end: 59 }),
	});

	it('goes there byte for byte, however it arrives', () => {
		fc.assert(
			fc.property(arriving, ({ writing, sizes, cuts }) => {
				fc.pre(sizes.length > 1);
				const text = textOf(ROWS, writing);
				const { parts } = read(text, { parts: partsOf(sizes) }, cuts);
				expect(parts.map(({ pieces }) => Buffer.concat(pieces).toString())).toEqual(
					byCounts(linesOf(text), sizes).map((lines) => lines.join('')),
				);
				expect(parts.map(({ count }) => count)).toEqual(sizes);
			}),
		);
	});

	it('is, one file behind the other, what it would be in one', () => {
		fc.assert(
			fc.property(arriving, ({ writing, sizes, cuts }) => {
				const text = textOf(ROWS, writing);
				const whole = fileOf(read(text, { writer: URLS }));
				expect(fileOf(read(text, { writer: URLS, parts: partsOf(sizes) }, cuts))).toEqual(whole);
				expect(whole.toString()).toBe(ROWS.map(({ url }) => `${url}\n`).join(''));
			}),
		);
	});

	it('tells of each row its file and its number there, also of those that a range cuts out', () => {
		fc.assert(
			fc.property(arriving, ({ writing, before, cuts, range = BOUNDS }) => {
				const count = range.end - range.start + 1;
				const sizes = [1, 4, count - 6, 1];
				const { parts } = read(
					textOf(ROWS, writing),
					{
						segment: planned(BOUNDS, range),
						writer: NUMBERS,
						parts: partsOf(sizes, before),
					},
					cuts,
				);
				const indexes = Array.from({ length: count }, (_, at) => range.start + at);
				expect(parts.map(({ pieces }) => Buffer.concat(pieces).toString())).toEqual(
					byCounts(indexes, sizes).map((own, at) =>
						own
							.map((index, row) => `${7 + at}/${(at === 0 ? before : 0) + row + 1}=${index}\n`)
							.join(''),
					),
				);
			}),
		);
	});

	it('can have a row in each', () => {
		const sizes = ROWS.map(() => 1);
		const { parts } = read(textOf(ROWS), { writer: NUMBERS, parts: partsOf(sizes) });
		expect(parts.map(({ pieces }) => Buffer.concat(pieces).toString())).toEqual(
			ROWS.map(({ index }, at) => `${7 + at}/1=${index}\n`),
		);
	});

	it('says where its rows stand in each, for what another segment is to follow', () => {
		const text = textOf(ROWS, { lineEnding: '\r\n', endsLine: false });
		const [first, last] = read(text, { parts: partsOf([15, 25]) }).parts;
		if (!first || !last) throw new Error('There are not two');
		expect(last.content).toMatchObject({ isEnded: false, lineEnd: '\r\n' });
		const join = (part: typeof first, isLast: boolean) =>
			Buffer.concat(joined(part, { isFirst: true, isLast })).toString();
		const lines = textOf(ROWS, { lineEnding: '\r\n' })
			.toString()
			.split(/(?<=\n)/);
		expect(join(first, false)).toBe(lines.slice(0, 15).join(''));
		expect(join(last, false)).toBe(lines.slice(15).join(''));
		expect(join(last, true)).toBe(lines.slice(15).join('').slice(0, -2));
	});

	it('takes no memory of the rows besides its own', () => {
		const bounds = { start: 0, end: 4_999 };
		const bytes = encrypt(textOf(rowsOf(bounds)), KEY);
		const { parts } = readSegment(piecesOf(bytes, 65_536), {
			segment: planned(bounds),
			key: KEY,
			isBase64: false,
			writer: URLS,
			parts: partsOf(Array<number>(500).fill(10)),
		});
		const memory = new Set(parts.flatMap(({ pieces }) => pieces.map(({ buffer }) => buffer)));
		const kept = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
		expect(kept).toBeLessThan(bytes.length / 10);
	});
});

const urlOfFirst = (row: Row): Row => ({ ...row, url: ROWS[0]?.url ?? '' });
const messageFor = (verify: Verify): RegExp =>
	verify === 'fail'
		? /^The codes did not pass verification: /
		: /^A segment that did not pass verification can't be cut or counted out: /;

describe('a segment with a fault', () => {
	const faulty: ReadonlyArray<readonly [string, Buffer]> = [
		['a row missing', textOf(ROWS.filter((_, at) => at !== 9))],
		['its last row missing', textOf(ROWS.slice(0, -1))],
		['a row doubled', textOf(ROWS.flatMap((row, at) => (at === 9 ? [row, row] : [row])))],
		['rows out of place', textOf([...ROWS.slice(10), ...ROWS.slice(0, 10)])],
		['the url of another', textOf(ROWS.map((row, at) => (at === 9 ? urlOfFirst(row) : row)))],
		['a row malformed', textOf(ROWS.map((row, at) => (at === 9 ? { ...row, url: 'P' } : row)))],
	];
	const secrets = ROWS.flatMap(({ code, url, lattice }) => [code, url, lattice]);
	const every = faulty.flatMap(([what, text]) =>
		(['fail', 'warn', 'off'] as const).map((verify) => ({ what, text, verify })),
	);
	const urls: Array<RowWriter | undefined> = [undefined, URLS];

	it.each(every)('$what can not go into several files (verify: $verify)', ({ text, verify }) => {
		for (const writer of urls) {
			const divided = { verify, writer, parts: partsOf([20, 20]) };
			const error = packageErrorOf(() => read(text, divided), secrets);
			expect(error.message).toMatch(messageFor(verify));
			expect(error.description).toMatch(/^Nothing was handed on|^Choose whole segments/);
		}
	});

	it.each(faulty.slice(0, -1))(
		'%s goes into one as it came, if the user chose so',
		(_what, text) => {
			for (const verify of ['warn', 'off'] as const) {
				expect(fileOf(read(text, { verify, parts: partsOf([40], 3) }))).toEqual(text);
				const listed = fileOf(read(text, { verify, writer: URLS, parts: partsOf([40], 3) }));
				// More rows than were asked for must not be lost.
				expect(listed.toString().split('\n')).toHaveLength(text.toString().split('\n').length);
			}
		},
	);
});

describe('Parts', () => {
	it('never hands the writer a slice of two files, nor one without rows', () => {
		const reader = new RowReader();
		const rows = reader.push(textOf(ROWS));
		const seen: Array<[number, number, number, number]> = [];
		const writer: RowWriter = (_rows, { first, end }, { file, row }) => {
			seen.push([first, end, file, row]);
			return Buffer.alloc(0);
		};
		const parts = new Parts(partsOf([5, 10, 1, 24], 2), writer);
		parts.take(rows, { first: 0, end: 3 });
		parts.take(rows, { first: 3, end: 15 });
		parts.take(rows, { first: 15, end: 15 });
		parts.take(rows, { first: 15, end: 40 });
		expect(seen).toEqual([
			[0, 3, 7, 3],
			[3, 5, 7, 6],
			[5, 15, 8, 1],
			[15, 16, 9, 1],
			[16, 40, 10, 1],
		]);
		expect(parts.texts.map(({ count }) => count)).toEqual([5, 10, 1, 24]);
	});

	it('copies the lines out of a text whose memory serves the next one', () => {
		const text = textOf(ROWS);
		const kept = originalRows(
			new RowReader().push(text),
			{ first: 1, end: 3 },
			{ file: 1, row: 1 },
		);
		const expected = textOf(ROWS.slice(1, 3));
		text.fill(0);
		expect(kept).toEqual(expected);
	});
});
