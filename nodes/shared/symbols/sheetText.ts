import { MONO_ADVANCE, type Shape } from './drawing';

/** Characters that take the room of two, as Chinese ones do. */
const WIDE =
	/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|[\u{1f300}-\u{3fffd}]/u;

/** How many characters of a fixed-width font have the width of a text. */
export function cellsOf(text: string): number {
	return [...text].reduce((cells, character) => cells + (WIDE.test(character) ? 2 : 1), 0);
}

/** A text with its middle left out, where it is wider than so many characters. */
export function shortened(text: string, most: number): string {
	if (cellsOf(text) <= most) return text;
	const characters = [...text];
	const half = (most - 3) / 2;
	return `${startOf(characters, half)}...${[...startOf(characters.reverse(), half)].reverse().join('')}`;
}

function startOf(characters: readonly string[], most: number): string {
	let [start, cells] = ['', 0];
	for (const character of characters) {
		cells += cellsOf(character);
		if (cells > most) break;
		start += character;
	}
	return start;
}

/** An open box below each space of a text in the fixed-width font, which begins at x on the baseline y. */
export function spaceMarks(text: string, x: number, y: number, size: number): Shape {
	const rectangles: number[] = [];
	for (let at = 0; at < text.length; at++) if (text[at] === ' ') rectangles.push(...openBox(at));
	return { x, y, unit: size, rectangles };
}

/** ␣ as three strokes that do not overlap, in font sizes from the text's beginning. */
function openBox(at: number): number[] {
	const [left, width, top, height, stroke] = [at * MONO_ADVANCE + 0.06, 0.48, -0.1, 0.3, 0.07];
	const right = left + width - stroke;
	const bottom = top + height;
	return [
		...[left, top, stroke, height],
		...[right, top, stroke, height],
		...[left, bottom, width, stroke],
	];
}
