import { createHash } from 'crypto';
import { Base64Decoder } from './base64';
import { Decryptor, WholeBlocks } from './decrypt';
import { PackageError } from './errors';
import type { Fingerprints, Seed } from './fingerprints';
import type { Layout } from './layout';
import { RowReader, type CodeRows, type Content } from './rows';
import { countOf, isCut, type PlannedSegment } from './segments';
import type { Stage } from './stage';
import { NOT_VERIFIED, SegmentCheck, type Findings, type Verify } from './verify';

/** Rows of a batch, by their 0-based number: from `first` up to but without `end`. */
export interface RowSlice {
	readonly first: number;
	readonly end: number;
}

/** Writes rows as they go into a file. */
export type RowWriter = (rows: CodeRows, slice: RowSlice) => Buffer;

/** A segment's wanted codes as they go into a file, before what has to be checked across segments. */
export interface SegmentText {
	readonly segment: PlannedSegment;
	/** The package's own bytes, or the rows as the writer wrote them; to be put together. */
	readonly pieces: readonly Buffer[];
	/** Rows in `pieces`. */
	readonly count: number;
	/** How its rows are written; undefined if none was read. */
	readonly layout: Layout | undefined;
	readonly findings: Findings;
	/** The same for packages with the same urls in the same order, in one execution. */
	readonly identity: string;
	/** Of all rows of the segment, by their number in it; undefined if they are not to be compared with others. */
	readonly urls: Fingerprints | undefined;
	/** Where rows stand in `pieces`, if these are the text's own bytes. */
	readonly content: Content | undefined;
}

/** What a segment's package is read for. */
export interface ReadOptions {
	readonly segment: PlannedSegment;
	/** 16 bytes; undefined: the package stays encrypted. */
	readonly key: Buffer | undefined;
	readonly seed: Seed;
	readonly verify: Verify;
	/** Whether its urls will be compared with those of other segments; not without `verify`. */
	readonly compare: boolean;
	/** Undefined: the package byte for byte. */
	readonly writer: RowWriter | undefined;
	/** Whether the bytes are base64 text still. */
	readonly isBase64: boolean;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const ASK_AGAIN =
	'Run the node again, with a fresh download. If it stays so, send WeChat the application ID and the range.';
const AS_IT_IS =
	'With Output: Package and the option Verify: Warn or Off, the text passes as it is.';

/**
 * Reads a segment's package as it arrives and keeps only what goes into the file. Nothing of it may be
 * handed on before `end` has said that the package is whole.
 */
export class SegmentReader {
	private readonly stages: Stage[];
	private readonly taker: Taker;

	constructor(options: ReadOptions) {
		this.stages = [
			...(options.isBase64 ? [new Base64Decoder()] : []),
			new WholeBlocks(),
			...(options.key ? [new Decryptor(options.key)] : []),
		];
		this.taker = options.key ? new TextTaker(options) : new EncryptedTaker(options.segment);
	}

	/** @throws PackageError as soon as a piece shows that the package is damaged, or the key is another one's */
	write(chunk: Buffer): void {
		this.pass(chunk, 0);
	}

	/** @throws PackageError if rows that are wanted can't be told apart, or, with `fail`, aren't as they should be */
	end(): SegmentText {
		for (const [position, stage] of this.stages.entries()) this.pass(stage.end(), position + 1);
		return this.taker.end();
	}

	private pass(chunk: Buffer, from: number): void {
		let bytes = chunk;
		for (let at = from; at < this.stages.length; at++) {
			if (bytes.length === 0) return;
			bytes = this.stages[at]?.push(bytes) ?? bytes;
		}
		if (bytes.length > 0) this.taker.take(bytes);
	}
}

/** Takes what has passed all stages. */
interface Taker {
	take(bytes: Buffer): void;
	end(): SegmentText;
}

/** Keeps a package encrypted; nobody can look into it. */
class EncryptedTaker implements Taker {
	private readonly pieces: Buffer[] = [];
	private readonly hash = createHash('sha256');

	constructor(private readonly segment: PlannedSegment) {}

	take(bytes: Buffer): void {
		this.pieces.push(Buffer.from(bytes));
		this.hash.update(bytes);
	}

	end(): SegmentText {
		return {
			segment: this.segment,
			pieces: this.pieces,
			count: countOf(this.segment.bounds),
			layout: undefined,
			findings: NOT_VERIFIED,
			identity: this.hash.digest('hex'),
			urls: undefined,
			content: undefined,
		};
	}
}

/** Reads a package's text. */
class TextTaker implements Taker {
	private readonly pieces: Buffer[] = [];
	private readonly reader = new RowReader();
	private readonly check: SegmentCheck | undefined;
	/** Wanted rows by their number in the segment; undefined: all. */
	private readonly wanted: RowSlice | undefined;
	private seen = 0;
	private count = 0;

