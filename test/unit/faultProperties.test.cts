import fc from 'fast-check';
import { decodePackage } from '../../nodes/shared/codePackage/decrypt';
import { PackageError } from '../../nodes/shared/codePackage/errors';
import { COLUMNS, findRows } from '../../nodes/shared/codePackage/rows';
import type { Bounds } from '../../nodes/shared/codePackage/segments';
import { verifyRows } from '../../nodes/shared/codePackage/verify';
import { rowsOf, textOf } from './packages.cts';

const TAB = 0x09;
const LINE_FEED = 0x0a;

describe('verifyRows finds any single fault', () => {
	const segment = fc
		.tuple(fc.nat({ max: 300 }), fc.integer({ min: 2, max: 30 }), fc.boolean())
		.map(([start, count, fromSegment]) => {
			const bounds = { start, end: start + count - 1 };
			return { bounds, rows: rowsOf(bounds, fromSegment ? 0 : start) };
		});
	const writing = fc.record({
		delimiter: fc.constantFrom('\t' as const, ',' as const),
		order: fc.shuffledSubarray([...COLUMNS], { minLength: COLUMNS.length }),
		lineEnding: fc.constantFrom('\n' as const, '\r\n' as const),
		endsLine: fc.boolean(),
		byteOrderMark: fc.boolean(),
	});
	const chosen = segment.chain((made) =>
		fc.record({ made: fc.constant(made), at: fc.nat({ max: made.rows.length - 1 }) }),
	);
	const problemsOf = (text: Buffer, bounds: Bounds) => verifyRows(findRows(text), bounds).problems;

	it('and none where there is none', () => {
		fc.assert(
			fc.property(segment, writing, ({ bounds, rows }, how) => {
				expect(problemsOf(textOf(rows, how), bounds)).toEqual([]);
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
				const mixed = rows.map((row, n) => (n === at ? { ...row, [name]: other?.[name] } : row));
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

	/** Tells whether the byte may not stand there; line ends aside, which may be written differently. */
	const isFault = (text: Buffer, at: number, byte: number): boolean => {
		const own = text[at];
		if (own === byte || own === LINE_FEED) return false;
		const fields = text
			.subarray(text.subarray(0, at).lastIndexOf(LINE_FEED) + 1, at)
			.toString('latin1')
			.split('\t');
		const isInPrefix = fields.length === 4 && (fields[3]?.length ?? 0) < 'P.URL.CN/'.length;
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

	it('a byte that is missing, but for the last line end', () => {
		fc.assert(
			fc.property(segment, fc.nat(), ({ bounds, rows }, seed) => {
				const text = textOf(rows);
				const at = seed % (text.length - 1);
				const cut = Buffer.concat([text.subarray(0, at), text.subarray(at + 1)]);
				expect(problemsOf(cut, bounds)).not.toEqual([]);
			}),
			{ numRuns: 500 },
		);
	});
});

/** The bytes, or undefined where the text is refused. */
function decodedOrRefused(base64: string): Buffer | undefined {
	try {
		return decodePackage(base64);
	} catch (error) {
		if (error instanceof PackageError) return undefined;
		throw error;
	}
}

describe('base64', () => {
	const bytes = fc
		.integer({ min: 1, max: 12 })
		.chain((blocks) => fc.uint8Array({ minLength: blocks * 16, maxLength: blocks * 16 }))
		.map((array) => Buffer.from(array));

	it('gives back the bytes', () => {
		fc.assert(
			fc.property(bytes, (own) => {
				expect(decodePackage(own.toString('base64'))).toEqual(own);
			}),
		);
	});

	it('with any one character changed, is refused or gives other bytes', () => {
		const character = fc.oneof(
			fc.string({ minLength: 1, maxLength: 1 }),
			fc.constantFrom(...'-_=A+/ \n'),
		);
		fc.assert(
			fc.property(bytes, fc.nat(), character, (own, seed, other) => {
				const text = own.toString('base64');
				const at = seed % text.length;
				fc.pre(text[at] !== other);
				const changed = text.slice(0, at) + other + text.slice(at + 1);
				expect(decodedOrRefused(changed)?.equals(own) ?? false).toBe(false);
			}),
			{ numRuns: 1000 },
		);
	});

	it('with any one character missing, is refused', () => {
		fc.assert(
			fc.property(bytes, fc.nat(), (own, seed) => {
				const text = own.toString('base64');
				const at = seed % text.length;
				expect(decodedOrRefused(text.slice(0, at) + text.slice(at + 1))).toBeUndefined();
			}),
		);
	});
});
