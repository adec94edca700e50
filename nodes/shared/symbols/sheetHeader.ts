import { MONO_ADVANCE, type Shape, type Text } from './drawing';
import { SMALLEST_MICRO_CODE } from './microCode';
import { QR_CODE } from './qrCode';
import { grouped, SHEET, SHEET_MICRO_CODE, SHEET_MODULE, type SheetFacts } from './sheetFacts';
import { cellsOf } from './sheetText';

/** Where the header ends, in mm. */
export const HEADER_END = 56;

const SIZE = 2.9;
const LINE = 4.2;
const FIRST_LINE = 33;
const RIGHT_COLUMN = 88;
const LABEL_WIDTH = 24;
/** Of a ruler, by which the printer sees that nothing was scaled. */
const RULER = 50;

/** Title, order, totals, the specification and a ruler. */
export function headerOf(
	facts: SheetFacts,
	microSide: number | undefined,
): { shapes: Shape[]; texts: Text[] } {
	const { margin, width } = SHEET;
	return {
		shapes: [ruler(width - margin - RULER, 13.5)],
		texts: [
			{ text: 'Proof sheet', font: 'bold', size: 7, x: margin, y: 18.5 },
			{
				text: `${RULER} mm: print at 100 %, not fitted`,
				font: 'plain',
				size: 2.3,
				x: width - margin - RULER,
				y: 19.5,
			},
			...order(facts.isvApplicationId ?? '-'),
			...column(margin, totals(facts)),
			...column(RIGHT_COLUMN, specification(microSide)),
		],
	};
}

/** The name under which everybody knows the delivery; up to 128 characters fit. */
function order(name: string): Text[] {
	const x = SHEET.margin + LABEL_WIDTH;
	const room = SHEET.width - SHEET.margin - x;
	const size = Math.min(4.2, room / (cellsOf(name) * MONO_ADVANCE));
	return [
		{ text: 'Order', font: 'plain', size: SIZE, x: SHEET.margin, y: 27 },
		{ text: name, font: 'mono', size, x, y: 27 },
	];
}

function totals(facts: SheetFacts): [string, string][] {
	return [
		['Application', facts.applicationId ?? '-'],
		['Codes', grouped(facts.codeCount)],
		['Files', grouped(facts.fileCount)],
		['Made', `${facts.created.slice(0, 16).replace('T', ' ')} UTC`],
	];
}

function specification(microSide: number | undefined): [string, string][] {
	const { version, errorCorrection, characters, side, quietZone } = QR_CODE;
	const size = `${SHEET_MODULE} mm a module, ${side * SHEET_MODULE} mm a side`;
	const lines: [string, string][] = [
		['QR code', `version ${version} (${side} × ${side}), level ${errorCorrection}, alphanumeric`],
		['Its text', `exactly ${characters} characters, spaces included: do not trim`],
		['Quiet zone', `${quietZone} modules on every side`],
		['On this sheet', size],
	];
	if (microSide !== undefined) {
		const print = `at least ${SMALLEST_MICRO_CODE} mm a side, here ${SHEET_MICRO_CODE} mm`;
		lines.push(['Micro code', `${microSide} × ${microSide} modules, ${print}`]);
	}
	return lines;
}

function column(x: number, lines: readonly (readonly [string, string])[]): Text[] {
	return lines.flatMap(([label, value], at) => {
		const y = FIRST_LINE + at * LINE;
		return [
			{ text: label, font: 'plain', size: SIZE, x, y },
			{ text: value, font: 'bold', size: SIZE, x: x + LABEL_WIDTH, y },
		] as const;
	});
}

/** A bar with a tick each 10 mm. */
function ruler(x: number, y: number): Shape {
	const rectangles = [0, 1.5, RULER, 0.3];
	for (let tick = 0; tick <= RULER; tick += 10) {
		// The ends of the outer ticks are exactly so far apart.
		rectangles.push(tick === 0 ? 0 : tick === RULER ? RULER - 0.2 : tick - 0.1, 0, 0.2, 1.5);
	}
	return { x, y, unit: 1, rectangles };
}
