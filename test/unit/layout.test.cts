import { COLUMNS, learnLayout, shapeOf, type Column } from '../../nodes/shared/codePackage/layout';
import { rowOf, rowsOf, textOf, withItem, type Row } from './packages.cts';
import { processorTime } from './processorTime.cts';
import { readRows } from './reading.cts';

const LATTICE = '01'.repeat(34);
const CODE = '044GZ*J10';
const URL = 'P.URL.CN/0 $%*+-./:ABCDEF01Z';
const NO_ROW = 'it does not have the four columns lattice, code, index and url without doubt';

describe('learnLayout', () => {
	it.each([
		['\t', `${LATTICE}\t${CODE}\t0\t${URL}`],
		[',', `${LATTICE},${CODE},0,${URL}`],
		[' ', `${LATTICE} ${CODE} 0 ${URL}`],
		[' ', `${LATTICE}    ${CODE}  0   ${URL}`],
		[',', `${LATTICE},1,2,3,4,5,0,${URL}`],
		[',', `${LATTICE},,,,0,${URL}`],
		['\t', `${LATTICE}\t a b c, \t0\t${URL}`],
		[' ', `${LATTICE} 1,2,3 0 ${URL}`],
	])('learns the delimiter %j from %j', (delimiter, line) => {
		expect(learnLayout(line)).toEqual({
			delimiter,
			order: [0, 1, 2, 3],
			latticeWidth: 68,
			host: 'P.URL.CN/',
		});
	});

	it.each([16, 17, 28, 68, 361, 400, 3_969])('learns a width of %d', (width) => {
		const row = { ...rowOf(7), lattice: '1'.repeat(width) };
		for (const delimiter of ['\t', ',', ' ', '   ']) {
			const line = textOf([row], { delimiter, endsLine: false }).toString();
			expect(learnLayout(line)?.latticeWidth).toBe(width);
		}
	});

	it.each([
		['P.URL.CN/0 $%*+-./:ABCDEF01Z', 'P.URL.CN/'],
		['A/BCDEFGHIJKLMNOPQRSTUVWXYZ/', 'A/'],
		['/ABCDEFGHIJKLMNOPQRSTUVWXYZ/', '/'],
		['ABCDEFGHIJKLMNOPQRSTUVWXYZ01', ''],
		['HTTP://P.URL.CN/01234567890A', 'HTTP:/'],
	])('learns of the url %j that all begin with %j', (url, host) => {
		expect(learnLayout(`${LATTICE}\t${CODE}\t0\t${url}`)?.host).toBe(host);
	});

	it.each([
		['a lattice of 15', `${LATTICE.slice(0, 15)}\t${CODE}\t0\t${URL}`],
		['a code of 10', `${LATTICE}\t${CODE}Z\t0\t${URL}`],
		['no code', `${LATTICE}\t\t0\t${URL}`],
		['an index of 9 digits', `${LATTICE}\t${CODE}\t123456789\t${URL}`],
		['a url of 27', `${LATTICE}\t${CODE}\t0\t${URL.slice(1)}`],
		['a url of 29', `${LATTICE}\t${CODE}\t0\t${URL}Z`],
		['a url in lower case', `${LATTICE}\t${CODE}\t0\t${URL.toLowerCase()}`],
		['mixed delimiters', `${LATTICE}\t${CODE},0\t${URL}`],
		['several tabs', `${LATTICE}\t\t${CODE}\t\t0\t\t${URL}`],
		['semicolons', `${LATTICE};${CODE};0;${URL}`],
		['a space in a code between spaces', `${LATTICE} A B 0 ${URL}`],
		['spaces before the lattice', `  ${LATTICE} ${CODE} 0 ${URL}`],
		['another order between spaces', `${URL} 0 ${CODE} ${LATTICE}`],
		['a code with a comma in another order between commas', `${URL},0,1,2,${LATTICE}`],
		['nothing', ''],
	])('takes %s for no row', (_what, line) => {
		expect(learnLayout(line)).toBeUndefined();
	});
});

describe('the order of the columns', () => {
	const line = (row: Row, order: readonly Column[], delimiter = '\t') =>
		textOf([row], { order, delimiter, endsLine: false }).toString();
	const OTHER: readonly Column[] = ['url', 'code', 'index', 'lattice'];
	const row: Row = { lattice: LATTICE, code: CODE, index: '0', url: URL };

	it.each(['7', '12', '12345678'])('is the documented one, though the code is %s', (code) => {
		for (const delimiter of ['\t', ',', ' ']) {
			expect(learnLayout(line({ ...row, code }, COLUMNS, delimiter))?.order).toEqual([0, 1, 2, 3]);
		}
	});

	it.each(['7', '12', '0000', '12345678'])('is in doubt elsewhere if the code is %s', (code) => {
		for (const order of [OTHER, ['code', 'index', 'url', 'lattice'] as const]) {
			expect(learnLayout(line({ ...row, code }, order))).toBeUndefined();
			expect(learnLayout(line({ ...row, code }, order, ','))).toBeUndefined();
		}
	});

	it.each(['A', '1A', '+1', '-7', '1.5', '1 2', '000000000', '123456789'])(
		'is beyond doubt elsewhere if the code is %j',
		(code) => {
			expect(learnLayout(line({ ...row, code }, OTHER))?.order).toEqual([3, 1, 2, 0]);
		},
	);

	it('is in doubt if 28 characters 0 and 1 may be the lattice or the url', () => {
		const digits = '01'.repeat(14);
		const twins = { ...row, lattice: digits, url: digits.replace('01', '10') };
		expect(learnLayout(line(twins, ['code', 'url', 'lattice', 'index']))).toBeUndefined();
		expect(learnLayout(line(twins, COLUMNS))?.order).toEqual([0, 1, 2, 3]);
		// A url that can't be a lattice leaves no doubt.
		expect(learnLayout(line({ ...row, lattice: digits }, OTHER))?.order).toEqual([3, 1, 2, 0]);
	});

	it('in doubt, is refused in words, until a row without doubt', () => {
		const rows = rowsOf({ start: 0, end: 3 }).map((own, at) => ({
			...own,
			code: ['12', '3456', 'A*B', '78'][at] ?? '',
		}));
		const read = readRows(textOf(rows, { order: OTHER }));
		expect(read.misfits).toEqual({
			line: 1,
			reason: `${NO_ROW} (4 fields: 28 characters, index, index, 361 × 0/1)`,
			count: 2,
		});
		expect(read.rows).toEqual(rows.slice(2));
	});
});

