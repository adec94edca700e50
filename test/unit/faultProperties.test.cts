import fc from 'fast-check';
import { COLUMNS } from '../../nodes/shared/codePackage/layout';
import type { Bounds } from '../../nodes/shared/codePackage/segments';
import { rowsOf, textOf } from './packages.cts';
import { verified } from './reading.cts';

const TAB = 0x09;
const LINE_FEED = 0x0a;

describe('verification finds any single fault', () => {
	const form = fc.record({
		latticeWidth: fc.constantFrom(361, 68, 16, 400, 29),
		codeLength: fc.integer({ min: 2, max: 9 }),
	});
	const segment = fc
		.tuple(fc.nat({ max: 300 }), fc.integer({ min: 2, max: 30 }), fc.boolean(), form)
		.map(([start, count, fromSegment, own]) => {
			const bounds = { start, end: start + count - 1 };
			return { bounds, rows: rowsOf(bounds, fromSegment ? 0 : start, own) };
		});
	const writing = fc.record({
		delimiter: fc.constantFrom('\t', ',', ' ', '   '),
		order: fc.shuffledSubarray([...COLUMNS], { minLength: COLUMNS.length }),
		lineEnding: fc.constantFrom('\n' as const, '\r\n' as const),
		endsLine: fc.boolean(),
		byteOrderMark: fc.boolean(),
	});
	const chosen = segment.chain((made) =>
		fc.record({ made: fc.constant(made), at: fc.nat({ max: made.rows.length - 1 }) }),
	);
	const problemsOf = (text: Buffer, bounds: Bounds) => verified(text, bounds).problems;

	it('and none where there is none', () => {
		fc.assert(
			fc.property(segment, writing, ({ bounds, rows }, how) => {
				// Another order than the documented one is only taken where nothing is in doubt.
				const isSure = rows.every(({ code }) => !/^\d{1,8}$/.test(code));
				const { order, ...rest } = how;
				const own = isSure && !how.delimiter.startsWith(' ') ? how : rest;
				expect(order).toHaveLength(4);
				expect(problemsOf(textOf(rows, own), bounds)).toEqual([]);
			}),
		);
	});

	it('a row that is missing', () => {
		fc.assert(
			fc.property(chosen, ({ made: { bounds, rows }, at }) => {
				const left = rows.filter((_, row) => row !== at);
				expect(problemsOf(textOf(left), bounds)).not.toEqual([]);
			}),
		);
	});

	it('a row that comes twice, wherever, also in the place of another', () => {
		fc.assert(
			fc.property(chosen, fc.nat(), fc.boolean(), ({ made, at }, seed, replaces) => {
				const { bounds, rows } = made;
				const place = seed % rows.length;
				fc.pre(!replaces || place !== at);
				const row = rows.slice(at, at + 1);
				const doubled = [
					...rows.slice(0, place),
					...row,
					...rows.slice(place + (replaces ? 1 : 0)),
				];
				expect(problemsOf(textOf(doubled), bounds)).not.toEqual([]);
			}),
		);
	});

	it('a row with the code, the url or the index of another', () => {
		const column = fc.constantFrom('code' as const, 'url' as const, 'index' as const);
		fc.assert(
			fc.property(chosen, fc.nat(), column, ({ made, at }, seed, name) => {
				const { bounds, rows } = made;
				const other = rows[seed % rows.length];
				fc.pre(other !== undefined && other !== rows[at]);
				const mixed = rows.map((row, n) =>
					n === at ? { ...row, [name]: other?.[name] ?? '' } : row,
				);
				expect(problemsOf(textOf(mixed), bounds)).not.toEqual([]);
			}),
		);
	});

	it('two rows that changed places', () => {
		fc.assert(
			fc.property(chosen, fc.nat(), ({ made: { bounds, rows }, at }, seed) => {
				const other = seed % rows.length;
				fc.pre(other !== at);
				const order = rows.map((_, n) => (n === at ? other : n === other ? at : n));
				const swapped = order.flatMap((n) => rows.slice(n, n + 1));
				expect(problemsOf(textOf(swapped), bounds)).not.toEqual([]);
			}),
		);
	});

	const FIELDS = [/[01]/, /[ -~]/, /never/, /[0-9A-Z $%*+\-./:]/];

	/** What stands in a byte's line up to it, column by column. */
	const fieldsUpTo = (text: Buffer, at: number): string[] =>
		text
			.subarray(text.subarray(0, at).lastIndexOf(LINE_FEED) + 1, at)
			.toString('latin1')
			.split('\t');

	/** Tells whether the byte may not stand there; line ends aside, which may be written differently. */
	const isFault = (text: Buffer, at: number, byte: number): boolean => {
		const own = text[at];
		if (own === byte || own === LINE_FEED) return false;
		const fields = fieldsUpTo(text, at);
		const isInPrefix = fields.length === 4 && (fields[3]?.length ?? 0) < 'P.URL.CN'.length;
		const isAllowed = FIELDS[fields.length - 1]?.test(String.fromCharCode(byte)) === true;
		return own === TAB || isInPrefix || !isAllowed;
	};

	it('a byte that does not belong where it stands, a changed index', () => {
		fc.assert(
			fc.property(segment, fc.nat(), fc.nat({ max: 255 }), ({ bounds, rows }, seed, byte) => {
				const text = textOf(rows);
				const at = seed % text.length;
				fc.pre(isFault(text, at, byte));
				text[at] = byte;
				expect(problemsOf(text, bounds)).not.toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});

	it('a byte that is missing, but for the last line end and one of a code, which may be shorter', () => {
		fc.assert(
			fc.property(segment, fc.nat(), ({ bounds, rows }, seed) => {
				const text = textOf(rows);
				const at = seed % (text.length - 1);
				fc.pre(fieldsUpTo(text, at).length !== 2 || text[at] === TAB);
				const cut = Buffer.concat([text.subarray(0, at), text.subarray(at + 1)]);
				expect(problemsOf(cut, bounds)).not.toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});
});
