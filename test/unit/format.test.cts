import { parse } from 'csv-parse/sync';
import { COLUMNS } from '../../nodes/shared/codePackage/layout';
import type { Place } from '../../nodes/shared/codePackage/parts';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import {
	factsOf,
	fileHead,
	type FileColumn,
	type TextFormat,
} from '../../nodes/shared/delivery/format/format';
import { rowWriter } from '../../nodes/shared/delivery/format/rowWriter';
import { columnsOf, csvOf, csvWriter } from './formats.cts';
import { rowsOf, textOf, type Row } from './packages.cts';
import { cutAt } from './reading.cts';

const ROWS = rowsOf({ start: 0, end: 9 });
const ALL = { first: 0, end: ROWS.length };
const FIRST = { file: 1, row: 1 };

/** What becomes of a package's text. */
const bytesOf = (text: Buffer, format: TextFormat, slice = ALL, place: Place = FIRST): Buffer =>
	rowWriter(format, { applicationId: '700000001' })(new RowReader().push(text), slice, place);
const format = (
	rows: readonly Row[],
	sources: readonly FileColumn['source'][],
	changes: Partial<TextFormat> = {},
	slice = ALL,
): string => bytesOf(textOf(rows), csvOf(sources, changes), slice).toString();

describe('fileHead', () => {
	const headOf = (sources: readonly FileColumn['source'][], changes: Partial<TextFormat> = {}) =>
		fileHead(csvOf(sources, changes));
	const named = (...headers: string[]): FileColumn[] =>
		headers.map((header) => ({ source: 'url', header, value: '' }));

	it('is the line of column names', () => {
		expect(headOf(COLUMNS).toString()).toBe('lattice,code,index,url\n');
		const own = { delimiter: ';', lineEnding: 'crlf' } as const;
		expect(headOf(['url', 'code'], own).toString()).toBe('url;code\r\n');
	});

	it('may be a byte order mark, or nothing', () => {
		const mark = Buffer.from([0xef, 0xbb, 0xbf]);
		expect(headOf(COLUMNS, { hasHeader: false })).toHaveLength(0);
		expect(headOf(COLUMNS, { hasHeader: false, encoding: 'utf8Bom' })).toEqual(mark);
		expect(headOf(['code'], { encoding: 'utf8Bom' })).toEqual(
			Buffer.concat([mark, Buffer.from('code\n')]),
		);
		expect(headOf(['code'], { encoding: 'utf16le' }).toString('hex')).toBe(
			'fffe63006f00640065000a00',
		);
	});

	it.each([
		['QR码', 'QR码\n'],
		['a,b', '"a,b"\n'],
		['a;b', 'a;b\n'],
		['a"b', '"a""b"\n'],
		['a\nb', '"a\nb"\n'],
		['a\rb', '"a\rb"\n'],
		[' a', '" a"\n'],
		['a\u3000', '"a\u3000"\n'],
	])('quotes a name where it has to: %j', (header, line) => {
		expect(fileHead(csvOf([], { columns: named(header) })).toString()).toBe(line);
	});

	it('of JSON Lines and URL List has no names', () => {
		expect(headOf(['code'], { output: 'jsonLines' })).toHaveLength(0);
		expect(headOf(['url'], { output: 'urlList', encoding: 'utf8Bom' })).toHaveLength(3);
	});
});

describe('factsOf', () => {
	const csv = csvOf(['code', 'url'], { delimiter: ';', lineEnding: 'crlf', encoding: 'utf8Bom' });

	it('says what a manifest says', () => {
		expect(factsOf(csv)).toEqual({
			encoding: 'utf8Bom',
			line_ending: 'crlf',
			delimiter: ';',
			header: ['code', 'url'],
		});
		expect(factsOf({ ...csv, hasHeader: false }).header).toBeNull();
	});

	it('says null of what does not apply', () => {
		const rest = { encoding: 'utf8Bom', line_ending: 'crlf' };
		expect(factsOf({ ...csv, output: 'jsonLines' })).toEqual({
			...rest,
			delimiter: null,
			header: null,
		});
		expect(factsOf(undefined)).toEqual({
			encoding: null,
			line_ending: null,
			delimiter: null,
			header: null,
		});
	});
});

