import { COLUMNS, LATTICE, URL, URL_WIDTH } from '../../codePackage/layout';
import type { RowWriter } from '../../codePackage/parts';
import type { Label } from '../../symbols/label';

const INDEX_BYTES = 4;

/**
 * Keeps of rows what labels show, until these are drawn: drawing takes far longer than reading, and must not
 * hold up what arrives. A record is the index (UInt32LE), the url, and the lattice.
 */
export const labelWriter: RowWriter = ({ text, starts, ends, indexes }, slice) => {
	const lattice = slice.first * COLUMNS.length + LATTICE;
	const recordBytes = recordBytesOf((ends[lattice] ?? 0) - (starts[lattice] ?? 0));
	const records = Buffer.allocUnsafe((slice.end - slice.first) * recordBytes);
	let at = 0;
	for (let row = slice.first; row < slice.end; row++) {
		at = records.writeUInt32LE(indexes[row] ?? 0, at);
		for (const column of [URL, LATTICE]) {
			const place = row * COLUMNS.length + column;
			at += text.copy(records, at, starts[place], ends[place]);
		}
	}
	return records;
};

/**
 * Reads such records one by one.
 *
 * @param latticeWidth characters of each row's lattice
 */
export function* labelsIn(pieces: readonly Buffer[], latticeWidth: number): Generator<Label> {
	const recordBytes = recordBytesOf(latticeWidth);
	for (const piece of pieces) {
		for (let at = 0; at < piece.length; at += recordBytes) {
			const url = at + INDEX_BYTES;
			yield {
				index: piece.readUInt32LE(at),
				url: piece.toString('latin1', url, url + URL_WIDTH),
				lattice: piece.toString('latin1', url + URL_WIDTH, at + recordBytes),
			};
		}
	}
}

const recordBytesOf = (latticeWidth: number): number => INDEX_BYTES + URL_WIDTH + latticeWidth;
