import { correction, generate, mode } from 'lean-qr';
import { SymbolError } from './symbolError';
import type { Modules } from './modules';

/** What WeChat's guide "Unique Item Code" (part II.1) asks for: a url is printed as this symbol. */
export const QR_CODE = {
	version: 2,
	errorCorrection: 'Q',
	mode: 'alphanumeric',
	/** Of the text; one more than 29 would need version 3. */
	characters: 28,
	/** Modules a side: 17 + 4 × version, ISO/IEC 18004. */
	side: 25,
	/** Modules that stay white all around, ISO/IEC 18004. */
	quietZone: 4,
} as const;

/** The QR alphanumeric set, ISO/IEC 18004 table 5. */
const TEXT = /^[0-9A-Z $%*+\-./:]{28}$/;

/** All masks are compared, as the standard wants it: about 0.4 ms. */
const OPTIONS = {
	minVersion: QR_CODE.version,
	maxVersion: QR_CODE.version,
	minCorrectionLevel: correction.Q,
	maxCorrectionLevel: correction.Q,
} as const;

/**
 * The QR code of a url, exactly as it is in the package: 28 characters, spaces at its ends included.
 *
 * @throws SymbolError if the text is anything else
 */
export function qrCodeOf(url: string): Modules {
	if (!TEXT.test(url)) {
		throw new SymbolError(
			`A url is not ${QR_CODE.characters} characters of 0-9, A-Z, space and $%*+-./: so it makes no QR code`,
			`It has ${url.length} characters. Check that nothing trimmed or changed it on its way.`,
		);
	}
	const bitmap = generate(mode.alphaNumeric(url), OPTIONS);
	const { side } = QR_CODE;
	const cells = new Uint8Array(side * side);
	for (let at = 0; at < cells.length; at++) {
		cells[at] = bitmap.get(at % side, Math.floor(at / side)) ? 1 : 0;
	}
	return { side, cells };
}
