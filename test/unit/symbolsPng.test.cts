import { crc32, inflateSync } from 'node:zlib';
import { symbolAt, type Drawing, type Text } from '../../nodes/shared/symbols/drawing';
import { qrCodeOf } from '../../nodes/shared/symbols/qrCode';
import { pngOf } from '../../nodes/shared/symbols/png';
import { glyphOf } from '../../nodes/shared/symbols/pixelFont';

const EMPTY: Drawing = { width: 20, height: 15, shapes: [], texts: [] };
const NO_PAUSE = async () => {};

/** Chunks by type, as ISO 15948 (PNG) lays them out: length, type, data, CRC of type and data. */
function chunksOf(png: Buffer): Map<string, Buffer> {
	expect(png.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n');
	const chunks = new Map<string, Buffer>();
	for (let at = 8; at < png.length; ) {
		const end = at + 8 + png.readUInt32BE(at);
		expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
		chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, end));
		at = end + 4;
	}
	return chunks;
}

/** Rows of dots, # for black. */
async function dotsOf(drawing: Drawing, dotsPerMm: number): Promise<string[]> {
	const chunks = chunksOf(await pngOf(drawing, dotsPerMm, NO_PAUSE));
	const header = chunks.get('IHDR') ?? Buffer.alloc(0);
	const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
	expect([...header.subarray(8)]).toEqual([1, 0, 0, 0, 0]);
	const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
	const stride = 1 + Math.ceil(width / 8);
	expect(rows).toHaveLength(height * stride);
	return Array.from({ length: height }, (_, y) => {
		const row = rows.subarray(y * stride, (y + 1) * stride);
		expect(row[0]).toBe(0);
		const bits = [...row.subarray(1)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
		return bits.slice(0, width).replaceAll('0', '#').replaceAll('1', '.');
	});
}

describe('a drawing as PNG', () => {
	it('is white where nothing is drawn, and says how large it is', async () => {
		const dots = await dotsOf(EMPTY, 3);
		expect(dots).toEqual(Array.from({ length: 45 }, () => '.'.repeat(60)));
		const resolution = chunksOf(await pngOf(EMPTY, 3, NO_PAUSE)).get('pHYs');
		expect(resolution?.toString('hex')).toBe('00000bb800000bb801');
	});

	it('has each module of a symbol, and nothing else', async () => {
		const code = qrCodeOf('P.URL.CN/0ABCDEFGHIJKLMNOPQR');
		const drawing = { ...EMPTY, shapes: [symbolAt(code, 2, 1, 0.5)] };
		const dots = await dotsOf(drawing, 4);
		const expected = dots.map((row, y) =>
			[...row]
				.map((_, x) => {
					const [column, line] = [Math.floor((x - 8) / 2), Math.floor((y - 4) / 2)];
					const isInside = Math.min(column, line) >= 0 && Math.max(column, line) < code.side;
					return isInside && code.cells[line * code.side + column] ? '#' : '.';
				})
				.join(''),
		);
		expect(dots).toEqual(expected);
	});

	it('shows lines that are thinner than a dot, and only what is on the page', async () => {
		const rectangles = [1, 1, 0.01, 3, 18, 13, 9, 9];
		const dots = await dotsOf({ ...EMPTY, shapes: [{ x: 0, y: 0, unit: 1, rectangles }] }, 1);
		const black = dots.flatMap((row, y) =>
			[...row].flatMap((dot, x) => (dot === '#' ? [[x, y]] : [])),
		);
		expect(black).toEqual([
			[1, 1],
			[1, 2],
			[1, 3],
			[18, 13],
			[19, 13],
			[18, 14],
			[19, 14],
		]);
	});

	it('shows texts on their baseline, with a box for what its font does not have', async () => {
		const text: Text = { x: 1, y: 10, size: 10, font: 'mono', text: 'L订' };
		const dots = await dotsOf({ ...EMPTY, texts: [text] }, 1);
		const box = ['#####', '#...#', '#...#', '#...#', '#...#', '#...#', '#####'];
		const letter = ['#....', '#....', '#....', '#....', '#....', '#....', '#####'];
		const rows = dots.slice(3, 10).map((row) => [row.slice(1, 6), row.slice(7, 12)]);
		expect(rows).toEqual(letter.map((row, at) => [row, box[at]]));
	});
});

describe('the font of dots', () => {
	it('has a glyph of its own for each printable character', () => {
		const characters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at));
		const glyphs = characters.map(glyphOf);
		for (const rows of glyphs) expect(rows).toHaveLength(7);
		for (const row of glyphs.flat()) expect(row).toBeLessThan(32);
		expect(new Set(glyphs.map(String)).size).toBe(characters.length);
	});
});
