import { COLUMNS } from '../../nodes/shared/codePackage/layout';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { rowsOf, textOf } from './packages.cts';
import { readRows } from './reading.cts';

const ROWS = rowsOf({ start: 0, end: 11 });

/** All orders of some things. */
const orders = <Item,>(items: readonly Item[]): Item[][] =>
	items.length < 2
		? [[...items]]
		: items.flatMap((first, at) =>
				orders(items.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
			);

describe('RowReader', () => {
	it.each(orders(COLUMNS).map((order) => [order]))('finds the columns %j', (order) => {
		for (const delimiter of ['\t', ',']) {
			const { rows, misfits } = readRows(textOf(ROWS, { order, delimiter }));
			expect(misfits).toBeUndefined();
			expect(rows).toEqual(ROWS);
		}
	});

	it.each([
		{},
		{ lineEnding: '\r\n' },
		{ endsLine: false },
		{ lineEnding: '\r\n', endsLine: false },
		{ byteOrderMark: true },
		{ byteOrderMark: true, delimiter: '   ', lineEnding: '\r\n' },
	] as const)('takes text written with %j', (writing) => {
		const { rows, misfits } = readRows(textOf(ROWS, writing));
		expect(misfits).toBeUndefined();
		expect(rows).toEqual(ROWS);
	});

	it('takes line ends that change within the text', () => {
		const text = Buffer.concat([
			textOf(ROWS.slice(0, 4)),
			textOf(ROWS.slice(4, 8), { lineEnding: '\r\n' }),
			textOf(ROWS.slice(8)),
		]);
		expect(readRows(text)).toMatchObject({ rows: ROWS, misfits: undefined });
	});

	it('knows where lines begin and which index they have', () => {
		const writing = { lineEnding: '\r\n', byteOrderMark: true, endsLine: false } as const;
		const text = textOf(ROWS, writing);
		const { lines, indexes } = readRows(text);
		expect(lines.join('')).toBe(text.subarray(3).toString('latin1'));
		expect(lines.slice(0, -1).every((line) => line.endsWith('\r\n'))).toBe(true);
		expect(indexes).toEqual([...ROWS.keys()]);
	});

	it('copies nothing out of a piece that holds whole rows', () => {
		const text = textOf(ROWS);
		const rows = new RowReader().push(text);
		expect([rows.text, rows.count]).toEqual([text, 12]);
		expect(rows.text).toBe(text);
	});

	it.each([
		'+15AB3C7D',
		'-98B7C6D5',
		'0441E1234',
		'000000000',
		'1,2;3"4\'5',
		'=A1+"",B2',
		'  0 0 0  ',
		',,,,,,,,,',
		'7',
		' ',
		',',
		',0,0',
	])('takes the code %j as it is, between tabs and commas', (code) => {
		for (const delimiter of ['\t', ',']) {
			const rows = ROWS.map((row) => ({ ...row, code }));
			expect(readRows(textOf(rows, { delimiter }))).toMatchObject({ rows, misfits: undefined });
		}
	});

	it.each(['\t', ',', ' ', '    '])('takes codes of 1 to 9 characters between %j', (delimiter) => {
		const codes = ['7', '12', 'A*3', '0000', '4+5', '1234E6', '1234567', '+', '-'];
		const rows = rowsOf({ start: 0, end: 17 }).map((row, at) => ({
			...row,
			code: at < 9 ? row.code.slice(0, at + 1) : (codes[at - 9] ?? ''),
		}));
		expect(readRows(textOf(rows, { delimiter }))).toMatchObject({ rows, misfits: undefined });
	});

	it('takes every character that a code and a url may have', () => {
		const printable = Array.from({ length: 0x5f }, (_, n) => String.fromCharCode(0x20 + n));
		const qrSet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'.padEnd(95, ' ');
		const rows = rowsOf({ start: 0, end: 94 }).map((row, at) => ({
			...row,
			code: printable[at]?.repeat(9) ?? '',
			url: `P.URL.CN/${(qrSet[at] ?? '').repeat(19)}`,
		}));
		for (const delimiter of ['\t', ',']) {
			expect(readRows(textOf(rows, { delimiter })).rows).toEqual(rows);
		}
		// A code can't hold what stands between columns where these are spaces.
		const rest = rows.filter(({ code }) => !code.includes(' '));
		expect(readRows(textOf(rest, { delimiter: ' ' }))).toMatchObject({
			rows: rest,
			misfits: undefined,
		});
	});

	it.each([' ', '     ', '\t', ','])('keeps the spaces of urls between %j', (delimiter) => {
		const urls = [
			'P.URL.CN/0 $%*+-./:ABCDEF   ',
			'P.URL.CN/                   ',
			'P.URL.CN/ 1 2 3 4 5 6 7 8 9 ',
		];
		const rows = ROWS.map((row, at) => ({ ...row, url: urls[at % 3] ?? '' }));
		expect(readRows(textOf(rows, { delimiter })).rows).toEqual(rows);
	});

	it.each([' ', '     ', '\t', ','])('keeps spaces that begin urls, between %j', (delimiter) => {
		const rows = ROWS.map((row) => ({
			...row,
			url: '   NO SLASH: IN A URL       ',
		}));
		expect(readRows(textOf(rows, { delimiter }))).toMatchObject({ rows, misfits: undefined });
	});

	it('takes one space here and several there', () => {
		const text = textOf(ROWS, { delimiter: ' ' })
			.toString()
			.replace(/([01]{361}) (\S+) (\d+) /g, (_row, lattice: string, code: string, index: string) =>
				[lattice, ' '.repeat(1 + (Number(index) % 3)), code, '   ', index, '  '].join(''),
			);
		expect(readRows(text)).toMatchObject({ rows: ROWS, misfits: undefined });
	});

	it.each([
		['0', 0],
		['00000007', 7],
		['19999999', 19_999_999],
		['99999999', 99_999_999],
	])('reads the index %s', (index, value) => {
		const { indexes } = readRows(textOf(ROWS.map((row) => ({ ...row, index }))));
		expect(indexes).toEqual(ROWS.map(() => value));
	});

	it('finds nothing in an empty text', () => {
		for (const text of ['', '\ufeff', '\n', '\r\n\n', '\ufeff\n']) {
			expect(readRows(text)).toMatchObject({ rows: [], misfits: undefined, layout: undefined });
		}
	});

	it('has room for as many rows as a text can hold', () => {
		const shortest = { latticeWidth: 16, codeLength: 1 };
		const rows = rowsOf({ start: 0, end: 9 }, 0, shortest).map((row) => ({ ...row, index: '7' }));
		const many = Array.from({ length: 500 }, () => rows).flat();
		expect(readRows(textOf(many, { endsLine: false })).rows).toHaveLength(5000);
	});
});
