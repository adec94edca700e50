import { deflated } from './deflate';
import { MONO_ADVANCE, type Drawing } from './drawing';
import { SymbolError } from './symbolError';
import { INDEX_SIZE, labelShapes, type LabelSettings } from './labelLayout';
import { microCodeOf } from './microCode';
import type { Modules } from './modules';
import { PdfWriter } from './pdf';
import { pdfContentOf } from './pdfContent';
import { qrCodeOf } from './qrCode';

export interface Label {
	readonly index: number;
	/** 28 characters, as in the package. */
	readonly url: string;
	/** Characters 0 and 1; looked at only for a micro code. */
	readonly lattice: string;
}

/** Two milliseconds of drawing, about the longest that the event loop is held. */
const LABELS_A_CHUNK = 8;

/**
 * A PDF of labels, one a page, in chunks of a few pages: vectors of true size in the middle of the page.
 *
 * The event loop turns between chunks, as pages are deflated off it. In memory are a chunk, and 16 bytes a
 * label for the table at the end. An index is in Courier, which is not embedded, as all readers have it.
 *
 * @param settings of which `checkLabel` finds nothing wrong
 * @throws SymbolError if a url or a lattice makes no symbol; its message says which index
 */
export async function* labelPages(
	labels: AsyncIterable<Label> | Iterable<Label>,
	settings: LabelSettings,
): AsyncGenerator<Buffer, void, undefined> {
	const writer = new PdfWriter(settings.pageWidth, settings.pageHeight);
	const append = async (pages: readonly Promise<Buffer>[]) =>
		Buffer.concat((await Promise.all(pages)).map((content) => writer.page(content)));

	yield writer.start();
	let pages: Promise<Buffer>[] = [];
	for await (const label of labels) {
		pages.push(deflated(pdfContentOf(drawingOf(label, settings))));
		if (pages.length < LABELS_A_CHUNK) continue;
		yield await append(pages);
		pages = [];
	}
	yield await append(pages);
	yield* writer.end();
}

function drawingOf(label: Label, settings: LabelSettings): Drawing {
	const { pageWidth: width, pageHeight: height, showIndex } = settings;
	const { shapes, indexY } = labelShapes(settings, symbolsOf(label, settings.symbol));
	const text = String(label.index);
	const x = (width - text.length * INDEX_SIZE * MONO_ADVANCE) / 2;
	const index = { text, font: 'mono', size: INDEX_SIZE, x, y: indexY } as const;
	return { width, height, shapes, texts: showIndex ? [index] : [] };
}

function symbolsOf({ index, url, lattice }: Label, symbol: LabelSettings['symbol']): Modules[] {
	try {
		const symbols: Modules[] = [];
		if (symbol !== 'microCode') symbols.push(qrCodeOf(url));
		if (symbol !== 'qr') symbols.push(squareMicroCodeOf(lattice));
		return symbols;
	} catch (error) {
		throw error instanceof SymbolError ? error.at(`Code with index ${index}`) : error;
	}
}

function squareMicroCodeOf(lattice: string): Modules {
	const modules = microCodeOf(lattice);
	if (!modules) {
		throw new SymbolError(
			`The lattice has ${lattice.length} characters, which is no square, so it makes no micro code`,
			'Print the QR code alone, or ask WeChat how such a lattice is drawn.',
		);
	}
	return modules;
}
