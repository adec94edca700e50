import { COLUMNS, findRows, type CodeRows, type Column } from '../../nodes/shared/codePackage/rows';
import { rowsOf, textOf, withItem, type Row } from './packages.cts';

const ROWS = rowsOf({ start: 0, end: 11 });

/** The rows as `findRows` sees them, column by column. */
function fieldsOf(rows: CodeRows): Row[] {
	const field = (row: number, column: Column) => {
		const at = row * COLUMNS.length + COLUMNS.indexOf(column);
		return rows.text.toString('latin1', rows.starts[at], rows.ends[at]);
	};
	return Array.from({ length: rows.count }, (_, row) => ({
		lattice: field(row, 'lattice'),
		code: field(row, 'code'),
		index: field(row, 'index'),
		url: field(row, 'url'),
	}));
}

/** All orders of some things. */
const orders = <Item,>(items: readonly Item[]): Item[][] =>
	items.length < 2
		? [[...items]]
		: items.flatMap((first, at) =>
				orders(items.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
			);

describe('findRows', () => {
	it.each(orders(COLUMNS).map((order) => [order]))('finds the columns %j', (order) => {
		for (const delimiter of ['\t', ','] as const) {
			const rows = findRows(textOf(ROWS, { order, delimiter }));
			expect(rows.misfits).toBeUndefined();
			expect(fieldsOf(rows)).toEqual(ROWS);
		}
	});

	it.each([
		{},
		{ lineEnding: '\r\n' },
		{ endsLine: false },
		{ lineEnding: '\r\n', endsLine: false },
		{ byteOrderMark: true },
	] as const)('takes text written with %j', (writing) => {
		const rows = findRows(textOf(ROWS, writing));
		expect(rows.misfits).toBeUndefined();
		expect(fieldsOf(rows)).toEqual(ROWS);
	});

	it('takes line ends that change within the text', () => {
		const text = Buffer.concat([
			textOf(ROWS.slice(0, 4)),
			textOf(ROWS.slice(4, 8), { lineEnding: '\r\n' }),
			textOf(ROWS.slice(8)),
		]);
		expect(fieldsOf(findRows(text))).toEqual(ROWS);
	});

	it('knows where lines begin and which index they have', () => {
		const writing = { lineEnding: '\r\n', byteOrderMark: true, endsLine: false } as const;
		const text = textOf(ROWS, writing);
		const rows = findRows(text);
		const lines = ROWS.map((_, row) =>
			text.toString('latin1', rows.lines[row], rows.lines[row + 1]),
		);
		expect(lines.join('')).toBe(text.subarray(3).toString('latin1'));
		expect(lines.slice(0, -1).every((line) => line.endsWith('\r\n'))).toBe(true);
		expect([...rows.indexes.subarray(0, rows.count)]).toEqual([...ROWS.keys()]);
	});

	it('copies nothing out of the text', () => {
		const text = textOf(ROWS);
		expect(findRows(text).text).toBe(text);
	});

	it.each([
		'+15AB3C7D',
		'-98B7C6D5',
		'0441E1234',
		'000000000',
		'1,2;3"4\'5',
		'=A1+"",B2',
		'  0 0 0  ',
	])('takes the code %j as it is', (code) => {
		const rows = ROWS.map((row, at) => (at === 3 ? { ...row, code } : row));
		expect(fieldsOf(findRows(textOf(rows)))).toEqual(rows);
	});

	it('takes every character that a code and a url may have', () => {
		const printable = Array.from({ length: 0x5f }, (_, n) => String.fromCharCode(0x20 + n));
		const qrSet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'.padEnd(95, ' ');
		const rows = rowsOf({ start: 0, end: 94 }).map((row, at) => ({
			...row,
			code: printable[at]?.repeat(9) ?? '',
			url: `P.URL.CN/${(qrSet[at] ?? '').repeat(19)}`,
		}));
		expect(fieldsOf(findRows(textOf(rows)))).toEqual(rows);
	});

	it.each([
		['0', 0],
		['00000007', 7],
		['19999999', 19_999_999],
		['99999999', 99_999_999],
	])('reads the index %s', (index, value) => {
		const rows = findRows(textOf(ROWS.map((row) => ({ ...row, index }))));
		expect([rows.count, rows.indexes[0]]).toEqual([12, value]);
	});

	it('finds nothing in an empty text', () => {
		for (const text of ['', '\ufeff']) {
			expect(findRows(Buffer.from(text))).toMatchObject({ count: 0, misfits: undefined });
		}
	});

	it('has room for as many rows as a text can hold', () => {
		const rows = rowsOf({ start: 0, end: 4999 }).map((row) => ({ ...row, index: '7' }));
		expect(findRows(textOf(rows, { endsLine: false })).count).toBe(5000);
	});
});

const SECRET = ROWS[5]?.code ?? '';
const changed = (fields: Partial<Row>) => ({ ...rowsOf({ start: 5, end: 5 })[0], ...fields });

describe('a line that is not a row', () => {
	const row = changed({});
	const { lattice = '', code = '', index = '', url = '' } = row;
	const form = (column: Column) => `its ${column} does not have the expected form`;
	const length = (column: Column) => `its ${column} does not have the expected length`;

	it.each([
		['empty', '', form('lattice')],
		['a lone carriage return', '\r', form('lattice')],
		['a lattice of 67', [lattice.slice(1), code, index, url], form('lattice')],
		['a lattice of 69', [`${lattice}1`, code, index, url], length('lattice')],
		['a 2 in the lattice', [`2${lattice.slice(1)}`, code, index, url], form('lattice')],
		['a code of 8', [lattice, code.slice(1), index, url], form('code')],
		['a code of 10', [lattice, `${code}Z`, index, url], length('code')],
		[
			'a tab in the code',
			[lattice, `${code.slice(0, 4)}\t${code.slice(5)}`, index, url],
			form('code'),
		],
		['a NUL in the code', [lattice, `\0${code.slice(1)}`, index, url], form('code')],
		['a letter that is not ASCII', [lattice, `é${code.slice(2)}`, index, url], form('code')],
		['no index', [lattice, code, '', url], form('index')],
		['a signed index', [lattice, code, `-${index}`, url], form('index')],
		['an index with decimals', [lattice, code, `${index}.0`, url], length('index')],
		['an index of 9 digits', [lattice, code, '123456789', url], length('index')],
		['a url of 27', [lattice, code, index, url.slice(0, -1)], form('url')],
		['a url of 29', [lattice, code, index, `${url}Z`], length('url')],
		['a space after the url', [lattice, code, index, `${url} `], length('url')],
		['a url in lower case', [lattice, code, index, url.toLowerCase()], form('url')],
		['a lower-case letter in the url', [lattice, code, index, `${url.slice(0, -1)}a`], form('url')],
		['another host', [lattice, code, index, url.replace('P.URL', 'Q.URL')], form('url')],
		['a scheme', [lattice, code, index, `HTTP://${url.slice(7)}`], form('url')],
		['a column less', [lattice, code, index], length('index')],
		['a column more', [lattice, code, index, url, ''], length('url')],
		['another order', [lattice, code, url, index], form('index')],
		['another delimiter', [[lattice, code, index, url].join(',')], length('lattice')],
	])('%s: is told by its number, never shown', (_what, fields, reason) => {
		const lines = ROWS.map((own) => COLUMNS.map((column) => own[column]).join('\t'));
		const line = typeof fields === 'string' ? fields : fields.join('\t');
		const { misfits, count } = findRows(Buffer.from(withItem(lines, 5, line).join('\n')));
		expect(misfits).toEqual({ line: 6, reason, count: 1 });
		expect(count).toBe(11);
		expect(JSON.stringify(misfits)).not.toContain(SECRET);
	});

	it('is the first of several, which are counted', () => {
		const lines = textOf(ROWS).toString().split('\n').slice(0, -1);
		lines[2] = 'x';
		lines[7] = '';
		lines[11] = '';
		const { misfits, count } = findRows(Buffer.from(`${lines.join('\n')}\n`));
		expect([misfits?.line, misfits?.count, count]).toEqual([3, 3, 9]);
	});

	it('may stand before the first row: a header, a comment', () => {
		const text = Buffer.concat([Buffer.from(`${COLUMNS.join('\t')}\n`), textOf(ROWS)]);
		const rows = findRows(text);
		expect(rows.misfits).toEqual({
			line: 1,
			reason: 'it does not have the four columns lattice, code, index and url',
			count: 1,
		});
		expect(fieldsOf(rows)).toEqual(ROWS);
	});

	it.each([
		['an error page', '<html><body>\n<h1>502</h1>\n</body></html>\n'],
		['a list of urls', textOf(ROWS, { order: ['url'] }).toString()],
		['a list of codes', textOf(ROWS, { order: ['code'] }).toString()],
		['three columns', textOf(ROWS, { order: ['code', 'index', 'url'] }).toString()],
		['one column twice', textOf(ROWS, { order: ['code', 'code', 'index', 'url'] }).toString()],
		['semicolons', textOf(ROWS).toString().replaceAll('\t', ';')],
	])('is each line of %s', (_what, text) => {
		const { count, misfits } = findRows(Buffer.from(text));
		expect(count).toBe(0);
		expect(misfits).toEqual({
			line: 1,
			reason: 'it does not have the four columns lattice, code, index and url',
			count: text.split('\n').length - 1,
		});
	});
});