it.each([
	['spaces alone', '0'.repeat(16) + ' '.repeat(4_080)],
	['spaces and letters', '0'.repeat(16) + ' '.repeat(2_000) + `x${' '.repeat(60)}`.repeat(34)],
	[
		'spaces, letters and an end without',
		`${'0'.repeat(16)}${' '.repeat(2_000)}${`x${' '.repeat(60)}`.repeat(33)}${'y'.repeat(30)}`,
	],
	['zeros and spaces', '0 '.repeat(2_048)],
])('a line that is no row is told in no time: %s', (_what, line) => {
	const worked = processorTime();
	for (let time = 0; time < 20; time++) shapeOf(line);
	// A pattern that began anew at each space took seconds.
	expect(worked()).toBeLessThan(300);
});

/** What may befall a row, by the column that does not fit then. */
const DAMAGES: ReadonlyArray<readonly [string, Column, (row: Row) => Row]> = [
	['a lattice of one less', 'lattice', (row) => ({ ...row, lattice: row.lattice.slice(1) })],
	['a lattice of one more', 'lattice', (row) => ({ ...row, lattice: `${row.lattice}0` })],
	['a lattice of half the width', 'lattice', (row) => ({ ...row, lattice: row.lattice.slice(8) })],
	[
		'a letter in the lattice',
		'lattice',
		(row) => ({ ...row, lattice: `O${row.lattice.slice(1)}` }),
	],
	['no lattice', 'lattice', (row) => ({ ...row, lattice: '' })],
	['a code of 10', 'code', (row) => ({ ...row, code: 'ABCDEFGHIJ' })],
	['a control character in the code', 'code', (row) => ({ ...row, code: 'AB\x01CD' })],
	['an accent in the code', 'code', (row) => ({ ...row, code: 'ABéCD' })],
	['a Chinese character in the code', 'code', (row) => ({ ...row, code: '码' })],
	['a letter in the index', 'index', (row) => ({ ...row, index: `${row.index}A` })],
	['an index of 9 digits', 'index', (row) => ({ ...row, index: '100000000' })],
	['a url of 27', 'url', (row) => ({ ...row, url: row.url.slice(0, -1) })],
	['a url of 29', 'url', (row) => ({ ...row, url: `${row.url}A` })],
	['a url in lower case', 'url', (row) => ({ ...row, url: row.url.toLowerCase() })],
	['one lower-case letter', 'url', (row) => ({ ...row, url: `${row.url.slice(0, -1)}a` })],
	['another host', 'url', (row) => ({ ...row, url: `Q${row.url.slice(1)}` })],
	['a host without its slash', 'url', (row) => ({ ...row, url: row.url.replace('/', ':') })],
	['an accent in the url', 'url', (row) => ({ ...row, url: `${row.url.slice(0, -2)}é` })],
];

describe.each([361, 68, 16, 400])('every row is held to a width of %d', (latticeWidth) => {
	describe.each(['\t', ',', ' ', '   '])('between %j', (delimiter) => {
		const rows = rowsOf({ start: 0, end: 9 }, 0, { latticeWidth });

		it('as the first', () => {
			const { layout, misfits } = readRows(textOf(rows, { delimiter }));
			expect(misfits).toBeUndefined();
			expect(layout).toMatchObject({ latticeWidth, delimiter: delimiter[0], host: 'P.URL.CN/' });
		});

		it.each(DAMAGES)('not with %s', (_what, column, damage) => {
			const damaged = withItem(rows, 4, damage(rowOf(4, { latticeWidth })));
			const { misfits, ...read } = readRows(textOf(damaged, { delimiter }));
			expect(read.rows).toEqual(rows.filter((_, at) => at !== 4));
			expect(misfits).toMatchObject({ line: 5, count: 1 });
			expect(misfits?.reason.startsWith(`its ${column} does not fit (`)).toBe(true);
		});

		it('not between another delimiter', () => {
			for (const other of ['\t', ',', ' ', '\t\t', ';'].filter((own) => own[0] !== delimiter[0])) {
				const lines = rows.map((row, at) =>
					textOf([row], { delimiter: at === 4 ? other : delimiter }),
				);
				const { misfits, ...read } = readRows(Buffer.concat(lines));
				expect(read.rows).toHaveLength(9);
				expect([misfits?.line, misfits?.count]).toEqual([5, 1]);
			}
		});
	});
});
