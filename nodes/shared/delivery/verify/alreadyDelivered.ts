import type { Manifest } from '../manifest/manifest';

/** Codes of a delivery that another one has, too. */
export interface AlreadyDelivered {
	/** When that other one was made. */
	readonly created: string;
	readonly application_id: string | null;
	readonly isv_application_id: string | null;
	/** Codes that both have; inclusive at both ends, in order, none touching another. */
	readonly ranges: readonly { readonly code_start: number; readonly code_end: number }[];
	readonly code_count: number;
	/** Files of this delivery that the other one has byte for byte. */
	readonly files: readonly string[];
}

interface Stretch {
	readonly code_start: number;
	readonly code_end: number;
}

/** What of a delivery another one has too; undefined: nothing. */
export function alreadyDelivered(
	manifest: Manifest,
	other: Manifest,
): AlreadyDelivered | undefined {
	const ranges = isSameApplication(manifest, other)
		? common(stretchesOf(manifest), stretchesOf(other))
		: [];
	const known = new Set(other.files.map(({ sha256 }) => sha256));
	const files = manifest.files.filter(({ sha256 }) => known.has(sha256)).map(({ name }) => name);
	if (ranges.length === 0 && files.length === 0) return undefined;
	return {
		created: other.created,
		application_id: other.application_id,
		isv_application_id: other.isv_application_id,
		ranges,
		code_count: ranges.reduce((sum, range) => sum + range.code_end - range.code_start + 1, 0),
		files,
	};
}

/** An application's ID holds for all accounts; where both accounts are known they have to agree, too. */
function isSameApplication(one: Manifest, other: Manifest): boolean {
	return (
		one.application_id !== null &&
		one.application_id === other.application_id &&
		(one.app_id === null || other.app_id === null || one.app_id === other.app_id)
	);
}

/** The codes of all files, in order; what touches is one stretch. */
function stretchesOf({ files }: Manifest): Stretch[] {
	const sorted = files
		.map(({ code_start, code_end }) => ({ code_start, code_end }))
		.sort((a, b) => a.code_start - b.code_start);
	const joined: Stretch[] = [];
	for (const next of sorted) {
		const last = joined.at(-1);
		if (last && next.code_start <= last.code_end + 1) {
			const code_end = Math.max(last.code_end, next.code_end);
			joined.splice(-1, 1, { code_start: last.code_start, code_end });
		} else {
			joined.push(next);
		}
	}
	return joined;
}

function common(ones: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
	const found: Stretch[] = [];
	let n = 0;
	for (const one of ones) {
		for (; n < others.length; n++) {
			const other = others[n];
			if (!other || other.code_start > one.code_end) break;
			const code_start = Math.max(one.code_start, other.code_start);
			const code_end = Math.min(one.code_end, other.code_end);
			if (code_start <= code_end) found.push({ code_start, code_end });
			// What reaches beyond this one may have codes of the next.
			if (other.code_end > one.code_end) break;
		}
	}
	return found;
}