describe('rowWriter', () => {
	it.each([',', ';', '\t'])('writes columns between %j', (delimiter) => {
		expect(format(ROWS, COLUMNS, { delimiter })).toBe(
			ROWS.map(
				({ lattice, code, index, url }) => `${[lattice, code, index, url].join(delimiter)}\n`,
			).join(''),
		);
	});

	it('writes the chosen columns in the chosen order', () => {
		expect(format(ROWS, ['url', 'index'])).toBe(
			ROWS.map(({ url, index }) => `${url},${index}\n`).join(''),
		);
	});

	it('writes urls exactly as they are, spaces at the end included', () => {
		const rows = ROWS.map((row) => ({ ...row, url: 'P.URL.CN/0 $%*+-./:ABCDEF   ' }));
		expect(format(rows, ['url'], { output: 'urlList' })).toBe(
			'P.URL.CN/0 $%*+-./:ABCDEF   \n'.repeat(10),
		);
		expect(format(rows, ['url'])).toBe('"P.URL.CN/0 $%*+-./:ABCDEF   "\n'.repeat(10));
	});

	it('ends every row, the last one too, also where the package did not', () => {
		const text = textOf(ROWS, { endsLine: false });
		for (const [lineEnding, lineEnd] of [
			['lf', '\n'],
			['crlf', '\r\n'],
		] as const) {
			const reader = new RowReader();
			const write = csvWriter(['url'], { lineEnding });
			const whole = write(reader.push(text), { first: 0, end: 9 }, FIRST);
			const last = write(reader.end(), { first: 0, end: 1 }, { file: 1, row: 10 });
			expect(Buffer.concat([whole, last]).toString()).toBe(
				ROWS.map(({ url }) => url + lineEnd).join(''),
			);
		}
	});

	it('writes a slice, from the first row up to but without the end', () => {
		expect(format(ROWS, ['index'], {}, { first: 3, end: 6 })).toBe('3\n4\n5\n');
		expect(format(ROWS, COLUMNS, {}, { first: 4, end: 4 })).toBe('');
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
		['@SUM(A1)B', ',', '@SUM(A1)B'],
		[' 4 spaces', ',', '" 4 spaces"'],
		['4 spaces ', '\t', '"4 spaces "'],
		['4 s p a c', ',', '4 s p a c'],
	])('writes the code %s between %j as %s', (code, delimiter, field) => {
		const rows = ROWS.map((row) => ({ ...row, code }));
		expect(format(rows, ['code', 'index'], { delimiter })).toBe(
			ROWS.map(({ index }) => `${field}${delimiter}${index}\n`).join(''),
		);
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
		const csv = bytesOf(text, csvOf(COLUMNS), { first: 0, end: 20 });
		expect(parse(csv, { columns: [...COLUMNS], delimiter: ',' })).toEqual(rows);
	});

	it.each(['utf8', 'utf16le'] as const)(
		'writes the same in %s whatever pieces the rows come in, and keeps no more than that',
		(encoding) => {
			const text = textOf(ROWS);
			const whole = bytesOf(text, csvOf(COLUMNS, { encoding }));
			const write = csvWriter(COLUMNS, { encoding });
			for (const cuts of [[1], [400, 401, 402], [403, 806], [2000, 2001, 3999]]) {
				const reader = new RowReader();
				const parts = cutAt(text, cuts).map((piece) => {
					const rows = reader.push(piece);
					return write(rows, { first: 0, end: rows.count }, FIRST);
				});
				expect(Buffer.concat(parts)).toEqual(whole);
			}
			expect(whole.buffer.byteLength).toBeLessThanOrEqual(Math.max(whole.length, Buffer.poolSize));
		},
	);

	it.each(['utf8', 'utf16le'] as const)(
		'has room in %s for rows of which every code is quoted, and for a column several times',
		(encoding) => {
			const rows = ROWS.map((row) => ({ ...row, code: '"'.repeat(9), index: '12345678' }));
			const columns = ['code', 'code', 'index', 'url', 'lattice', 'code', 'rowNumber'] as const;
			const bytes = bytesOf(textOf(rows), csvOf(columns, { encoding, lineEnding: 'crlf' }), ALL, {
				file: 1,
				row: Number.MAX_SAFE_INTEGER - 9,
			});
			expect(parse(bytes, { delimiter: ',', encoding })).toEqual(
				rows.map(({ code, index, url, lattice }, at) => {
					const number = String(Number.MAX_SAFE_INTEGER - 9 + at);
					return [code, code, index, url, lattice, code, number];
				}),
			);
		},
	);
});

