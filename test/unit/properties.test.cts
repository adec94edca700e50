import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { COLUMNS, type Column } from '../../nodes/shared/codePackage/layout';
import { planSegments, type Bounds } from '../../nodes/shared/codePackage/segments';
import { ENCODINGS } from '../../nodes/shared/delivery/format/encoding';
import { fileHead, type TextFormat } from '../../nodes/shared/delivery/format/format';
import { rowWriter } from '../../nodes/shared/delivery/format/rowWriter';
import { application, filesOf, wantedOf, type Application } from './applications.cts';
import { csvOf } from './formats.cts';
import { rowsOf } from './packages.cts';
import { readRows } from './reading.cts';

/** The wanted codes in a single file. */
function download(chosen: Application, format: TextFormat | undefined) {
	const [single, ...others] = filesOf(
		chosen,
		format && rowWriter(format, { applicationId: '700000001' }),
		Infinity,
	);
	if (!single || others.length > 0) throw new Error('There is not exactly one file');
	return single;
}

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
				const shown = COLUMNS.filter((column) =>
					format.columns.some(({ source }) => source === column),
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
