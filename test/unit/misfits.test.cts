import { COLUMNS } from '../../nodes/shared/codePackage/layout';
import { rowOf, rowsOf, textOf, withItem, type Row } from './packages.cts';
import { readRows } from './reading.cts';

const ROWS = rowsOf({ start: 0, end: 11 });
const own = rowOf(5);
const SECRETS = [own.code, own.url.slice(9), own.lattice.slice(0, 30)];

describe('a line that is not a row', () => {
	const { lattice, code, index, url } = own;
	const fits = (column: string, kinds: string) => `its ${column} does not fit (${kinds})`;
	const four = (...kinds: string[]) => `4 fields: ${kinds.join(', ')}`;

	it.each<readonly [string, readonly string[], string]>([
		['nothing', [''], 'it is empty'],
		['a lone carriage return', ['\r'], 'it is empty'],
		['one space', [' '], fits('lattice', '1 field: 1 character')],
		[
			'a lattice of 360',
			[lattice.slice(1), code, index, url],
			fits('lattice', four('360 × 0/1', '9 characters', 'index', '28 characters')),
		],
		[
			'a lattice of 362',
			[`${lattice}1`, code, index, url],
			fits('lattice', four('362 × 0/1', '9 characters', 'index', '28 characters')),
		],
		[
			'a 2 in the lattice',
			[`${lattice.slice(0, 99)}2${lattice.slice(100)}`, code, index, url],
			fits('lattice', four('361 characters', '9 characters', 'index', '28 characters')),
		],
		[
			'a 2 at the end of the lattice',
			[`${lattice.slice(0, -1)}2`, code, index, url],
			fits('lattice', four('361 characters', '9 characters', 'index', '28 characters')),
		],
		[
			'no code',
			[lattice, '', index, url],
			fits('code', four('361 × 0/1', 'empty', 'index', '28 characters')),
		],
		[
			'a code of 10',
			[lattice, `${code}Z`, index, url],
			fits('code', four('361 × 0/1', '10 characters', 'index', '28 characters')),
		],
		[
			'a tab in the code',
			[lattice, `${code.slice(0, 4)}\t${code.slice(5)}`, index, url],
			fits('code', '5 fields: 361 × 0/1, 4 characters, 4 characters, index, 28 characters'),
		],
		[
			'a NUL in the code',
			[lattice, `\0${code.slice(1)}`, index, url],
			fits('code', four('361 × 0/1', '9 bytes that are not all text', 'index', '28 characters')),
		],
		[
			'a DEL in the code',
			[lattice, `\x7f${code.slice(1)}`, index, url],
			fits('code', four('361 × 0/1', '9 bytes that are not all text', 'index', '28 characters')),
		],
		[
			'a letter that is not ASCII',
			[lattice, `é${code.slice(2)}`, index, url],
			fits('code', four('361 × 0/1', '9 bytes that are not all text', 'index', '28 characters')),
		],
		[
			'no index',
			[lattice, code, '', url],
			fits('index', four('361 × 0/1', '9 characters', 'empty', '28 characters')),
		],
		[
			'a signed index',
			[lattice, code, `-${index}`, url],
			fits('index', four('361 × 0/1', '9 characters', '2 characters', '28 characters')),
		],
		[
			'an index with decimals',
			[lattice, code, `${index}.0`, url],
			fits('index', four('361 × 0/1', '9 characters', '3 characters', '28 characters')),
		],
		[
			'an index of 9 digits',
			[lattice, code, '123456789', url],
			fits('index', four('361 × 0/1', '9 characters', '9 characters', '28 characters')),
		],
		[
			'a url of 27',
			[lattice, code, index, url.slice(0, -1)],
			fits('url', four('361 × 0/1', '9 characters', 'index', '27 characters')),
		],
		[
			'a url of 29',
			[lattice, code, index, `${url}Z`],
			fits('url', four('361 × 0/1', '9 characters', 'index', '29 characters')),
		],
		[
			'a space after the url',
			[lattice, code, index, `${url} `],
			fits('url', four('361 × 0/1', '9 characters', 'index', '29 characters')),
		],
		[
			'a url in lower case',
			[lattice, code, index, url.toLowerCase()],
			fits('url', four('361 × 0/1', '9 characters', 'index', '28 characters')),
		],
		[
			'a lower-case letter in the url',
			[lattice, code, index, `${url.slice(0, -1)}a`],
			fits('url', four('361 × 0/1', '9 characters', 'index', '28 characters')),
		],
		[
			'another host',
			[lattice, code, index, url.replace('P.URL', 'Q.URL')],
			fits('url', four('361 × 0/1', '9 characters', 'index', '28 characters')),
		],
		[
			'a scheme',
			[lattice, code, index, `HTTP://${url.slice(7)}`],
			fits('url', four('361 × 0/1', '9 characters', 'index', '28 characters')),
		],
		[
			'a column less',
			[lattice, code, index],
			fits('url', '3 fields: 361 × 0/1, 9 characters, index'),
		],
		[
			'a column more',
			[lattice, code, index, url, ''],
			fits('url', '5 fields: 361 × 0/1, 9 characters, index, 28 characters, empty'),
		],
		[
			'many columns more',
			[lattice, code, index, url, 'a', 'b', 'c', 'd', 'e', 'f'],
			fits(
				'url',
				'10 fields: 361 × 0/1, 9 characters, index, 28 characters, 1 character, 1 character, 1 character, 1 character, …',
			),
		],
		[
			'another order',
			[lattice, code, url, index],
			fits('url', four('361 × 0/1', '9 characters', '28 characters', 'index')),
		],
		[
			'another delimiter',
			[[lattice, code, index, url].join(',')],
			fits('lattice', '1 field: 402 characters'),
		],
	])('%s: is told by its number, kinds and widths, never shown', (_what, fields, reason) => {
		const lines = ROWS.map((row) => COLUMNS.map((column) => row[column]).join('\t'));
		const text = withItem(lines, 5, fields.join('\t')).join('\n');
		const { misfits, rows } = readRows(text);
		expect(misfits).toEqual({ line: 6, reason, count: 1 });
		expect(rows).toEqual(ROWS.filter((_, at) => at !== 5));
		for (const secret of SECRETS) expect(reason).not.toContain(secret);
	});
});

