import fc from 'fast-check';
import { inspect } from 'node:util';
import { csvWriter } from './formats.cts';
import { encrypt, planned, rowsOf, textOf, withItem, type Row } from './packages.cts';
import { piecesOf, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const URLS = csvWriter(['url']);
const BOUNDS = { start: 40, end: 49 };
const PIECE = 5;

/** All that the user is told of a package with this text, whatever it is wanted for. */
function wordsOn(text: Buffer): string {
	const words: string[] = [];
	const pieces = piecesOf(encrypt(text, KEY), 1_000);
	for (const verify of ['fail', 'warn', 'off'] as const) {
		for (const writer of [URLS, undefined]) {
			for (const wanted of [BOUNDS, { start: 42, end: 43 }]) {
				try {
					const segment = planned(BOUNDS, wanted);
					const options = { segment, key: KEY, verify, writer, isBase64: false };
					words.push(...readSegment(pieces, options).findings.problems);
				} catch (error) {
					// Its stack begins with its message; the paths behind it are nobody's secret.
					if (error instanceof Error) error.stack = error.message;
					words.push(inspect(error, { depth: null, showHidden: true }));
				}
			}
		}
	}
	return words.join('\n');
}

/** Every piece of 5 characters of what nobody else may read. */
function piecesOfFields(rows: readonly Row[]): Set<string> {
	const secrets = rows.flatMap(({ code, url, lattice }) => [code, url, lattice]);
	return new Set(
		secrets.flatMap((secret) =>
			Array.from({ length: Math.max(secret.length - PIECE + 1, 0) }, (_, at) =>
				secret.slice(at, at + PIECE),
			),
		),
	);
}

/** What of the fields shows in the words. Indexes are no secret: they are places in the application. */
function shown(words: string, rows: readonly Row[]): string[] {
	const told = words.replace(/(index|indexes begin at|instead of) \d+/g, '$1');
	const secrets = piecesOfFields(rows);
	return Array.from({ length: told.length }, (_, at) => told.slice(at, at + PIECE)).filter(
		(piece) => secrets.has(piece),
	);
}

const rows = fc
	.record({
		latticeWidth: fc.constantFrom(361, 68, 16, 28, 400),
		codeLength: fc.integer({ min: 5, max: 9 }),
	})
	.map((form) => rowsOf(BOUNDS, BOUNDS.start, form));
const written = fc.record({
	delimiter: fc.constantFrom('\t', ',', ' ', '   '),
	lineEnding: fc.constantFrom('\n' as const, '\r\n' as const),
	endsLine: fc.boolean(),
	byteOrderMark: fc.boolean(),
});
const byte = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...Buffer.from('\t\r\n ,;01AZaz/\0')));

describe('no words on a package show what is in it', () => {
	const check = (text: Buffer, own: readonly Row[]) => {
		const words = wordsOn(text);
		expect(shown(words, own)).toEqual([]);
		return words;
	};

	it('(the test would see it)', () => {
		const own = rowsOf(BOUNDS);
		const [first] = own;
		for (const secret of [first?.code, first?.url, first?.lattice.slice(100, 105)]) {
			expect(shown(`line 2 is not a code row: ${secret}`, own)).not.toEqual([]);
		}
		expect(shown('row 8 has index 10101 instead of 11011', own)).toEqual([]);
	});

	it('with a byte put in, taken out or exchanged', () => {
		let failed = 0;
		fc.assert(
			fc.property(
				rows,
				written,
				fc.nat(),
				fc.nat({ max: 1 }),
				byte,
				(own, how, place, left, put) => {
					const text = textOf(own, how);
					const at = place % text.length;
					const changed = [text.subarray(0, at), Buffer.from([put]), text.subarray(at + left)];
					if (check(Buffer.concat(changed), own) !== '') failed++;
				},
			),
			{ numRuns: 300 },
		);
		expect(failed).toBeGreaterThan(150);
	});

	it('with some of it missing', () => {
		fc.assert(
			fc.property(rows, written, fc.nat(), fc.nat({ max: 500 }), (own, how, place, length) => {
				const text = textOf(own, how);
				const at = place % text.length;
				check(Buffer.concat([text.subarray(0, at), text.subarray(at + length)]), own);
			}),
			{ numRuns: 200 },
		);
	});

	it('with a field that stands in another place, is empty, or comes twice', () => {
		const column = fc.constantFrom(
			'lattice' as const,
			'code' as const,
			'index' as const,
			'url' as const,
		);
		const row = fc.nat({ max: 9 });
		const fault = fc.tuple(row, column, fc.option(fc.tuple(row, column), { nil: undefined }));
		fc.assert(
			fc.property(rows, written, fault, (own, how, [at, to, from]) => {
				const source = from && own[from[0]]?.[from[1]];
				const changed = own.map((fields, n) =>
					n === at ? { ...fields, [to]: source ?? '' } : fields,
				);
				check(textOf(changed, how), own);
			}),
			{ numRuns: 200 },
		);
	});

	it('with rows that are doubled, exchanged, in another order or between other characters', () => {
		const order = fc.shuffledSubarray(['lattice', 'code', 'index', 'url'] as const, {
			minLength: 2,
		});
		const lines = fc.array(fc.nat({ max: 9 }), { maxLength: 14 });
		const delimiter = fc.constantFrom('\t', ',', ' ', ';', '|', '');
		fc.assert(
			fc.property(
				rows,
				order,
				lines,
				delimiter,
				fc.nat({ max: 9 }),
				(own, columns, list, by, at) => {
					const chosen = list.flatMap((n) => own.slice(n, n + 1));
					check(textOf(chosen, { order: columns, delimiter: by }), own);
					const one = own.map((row) => textOf([row]));
					const odd = own.slice(at, at + 1);
					const other = textOf(odd, { order: columns, delimiter: by });
					check(Buffer.concat(withItem(one, at, other)), own);
				},
			),
			{ numRuns: 200 },
		);
	});
});
