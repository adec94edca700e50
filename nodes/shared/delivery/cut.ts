import type { Part } from '../codePackage/parts';
import { countOf, type Bounds, type PlannedSegment } from '../codePackage/segments';
import { ParameterError } from '../n8n/errors';

/** How codes are divided into files: as WeChat cut them, or so many a file (Infinity: all in one). */
export type Division = 'perSegment' | number;

/** Whether files hold a number of codes of the user's own, so that a row too few would move all others. */
export const isCounted = (division: Division): boolean => Number.isFinite(division);

/** A file to be made. */
export interface PlannedFile {
	/** 1-based, in the order of the codes. */
	readonly file: number;
	/** The segments that have codes in it, in their order. */
	readonly segments: readonly PlannedSegment[];
	/** Its first and its last code. */
	readonly codes: Bounds;
	readonly count: number;
}

/** The files of an item, and which part of each segment goes where. */
export interface Cut {
	readonly files: readonly PlannedFile[];
	/** By segment; what of it goes into which file, in the order of the codes. */
	readonly parts: ReadonlyMap<PlannedSegment, readonly Part[]>;
}

/** More files than that are a slip: each is an item, and n8n holds all items of an execution. */
export const MOST_FILES = 10_000;

/**
 * Divides codes into files. A file may hold codes of several segments, and a segment may go into several
 * files.
 *
 * @param segments in the order of the codes
 * @throws ParameterError if there would be more files than n8n can carry
 */
export function cutIntoFiles(segments: readonly PlannedSegment[], division: Division): Cut {
	if (division !== 'perSegment') {
		const total = segments.reduce((sum, { wanted }) => sum + countOf(wanted), 0);
		const count = Math.ceil(total / division);
		if (count > MOST_FILES) {
			throw new ParameterError(
				`${total} codes with ${division} a file would be ${count} files`,
				`Set Codes per File to at least ${Math.ceil(total / MOST_FILES)}: one run makes up to ${MOST_FILES} files. Or download a range at a time.`,
			);
		}
	}
	const files: Open[] = [];
	const parts = new Map<PlannedSegment, Part[]>();
	for (const segment of segments) {
		const { start, end } = segment.wanted;
		const own: Part[] = [];
		for (let next = start; next <= end; ) {
			const last = files.at(-1);
			const isOpen = division !== 'perSegment' && last && last.count < division;
			const file = isOpen ? last : { segments: [], start: next, end: next, count: 0 };
			if (!isOpen) files.push(file);
			const room = division === 'perSegment' ? Infinity : division - file.count;
			const count = Math.min(end - next + 1, room);
			own.push({ file: files.length, row: file.count + 1, count });
			file.segments.push(segment);
			file.count += count;
			next += count;
			file.end = next - 1;
		}
		parts.set(segment, own);
	}
	return {
		files: files.map(({ segments: of, start, end, count }, at) => ({
			file: at + 1,
			segments: of,
			codes: { start, end },
			count,
		})),
		parts,
	};
}

/** A file that is being planned. */
interface Open {
	readonly segments: PlannedSegment[];
	readonly start: number;
	end: number;
	count: number;
}
