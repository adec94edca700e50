import { MONO_ADVANCE, symbolAt, type Shape } from './drawing';
import { microCodeSide, SMALLEST_MICRO_CODE } from './microCode';
import type { Modules } from './modules';
import { QR_CODE } from './qrCode';

export interface LabelSettings {
	readonly symbol: 'qr' | 'microCode' | 'both';
	/** Of the label, which is a page, in mm. */
	readonly pageWidth: number;
	readonly pageHeight: number;
	/** Side of a module of either symbol, in mm. */
	readonly moduleSize: number;
	/** Whether the index stands below the symbols. */
	readonly showIndex: boolean;
}

/** What is wrong, and what to do. */
interface LabelProblem {
	readonly message: string;
	readonly description: string;
}

/** The room that symbols take with their quiet zones and the index, in mm. */
interface Room {
	readonly width: number;
	readonly height: number;
	readonly isStacked: boolean;
}

/** Modules that stay white around a micro code: as around a QR code, since the guide names none. */
const QUIET_ZONE = QR_CODE.quietZone;

/** Font size of the index in mm, and its room below the symbols; an index has at most 8 digits. */
export const INDEX_SIZE = 2.5;
const INDEX_ROOM = 3;
const INDEX_DIGITS = 8;

/** Largest side of a page: 14,400 points (ISO 32000-1, annex C). */
const LARGEST_PAGE = 5_080;

/** Of the lattice that the guide shows; stands in where the width is not known yet. */
const USUAL_SIDE = 19;

/** Lengths that differ by less than a micrometre are the same. */
const TOLERANCE = 0.001;

/**
 * Whether labels can be printed like this.
 *
 * @param latticeWidth characters of a lattice; undefined: not known yet, then a micro code is taken to have
 *   19 × 19 modules
 * @returns undefined: nothing is wrong
 */
export function checkLabel(
	settings: LabelSettings,
	latticeWidth: number | undefined,
): LabelProblem | undefined {
	const { symbol, pageWidth, pageHeight, moduleSize } = settings;
	if (![pageWidth, pageHeight, moduleSize].every((mm) => mm > 0 && mm <= LARGEST_PAGE)) {
		return {
			message: `A label's page and its modules have to be larger than 0 mm, and at most ${LARGEST_PAGE} mm`,
			description: 'Enter page width, page height and module size in millimetres.',
		};
	}
	const microSide = latticeWidth === undefined ? USUAL_SIDE : microCodeSide(latticeWidth);
	if (symbol !== 'qr' && microSide === undefined) {
		return {
			message: `The lattice has ${latticeWidth} characters, which is no square, so it makes no micro code`,
			description: 'Print the QR code alone, or ask WeChat how such a lattice is drawn.',
		};
	}
	return (
		(symbol === 'qr' ? undefined : sizeProblem(microSide ?? 0, moduleSize)) ??
		roomProblem(settings, roomOf(settings, sidesOf(symbol, microSide ?? 0)))
	);
}

function sizeProblem(microSide: number, moduleSize: number): LabelProblem | undefined {
	const printed = microSide * moduleSize;
	if (printed >= SMALLEST_MICRO_CODE - TOLERANCE) return undefined;
	const least = Math.ceil((SMALLEST_MICRO_CODE / microSide) * 1000) / 1000;
	return {
		message:
			`The micro code would be ${millimetres(printed)} mm a side; ` +
			`WeChat's smallest print is ${SMALLEST_MICRO_CODE} mm`,
		description: `Make the module size at least ${least} mm.`,
	};
}

function roomProblem(settings: LabelSettings, room: Room): LabelProblem | undefined {
	const { pageWidth, pageHeight } = settings;
	if (room.width <= pageWidth + TOLERANCE && room.height <= pageHeight + TOLERANCE)
		return undefined;
	const needed = `${millimetres(room.width)} × ${millimetres(room.height)} mm`;
	return {
		message:
			`A label needs ${needed} with its quiet zones, ` +
			`but the page has ${millimetres(pageWidth)} × ${millimetres(pageHeight)} mm`,
		description: 'Make the page larger or the modules smaller.',
	};
}

const millimetres = (length: number): string => String(Math.round(length * 1000) / 1000);

/** Modules a side of the symbols with their quiet zones. */
function sidesOf(symbol: LabelSettings['symbol'], microSide: number): number[] {
	const qr = QR_CODE.side + 2 * QUIET_ZONE;
	const micro = microSide + 2 * QUIET_ZONE;
	return symbol === 'both' ? [qr, micro] : symbol === 'qr' ? [qr] : [micro];
}

/** Side by side, or one above the other where only that fits. */
function roomOf(settings: LabelSettings, sides: readonly number[]): Room {
	const { pageWidth, pageHeight, moduleSize, showIndex } = settings;
	const long = sides.reduce((sum, side) => sum + side, 0) * moduleSize;
	const short = Math.max(...sides) * moduleSize;
	const below = showIndex ? INDEX_ROOM : 0;
	const isStacked = long > pageWidth + TOLERANCE && long + below <= pageHeight + TOLERANCE;
	const least = showIndex ? INDEX_DIGITS * INDEX_SIZE * MONO_ADVANCE : 0;
	return isStacked
		? { width: Math.max(short, least), height: long + below, isStacked }
		: { width: Math.max(long, least), height: short + below, isStacked };
}

/** A label's symbols, in the middle of the page together with the index. */
export function labelShapes(
	settings: LabelSettings,
	symbols: readonly Modules[],
): { shapes: Shape[]; /** Baseline of the index, in mm. */ indexY: number } {
	const { pageWidth, pageHeight, moduleSize, showIndex } = settings;
	const sides = symbols.map(({ side }) => side + 2 * QUIET_ZONE);
	const room = roomOf(settings, sides);
	const top = (pageHeight - room.height) / 2;
	const height = room.height - (showIndex ? INDEX_ROOM : 0);
	const width = sides.reduce((sum, side) => sum + side, 0) * moduleSize;
	let behind = room.isStacked ? top : (pageWidth - width) / 2;
	const shapes = symbols.map((modules, at) => {
		const box = (sides[at] ?? 0) * moduleSize;
		const x = room.isStacked ? (pageWidth - box) / 2 : behind;
		const y = room.isStacked ? behind : top + (height - box) / 2;
		behind += box;
		const quiet = QUIET_ZONE * moduleSize;
		return symbolAt(modules, x + quiet, y + quiet, moduleSize);
	});
	return { shapes, indexY: top + room.height - (INDEX_ROOM - INDEX_SIZE) };
}
