import fc from 'fast-check';
import { symbolAt } from '../../nodes/shared/symbols/drawing';
import { SymbolError } from '../../nodes/shared/symbols/symbolError';
import { microCodeOf, microCodeSide } from '../../nodes/shared/symbols/microCode';
import type { Modules } from '../../nodes/shared/symbols/modules';
import { pdfContentOf, pdfString } from '../../nodes/shared/symbols/pdfContent';
import { QR_CODE, qrCodeOf } from '../../nodes/shared/symbols/qrCode';
import { spaceMarks } from '../../nodes/shared/symbols/sheetText';
import { svgOf } from '../../nodes/shared/symbols/svg';

const QR_TEXT = fc
	.array(fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'), {
		minLength: 28,
		maxLength: 28,
	})
	.map((characters) => characters.join(''));

const MODULES: fc.Arbitrary<Modules> = fc
	.integer({ min: 1, max: 30 })
	.chain((side) =>
		fc
			.array(fc.integer({ min: 0, max: 1 }), { minLength: side * side, maxLength: side * side })
			.map((cells) => ({ side, cells: Uint8Array.from(cells) })),
	);

const rowsOf = ({ side, cells }: Modules): string[] =>
	Array.from({ length: side }, (_, y) => cells.slice(y * side, (y + 1) * side).join(''));

describe('the QR code of a url', () => {
	it('has the finder patterns and 25 modules a side, which is version 2', () => {
		fc.assert(
			fc.property(QR_TEXT, (url) => {
				const rows = rowsOf(qrCodeOf(url));
				expect(rows).toHaveLength(QR_CODE.side);
				const corner = [
					'1111111',
					'1000001',
					'1011101',
					'1011101',
					'1011101',
					'1000001',
					'1111111',
				];
				expect(rows.slice(0, 7).map((row) => row.slice(0, 7))).toEqual(corner);
				expect(rows.slice(0, 7).map((row) => row.slice(-7))).toEqual(corner);
				expect(rows.slice(-7).map((row) => row.slice(0, 7))).toEqual(corner);
				// The one alignment pattern of version 2, around column and row 18.
				expect(rows.slice(16, 21).map((row) => row.slice(16, 21))).toEqual([
					'11111',
					'10001',
					'10101',
					'10001',
					'11111',
				]);
			}),
		);
	});

	it('says level Q in its format information', () => {
		fc.assert(
			fc.property(QR_TEXT, (url) => {
				const { cells, side } = qrCodeOf(url);
				// ISO/IEC 18004, 7.9: the level is bits 14 and 13, in row 8; 10101… is the mask, Q is 11.
				const [first, second] = [cells[8 * side], cells[8 * side + 1]];
				expect([first, second]).toEqual([1 ^ 1, 1 ^ 0]);
			}),
		);
	});

	it.each([
		['one character short', 'P.URL.CN/0ABCDEFGHIJKLMNOPQ'],
		['one character long', 'P.URL.CN/0ABCDEFGHIJKLMNOPQRS'],
		['lower case', 'p.url.cn/0ABCDEFGHIJKLMNOPQR'],
		['a line feed at the end', 'P.URL.CN/0ABCDEFGHIJKLMNOPQ\n'],
		['another character', 'P.URL.CN/0ABCDEFGHIJKLMNOPQ?'],
		['nothing', ''],
	])('is refused for %s, without the text', (_, url) => {
		expect(() => qrCodeOf(url)).toThrow(SymbolError);
		try {
			qrCodeOf(url);
		} catch (error) {
			expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/P\.URL|ABC/i);
		}
	});
});

