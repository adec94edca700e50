import fc from 'fast-check';
import { LineCounter } from '../../nodes/shared/delivery/verify/lineCounter';

function countOf(content: Buffer, cuts: readonly number[] = []) {
	const counter = new LineCounter();
	let at = 0;
	for (const cut of [...cuts].sort((a, b) => a - b)) {
		counter.write(content.subarray(at, cut));
		at = Math.max(at, Math.min(cut, content.length));
	}
	counter.write(content.subarray(at));
	return counter.end();
}

/** Rows of two characters at least, some of which have a byte 0A or 00 in UTF-16. */
const row = fc.stringMatching(/^[A-Z0-9 一二上下Ċਊ]{2,9}$/);

it('counts the lines that hold something, however they end and wherever the chunks do', () => {
	fc.assert(
		fc.property(
			fc.array(fc.oneof({ weight: 5, arbitrary: row }, fc.constant('')), { maxLength: 9 }),
			fc.constantFrom('\n', '\r\n'),
			fc.boolean(),
			fc.array(fc.nat({ max: 120 }), { maxLength: 5 }),
			(rows, lineEnding, endsLine, cuts) => {
				const text = rows.join(lineEnding) + (endsLine ? lineEnding : '');
				const expected = rows.filter((line) => line !== '').length;
				expect(countOf(Buffer.from(text, 'utf8'), cuts).utf8).toBe(expected);
				expect(countOf(Buffer.from(text, 'utf16le'), cuts).utf16le).toBe(expected);
			},
		),
		{ numRuns: 2_000 },
	);
});

it.each([
	['', 0],
	['\n', 0],
	['\r\n\r\n', 0],
	['a', 1],
	['a\r\n\r\n', 1],
	['\r\na\n\nb', 2],
])('%j has %i lines', (text, lines) => {
	expect(countOf(Buffer.from(text)).utf8).toBe(lines);
	const bytes = [...Buffer.from(text).keys()];
	expect(countOf(Buffer.from(text), bytes).utf8).toBe(lines);
});
