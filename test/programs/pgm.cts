/** A grey raster, as `pdftoppm -gray` writes it (PGM, P5, 8 bits). */
export class Raster {
	readonly width: number;
	readonly height: number;
	private readonly pixels: Buffer;

	constructor(
		file: Buffer,
		/** Pixels a millimetre. */
		private readonly density: number,
	) {
		const [header = '', width, height] =
			/^P5\s(\d+)\s(\d+)\s255\s/.exec(file.toString('latin1', 0, 40)) ?? [];
		this.width = Number(width);
		this.height = Number(height);
		this.pixels = file.subarray(header.length);
		if (header === '' || this.pixels.length !== this.width * this.height) {
			throw new Error('Not a PGM file of one byte a pixel');
		}
	}

	/** Whether the pixel at a place, in mm from the upper left corner, is black. */
	isBlackAt(x: number, y: number): boolean {
		const at = Math.floor(y * this.density) * this.width + Math.floor(x * this.density);
		return (this.pixels[at] ?? 255) < 128;
	}

	/** The modules of a square that begins at x, y (mm): 0 and 1, row by row, read in their middles. */
	modulesAt(x: number, y: number, module: number, side: number): string {
		let read = '';
		for (let row = 0; row < side; row++) {
			for (let column = 0; column < side; column++) {
				const isBlack = this.isBlackAt(x + (column + 0.5) * module, y + (row + 0.5) * module);
				read += isBlack ? '1' : '0';
			}
		}
		return read;
	}

	/** A square of it that begins at x, y (mm), as a PGM file. */
	cropped(x: number, y: number, side: number): Buffer {
		const [left, top, pixels] = [x, y, side].map((mm) => Math.round(mm * this.density));
		const rows = Array.from({ length: pixels ?? 0 }, (_, row) => {
			const begin = ((top ?? 0) + row) * this.width + (left ?? 0);
			return this.pixels.subarray(begin, begin + (pixels ?? 0));
		});
		return Buffer.concat([Buffer.from(`P5\n${pixels} ${pixels}\n255\n`), ...rows]);
	}

	/** The smallest rectangle, in mm, that has all that is not white. */
	inked(): { left: number; top: number; right: number; bottom: number } {
		let [left, top, right, bottom] = [this.width, this.height, 0, 0];
		for (let at = 0; at < this.pixels.length; at++) {
			if (this.pixels[at] === 255) continue;
			const [x, y] = [at % this.width, Math.floor(at / this.width)];
			left = Math.min(left, x);
			right = Math.max(right, x + 1);
			top = Math.min(top, y);
			bottom = Math.max(bottom, y + 1);
		}
		const mm = (pixels: number) => pixels / this.density;
		return { left: mm(left), top: mm(top), right: mm(right), bottom: mm(bottom) };
	}
}