describe('a line that is not a row between spaces', () => {
	const { lattice, code, index, url } = own;

	it.each<readonly [string, readonly string[], string]>([
		[
			'a space in the code',
			[lattice, 'A B', index, url],
			'its code does not fit (5 fields: 361 × 0/1, 1 character, 1 character, index, 28 characters)',
		],
		[
			'no code',
			[lattice, index, url],
			'its index does not fit (3 fields: 361 × 0/1, index, 28 characters)',
		],
		[
			'a tab',
			[lattice, `${code}\t${index}`, url],
			'its index does not fit (3 fields: 361 × 0/1, 11 bytes that are not all text, 28 characters)',
		],
	])('%s', (_what, fields, reason) => {
		const lines = ROWS.map((row) => COLUMNS.map((column) => row[column]).join(' '));
		expect(readRows(withItem(lines, 5, fields.join(' ')).join('\n')).misfits).toEqual({
			line: 6,
			reason,
			count: 1,
		});
	});
});

const NO_ROW = 'it does not have the four columns lattice, code, index and url without doubt';

describe('lines that are no rows', () => {
	it('are counted, and the first of them is told', () => {
		const lines = textOf(ROWS).toString().split('\n').slice(0, -1);
		lines[2] = 'x';
		lines[7] = '';
		lines[10] = 'y';
		const { misfits, rows } = readRows(`${lines.join('\n')}\n`);
		expect([misfits?.line, misfits?.count, rows.length]).toEqual([3, 3, 9]);
	});

	it('may stand before the first row: a header, a comment', () => {
		const text = Buffer.concat([Buffer.from(`${COLUMNS.join('\t')}\n`), textOf(ROWS)]);
		const { misfits, rows } = readRows(text);
		expect(misfits).toEqual({
			line: 1,
			reason: `${NO_ROW} (4 fields: 7 characters, 4 characters, 5 characters, 3 characters)`,
			count: 1,
		});
		expect(rows).toEqual(ROWS);
	});

	const columns = (...order: Array<keyof Row>) => textOf(ROWS, { order }).toString();

	it.each([
		['an error page', '<html><body>\n<h1>502</h1>\n</body></html>\n', '1 field: 12 characters'],
		['a list of urls', columns('url'), '1 field: 28 characters'],
		['a list of codes', columns('code'), '1 field: 9 characters'],
		[
			'three columns',
			columns('code', 'index', 'url'),
			'3 fields: 9 characters, index, 28 characters',
		],
		[
			'one column twice',
			columns('code', 'code', 'index', 'url'),
			'4 fields: 9 characters, 9 characters, index, 28 characters',
		],
		['semicolons', textOf(ROWS).toString().replaceAll('\t', ';'), '1 field: 402 characters'],
	])('are all lines of %s', (_what, text, kinds) => {
		const { rows, misfits } = readRows(text);
		expect(rows).toEqual([]);
		expect(misfits).toEqual({
			line: 1,
			reason: `${NO_ROW} (${kinds})`,
			count: text.split('\n').length - 1,
		});
	});
});
