import { joined } from '../../nodes/shared/codePackage/parts';
import { csvWriter } from './formats.cts';
import { encrypt, planned, rowsOf, textOf, type Writing } from './packages.cts';
import { fileOf, piecesOf, readSegment } from './reading.cts';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const segmentOf = (number: number) => ({ start: (number - 1) * 4, end: number * 4 - 1 });
const rowsIn = (number: number) => rowsOf(segmentOf(number));

/** A segment of this text. */
function segment(
	number: number,
	text: Buffer | string,
	{ wanted = segmentOf(number), size = 100 } = {},
) {
	return readSegment(piecesOf(encrypt(Buffer.from(text), KEY), size), {
		segment: planned(segmentOf(number), wanted, number),
		key: KEY,
		isBase64: false,
		verify: 'warn',
	});
}

const PLACES = {
	ONLY: { isFirst: true, isLast: true },
	FIRST: { isFirst: true, isLast: false },
	INNER: { isFirst: false, isLast: false },
	LAST: { isFirst: false, isLast: true },
};
const join = (own: ReturnType<typeof segment>, place: typeof PLACES.ONLY) =>
	Buffer.concat(own.parts.flatMap((part) => joined(part, place))).toString();

const written = (writing: Writing = {}) => textOf(rowsIn(1), writing).toString();
const LF = written();
const CRLF = written({ lineEnding: '\r\n' });

describe('a segment in a file', () => {
	it.each([
		LF,
		CRLF,
		written({ endsLine: false }),
		`\ufeff${CRLF}`,
		`${LF}\n\n\n`,
		`${LF}\r`,
		`${LF}\n\r`,
		'x',
		'x\n\ny',
	])('of its own is as it came: %#', (text) => {
		for (const size of [1, 100, 10_000]) {
			expect(join(segment(1, text, { size }), PLACES.ONLY)).toBe(text);
		}
	});

	it.each([
		['with its line ends', LF, LF],
		['with its line ends CRLF', CRLF, CRLF],
		['without the last line end', LF.slice(0, -1), LF],
		['without the last line end CRLF', CRLF.slice(0, -2), CRLF],
		['with half of the last line end', CRLF.slice(0, -1), CRLF],
		['with a carriage return alone at the end', `${LF.slice(0, -1)}\r`, LF],
		['with blank lines', `${LF}\n\n`, LF],
		['with blank lines CRLF', `${CRLF}\r\n\r\n`, CRLF],
		['with half a blank line', `${CRLF}\r`, CRLF],
		['with blank lines of another kind', `${CRLF}\n\r\n\r`, CRLF],
		['of one line that is no row', 'x', 'x\n'],
		['of lines that are no rows', 'x\r\n\r\ny', 'x\r\n\r\ny\r\n'],
		[
			'with a last line too long for a row',
			`${LF}${'x'.repeat(70_000)}`,
			`${LF}${'x'.repeat(70_000)}\n`,
		],
		['of blank lines alone', '\n\r\n', ''],
	])('that another follows ends as its rows do: %s', (_what, text, expected) => {
		for (const size of [1, 100, 10_000]) {
			const own = segment(1, text, { size });
			expect(join(own, PLACES.FIRST)).toBe(expected);
			expect(join(own, PLACES.INNER)).toBe(expected);
			expect(join(own, PLACES.LAST)).toBe(text);
		}
	});

	it('has its byte order mark only at the start of the file', () => {
		for (const size of [1, 100, 10_000]) {
			const own = segment(1, `\ufeff${LF}\n`, { size });
			expect(join(own, PLACES.FIRST)).toBe(`\ufeff${LF}`);
			expect(join(own, PLACES.INNER)).toBe(LF);
			expect(join(own, PLACES.LAST)).toBe(`${LF}\n`);
		}
		const empty = segment(1, '\ufeff');
		expect(join(empty, PLACES.FIRST)).toBe('\ufeff');
		expect(join(empty, PLACES.INNER)).toBe('');
		expect(join(empty, PLACES.LAST)).toBe('');
	});

	it('of which only the end is wanted is no different', () => {
		const wanted = { start: 2, end: 3 };
		const rows = rowsIn(1).slice(2);
		for (const [lineEnding, end] of [
			['\n', ''],
			['\n', '\r'],
			['\r\n', ''],
			['\r\n', '\r'],
			['\n', '\n'],
			['\r\n', '\r\n'],
			['\n', '\n\n\n'],
		] as const) {
			const text = `\ufeff${written({ lineEnding, endsLine: false })}${end}`;
			const own = segment(1, text, { wanted });
			expect(join(own, PLACES.FIRST)).toBe(textOf(rows, { lineEnding }).toString());
		}
	});

	it('of which only the beginning is wanted ends as it does in the package', () => {
		const own = segment(1, CRLF, { wanted: { start: 0, end: 1 } });
		expect(join(own, PLACES.LAST)).toBe(
			textOf(rowsIn(1).slice(0, 2), { lineEnding: '\r\n' }).toString(),
		);
	});

	it('is as the writer wrote it, if rows were written', () => {
		const writer = csvWriter(['index']);
		const own = readSegment([encrypt(Buffer.from(LF.slice(0, -1)), KEY)], {
			segment: planned(segmentOf(1)),
			key: KEY,
			isBase64: false,
			writer,
		});
		for (const place of Object.values(PLACES)) expect(join(own, place)).toBe('0\n1\n2\n3\n');
	});

	it('stays encrypted byte for byte', () => {
		const bytes = encrypt(Buffer.from(LF), KEY);
		const own = readSegment(piecesOf(bytes, 100), {
			segment: planned(segmentOf(1)),
			key: undefined,
			isBase64: false,
		});
		for (const place of Object.values(PLACES)) {
			const file = own.parts.flatMap((part) => joined(part, place));
			expect(Buffer.concat(file).equals(bytes)).toBe(true);
		}
	});
});

it('several segments in a file are what they would be in one package', () => {
	const ways: Writing[] = [
		{ byteOrderMark: true, endsLine: false },
		{ byteOrderMark: true },
		{ endsLine: false },
		{},
	];
	const texts = ways.map((writing, at) => segment(at + 1, textOf(rowsIn(at + 1), writing)));
	const file = texts.map((text, at) =>
		join(text, { isFirst: at === 0, isLast: at === texts.length - 1 }),
	);
	expect(file.join('')).toBe(`\ufeff${textOf(rowsOf({ start: 0, end: 15 })).toString()}`);
	expect(fileOf({ parts: texts.flatMap(({ parts }) => parts) }).toString()).not.toBe(file.join(''));
});
