import { decimal, MONO_ADVANCE, type Drawing, type Shape, type Text } from './drawing';

const FONTS = {
	plain: 'font-family="Helvetica, Arial, sans-serif"',
	bold: 'font-family="Helvetica, Arial, sans-serif" font-weight="bold"',
	mono: 'font-family="Courier, Courier New, monospace"',
} as const;

/** A drawing as an SVG document, on white, of true size where the viewer keeps to millimetres. */
export function svgOf({ width, height, shapes, texts }: Drawing): string {
	const size = `width="${decimal(width)}mm" height="${decimal(height)}mm"`;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${decimal(width)} ${decimal(height)}">`,
		'<rect width="100%" height="100%" fill="#fff"/>',
		...shapes.map(path),
		...texts.map(textElement),
		'</svg>\n',
	].join('\n');
}

function path({ x, y, unit, rectangles }: Shape): string {
	let d = '';
	for (let at = 0; at < rectangles.length; at += 4) {
		const [left = 0, top = 0, width = 0, height = 0] = rectangles.slice(at, at + 4).map(decimal);
		d += `M${left} ${top}h${width}v${height}h-${width}z`;
	}
	return `<path transform="translate(${decimal(x)} ${decimal(y)}) scale(${decimal(unit)})" d="${d}"/>`;
}

function textElement({ x, y, size, font, text }: Text): string {
	// The viewer's own fixed-width font may be wider; where characters stand matters for marks below them.
	const width =
		font === 'mono' && /^[ -~]+$/.test(text)
			? ` textLength="${decimal(text.length * size * MONO_ADVANCE)}"`
			: '';
	const place = `x="${decimal(x)}" y="${decimal(y)}" font-size="${decimal(size)}"${width}`;
	return `<text ${place} ${FONTS[font]} style="white-space:pre" xml:space="preserve">${escaped(text)}</text>`;
}

/** Control characters may not be in XML at all, not even escaped; nor may halves of a pair. */
function escaped(text: string): string {
	return text
		.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '?')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;');
}
