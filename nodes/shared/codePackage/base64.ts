import { PackageError } from './packageError';
import { ASK_AGAIN, type Stage } from './stage';

const CHARACTERS = 4;
const BYTES = 3;

/**
 * Decodes base64 text that arrives in pieces, strictly: Node's own decoder skips what it doesn't know, and
 * a package would lose bytes without a word. Spaces, tabs and line ends are fine anywhere (RFC 2045).
 */
export class Base64Decoder implements Stage {
	/** The last 1 to 4 characters: padding may stand nowhere but at the end. */
	private rest = '';
	/** Serves one piece after the other: a new one each time would keep the garbage collector busy. */
	private bytes = Buffer.alloc(0);

	push(chunk: Buffer): Buffer {
		const text = this.rest + chunk.toString('latin1');
		return this.decodeAllButLast(text) ?? this.decodeAllButLast(withoutSpace(text)) ?? damaged();
	}

	/** @throws PackageError if the text ends within a group of four */
	end(): Buffer {
		const text = withoutSpace(this.rest);
		const bytes = Buffer.from(text, 'base64');
		// Encoding it again finds missing padding, and bits that no encoder sets.
		return bytes.toString('base64') === text ? bytes : damaged();
	}

	/** Undefined if the text holds anything but the 64 characters. */
	private decodeAllButLast(text: string): Buffer | undefined {
		const length = Math.floor(Math.max(text.length - 1, 0) / CHARACTERS) * CHARACTERS;
		const whole = text.slice(0, length);
		if (this.bytes.length < length) this.bytes = Buffer.alloc(length);
		const bytes = this.bytes.subarray(0, this.bytes.write(whole, 'base64'));
		// Whatever the decoder skips is missing in the length; the URL alphabet it takes for the same.
		const isStrict =
			bytes.length === (length / CHARACTERS) * BYTES &&
			!whole.includes('-') &&
			!whole.includes('_');
		if (!isStrict) return undefined;
		this.rest = text.slice(length);
		return bytes;
	}
}

const withoutSpace = (text: string): string => text.replace(/[ \t\r\n]+/g, '');

function damaged(): never {
	throw new PackageError('The package is damaged: it is not valid base64', ASK_AGAIN);
}
