import { crc32 } from './crc32';
import { deflated } from './deflate';
import { MONO_ADVANCE, type Drawing, type Shape, type Text } from './drawing';
import { GLYPH, glyphOf } from './pixelFont';

/** Dots in a row, and rows, of a picture; a bit each, 1 is white, rows begin at a byte. */
interface Raster {
	readonly width: number;
	readonly height: number;
	readonly rows: Buffer;
	/** Bytes a row, with the filter byte that PNG wants before each. */
	readonly stride: number;
}

/**
 * A drawing as a PNG file, black on white, with dots of 1 / `dotsPerMm` mm.
 *
 * Texts are in a font of dots, which has ASCII; anything else is a box.
 *
 * @param pause called between steps of a few ms, so that the caller lets the event loop turn
 */
export async function pngOf(
	{ width, height, shapes, texts }: Drawing,
	dotsPerMm: number,
	pause: () => Promise<void>,
): Promise<Buffer> {
	const raster = blank(Math.round(width * dotsPerMm), Math.round(height * dotsPerMm));
	for (const [at, mark] of [...shapes, ...texts].entries()) {
		fill(raster, 'text' in mark ? shapeOf(mark) : mark, dotsPerMm);
		if (at % 8 === 0) await pause();
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(raster.width, 0);
	header.writeUInt32BE(raster.height, 4);
	// One bit a dot, greyscale; PNG (ISO 15948) 11.2.2.
	header[8] = 1;
	const resolution = Buffer.alloc(9);
	resolution.writeUInt32BE(dotsPerMm * 1000, 0);
	resolution.writeUInt32BE(dotsPerMm * 1000, 4);
	resolution[8] = 1;
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', header),
		chunk('pHYs', resolution),
		chunk('IDAT', await deflated(raster.rows)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function blank(width: number, height: number): Raster {
	const stride = 1 + Math.ceil(width / 8);
	const rows = Buffer.alloc(stride * height, 0xff);
	for (let y = 0; y < height; y++) rows[y * stride] = 0;
	return { width, height, rows, stride };
}

/** @param dots a mm */
function fill({ width, height, rows, stride }: Raster, shape: Shape, dots: number): void {
	const { x, y, unit, rectangles } = shape;
	const place = (start: number, length: number, most: number) =>
		Math.min(most, Math.max(0, Math.round((start + length * unit) * dots)));
	for (let at = 0; at < rectangles.length; at += 4) {
		const [left = 0, top = 0, wide = 0, high = 0] = rectangles.slice(at, at + 4);
		const startX = place(x, left, width);
		const startY = place(y, top, height);
		// A line that is thinner than a dot is seen all the same.
		const endX = Math.max(place(x, left + wide, width), Math.min(width, startX + 1));
		const endY = Math.max(place(y, top + high, height), Math.min(height, startY + 1));
		for (let row = startY; row < endY; row++) {
			for (let column = startX; column < endX; column++) {
				const byte = row * stride + 1 + (column >> 3);
				rows[byte] = (rows[byte] ?? 0) & ~(0x80 >> (column & 7));
			}
		}
	}
}

/** A glyph and the gap behind it, in dots of the font. */
const ADVANCE = GLYPH.width + 1;

/** As many font sizes a character as Helvetica has on average. */
const PLAIN_ADVANCE = 0.5;

/** A text's dots. */
function shapeOf({ x, y, size, font, text }: Text): Shape {
	const advance = font === 'mono' ? MONO_ADVANCE : PLAIN_ADVANCE;
	const rectangles = [...text].flatMap((character, at) =>
		glyphOf(character).flatMap((bits, row) =>
			Array.from({ length: GLYPH.width }, (_, column) => column)
				.filter((column) => bits & (0x10 >> column))
				.flatMap((column) => [at * ADVANCE + column, row - GLYPH.height, 1, 1]),
		),
	);
	return { x, y, unit: (size * advance) / ADVANCE, rectangles };
}

function chunk(type: string, data: Buffer): Buffer {
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}
