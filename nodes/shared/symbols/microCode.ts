import { SymbolError } from './symbolError';
import type { Modules } from './modules';

/** Millimetres a side: WeChat's smallest print, guide "Unique Item Code" (part II.1). */
export const SMALLEST_MICRO_CODE = 5;

/** Modules a side of the micro code that a lattice of this many characters is; undefined: no square. */
export function microCodeSide(latticeWidth: number): number | undefined {
	const side = Math.sqrt(latticeWidth);
	return Number.isInteger(side) && side > 0 ? side : undefined;
}

/**
 * The micro code of a lattice: characters 0 (white) and 1 (black), most likely row by row, which
 * the guide (part II.1: "19 times 19 micro code, 0 is white, 1 is black") does not say.
 *
 * @returns undefined if the lattice's width is no square
 * @throws SymbolError if it has other characters
 */
export function microCodeOf(lattice: string): Modules | undefined {
	const side = microCodeSide(lattice.length);
	if (side === undefined) return undefined;
	if (!/^[01]+$/.test(lattice)) {
		throw new SymbolError(
			'A lattice has other characters than 0 and 1, so it makes no micro code',
			'Check that the text is the column lattice of the package, with every zero.',
		);
	}
	return { side, cells: Uint8Array.from(lattice, Number) };
}