	constructor(private readonly options: ReadOptions) {
		const { segment, verify, seed } = options;
		const first = segment.wanted.start - segment.bounds.start;
		this.wanted = isCut(segment) ? { first, end: first + countOf(segment.wanted) } : undefined;
		this.check =
			verify === 'off' && !this.wanted ? undefined : new SegmentCheck(segment.bounds, seed);
	}

	take(text: Buffer): void {
		if (this.isByteForByte) this.pieces.push(text);
		this.takeRows(this.reader.push(text));
		// Nothing of it will be handed on: however long it still gets, it takes no room.
		if (this.reader.misfits && this.options.verify === 'fail') this.pieces.length = 0;
	}

	end(): SegmentText {
		this.takeRows(this.reader.end());
		const { segment } = this.options;
		const { layout, misfits } = this.reader;
		const findings = this.check?.findings(misfits) ?? NOT_VERIFIED;
		this.mustBeUsable(findings);
		return {
			segment,
			pieces: this.pieces,
			count: this.count,
			layout,
			findings,
			identity: this.check?.identity ?? '',
			urls: this.options.compare ? this.check?.fingerprints : undefined,
			content: this.options.writer ? undefined : this.content,
		};
	}

	private get content(): Content {
		const { content } = this.reader;
		return this.wanted ? contentOfLines(this.pieces, content.lineEnd) : content;
	}

	private get isByteForByte(): boolean {
		return !this.options.writer && !this.wanted;
	}

	private takeRows(rows: CodeRows): void {
		this.check?.next(rows);
		const slice = {
			first: Math.max((this.wanted?.first ?? 0) - this.seen, 0),
			end: Math.min((this.wanted?.end ?? Infinity) - this.seen, rows.count),
		};
		this.seen += rows.count;
		if (slice.first >= slice.end) return;
		this.count += slice.end - slice.first;
		if (!this.isByteForByte) this.pieces.push((this.options.writer ?? originalRows)(rows, slice));
	}

	private mustBeUsable({ problems }: Findings): void {
		const { verify, segment, writer } = this.options;
		if (problems.length > 0 && verify === 'fail') {
			throw new PackageError(
				`The codes did not pass verification: ${problems.join('; ')}`,
				`Nothing was handed on. ${ASK_AGAIN} ${AS_IT_IS}`,
			);
		}
		if (problems.length > 0 && isCut(segment)) {
			throw new PackageError(
				`A range can't be cut out of a segment that did not pass verification: ${problems.join('; ')}`,
				`Choose whole segments, or all codes. ${ASK_AGAIN}`,
			);
		}
		const { misfits } = this.reader;
		if (misfits && writer) {
			throw new PackageError(
				`Line ${misfits.line} of the package is not a code row: ${misfits.reason}`,
				`It would be lost in a list of codes. ${AS_IT_IS} ${ASK_AGAIN}`,
			);
		}
	}
}

/** The lines of some rows, byte for byte as they stand in the package. */
const originalRows: RowWriter = (rows, slice) =>
	Buffer.from(rows.text.subarray(rows.lines[slice.first], rows.lines[slice.end]));

/** The same for lines that were cut out: the last one may have no line end, or half of one. */
function contentOfLines(lines: readonly Buffer[], lineEnd: Content['lineEnd']): Content {
	const bytes = lines.reduce((sum, { length }) => sum + length, 0);
	const last = lines.at(-1)?.at(-1);
	const end = last === CARRIAGE_RETURN ? bytes - 1 : bytes;
	return { start: 0, end, isEnded: last === LINE_FEED, lineEnd };
}

/**
 * A segment's pieces as they stand in a file of several segments: without a byte order mark in the middle
 * of the file, and where another row follows, with a line end after the last row and no blank lines.
 */
export function joined(
	{ pieces, content }: SegmentText,
	place: { readonly isFirst: boolean; readonly isLast: boolean },
): Buffer[] {
	if (!content) return [...pieces];
	const from = place.isFirst ? 0 : content.start;
	const to = place.isLast ? Infinity : content.end;
	const lineEnd = place.isLast || content.isEnded ? '' : content.lineEnd;
	let offset = 0;
	const parts = pieces.map((piece) => {
		const part = piece.subarray(Math.max(from - offset, 0), Math.max(to - offset, 0));
		offset += piece.length;
		return part;
	});
	return [...parts, Buffer.from(lineEnd)];
}
