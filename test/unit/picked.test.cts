import fc from 'fast-check';
import { NOTHING_PICKED, type PickedRow } from '../../nodes/shared/codePackage/picked';
import type { ReadOptions } from '../../nodes/shared/codePackage/reader';
import { csvWriter } from './formats.cts';
import { encrypt, planned, rowsOf, textOf, type Row } from './packages.cts';
import { cutAt, cutsOf, fileOf, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const BOUNDS = { start: 100, end: 139 };
const COUNT = 40;

/** Rows of which no url begins or ends with a space. */
const ROWS = rowsOf(BOUNDS).map((row) => ({ ...row, url: `${row.url.slice(0, 26)} Y` }));

const shown = ({ index, code, url, lattice }: Row): PickedRow => ({
	index: Number(index),
	code,
	url,
	lattice,
});

const pick = (rows: readonly Row[], options: Partial<ReadOptions>, cuts: readonly number[] = []) =>
	readSegment(cutAt(encrypt(textOf(rows), KEY), cuts), {
		segment: planned(BOUNDS),
		key: KEY,
		isBase64: false,
		...options,
	});

const range = fc
	.tuple(fc.nat({ max: COUNT - 1 }), fc.nat({ max: COUNT - 1 }))
	.map(([one, other]) => ({ first: Math.min(one, other), last: Math.max(one, other) }));
const arrival = cutsOf(Buffer.alloc(16_000));
const segmentOf = ({ first, last }: { first: number; last: number }) =>
	planned(BOUNDS, { start: BOUNDS.start + first, end: BOUNDS.start + last });

describe('rows that are picked', () => {
	it('are those of the wanted positions, whatever range is cut out and however it arrives', () => {
		const positions = fc
			.uniqueArray(fc.nat({ max: COUNT + 5 }))
			.map((own) => own.sort((a, b) => a - b));
		fc.assert(
			fc.property(range, positions, arrival, (own, picks, cuts) => {
				const wanted = ROWS.slice(own.first, own.last + 1);
				const { picked } = pick(ROWS, { segment: segmentOf(own), picks }, cuts);
				expect(picked.rows).toEqual(
					picks.flatMap((at) => wanted.slice(at, at + 1)).map((row) => shown(row)),
				);
				expect(picked.spaced).toBeUndefined();
			}),
		);
	});

	it('may be all', () => {
		fc.assert(
			fc.property(range, arrival, (own, cuts) => {
				const { picked } = pick(ROWS, { segment: segmentOf(own), picks: 'all' }, cuts);
				expect(picked.rows).toEqual(ROWS.slice(own.first, own.last + 1).map(shown));
			}),
		);
	});

	it('are none unless they are asked for', () => {
		expect(pick(ROWS, {}).picked).toEqual(NOTHING_PICKED);
		expect(pick(ROWS, { picks: [] }).picked).toMatchObject({ rows: [], spaced: undefined });
	});

	it('stay in the file', () => {
		const writer = csvWriter(['url']);
		const parts = [
			{ file: 1, row: 1, count: 7 },
			{ file: 2, row: 1, count: 33 },
		];
		const text = pick(ROWS, { writer, parts, picks: [0, 6, 7, 39] }, [3_000, 9_000]);
		expect(fileOf(text).toString()).toBe(ROWS.map(({ url }) => `${url}\n`).join(''));
		expect(text.picked.rows.map(({ index }) => index)).toEqual([100, 106, 107, 139]);
	});

	it('have the index as it stands in the package', () => {
		const rows = ROWS.map((row, at) => ({ ...row, index: String(at) }));
		expect(pick(rows, { picks: [0, 39] }).picked.rows.map(({ index }) => index)).toEqual([0, 39]);
	});
});

describe('a url that begins or ends with a space', () => {
	it('is found, the first one that is wanted', () => {
		const spaced = fc.uniqueArray(fc.nat({ max: COUNT - 1 }));
		fc.assert(
			fc.property(range, spaced, arrival, (own, places, cuts) => {
				const rows = ROWS.map((row, at) =>
					places.includes(at) ? { ...row, url: `${row.url.slice(0, 27)} ` } : row,
				);
				const first = rows.find(
					({ url }, at) => at >= own.first && at <= own.last && url.endsWith(' '),
				);
				const { picked } = pick(rows, { segment: segmentOf(own), picks: [0] }, cuts);
				expect(picked.spaced).toEqual(first && shown(first));
			}),
		);
	});

	it('may begin with it: then all of the package do', () => {
		const rows = ROWS.map((row) => ({ ...row, url: ` ${row.url.slice(0, 25)}XY` }));
		const [, second] = rows;
		const { picked } = pick(rows, { segment: segmentOf({ first: 1, last: 9 }), picks: [] });
		expect(picked.spaced).toEqual(second && shown(second));
	});
});
