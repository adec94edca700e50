import { MONO_ADVANCE, type Text } from './drawing';
import { grouped, SHEET, type SheetFacts } from './sheetFacts';
import { shortened } from './sheetText';

const SIZE = 2.3;
const LINE = 2.9;
const SHA256_CHARACTERS = 64;
const COUNT_CHARACTERS = 10;
/** Of the whole sheet, in the fixed-width font. */
const ROW_CHARACTERS = Math.floor((SHEET.width - 2 * SHEET.margin) / (SIZE * MONO_ADVANCE));
const NAME_CHARACTERS = ROW_CHARACTERS - SHA256_CHARACTERS - COUNT_CHARACTERS - 4;

/** The delivery's files with their sums, as many as fit between y and the lower margin. */
export function filesBelow(y: number, { files, fileCount, codeCount }: SheetFacts): Text[] {
	const lines = Math.floor((SHEET.height - SHEET.margin - y - LINE) / LINE);
	const shown = files.slice(0, fileCount > lines ? lines - 1 : lines);
	const rest = fileCount - shown.length;
	const heading = `Files: ${grouped(fileCount)} with ${grouped(codeCount)} codes; name, codes, SHA-256`;
	return [
		{ text: heading, font: 'bold', size: 2.6, x: SHEET.margin, y },
		...shown.flatMap(({ name, codeCount: codes, sha256 }, at) => [
			cell(shortened(name, NAME_CHARACTERS), 0, y, at),
			cell(grouped(codes).padStart(COUNT_CHARACTERS), NAME_CHARACTERS + 2, y, at),
			cell(sha256, ROW_CHARACTERS - SHA256_CHARACTERS, y, at),
		]),
		...(rest > 0 ? [cell(`and ${grouped(rest)} more, see SHA256SUMS`, 0, y, shown.length)] : []),
	];
}

function cell(text: string, column: number, y: number, row: number): Text {
	const x = SHEET.margin + column * SIZE * MONO_ADVANCE;
	return { text, font: 'mono', size: SIZE, x, y: y + 1.4 + (row + 1) * LINE };
}