describe('the micro code of a lattice', () => {
	it('is its characters, row by row', () => {
		fc.assert(
			fc.property(MODULES, (modules) => {
				expect(microCodeOf(modules.cells.join(''))).toEqual(modules);
			}),
		);
	});

	it('is none where the width is no square', () => {
		expect(microCodeOf('01'.repeat(34))).toBeUndefined();
		expect(microCodeOf('')).toBeUndefined();
		expect([0, 1, 2, 68, 360, 361, 400].map(microCodeSide)).toEqual([
			undefined,
			1,
			undefined,
			undefined,
			undefined,
			19,
			20,
		]);
	});

	it('is refused for other characters', () => {
		expect(() => microCodeOf(`${'01'.repeat(180)}2`)).toThrow(SymbolError);
	});
});

describe('a shape', () => {
	it('covers each black module once, and neighbours in a row with one rectangle', () => {
		fc.assert(
			fc.property(MODULES, (modules) => {
				const { rectangles } = symbolAt(modules, 0, 0, 1);
				const painted = new Uint8Array(modules.cells.length);
				for (let at = 0; at < rectangles.length; at += 4) {
					const [x = 0, y = 0, width = 0, height] = rectangles.slice(at, at + 4);
					expect(height).toBe(1);
					for (let column = x; column < x + width; column++) {
						const cell = y * modules.side + column;
						painted[cell] = (painted[cell] ?? 0) + 1;
					}
				}
				expect(painted).toEqual(modules.cells);
				const runs = rowsOf(modules).flatMap((row) => row.match(/1+/g) ?? []);
				expect(rectangles).toHaveLength(4 * runs.length);
			}),
		);
	});

	it('is one path with one fill, in PDF and in SVG', () => {
		const shapes = [symbolAt(qrCodeOf('P.URL.CN/0 ABCDEFGHIJKLMNOP '), 2, 3, 0.5)];
		const drawing = { width: 20, height: 20, shapes, texts: [] };
		expect(pdfContentOf(drawing).match(/\bf\b/g)).toHaveLength(1);
		expect(svgOf(drawing).match(/<path /g)).toHaveLength(1);
	});
});

describe('a text', () => {
	const sheet = (text: string) => ({
		width: 10,
		height: 10,
		shapes: [],
		texts: [{ text, font: 'mono', size: 2, x: 1, y: 5 } as const],
	});

	it.each([
		['a (b) \\c', '(a \\(b\\) \\\\c)'],
		[' P.URL.CN/0 ', '( P.URL.CN/0 )'],
		['25 × 25 é', '(25 × 25 é)'],
		['订单😀\n\u0085', '(?????)'],
	])('%j is in a PDF as %j', (text, string) => {
		expect(pdfString(text)).toBe(string);
		expect(pdfContentOf(sheet(text))).toContain(`${string} Tj`);
	});

	it.each([
		['a<b>&"c', 'a&lt;b&gt;&amp;"c'],
		[' 订单 😀 ', ' 订单 😀 '],
		['a\0b\u0007c\ud800d', 'a?b?c?d'],
	])('%j is in an SVG as %j', (text, escaped) => {
		expect(svgOf(sheet(text))).toContain(`>${escaped}</text>`);
	});

	it('keeps its spaces in an SVG, and its characters where the marks below them are', () => {
		const element = svgOf(sheet(' P.URL.CN/0 '))
			.split('\n')
			.find((line) => line.startsWith('<text'));
		expect(element).toContain('white-space:pre');
		// 12 characters of 0.6 × 2 mm.
		expect(element).toContain('textLength="14.4"');
	});

	it('has an open box of three strokes below each space', () => {
		const { x, y, unit, rectangles } = spaceMarks(' AB ', 1, 5, 2);
		expect([x, y, unit, rectangles.length]).toEqual([1, 5, 2, 2 * 3 * 4]);
		for (const [at, column] of [0, 3].entries()) {
			for (let stroke = 0; stroke < 3; stroke++) {
				const [left = 0, top, width = 0] = rectangles.slice((at * 3 + stroke) * 4);
				expect(left).toBeGreaterThan(column * 0.6);
				expect(left + width).toBeLessThan((column + 1) * 0.6);
				expect(top).toBeGreaterThanOrEqual(-0.1);
			}
		}
	});
});
