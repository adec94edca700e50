import { decimal, type Drawing, type Shape, type Text } from './drawing';

/** PDF's unit, the point, is 1/72 inch. */
export const POINTS_A_MM = 72 / 25.4;

/** Resource names of the fonts. */
export const FONTS = {
	plain: { resource: 'F1', baseFont: 'Helvetica' },
	bold: { resource: 'F2', baseFont: 'Helvetica-Bold' },
	mono: { resource: 'F3', baseFont: 'Courier' },
} as const;

/**
 * A drawing as the content of a PDF page (ISO 32000-1, chapter 8), one byte a character (latin1).
 *
 * Text is what WinAnsi has of it; any other character, Chinese ones too, becomes a question mark, as the
 * fonts that every reader has do not hold it.
 */
export function pdfContentOf({ height, shapes, texts }: Drawing): string {
	const scale = decimal(POINTS_A_MM);
	// From here on all is in mm, y downwards.
	const page = `${scale} 0 0 -${scale} 0 ${decimal(height * POINTS_A_MM)} cm\n`;
	return page + shapes.map(shape).join('') + (texts.length > 0 ? textObject(texts) : '');
}

function shape({ x, y, unit, rectangles }: Shape): string {
	const size = decimal(unit);
	let path = `q ${size} 0 0 ${size} ${decimal(x)} ${decimal(y)} cm\n`;
	for (let at = 0; at < rectangles.length; at += 4) {
		const [left = 0, top = 0, width = 0, height = 0] = rectangles.slice(at, at + 4).map(decimal);
		path += `${left} ${top} ${width} ${height} re\n`;
	}
	return `${path}f Q\n`;
}

function textObject(texts: readonly Text[]): string {
	const lines = texts.map(({ x, y, size, font, text }) => {
		const { resource } = FONTS[font];
		// Turned over again, or it would stand on its head.
		const place = `1 0 0 -1 ${decimal(x)} ${decimal(y)} Tm`;
		return `/${resource} ${decimal(size)} Tf ${place} ${pdfString(text)} Tj\n`;
	});
	return `BT\n${lines.join('')}ET\n`;
}

/** A text as a PDF string: parentheses and backslashes escaped. */
export function pdfString(text: string): string {
	const winAnsi = text.replace(/[^\x20-\x7e\xa0-\xff]/gu, '?');
	return `(${winAnsi.replace(/[\\()]/g, '\\$&')})`;
}
