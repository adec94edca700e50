import type { Modules } from './modules';

/** What is on a page, in black. Lengths are in mm, x to the right and y down from the upper left corner. */
export interface Drawing {
	readonly width: number;
	readonly height: number;
	readonly shapes: readonly Shape[];
	readonly texts: readonly Text[];
}

/** Rectangles in a unit of their own, filled as one path: then no renderer shows seams between them. */
export interface Shape {
	readonly x: number;
	readonly y: number;
	/** Length in mm of 1 in `rectangles`. */
	readonly unit: number;
	/** Four numbers each: x, y, width, height. */
	readonly rectangles: readonly number[];
}

/** One line of text. */
export interface Text {
	readonly x: number;
	/** Of the baseline. */
	readonly y: number;
	/** Of the font. */
	readonly size: number;
	readonly font: Font;
	readonly text: string;
}

/** Helvetica, Helvetica Bold and Courier, which every PDF reader has. */
export type Font = 'plain' | 'bold' | 'mono';

/** Advance of a character of the font `mono`, in font sizes: 600/1000 in Courier. */
export const MONO_ADVANCE = 0.6;

/** A symbol whose first module (without quiet zone) is at x, y, with modules of `unit` mm. */
export function symbolAt(modules: Modules, x: number, y: number, unit: number): Shape {
	return { x, y, unit, rectangles: runsOf(modules) };
}

/** The black modules, neighbours in a row merged. */
function runsOf({ side, cells }: Modules): number[] {
	const rectangles: number[] = [];
	for (let y = 0; y < side; y++) {
		let start = 0;
		for (let x = 0; x < side; x++) {
			if (cells[y * side + x] === 0) {
				if (x > start) rectangles.push(start, y, x - start, 1);
				start = x + 1;
			}
		}
		if (side > start) rectangles.push(start, y, side - start, 1);
	}
	return rectangles;
}

/** Lengths as both PDF and SVG write them: without exponent, to a ten-thousandth. */
export const decimal = (value: number): string => String(Math.round(value * 10_000) / 10_000);
