import fc from 'fast-check';
import { SeenPackages } from '../../nodes/shared/codePackage/across';
import { COLUMNS } from '../../nodes/shared/codePackage/layout';
import { joined, type RowWriter } from '../../nodes/shared/codePackage/parts';
import { planSegments, type Bounds } from '../../nodes/shared/codePackage/segments';
import { cutIntoFiles, type Division, type PlannedFile } from '../../nodes/shared/delivery/cut';
import { encrypt, rowsOf, textOf, type Row, type Writing } from './packages.cts';
import { countIn, finished, piecesOf, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');

/** The segments of an application, from 0 on without a gap. */
const segmentation = fc
	.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
	.map((sizes) =>
		sizes.map((size, at) => {
			const start = sizes.slice(0, at).reduce((sum, other) => sum + other, 0);
			return { start, end: start + size - 1 };
		}),
	);
const ends = (last: number) => fc.integer({ min: 0, max: last });

/** An application: its segments as listed, its rows, how its packages are written, the range wanted. */
export const application = segmentation.chain((segments) => {
	const last = segments.at(-1)?.end ?? 0;
	return fc.record({
		list: fc.shuffledSubarray(segments, { minLength: segments.length }),
		rows: fc
			.constantFrom(361, 68, 16)
			.map((latticeWidth) => rowsOf({ start: 0, end: last }, 0, { latticeWidth }))
			.chain(withRichCodes),
		range: fc.option(
			fc.tuple(ends(last), ends(last)).map(([one, other]) => ({
				start: Math.min(one, other),
				end: Math.max(one, other),
			})),
			{ nil: undefined },
		),
		indexesFromSegment: fc.boolean(),
		writing: writing(),
	});
});

/** Codes that a CSV file has to quote, or that look like something else. */
function withRichCodes(rows: Row[]): fc.Arbitrary<Row[]> {
	const beginnings = ['', ',', '"', ';', '"",', '+', '-', '=', "'", '0441E', '";"'];
	return fc
		.array(fc.constantFrom(...beginnings), { minLength: rows.length, maxLength: rows.length })
		.map((chosen) =>
			rows.map((row, at) => {
				const beginning = chosen[at] ?? '';
				return { ...row, code: beginning + String(at).padStart(9 - beginning.length, '0') };
			}),
		);
}

/** Another order with tabs only: there a comma within a code can't be told from one between columns. */
function writing(): fc.Arbitrary<Writing> {
	const ends = {
		lineEnding: fc.constantFrom('\n' as const, '\r\n' as const),
		endsLine: fc.boolean(),
		byteOrderMark: fc.boolean(),
	};
	return fc.oneof(
		fc.record({
			order: fc.shuffledSubarray([...COLUMNS], { minLength: COLUMNS.length }),
			...ends,
		}),
		fc.record({ delimiter: fc.constantFrom(',', ' ', '   '), ...ends }),
	);
}

export type Application = typeof application extends fc.Arbitrary<infer Value> ? Value : never;

/** The wanted codes in files: planned, decrypted, verified, formatted, cut and joined. */
export function filesOf(
	chosen: Application,
	writer: RowWriter | undefined,
	division: Division,
): { planned: PlannedFile; file: Buffer; count: number }[] {
	const { segments, problems } = planSegments(chosen.list, chosen.range);
	expect(problems).toEqual([]);
	const cut = cutIntoFiles(segments, division);
	const packages = new SeenPackages();
	const across = packages.of('700000001');
	const texts = segments.map((segment) => {
		const text = textOf(packageOf(chosen, segment.bounds), chosen.writing);
		const base64 = Buffer.from(encrypt(text, KEY).toString('base64'));
		const { seed } = packages;
		const parts = cut.parts.get(segment) ?? [];
		return readSegment(piecesOf(base64, 200), { segment, key: KEY, writer, seed, parts });
	});
	expect(texts.flatMap((text) => finished(across.next(text)))).toEqual([]);
	const parts = texts.flatMap((text) => text.parts);
	return cut.files.map((planned) => {
		const own = parts.splice(0, planned.segments.length);
		const chunks = own.flatMap((part, at) =>
			joined(part, { isFirst: at === 0, isLast: at === own.length - 1 }),
		);
		return { planned, file: Buffer.concat(chunks), count: countIn({ parts: own }) };
	});
}

/** The wanted rows as they stand in their packages. */
export function wantedOf(chosen: Application): Row[] {
	const { start, end } = chosen.range ?? { start: 0, end: chosen.rows.length - 1 };
	const rows = [...chosen.list]
		.sort((one, other) => one.start - other.start)
		.flatMap((segment) => packageOf(chosen, segment));
	return rows.slice(start, end + 1);
}

function packageOf({ rows, indexesFromSegment }: Application, { start, end }: Bounds): Row[] {
	return rows
		.slice(start, end + 1)
		.map((row, at) => (indexesFromSegment ? { ...row, index: String(at) } : row));
}
