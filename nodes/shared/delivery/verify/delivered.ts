import type { LineCounts } from './lineCounter';

/** What is known of a file that came back, or is stored. */
export interface DeliveredFile {
	/** As it came; may have folders before it. */
	readonly name: string;
	readonly bytes: number;
	/** In lower-case hexadecimal. */
	readonly sha256: string;
	readonly lines: LineCounts;
	/** Name of the ZIP that it was found in; undefined: in none. */
	readonly archive: string | undefined;
}

/** A ZIP that came back, or is stored. */
export interface DeliveredArchive extends Omit<DeliveredFile, 'archive' | 'lines'> {
	/** What could be read of it. */
	readonly entries: readonly DeliveredFile[];
	/** Why not all of it could be read; undefined: all was. */
	readonly problem: string | undefined;
}

/** All that is to be held to a manifest; manifests and lists of sums are not among it. */
export interface Delivered {
	readonly files: readonly DeliveredFile[];
	readonly archives: readonly DeliveredArchive[];
}

/** A name to compare: without folders, and as one of the ways to write a letter that looks the same (macOS
 * takes letters and their marks apart). */
export const plainName = (name: string): string =>
	name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).normalize('NFC');

export const isSums = (name: string): boolean => /^sha256sums(\.txt)?$/i.test(plainName(name));

/** What belongs to a delivery without being listed: its sums, its proof, and what file managers leave. */
export const isCompanion = (name: string): boolean =>
	isSums(name) ||
	/proof.*\.(pdf|svg|png)$/i.test(plainName(name)) ||
	/^(\.ds_store|thumbs\.db|desktop\.ini|\._.*|)$/i.test(plainName(name));

/** Where a file was found, in words. */
export const placeOf = ({ name, archive }: DeliveredFile): string =>
	archive === undefined ? name : `${name} in ${archive}`;

/** Values by a key, each group in the order of the values. */
export function groupBy<T>(values: Iterable<T>, keyOf: (value: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values) {
		const group = groups.get(keyOf(value));
		if (group) group.push(value);
		else groups.set(keyOf(value), [value]);
	}
	return groups;
}
