const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16LE_MARK = Buffer.from([0xff, 0xfe]);

/**
 * Turns bytes into characters as they arrive: UTF-16LE, or one character a byte. All that is told of a file is
 * ASCII, and no byte of another character looks like ASCII in UTF-8, or like a quote, a delimiter or a line end
 * in GBK (second bytes from 0x40 on), as which Excel saves in China. So nobody has to guess which of them it is.
 * A byte order mark is left out.
 */
export class Characters {
	private encoding: 'latin1' | 'utf16le' | undefined;
	private carry: Buffer = Buffer.alloc(0);

	push(chunk: Buffer): string {
		return this.read(this.carry.length > 0 ? Buffer.concat([this.carry, chunk]) : chunk, false);
	}

	/** Half of a character is lost; the row that it was in is too short then. */
	end(): string {
		return this.read(this.carry, true);
	}

	private read(bytes: Buffer, isEnd: boolean): string {
		if (!this.encoding && bytes.length < UTF8_MARK.length && !isEnd) {
			this.carry = bytes;
			return '';
		}
		const start = this.encoding ? 0 : this.begin(bytes);
		const odd = this.encoding === 'utf16le' ? (bytes.length - start) % 2 : 0;
		this.carry = bytes.subarray(bytes.length - odd);
		return bytes.toString(this.encoding, start, bytes.length - odd);
	}

	/** @returns the offset behind the mark */
	private begin(bytes: Buffer): number {
		const begins = (mark: Buffer) => bytes.subarray(0, mark.length).equals(mark);
		// Without a mark, the second byte of an ASCII character tells.
		this.encoding = begins(UTF16LE_MARK) || bytes[1] === 0 ? 'utf16le' : 'latin1';
		return [UTF8_MARK, UTF16LE_MARK].find(begins)?.length ?? 0;
	}
}
