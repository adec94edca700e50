import { rowOf, rowsOf, textOf, withItem, type Row } from './packages.cts';
import { piecesOf, verified } from './reading.cts';

const BOUNDS = { start: 20, end: 39 };
const ROWS = rowsOf(BOUNDS);
const verify = (rows: readonly Row[], bounds = BOUNDS) => {
	const { indexesFrom, problems } = verified(textOf(rows), bounds);
	return { indexesFrom, problems };
};
const rowAt = (at: number): Row => rowOf(BOUNDS.start + at);

describe('SegmentCheck', () => {
	it('finds nothing wrong with a whole segment', () => {
		expect(verify(ROWS)).toEqual({ indexesFrom: 'application', problems: [] });
	});

	it('tells where indexes count from', () => {
		expect(verify(rowsOf(BOUNDS, 0))).toEqual({ indexesFrom: 'segment', problems: [] });
		const first = { start: 0, end: 19 };
		expect(verify(rowsOf(first), first)).toEqual({ indexesFrom: undefined, problems: [] });
		expect(verify(rowsOf(BOUNDS, 1)).indexesFrom).toBeUndefined();
	});

	it('takes codes and urls apart that share a slot of its table', () => {
		const bounds = { start: 0, end: 9_999 };
		expect(verify(rowsOf(bounds), bounds).problems).toEqual([]);
	});

	it('finds that all rows are missing', () => {
		expect(verify([])).toEqual({ indexesFrom: undefined, problems: ['0 rows instead of 20'] });
	});

	it('finds indexes that begin elsewhere', () => {
		expect(verify(rowsOf(BOUNDS, 40)).problems).toEqual(['the indexes begin at 40 instead of 20']);
		const first = { start: 0, end: 19 };
		expect(verify(rowsOf(first, 1), first).problems).toEqual([
			'the indexes begin at 1 instead of 0',
		]);
	});

	const without = (at: number) => ROWS.filter((_, row) => row !== at);

	it('finds a missing row', () => {
		expect(verify(without(0)).problems).toEqual([
			'19 rows instead of 20',
			'the indexes begin at 21 instead of 20',
		]);
		expect(verify(without(7)).problems).toEqual([
			'19 rows instead of 20',
			'row 8 has index 28 instead of 27',
		]);
		expect(verify(without(19)).problems).toEqual(['19 rows instead of 20']);
	});

	it('finds a doubled row', () => {
		expect(verify([...ROWS.slice(0, 8), ...ROWS.slice(7)]).problems).toEqual([
			'21 rows instead of 20',
			'row 9 has index 27 instead of 28',
			'row 9 repeats the code of row 8',
			'row 9 repeats the url of row 8',
		]);
	});

	it('finds a row that stands in the place of another', () => {
		const swapped = withItem(withItem(ROWS, 3, rowAt(4)), 4, rowAt(3));
		expect(verify(swapped).problems).toEqual(['row 4 has index 24 instead of 23']);
	});

	it.each(['code', 'url'] as const)('finds a %s that comes twice', (column) => {
		for (const [one, other] of [
			[0, 19],
			[18, 19],
			[3, 11],
		] as const) {
			const rows = withItem(ROWS, other, { ...rowAt(other), [column]: rowAt(one)[column] });
			expect(verify(rows).problems).toEqual([
				`row ${other + 1} repeats the ${column} of row ${one + 1}`,
			]);
		}
	});

	it('lets the lattice repeat: only code and url are held to be unique', () => {
		expect(verify(withItem(ROWS, 4, { ...rowAt(4), lattice: rowAt(3).lattice })).problems).toEqual(
			[],
		);
	});

	it('finds another segment of the application', () => {
		const other = verify(rowsOf({ start: 40, end: 59 }));
		expect(other.problems).toEqual(['the indexes begin at 40 instead of 20']);
	});

	it('tells lines that are not rows, with their number', () => {
		const broken = (at: number) => ({ ...rowAt(at), code: 'too long a code' });
		const reason =
			'its code does not fit (4 fields: 361 × 0/1, 15 characters, index, 28 characters)';
		expect(verify(withItem(ROWS, 19, broken(19))).problems).toEqual([
			`line 20 is not a code row: ${reason}`,
			'19 rows instead of 20',
		]);
		const twice = withItem(withItem(ROWS, 19, broken(19)), 18, broken(18));
		expect(verify(twice).problems[0]).toBe(`line 19 is not a code row: ${reason} (2 such lines)`);
	});

	it('tells only the first of many faults of a kind', () => {
		const same = ROWS.map((row) => ({ ...row, code: 'A', index: '20' }));
		expect(verify(same).problems).toEqual([
			'row 2 has index 20 instead of 21',
			'row 2 repeats the code of row 1',
		]);
	});

	it('says the same whatever pieces the rows come in', () => {
		const text = textOf([...ROWS.slice(0, 8), ...ROWS.slice(7)]);
		const whole = verified(text, BOUNDS);
		expect(whole.problems).toHaveLength(4);
		for (const size of [1, 7, 400, 403, 1000]) {
			expect(verified(piecesOf(text, size), BOUNDS)).toEqual(whole);
		}
	});

	it('never shows what is in a row', () => {
		const worst = [{ ...rowAt(0), url: 'nothing' }, rowAt(2), rowAt(1), rowAt(2), rowAt(9)];
		const { problems } = verify(worst);
		expect(problems.length).toBeGreaterThan(4);
		const told = problems.join('\n');
		for (const { code, url, lattice } of ROWS) {
			for (const field of [code, url, lattice]) expect(told).not.toContain(field);
		}
	});
});
