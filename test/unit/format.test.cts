import { parse } from 'csv-parse/sync';
import {
	csvHead,
	formatRows,
	originalRows,
	type TextFormat,
} from '../../nodes/shared/codePackage/format';
import { COLUMNS, findRows } from '../../nodes/shared/codePackage/rows';
import { rowsOf, textOf, type Row } from './packages.cts';

const ROWS = rowsOf({ start: 0, end: 9 });
const ALL = { first: 0, end: ROWS.length };
const CSV: TextFormat = { columns: COLUMNS, delimiter: ',', lineEnding: '\n' };
const format = (rows: readonly Row[], options: Partial<TextFormat>, slice = ALL): string =>
	formatRows(findRows(textOf(rows)), slice, { ...CSV, ...options }).toString();

describe('csvHead', () => {
	const head = (options: { header: boolean; byteOrderMark: boolean }, own = {}) =>
		csvHead({ ...CSV, ...own }, options);

	it('is the line of column names', () => {
		expect(head({ header: true, byteOrderMark: false }).toString()).toBe(
			'lattice,code,index,url\n',
		);
		const own = { columns: ['url', 'code'], delimiter: ';', lineEnding: '\r\n' };
		expect(head({ header: true, byteOrderMark: false }, own).toString()).toBe('url;code\r\n');
	});

	it('may be a byte order mark, or nothing', () => {
		const mark = Buffer.from([0xef, 0xbb, 0xbf]);
		expect(head({ header: false, byteOrderMark: false })).toHaveLength(0);
		expect(head({ header: false, byteOrderMark: true })).toEqual(mark);
		expect(head({ header: true, byteOrderMark: true }).subarray(0, 4)).toEqual(
			Buffer.concat([mark, Buffer.from('l')]),
		);
	});
});

describe('formatRows', () => {
	it.each([',', ';', '\t'])('writes columns between %j', (delimiter) => {
		expect(format(ROWS, { delimiter })).toBe(
			ROWS.map(
				({ lattice, code, index, url }) => `${[lattice, code, index, url].join(delimiter)}\n`,
			).join(''),
		);
	});

	it('writes the chosen columns in the chosen order', () => {
		expect(format(ROWS, { columns: ['url', 'index'] })).toBe(
			ROWS.map(({ url, index }) => `${url},${index}\n`).join(''),
		);
	});

	it('writes urls exactly as they are, spaces at the end included', () => {
		const rows = ROWS.map((row) => ({ ...row, url: 'P.URL.CN/0 $%*+-./:ABCDEF   ' }));
		expect(format(rows, { columns: ['url'] })).toBe('P.URL.CN/0 $%*+-./:ABCDEF   \n'.repeat(10));
	});

	it('ends every row, the last one too, also where the package did not', () => {
		const rows = findRows(textOf(ROWS, { endsLine: false }));
		for (const lineEnding of ['\n', '\r\n'] as const) {
			const text = formatRows(rows, ALL, { ...CSV, columns: ['url'], lineEnding }).toString();
			expect(text).toBe(ROWS.map(({ url }) => url + lineEnding).join(''));
		}
	});

	it('writes a slice, from the first row up to but without the end', () => {
		const text = format(ROWS, { columns: ['index'] }, { first: 3, end: 6 });
		expect(text).toBe('3\n4\n5\n');
		expect(format(ROWS, {}, { first: 4, end: 4 })).toBe('');
	});

	it.each([
		['044,AB123', ',', '"044,AB123"'],
		['044,AB123', ';', '044,AB123'],
		['044;AB123', ';', '"044;AB123"'],
		['044;AB123', ',', '044;AB123'],
		['0"4AB1234', ',', '"0""4AB1234"'],
		['0"4AB1234', '\t', '"0""4AB1234"'],
		['"""""""""', ';', `"${'""'.repeat(9)}"`],
		[',,,,,,,,,', ',', '",,,,,,,,,"'],
		['+15AB3C7D', ',', '+15AB3C7D'],
		['-98B7C6D5', ',', '-98B7C6D5'],
		['0441E1234', ',', '0441E1234'],
		['=1+1;A1B2', ',', '=1+1;A1B2'],
		[' 4 space ', ',', ' 4 space '],
	])('writes the code %s between %j as %s', (code, delimiter, field) => {
		const rows = ROWS.map((row) => ({ ...row, code }));
		expect(format(rows, { delimiter, columns: ['code', 'index'] })).toBe(
			ROWS.map(({ index }) => `${field}${delimiter}${index}\n`).join(''),
		);
	});

	it.each([',', ';', '\t'])('is read back by a CSV reader, with %j', (delimiter) => {
		const codes = ['1,2;3"4 5', '"', '""', ';', "'", '\\"', '","', ';";', '+'];
		const rows = rowsOf({ start: 0, end: 8 }).map((row, at) => ({
			...row,
			code: codes[at]?.padEnd(9, 'Z') ?? '',
		}));
		const rich = findRows(textOf(rows));
		for (const lineEnding of ['\n', '\r\n'] as const) {
			const form = { columns: COLUMNS, delimiter, lineEnding };
			const head = csvHead(form, { header: true, byteOrderMark: true });
			const file = Buffer.concat([head, formatRows(rich, { first: 0, end: 9 }, form)]);
			expect(parse(file, { bom: true, columns: true, delimiter })).toEqual(rows);
		}
	});

	it('has room for rows of which every code is quoted, and for a column several times', () => {
		const rows = ROWS.map((row) => ({ ...row, code: '"'.repeat(9), index: '12345678' }));
		const columns = ['code', 'code', 'index', 'url', 'lattice', 'code'] as const;
		const text = format(rows, { columns, lineEnding: '\r\n' });
		expect(parse(text, { delimiter: ',' })).toEqual(
			rows.map((row) => columns.map((column) => row[column])),
		);
	});
});

describe('originalRows', () => {
	it('are the bytes of the package, line ends and delimiters included', () => {
		const writing = { delimiter: ',', lineEnding: '\r\n', endsLine: false } as const;
		const text = textOf(ROWS, { ...writing, byteOrderMark: true });
		const rows = findRows(text);
		const lines = text
			.subarray(3)
			.toString()
			.split(/(?<=\n)/);
		expect(originalRows(rows, { first: 2, end: 5 }).toString()).toBe(lines.slice(2, 5).join(''));
		expect(originalRows(rows, { first: 8, end: 10 }).toString()).toBe(lines.slice(8).join(''));
		expect(originalRows(rows, { first: 0, end: 1 }).toString()).toBe(lines[0]);
	});
});
