import { createHash } from 'crypto';
import { Base64Decoder } from './base64';
import { Decryptor, WholeBlocks } from './decrypt';
import { PackageError } from './packageError';
import type { Fingerprints, Seed } from './fingerprints';
import type { Layout } from './layout';
import {
	Parts,
	contentOfLines,
	originalRows,
	type Part,
	type RowWriter,
	type TextPart,
} from './parts';
import { NOTHING_PICKED, RowPicker, type Picked, type Picks } from './picked';
import { RowReader, type CodeRows, type RowSlice } from './rows';
import { countOf, isCut, type PlannedSegment } from './segments';
import type { Stage } from './stage';
import { NOT_VERIFIED, SegmentCheck, type Findings, type Verify } from './verify';

/** A segment's wanted codes as they go into a file, before what has to be checked across segments. */
export interface SegmentText {
	readonly segment: PlannedSegment;
	/** As many as were asked for, in their order. */
	readonly parts: readonly TextPart[];
	/** The rows that were picked. */
	readonly picked: Picked;
	/** How its rows are written; undefined if none was read. */
	readonly layout: Layout | undefined;
	readonly findings: Findings;
	/** The same for packages with the same urls in the same order, in one execution. */
	readonly identity: string;
	/** Of all rows of the segment, by their number in it; undefined if they are not to be compared with others. */
	readonly urls: Fingerprints | undefined;
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
	/** Where the wanted rows go, one behind the other; at least one. Any more rows go where the last ones do. */
	readonly parts: readonly Part[];
	/** Whether a row too few or too many would put others, of other segments too, where they don't belong. */
	readonly isCounted: boolean;
	/** Rows to look at one by one; undefined: none. */
	readonly picks: Picks | undefined;
	/** Whether the bytes are base64 text still. */
	readonly isBase64: boolean;
}

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
			parts: [{ pieces: this.pieces, count: countOf(this.segment.bounds), content: undefined }],
			picked: NOTHING_PICKED,
			layout: undefined,
			findings: NOT_VERIFIED,
			identity: this.hash.digest('hex'),
			urls: undefined,
		};
	}
}

/** Reads a package's text. */
class TextTaker implements Taker {
	/** The text as it is; empty where rows are written. */
	private readonly pieces: Buffer[] = [];
	private readonly reader = new RowReader();
	private readonly check: SegmentCheck | undefined;
	private readonly parts: Parts;
	private readonly picker: RowPicker | undefined;
	/** Wanted rows by their number in the segment; undefined: all. */
	private readonly wanted: RowSlice | undefined;
	private readonly isByteForByte: boolean;
	/** Whether a row too few or too many would put others where they don't belong. */
	private readonly mustBeWhole: boolean;
	private seen = 0;
	private count = 0;

	constructor(private readonly options: ReadOptions) {
		const { segment, verify, seed, writer, parts, picks } = options;
		const first = segment.wanted.start - segment.bounds.start;
		this.wanted = isCut(segment) ? { first, end: first + countOf(segment.wanted) } : undefined;
		const isDivided = this.wanted !== undefined || parts.length > 1;
		this.mustBeWhole = isDivided || options.isCounted;
		this.isByteForByte = !writer && !isDivided;
		this.parts = new Parts(parts, this.isByteForByte ? undefined : (writer ?? originalRows));
		this.picker = picks && new RowPicker(picks);
		this.check =
			verify === 'off' && !this.mustBeWhole ? undefined : new SegmentCheck(segment.bounds, seed);
	}

	take(text: Buffer): void {
		if (this.isByteForByte) this.pieces.push(text);
		this.takeRows(this.reader.push(text));
		// Nothing of it will be handed on: however long it still gets, it takes no room.
		if (this.reader.misfits && this.options.verify === 'fail') this.pieces.length = 0;
	}

	end(): SegmentText {
		this.takeRows(this.reader.end());
		const { layout, misfits } = this.reader;
		const findings = this.check?.findings(misfits) ?? NOT_VERIFIED;
		this.mustBeUsable(findings);
		return {
			segment: this.options.segment,
			parts: this.textParts,
			picked: this.picker ?? NOTHING_PICKED,
			layout,
			findings,
			identity: this.check?.identity ?? '',
			urls: this.options.compare ? this.check?.fingerprints : undefined,
		};
	}

	private get textParts(): TextPart[] {
		const { content } = this.reader;
		if (this.isByteForByte) return [{ pieces: this.pieces, count: this.count, content }];
		return this.parts.texts.map(({ pieces, count }) => ({
			pieces,
			count,
			content: this.options.writer ? undefined : contentOfLines(pieces, content.lineEnd),
		}));
	}

	private takeRows(rows: CodeRows): void {
		this.check?.next(rows);
		const slice = {
			first: Math.max((this.wanted?.first ?? 0) - this.seen, 0),
			end: Math.min((this.wanted?.end ?? Infinity) - this.seen, rows.count),
		};
		this.seen += rows.count;
		if (slice.first >= slice.end) return;
		this.picker?.take(rows, slice);
		this.count += slice.end - slice.first;
		this.parts.take(rows, slice);
	}

	private mustBeUsable({ problems }: Findings): void {
		const { verify, writer } = this.options;
		if (problems.length > 0 && verify === 'fail') {
			throw new PackageError(
				`The codes did not pass verification: ${problems.join('; ')}`,
				`Nothing was handed on. ${ASK_AGAIN} ${AS_IT_IS}`,
			);
		}
		if (problems.length > 0 && this.mustBeWhole) {
			throw new PackageError(
				`A segment that did not pass verification can't be cut or counted out: ${problems.join('; ')}`,
				`Choose whole segments, and Files: Per Segment or Single without row numbers. ${ASK_AGAIN}`,
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
