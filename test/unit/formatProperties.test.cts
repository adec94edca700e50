import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { COLUMNS } from '../../nodes/shared/codePackage/layout';
import type { Place } from '../../nodes/shared/codePackage/parts';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { ENCODINGS } from '../../nodes/shared/delivery/format/encoding';
import {
	fileHead,
	OTHER_SOURCES,
	type FileColumn,
	type TextFormat,
} from '../../nodes/shared/delivery/format/format';
import { rowWriter } from '../../nodes/shared/delivery/format/rowWriter';
import { rowsOf, textOf, type Row } from './packages.cts';

const APPLICATION = '700000001';
const URL_CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Any printable ASCII; a code is told from its neighbours by tabs here. */
const code = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 9 });
const url = fc
	.string({ unit: fc.constantFrom(...URL_CHARACTERS), minLength: 18, maxLength: 18 })
	.map((rest) => `P.URL.CN/0${rest}`);
const rows = fc.array(fc.tuple(code, url), { minLength: 1, maxLength: 12 }).chain((chosen) =>
	fc.tuple(fc.constantFrom(16, 68, 361), fc.nat({ max: 10_000_000 })).map(([latticeWidth, first]) =>
		rowsOf({ start: 0, end: chosen.length - 1 }, first, { latticeWidth }).map((row, at) => ({
			...row,
			code: chosen[at]?.[0] ?? '',
			url: chosen[at]?.[1] ?? '',
		})),
	),
);

const text = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.constantFrom('', ' ', '"', '""', '\r\n', '\n', ',', ';', '\t', '批次', '𠮷', '=1+1', '\ufeff'),
	fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\n', '\r', ' ', 'a', '批') }),
);
const columns = fc.array(
	fc.record<FileColumn>({
		source: fc.constantFrom(...COLUMNS, ...OTHER_SOURCES),
		header: text,
		value: text,
	}),
	{ minLength: 1, maxLength: 9 },
);
const place = fc.record<Place>({
	file: fc.integer({ min: 1, max: 100_000 }),
	row: fc.integer({ min: 1, max: 20_000_000 }),
});
const lineEnding = fc.constantFrom('lf' as const, 'crlf' as const);

/** A file, with its rows written in two slices. */
function fileOf(written: readonly Row[], format: TextFormat, { file, row }: Place, cut: number) {
	const read = new RowReader().push(textOf(written));
	const write = rowWriter(format, { applicationId: APPLICATION });
	const middle = cut % (written.length + 1);
	return Buffer.concat([
		fileHead(format),
		write(read, { first: 0, end: middle }, { file, row }),
		write(read, { first: middle, end: written.length }, { file, row: row + middle }),
	]);
}

/** What a column holds in a row, by hand. */
function valueOf({ source, value }: FileColumn, own: Row, at: number, { file, row }: Place) {
	const others = {
		constant: value,
		rowNumber: row + at,
		fileNumber: file,
		applicationId: APPLICATION,
	};
	return { ...own, ...others }[source];
}

describe('whatever the rows and the columns', () => {
	it('a CSV reader reads back what was written', () => {
		const form = fc.record({
			output: fc.constant('csv' as const),
			columns,
			delimiter: fc.constantFrom(',', ';', '\t'),
			hasHeader: fc.boolean(),
			lineEnding,
			encoding: fc.constantFrom(...ENCODINGS),
		});
		fc.assert(
			fc.property(rows, form, place, fc.nat(), (written, format, begin, cut) => {
				const bytes = fileOf(written, format, begin, cut);
				const mark = { utf8: '', utf8Bom: 'efbbbf', utf16le: 'fffe' }[format.encoding];
				expect(bytes.toString('hex').startsWith(mark)).toBe(true);
				const encoding = format.encoding === 'utf16le' ? 'utf-16le' : 'utf-8';
				const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
				const decoded = decoder.decode(bytes.subarray(mark.length / 2));
				const { delimiter } = format;
				const lineEnd = format.lineEnding === 'lf' ? '\n' : '\r\n';
				const read = parse(decoded, { delimiter, record_delimiter: lineEnd });
				const header = format.columns.map((column) => column.header);
				expect(read).toEqual([
					...(format.hasHeader ? [header] : []),
					...written.map((row, at) =>
						format.columns.map((column) => String(valueOf(column, row, at, begin))),
					),
				]);
			}),
			{ numRuns: 500 },
		);
	});

	it('a JSON reader reads back what was written', () => {
		fc.assert(
			fc.property(rows, columns, place, fc.nat(), (written, chosen, begin, cut) => {
				const named = chosen.map((column, at) => ({ ...column, header: `${column.header}${at}` }));
				const format: TextFormat = {
					output: 'jsonLines',
					columns: named,
					delimiter: ',',
					hasHeader: false,
					lineEnding: 'lf',
					encoding: 'utf8',
				};
				const lines = fileOf(written, format, begin, cut).toString().split('\n');
				expect(lines.pop()).toBe('');
				const read: unknown[] = lines.map((line) => JSON.parse(line));
				expect(read).toEqual(
					written.map((row, at) =>
						Object.fromEntries(
							named.map((column) => {
								const value = valueOf(column, row, at, begin);
								return [column.header, column.source === 'index' ? Number(value) : value];
							}),
						),
					),
				);
			}),
		);
	});
});
