import { parse } from 'csv-parse/sync';
import { COLUMNS } from '../../nodes/shared/codePackage/layout';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { csvHead, rowWriter, type TextFormat } from '../../nodes/shared/delivery/format';
import { rowsOf, textOf, type Row } from './packages.cts';
import { cutAt } from './reading.cts';

const ROWS = rowsOf({ start: 0, end: 9 });
const ALL = { first: 0, end: ROWS.length };
const PLACE = { file: 1, row: 1 };
const CSV: TextFormat = { columns: COLUMNS, delimiter: ',', lineEnding: '\n' };

/** What becomes of a package's text. */
const formatText = (text: Buffer, options: Partial<TextFormat>, slice = ALL): string =>
	rowWriter({ ...CSV, ...options })(new RowReader().push(text), slice, PLACE).toString();
const format = (rows: readonly Row[], options: Partial<TextFormat>, slice = ALL): string =>
	formatText(textOf(rows), options, slice);

describe('csvHead', () => {
	const head = (
		options: { readonly header: boolean; readonly byteOrderMark: boolean },
		own: Partial<TextFormat> = {},
	) => csvHead({ ...CSV, ...own }, options);

	it('is the line of column names', () => {
		expect(head({ header: true, byteOrderMark: false }).toString()).toBe(
			'lattice,code,index,url\n',
		);
		const own = { columns: ['url', 'code'], delimiter: ';', lineEnding: '\r\n' } as const;
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

describe('rowWriter', () => {
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
		const text = textOf(ROWS, { endsLine: false });
		for (const lineEnding of ['\n', '\r\n'] as const) {
			const reader = new RowReader();
			const write = rowWriter({ ...CSV, columns: ['url'], lineEnding });
			const whole = write(reader.push(text), { first: 0, end: 9 }, PLACE);
			const last = write(reader.end(), { first: 0, end: 1 }, PLACE);
			expect(Buffer.concat([whole, last]).toString()).toBe(
				ROWS.map(({ url }) => url + lineEnding).join(''),
			);
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
		const codes = ['1,2;3"4 5', '"', '""', ';', "'", '\\"', '","', ';";', '+', ' ', ' " '];
		const rows = rowsOf({ start: 0, end: 21 }).map((row, at) => ({
			...row,
			code: at < 11 ? (codes[at] ?? '') : (codes[at - 11] ?? '').padEnd(9, 'Z'),
		}));
		for (const lineEnding of ['\n', '\r\n'] as const) {
			const form = { columns: COLUMNS, delimiter, lineEnding };
			const head = csvHead(form, { header: true, byteOrderMark: true });
			const file = head.toString() + format(rows, form, { first: 0, end: 22 });
			expect(parse(file, { bom: true, columns: true, delimiter })).toEqual(rows);
		}
	});

	const PACKAGE_FORMS = [
		{ latticeWidth: 361, codeLength: 9, delimiter: '\t' },
		{ latticeWidth: 68, codeLength: 8, delimiter: ',' },
		{ latticeWidth: 16, codeLength: 1, delimiter: ' ' },
		{ latticeWidth: 400, codeLength: 5, delimiter: '    ' },
	];

	it.each(PACKAGE_FORMS)('writes the rows of a package with %j', ({ delimiter, ...form }) => {
		const rows = rowsOf({ start: 0, end: 19 }, 0, form);
		const text = textOf(rows, { delimiter, lineEnding: '\r\n', byteOrderMark: true });
		const csv = formatText(text, {}, { first: 0, end: 20 });
		expect(parse(csv, { columns: [...COLUMNS], delimiter: ',' })).toEqual(rows);
	});

	it('writes the same whatever pieces the rows come in', () => {
		const text = textOf(ROWS);
		const write = rowWriter(CSV);
		for (const cuts of [[1], [400, 401, 402], [403, 806], [2000, 2001, 3999]]) {
			const reader = new RowReader();
			const parts = cutAt(text, cuts).map((piece) => {
				const rows = reader.push(piece);
				return write(rows, { first: 0, end: rows.count }, PLACE);
			});
			expect(Buffer.concat(parts).toString()).toBe(format(ROWS, {}));
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