describe('columns that the package does not have', () => {
	const column = (source: FileColumn['source'], value = ''): FileColumn => ({
		source,
		header: source,
		value,
	});

	it.each([
		[{ file: 1, row: 1 }, ['1;1', '1;2', '1;3']],
		[{ file: 12, row: 99 }, ['12;99', '12;100', '12;101']],
		[{ file: 1_000, row: 9_999_999 }, ['1000;9999999', '1000;10000000', '1000;10000001']],
	])('count files and rows: %j', (place, lines) => {
		const counted = csvOf(['fileNumber', 'rowNumber'], { delimiter: ';' });
		const bytes = bytesOf(textOf(ROWS), counted, { first: 4, end: 7 }, place);
		expect(bytes.toString()).toBe(`${lines.join('\n')}\n`);
	});

	it.each(['utf8', 'utf8Bom', 'utf16le'] as const)('hold text of any kind, in %s', (encoding) => {
		const texts = ['SKU-0815', '批次,一', '"𠮷" ', ' x', 'two\r\nlines', '=1+1', '😀'];
		const columns = [...texts.map((text) => column('constant', text)), column('code')];
		const custom = csvOf([], { columns, encoding });
		const bytes = Buffer.concat([fileHead(custom), bytesOf(textOf(ROWS), custom)]);
		const [, ...read] = parse(bytes, {
			bom: true,
			encoding: encoding === 'utf16le' ? null : 'utf8',
		}).map((row) => row.map(String));
		expect(read).toEqual(ROWS.map(({ code }) => [...texts, code]));
	});

	it('name the application, if it is known', () => {
		const write = (applicationId: string | undefined, changes: Partial<TextFormat> = {}) =>
			rowWriter(csvOf(['applicationId', 'index'], changes), { applicationId })(
				new RowReader().push(textOf(ROWS)),
				{ first: 0, end: 1 },
				FIRST,
			).toString();
		expect(write('18446744073709551615')).toBe('18446744073709551615,0\n');
		expect(write(undefined)).toBe(',0\n');
		expect(write('18446744073709551615', { output: 'jsonLines' })).toBe(
			'{"applicationId":"18446744073709551615","index":0}\n',
		);
	});

	it('make no blank line where one is empty and alone', () => {
		const write = rowWriter(csvOf(['applicationId']), { applicationId: undefined });
		const rows = write(new RowReader().push(textOf(ROWS)), ALL, FIRST).toString();
		expect(rows).toBe('""\n'.repeat(10));
	});
});

describe('JSON Lines', () => {
	const lines = (rows: readonly Row[], sources: readonly FileColumn['source'][]): string[] =>
		format(rows, sources, { output: 'jsonLines' }).split('\n');

	it('is one object a line, with an index that is a number', () => {
		const [first, ...rest] = lines(ROWS, ['code', 'index', 'url', 'lattice']);
		const { code, url, lattice } = ROWS[0] ?? { code: '', url: '', lattice: '' };
		expect(first).toBe(`{"code":"${code}","index":0,"url":"${url}","lattice":"${lattice}"}`);
		expect(rest).toHaveLength(10);
		expect(rest.at(-1)).toBe('');
	});

	it.each(['"', '\\', '\\"', '\\\\n', '/', '\\u0041', '"}\\', ' ', '+1', '0441E1234'])(
		'is read back: the code %s',
		(code) => {
			const rows = ROWS.map((row) => ({ ...row, code, index: `000${row.index}` }));
			const read: unknown[] = lines(rows, ['code', 'index', 'url', 'rowNumber'])
				.slice(0, -1)
				.map((line) => JSON.parse(line));
			expect(read).toEqual(
				ROWS.map(({ url }, index) => ({ code, index, url, rowNumber: index + 1 })),
			);
		},
	);

	it('has keys and constants of any kind', () => {
		const columns: FileColumn[] = [
			{ source: 'constant', header: '批 "1"\n', value: '\\ "批\u0007"\n' },
			{ source: 'url', header: '__proto__ ', value: '' },
		];
		const custom = csvOf([], { output: 'jsonLines', columns });
		const [line = ''] = bytesOf(textOf(ROWS), custom).toString().split('\n');
		const url = ROWS[0]?.url;
		expect(Object.entries(JSON.parse(line))).toEqual([
			['批 "1"\n', '\\ "批\u0007"\n'],
			['__proto__ ', url],
		]);
		expect(columnsOf(['url'])).toEqual([{ source: 'url', header: 'url', value: '' }]);
	});
});
