/** Lines that hold something, of a text in either encoding: rows, since codes hold no line breaks. */
export interface LineCounts {
	readonly utf8: number;
	readonly utf16le: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Counts the lines of a text that arrives in chunks, whose encoding is not known yet. Empty lines do not
 * count: WeChat's own package may end in some.
 */
export class LineCounter {
	private lines = 0;
	private wideLines = 0;
	/** Where the line begun last begins, in bytes; for either encoding. */
	private start = 0;
	private wideStart = 0;
	private at = 0;
	/** The last bytes so far, oldest first: a line break can be spread over chunks. */
	private last: readonly [number, number] = [0, 0];

	write(chunk: Buffer): void {
		if (this.last[1] === LINE_FEED && this.at > 0) this.wideBreak(this.at - 1, chunk[0]);
		for (let n = chunk.indexOf(LINE_FEED); n >= 0; n = chunk.indexOf(LINE_FEED, n + 1)) {
			const place = this.at + n;
			this.lines += this.holds(place - this.start, this.byteAt(chunk, n - 1)) ? 1 : 0;
			this.start = place + 1;
			if (n + 1 < chunk.length) this.wideBreak(place, chunk[n + 1]);
		}
		if (chunk.length === 0) return;
		this.last = [this.byteAt(chunk, chunk.length - 2), this.byteAt(chunk, chunk.length - 1)];
		this.at += chunk.length;
	}

	end(): LineCounts {
		return {
			utf8: this.lines + (this.holds(this.at - this.start, this.last[1]) ? 1 : 0),
			utf16le: this.wideLines + (this.at - this.wideStart > 2 ? 1 : 0),
		};
	}

	private byteAt(chunk: Buffer, n: number): number {
		return chunk[n] ?? this.last[n + 2] ?? 0;
	}

	/** A carriage return alone is no more than the first half of a line break. */
	private holds(bytes: number, lastByte: number): boolean {
		return bytes > 1 || (bytes === 1 && lastByte !== CARRIAGE_RETURN);
	}

	/** In UTF-16 a line feed has two bytes, the lower first, at an even place. */
	private wideBreak(place: number, next: number | undefined): void {
		if (next !== 0 || place % 2 !== 0) return;
		// A character has two bytes; one alone is a carriage return, or too little for a row.
		this.wideLines += place - this.wideStart > 2 ? 1 : 0;
		this.wideStart = place + 2;
	}
}
