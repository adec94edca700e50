import { createHash } from 'crypto';
import { PackageError } from './errors';
import { formatRows, originalRows, type TextFormat } from './format';
import { BYTE_ORDER_MARK, LINE_FEED, findRows, type CodeRows } from './rows';
import { countOf, isCut, type PlannedSegment } from './segments';
import { verifyRows, type Findings } from './verify';

/** What happens to codes that don't pass verification. */
export type Verify = 'fail' | 'warn' | 'off';

/** A segment's wanted codes as they go into a file, before what has to be checked across segments. */
export interface SegmentText {
	readonly segment: PlannedSegment;
	/** The package's own bytes, or the rows in the wanted format. */
	readonly text: Buffer;
	/** Rows in `text`. */
	readonly count: number;
	readonly findings: Findings;
	/** SHA-256 of the decrypted package, to know a package that came twice. */
	readonly digest: string;
}

const ASK_AGAIN =
	'Run the node again, with a fresh download. If it stays so, send WeChat the application ID and the range.';

/**
 * Checks a segment's decrypted package and makes of it what goes into the file.
 *
 * @param text the decrypted package of the whole segment
 * @param format undefined: the package byte for byte
 * @throws PackageError if rows that are wanted can't be told apart, or, with `fail`, aren't as they should be
 */
export function segmentText(
	text: Buffer,
	segment: PlannedSegment,
	format: TextFormat | undefined,
	verify: Verify,
): SegmentText {
	const rows = findRows(text);
	const findings =
		verify === 'off' && !isCut(segment)
			? { indexesFrom: undefined, problems: [] }
			: verifyRows(rows, segment.bounds);
	mustBeUsable(rows, segment, findings, format, verify);
	const first = segment.wanted.start - segment.bounds.start;
	const slice = isCut(segment)
		? { first, end: first + countOf(segment.wanted) }
		: { first: 0, end: rows.count };
	return {
		segment,
		text: format ? formatRows(rows, slice, format) : packageText(rows, segment, slice),
		count: slice.end - slice.first,
		findings,
		digest: createHash('sha256').update(text).digest('hex'),
	};
}

/** A segment's package as it came, still encrypted. */
export const uncheckedText = (encrypted: Buffer, segment: PlannedSegment): SegmentText => ({
	segment,
	text: encrypted,
	count: countOf(segment.bounds),
	findings: { indexesFrom: undefined, problems: [] },
	digest: createHash('sha256').update(encrypted).digest('hex'),
});

const packageText = (
	rows: CodeRows,
	segment: PlannedSegment,
	slice: { first: number; end: number },
): Buffer => (isCut(segment) ? originalRows(rows, slice) : rows.text);

function mustBeUsable(
	rows: CodeRows,
	segment: PlannedSegment,
	{ problems }: Findings,
	format: TextFormat | undefined,
	verify: Verify,
): void {
	if (problems.length > 0 && verify === 'fail') {
		throw new PackageError(
			`The codes did not pass verification: ${problems.join('; ')}`,
			`Nothing was handed on. ${ASK_AGAIN} The option Verify decides whether such codes may pass with a warning.`,
		);
	}
	if (problems.length > 0 && isCut(segment)) {
		throw new PackageError(
			`A range can't be cut out of a segment that did not pass verification: ${problems.join('; ')}`,
			`Choose whole segments, or all codes. ${ASK_AGAIN}`,
		);
	}
	if (rows.misfits && format) {
		const { line, reason } = rows.misfits;
		throw new PackageError(
			`Line ${line} of the package is not a code row: ${reason}`,
			`It would be lost in a list of codes. The output Package passes the text on as it is. ${ASK_AGAIN}`,
		);
	}
}

/** Finds, in the order of an application's segments, what only a look across them shows. */
export class AcrossSegments {
	/** By digest: the codes that the package was asked for. */
	private readonly seen = new Map<string, string>();
	private indexesFrom: Findings['indexesFrom'];

	/** One that goes on from here without changing this one. */
	copy(): AcrossSegments {
		const copy = new AcrossSegments();
		for (const [digest, codes] of this.seen) copy.seen.set(digest, codes);
		copy.indexesFrom = this.indexesFrom;
		return copy;
	}

	/** What is wrong with the next segment in view of those before it; empty if nothing is. */
	next({ segment, findings, digest }: SegmentText): string[] {
		const problems: string[] = [];
		const codes = `${segment.bounds.start}–${segment.bounds.end}`;
		const twin = this.seen.get(digest) ?? codes;
		if (twin !== codes) problems.push(`it is the same package as that of the codes ${twin}`);
		this.seen.set(digest, codes);
		if (findings.indexesFrom !== undefined) {
			this.indexesFrom ??= findings.indexesFrom;
			if (findings.indexesFrom !== this.indexesFrom) {
				problems.push(
					`its indexes count from the ${findings.indexesFrom}, those before from the ${this.indexesFrom}`,
				);
			}
		}
		return problems;
	}

	/** Where the indexes count from; undefined if no segment told. */
	get origin(): Findings['indexesFrom'] {
		return this.indexesFrom;
	}
}

/** The packages that one execution has handed on, over all of its items. */
export class SeenPackages {
	private readonly applications = new Map<string, AcrossSegments>();

	/** Those of one application, to go on from. */
	of(applicationId: string): AcrossSegments {
		return this.applications.get(applicationId)?.copy() ?? new AcrossSegments();
	}

	/** Notes what was handed on; what an item that failed has seen is forgotten. */
	keep(applicationId: string, across: AcrossSegments): void {
		this.applications.set(applicationId, across);
	}
}

/**
 * What can't be checked of a segment that is downloaded alone, if the indexes begin anew in each segment:
 * the package of another one would look the same.
 */
export const LONE_SEGMENT =
	'its indexes count from the segment, so they do not show that it is not the package of another one';

/**
 * A segment's text as it stands in a file of several segments: without a byte order mark in the middle
 * of the file, and with a line end after the last row where another row follows.
 */
export function joined(text: Buffer, place: { isFirst: boolean; isLast: boolean }): Buffer {
	const hasMark = text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
	const rows = hasMark && !place.isFirst ? text.subarray(BYTE_ORDER_MARK.length) : text;
	if (place.isLast || rows.length === 0 || rows.at(-1) === LINE_FEED) return rows;
	return Buffer.concat([rows, Buffer.from(rows.includes('\r\n') ? '\r\n' : '\n')]);
}
