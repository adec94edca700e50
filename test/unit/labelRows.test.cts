import fc from 'fast-check';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { labelWriter, labelsIn } from '../../nodes/shared/delivery/content/labelRows';
import { encrypt, planned, rowsOf, textOf } from './packages.cts';
import { cutAt, cutsOf, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');

describe('what labels show of rows', () => {
	const writings = fc.constantFrom(
		{},
		{ lineEnding: '\r\n', endsLine: false } as const,
		{ order: ['url', 'code', 'index', 'lattice'] } as const,
	);

	it('is read as it stood in the package', () => {
		const widths = fc.constantFrom(361, 68, 16);
		const cuts = cutsOf(Buffer.alloc(4_000));
		fc.assert(
			fc.property(
				widths,
				fc.nat({ max: 8 }),
				writings,
				cuts,
				(latticeWidth, split, writing, at) => {
					const bounds = { start: 95, end: 104 };
					const rows = rowsOf(bounds, bounds.start, { latticeWidth });
					const package_ = encrypt(textOf(rows, writing), KEY);
					const { parts } = readSegment(
						cutAt(
							package_,
							at.map((cut) => Math.min(cut, package_.length)),
						),
						{
							segment: planned(bounds),
							key: KEY,
							isBase64: false,
							writer: labelWriter,
							parts: [
								{ file: 1, row: 1, count: split + 1 },
								{ file: 2, row: 1, count: 9 - split },
							],
						},
					);
					const labels = parts.map(({ pieces }) => [...labelsIn(pieces, latticeWidth)]);
					expect(labels.map(({ length }) => length)).toEqual([split + 1, 9 - split]);
					expect(labels.flat()).toEqual(
						rows.map(({ index, url, lattice }) => ({ index: Number(index), url, lattice })),
					);
				},
			),
		);
	});

	it('has room for the largest index, and for spaces', () => {
		const [row] = rowsOf({ start: 0, end: 0 });
		const own = { ...row, lattice: '01'.repeat(8), code: '+44*', index: '19999999' };
		const url = ' P.URL.CN/0 $%*+-./:ABCDEF  ';
		const text = textOf([{ ...own, url }]);
		const kept = labelWriter(new RowReader().push(text), { first: 0, end: 1 }, { file: 1, row: 1 });
		text.fill(0);
		expect([...labelsIn([kept, Buffer.alloc(0)], 16)]).toEqual([
			{ index: 19_999_999, url, lattice: own.lattice },
		]);
	});
});
