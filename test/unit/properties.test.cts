import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { SeenPackages } from '../../nodes/shared/codePackage/across';
import { COLUMNS, type Column } from '../../nodes/shared/codePackage/layout';
import { joined } from '../../nodes/shared/codePackage/reader';
import { planSegments, type Bounds } from '../../nodes/shared/codePackage/segments';
import { ENCODINGS } from '../../nodes/shared/delivery/encoding';
import { fileHead, type TextFormat } from '../../nodes/shared/delivery/format';
import { rowWriter } from '../../nodes/shared/delivery/rowWriter';
import { csvOf } from './formats.cts';
import { encrypt, rowsOf, textOf, type Row, type Writing } from './packages.cts';
import { piecesOf, readRows, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');

/** The segments of an application, from 0 on without a gap. */
const segmentation = fc
	.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
	.map((sizes) =>
		sizes.map((size, at) => {
			const start = sizes.slice(0, at).reduce((sum, other) => sum + other, 0);
			return { start, end: start + size - 1 };
		}),
	);
const ends = (last: number) => fc.integer({ min: 0, max: last });

/** An application: its segments as listed, its rows, how its packages are written, the range wanted. */
const application = segmentation.chain((segments) => {
	const last = segments.at(-1)?.end ?? 0;
	return fc.record({
		list: fc.shuffledSubarray(segments, { minLength: segments.length }),
		rows: fc
			.constantFrom(361, 68, 16)
			.map((latticeWidth) => rowsOf({ start: 0, end: last }, 0, { latticeWidth }))
			.chain(withRichCodes),
		range: fc.option(
			fc.tuple(ends(last), ends(last)).map(([one, other]) => ({
				start: Math.min(one, other),
				end: Math.max(one, other),
			})),
			{ nil: undefined },
		),
		indexesFromSegment: fc.boolean(),
		writing: writing(),
	});
});

/** Codes that a CSV file has to quote, or that look like something else. */
function withRichCodes(rows: Row[]): fc.Arbitrary<Row[]> {
	const beginnings = ['', ',', '"', ';', '"",', '+', '-', '=', "'", '0441E', '";"'];
	return fc
		.array(fc.constantFrom(...beginnings), { minLength: rows.length, maxLength: rows.length })
		.map((chosen) =>
			rows.map((row, at) => {
				const beginning = chosen[at] ?? '';
				return { ...row, code: beginning + String(at).padStart(9 - beginning.length, '0') };
			}),
		);
}

/** Another order with tabs only: there a comma within a code can't be told from one between columns. */
function writing(): fc.Arbitrary<Writing> {
	const ends = {
		lineEnding: fc.constantFrom('\n' as const, '\r\n' as const),
		endsLine: fc.boolean(),
		byteOrderMark: fc.boolean(),
	};
	return fc.oneof(
		fc.record({
			order: fc.shuffledSubarray([...COLUMNS], { minLength: COLUMNS.length }),
			...ends,
		}),
		fc.record({ delimiter: fc.constantFrom(',', ' ', '   '), ...ends }),
	);
}

type Application = typeof application extends fc.Arbitrary<infer Value> ? Value : never;

/** The wanted codes in a single file: planned, decrypted, verified, formatted and joined. */
function download(
	{ list, rows, range, indexesFromSegment, writing }: Application,
	format: TextFormat | undefined,
): { file: Buffer; count: number } {
	const { segments, problems } = planSegments(list, range);
	expect(problems).toEqual([]);
	const packages = new SeenPackages();
	const across = packages.of('700000001');
	const writer = format && rowWriter(format, { applicationId: '700000001' });
	const texts = segments.map((segment) => {
		const { start, end } = segment.bounds;
		const own = rows.slice(start, end + 1).map((row, at) => ({
			...row,
			index: indexesFromSegment ? String(at) : row.index,
		}));
		const base64 = Buffer.from(encrypt(textOf(own, writing), KEY).toString('base64'));
		const { seed } = packages;
		return readSegment(piecesOf(base64, 200), { segment, key: KEY, writer, seed });
	});
	expect(texts.flatMap((text) => across.next(text))).toEqual([]);
	const chunks = texts.flatMap((text, at) =>
		joined(text, { isFirst: at === 0, isLast: at === texts.length - 1 }),
	);
	return {
		file: Buffer.concat(chunks),
		count: texts.reduce((sum, text) => sum + text.count, 0),
	};
}

const wantedOf = ({ rows, range }: Application): Row[] =>
	range ? rows.slice(range.start, range.end + 1) : rows;

describe('whatever the segments and the range, every wanted code comes once and in order', () => {
	it('in a package', () => {
		fc.assert(
			fc.property(application, (chosen) => {
				const { file, count } = download(chosen, undefined);
				const { rows, misfits } = readRows(file);
				const wanted = wantedOf(chosen);
				expect(misfits).toBeUndefined();
				expect(rows.map(({ code }) => code)).toEqual(wanted.map(({ code }) => code));
				expect(rows.map(({ lattice, url }) => [lattice, url])).toEqual(
					wanted.map(({ lattice, url }) => [lattice, url]),
				);
				expect(count).toBe(rows.length);
			}),
		);
	});

	it('in a list of urls', () => {
		const lineEnding = fc.constantFrom('lf' as const, 'crlf' as const);
		fc.assert(
			fc.property(application, lineEnding, (chosen, ending) => {
				const format = csvOf(['url'], { output: 'urlList', lineEnding: ending });
				const { file, count } = download(chosen, format);
				const wanted = wantedOf(chosen);
				const lineEnd = ending === 'lf' ? '\n' : '\r\n';
				expect(file.toString()).toBe(wanted.map(({ url }) => url + lineEnd).join(''));
				expect(count).toBe(wanted.length);
			}),
		);
	});

	const csv = fc
		.record({
			columns: fc.shuffledSubarray<Column>([...COLUMNS], { minLength: 1 }),
			delimiter: fc.constantFrom(',', ';', '\t'),
			lineEnding: fc.constantFrom('lf' as const, 'crlf' as const),
			encoding: fc.constantFrom(...ENCODINGS),
		})
		.map(({ columns, ...changes }) => csvOf(columns, changes));

	it('in a CSV file', () => {
		fc.assert(
			fc.property(application, csv, (chosen, format) => {
				const { file, count } = download(chosen, format);
				const read = parse(Buffer.concat([fileHead(format), file]), {
					bom: true,
					columns: true,
					delimiter: format.delimiter,
				});
				const wanted = wantedOf(chosen);
				const shown = COLUMNS.filter(
					(column) =>
						format.columns.some(({ source }) => source === column) &&
						(column !== 'index' || !chosen.indexesFromSegment),
				);
				expect(read).toMatchObject(
					wanted.map((row) => Object.fromEntries(shown.map((column) => [column, row[column]]))),
				);
				expect([read.length, count]).toEqual([wanted.length, wanted.length]);
			}),
		);
	});

	it('in pieces: ranges that follow each other hold what one range holds', () => {
		const halves = application.chain((chosen) =>
			fc.tuple(
				fc.constant(chosen),
				fc.integer({ min: 1, max: Math.max(1, chosen.rows.length - 1) }),
			),
		);
		fc.assert(
			fc.property(halves, ([chosen, middle]) => {
				fc.pre(chosen.rows.length > 1);
				const format = csvOf(COLUMNS, { delimiter: ';' });
				const end = chosen.rows.length - 1;
				const part = (range: Bounds) => download({ ...chosen, range }, format).file;
				const parts = [part({ start: 0, end: middle - 1 }), part({ start: middle, end })];
				expect(Buffer.concat(parts)).toEqual(
					download({ ...chosen, range: undefined }, format).file,
				);
			}),
		);
	});
});

describe('a plan for segments with gaps between them', () => {
	/** Sizes of, in turn, a gap (or none) and a segment. */
	const sizes = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 5 })), {
		minLength: 1,
		maxLength: 6,
	});

	it('accounts for every wanted code once: in a segment or in a gap', () => {
		fc.assert(
			fc.property(sizes, fc.nat(), fc.nat(), (chosen, one, other) => {
				let next = 0;
				const list = chosen.map(([gap, size]) => {
					const start = next + gap;
					next = start + size;
					return { start, end: next - 1 };
				});
				const [start = 0, end = 0] = [one % next, other % next].sort((a, b) => a - b);
				// A range of which no segment holds anything is refused.
				fc.pre(list.some((segment) => segment.start <= end && segment.end >= start));
				const { segments, problems } = planSegments(list, { start, end });
				const gaps = problems.map((problem) => {
					const [, from, to] = /(\d+)–(\d+)$/.exec(problem) ?? [];
					return { start: Number(from), end: Number(to) };
				});
				const parts = [...segments.map(({ wanted }) => wanted), ...gaps];
				const codes = parts.flatMap((part) => rowsOf(part).map(({ index }) => Number(index)));
				expect(codes.sort((a, b) => a - b)).toEqual(
					Array.from({ length: end - start + 1 }, (_, code) => start + code),
				);
				for (const { segment, bounds } of segments) expect(bounds).toEqual(list[segment - 1]);
			}),
		);
	});
});
