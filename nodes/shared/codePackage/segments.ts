import { PackageError } from './packageError';

/** A range of codes, inclusive at both ends. */
export interface Bounds {
	readonly start: number;
	readonly end: number;
}

/** A segment to download, and the part of it that is wanted. */
export interface PlannedSegment {
	/** 1-based place of the segment in the application. */
	readonly segment: number;
	/** The segment as WeChat lists it: what the request must ask for. */
	readonly bounds: Bounds;
	/** The codes wanted of it: all, unless a range begins or ends inside it. */
	readonly wanted: Bounds;
}

export interface Plan {
	/** In the order of the codes. */
	readonly segments: readonly PlannedSegment[];
	/** Codes within the wanted range that no segment holds, in words; empty if there are none. */
	readonly problems: readonly string[];
}

export const countOf = (bounds: Bounds): number => bounds.end - bounds.start + 1;

/** Tells whether only a part of the segment is wanted. */
export const isCut = ({ bounds, wanted }: PlannedSegment): boolean =>
	countOf(wanted) !== countOf(bounds);

/**
 * Plans which segments to download for all codes of an application or a range of them.
 *
 * @param list the application's segments as WeChat lists them, in any order
 * @param range the codes wanted; all of the application if undefined
 * @throws PackageError if the list is empty or contradicts itself, or holds none of the range
 */
export function planSegments(list: readonly Bounds[], range?: Bounds): Plan {
	const segments = [...list].sort((one, other) => one.start - other.start);
	const last = segments.at(-1);
	if (last === undefined) {
		throw new PackageError(
			'WeChat lists no segments for this application, though it is finished',
			'Run the node again later. If it stays so, ask WeChat and name the application ID.',
		);
	}
	for (const [position, { start, end }] of segments.entries()) {
		const before = segments[position - 1];
		if (start < 0 || start > end || (before !== undefined && start <= before.end)) {
			throw new PackageError(
				`WeChat's list of segments contradicts itself at ${start}–${end}`,
				'Downloading it would double or lose codes. Ask WeChat and name the application ID.',
			);
		}
	}
	const wanted = range ?? { start: 0, end: last.end };
	checkRange(wanted, last.end);
	const planned = segments
		.map((bounds, position) => ({
			segment: position + 1,
			bounds,
			wanted: {
				start: Math.max(bounds.start, wanted.start),
				end: Math.min(bounds.end, wanted.end),
			},
		}))
		.filter((segment) => segment.wanted.start <= segment.wanted.end);
	if (planned.length === 0) {
		throw new PackageError(
			`WeChat lists no segment for any of the codes ${wanted.start}–${wanted.end}`,
			'Run the node again later. If it stays so, ask WeChat and name the application ID.',
		);
	}
	return { segments: planned, problems: gapsIn(planned, wanted) };
}

/** The plan for the first so many of a plan's codes. */
export function firstOf({ segments, problems }: Plan, count: number): Plan {
	let left = count;
	const kept: PlannedSegment[] = [];
	for (const segment of segments) {
		if (left === 0) break;
		const { start, end } = segment.wanted;
		const wanted = { start, end: Math.min(end, start + left - 1) };
		kept.push({ ...segment, wanted });
		left -= countOf(wanted);
	}
	return { segments: kept, problems };
}

function checkRange(range: Bounds, last: number): void {
	if (range.start > range.end) {
		throw new PackageError(
			`The range is reversed: it starts at ${range.start} and ends at ${range.end}`,
			'Set Code Start to the smaller and Code End to the larger number; both are included.',
		);
	}
	if (range.start < 0 || range.end > last) {
		throw new PackageError(
			`The range ${range.start}–${range.end} is outside the application`,
			`Choose codes from 0 to ${last}; both ends are included.`,
		);
	}
}

function gapsIn(planned: readonly PlannedSegment[], wanted: Bounds): string[] {
	const problems: string[] = [];
	let next = wanted.start;
	for (const { wanted: part } of [
		...planned,
		{ wanted: { start: wanted.end + 1, end: wanted.end } },
	]) {
		if (part.start > next) {
			problems.push(`WeChat lists no segment for the codes ${next}–${part.start - 1}`);
		}
		next = part.end + 1;
	}
	return problems;
}
