import { deflated } from './deflate';
import { MONO_ADVANCE, symbolAt, type Drawing, type Shape, type Text } from './drawing';
import { SymbolError } from './symbolError';
import { microCodeOf, microCodeSide } from './microCode';
import { PdfWriter } from './pdf';
import { pdfContentOf } from './pdfContent';
import { pngOf } from './png';
import { QR_CODE, qrCodeOf } from './qrCode';
import {
	grouped,
	MOST_SAMPLES,
	SHEET,
	SHEET_MICRO_CODE,
	SHEET_MODULE,
	type Sample,
	type SheetFacts,
} from './sheetFacts';
import { filesBelow } from './sheetFiles';
import { HEADER_END, headerOf } from './sheetHeader';
import { spaceMarks } from './sheetText';
import { svgOf } from './svg';

/** How samples stand; the first that has room for all of them. */
const GRIDS = [
	{ columns: 4, most: 20, rowHeight: 26 },
	{ columns: 5, most: 35, rowHeight: 24 },
	{ columns: 6, most: MOST_SAMPLES, rowHeight: 20.5 },
] as const;
type Grid = (typeof GRIDS)[number];

const GRID_START = HEADER_END + 4;
const QUIET_ZONE = QR_CODE.quietZone * SHEET_MODULE;
/** A QR code's side with its quiet zone. */
const QR_BOX = (QR_CODE.side + 2 * QR_CODE.quietZone) * SHEET_MODULE;
const LARGEST_TEXT = 2.4;
/** Of the PNG: a module of a QR code is a whole number of dots. */
const DOTS_PER_MM = 10;

/**
 * A proof sheet: one A4 page of samples in true size, with their specification and the delivery's files, as
 * PDF, and the same as SVG and as PNG.
 *
 * PDF shows a question mark for what WinAnsi does not have, such as Chinese, and PNG a box; SVG shows it.
 *
 * @param pause called between samples, so that the caller lets the event loop turn: 60 codes take 10–30 ms
 * @throws SymbolError if there are no samples or more than `MOST_SAMPLES`, or if a url or a lattice makes no
 *   symbol
 */
export async function proofSheet(
	facts: SheetFacts,
	pause: () => Promise<void>,
): Promise<{ pdf: Buffer; svg: string; png: Buffer }> {
	const drawing = await sheetDrawing(facts, pause);
	const writer = new PdfWriter(drawing.width, drawing.height);
	const start = writer.start();
	const page = writer.page(await deflated(pdfContentOf(drawing)));
	return {
		pdf: Buffer.concat([start, page, ...writer.end()]),
		svg: svgOf(drawing),
		png: await pngOf(drawing, DOTS_PER_MM, pause),
	};
}

async function sheetDrawing(facts: SheetFacts, pause: () => Promise<void>): Promise<Drawing> {
	const { samples } = facts;
	const grid = GRIDS.find(({ most }) => samples.length <= most);
	if (!grid || samples.length === 0) {
		throw new SymbolError(
			`A proof sheet shows 1 to ${MOST_SAMPLES} codes, not ${samples.length}`,
			'Ask for fewer codes, or for a delivery that has some.',
		);
	}
	const header = headerOf(facts, microSideOf(samples));
	const shapes: Shape[] = [...header.shapes, rule(HEADER_END - 3.5), ...legendMark()];
	const texts: Text[] = [...header.texts, ...heading(facts)];
	for (const [at, sample] of samples.entries()) {
		const cell = sampleCell(sample, at, grid);
		shapes.push(...cell.shapes);
		texts.push(...cell.texts);
		await pause();
	}
	const gridEnd = GRID_START + Math.ceil(samples.length / grid.columns) * grid.rowHeight;
	shapes.push(rule(gridEnd + 0.8));
	texts.push(...filesBelow(gridEnd + 4.6, facts));
	return { width: SHEET.width, height: SHEET.height, shapes, texts };
}

/** Modules a side of the samples' micro codes, if they have any. */
function microSideOf(samples: readonly Sample[]): number | undefined {
	return samples.map(({ lattice }) => microCodeSide(lattice?.length ?? 0)).find(Boolean);
}

const HEADING_Y = HEADER_END + 1.5;
const LEGEND_X = 145;

function heading({ samples, codeCount }: SheetFacts): Text[] {
	const count = `${grouped(samples.length)} of ${grouped(codeCount)} codes: scan them before printing`;
	const legend = 'is a space that belongs to the text';
	return [
		{ text: count, font: 'bold', size: 3.2, x: SHEET.margin, y: HEADING_Y },
		{ text: legend, font: 'plain', size: 2.9, x: LEGEND_X + 2.2, y: HEADING_Y },
	];
}

const legendMark = (): Shape[] => [spaceMarks(' ', LEGEND_X, HEADING_Y, 3)];

function rule(y: number): Shape {
	return { x: SHEET.margin, y, unit: 1, rectangles: [0, 0, SHEET.width - 2 * SHEET.margin, 0.2] };
}

/** A QR code, the micro code on its right, and below them index and url. */
function sampleCell(
	{ index, url, lattice }: Sample,
	at: number,
	{ columns, rowHeight }: Grid,
): { shapes: Shape[]; texts: Text[] } {
	const width = (SHEET.width - 2 * SHEET.margin) / columns;
	const left = SHEET.margin + (at % columns) * width;
	const top = GRID_START + Math.floor(at / columns) * rowHeight;
	const x = left + QUIET_ZONE;
	const size = Math.min(LARGEST_TEXT, (width - QUIET_ZONE - 0.4) / (url.length * MONO_ADVANCE));
	const y = top + QR_BOX + 0.8 * size;
	const shapes = [symbolAt(qrCodeOf(url), x, top + QUIET_ZONE, SHEET_MODULE)];
	const microCode = microCodeOf(lattice ?? '');
	if (microCode) {
		const unit = SHEET_MICRO_CODE / microCode.side;
		const middle = top + (QR_BOX - SHEET_MICRO_CODE) / 2;
		shapes.push(symbolAt(microCode, left + QR_BOX + QUIET_ZONE, middle, unit));
	}
	const urlY = y + 1.15 * size;
	return {
		shapes: [...shapes, spaceMarks(url, x, urlY, size)],
		texts: [
			{ text: `${index}${spacesAtEnds(url)}`, font: 'bold', size, x, y },
			{ text: url, font: 'mono', size, x, y: urlY },
		],
	};
}

/** The spaces that get lost most easily, in words. */
function spacesAtEnds(url: string): string {
	const ends = [url.startsWith(' ') ? 'first' : '', url.endsWith(' ') ? 'last' : ''];
	const which = ends.filter(Boolean).join(' and ');
	return which && `   space ${which}`;
}
