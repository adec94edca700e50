import { oversize, unusableAnswer } from './errors';
import { MOST_ANSWER_BYTES } from './receive';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_LIST = 0x5d;

/** A key of more characters is none that is looked for, even with every one of them escaped. */
const LONGEST_KEY = 64;

/** What no string of a JSON text may hold unescaped, of what base64 tolerates elsewhere. */
const RAW_SPACES = [0x09, 0x0a, 0x0d];

/**
 * Scans a JSON object as it arrives for the string of one long field: the string flows on in pieces, all
 * the rest is kept as JSON text with an empty string in its place, to be parsed as usual. Only the top
 * level counts, in any order of the fields.
 */
export class Envelope {
	/** Whether the field was there, as a string. */
	hasField = false;
	private readonly rest: Buffer[] = [];
	private restBytes = 0;
	private depth = 0;
	/** At the top level: whether a key comes next, or the last key, whose value comes. */
	private expectsKey = false;
	private key: string | undefined;
	private place: 'outside' | 'key' | 'string' | 'field' = 'outside';
	private isEscaped = false;
	/** An escape sequence within the field, as far as it has arrived. */
	private escape = '';

	/** @param field the field's name */
	constructor(private readonly field: string) {}

	/**
	 * Takes the next bytes.
	 *
	 * @returns the field's bytes among them, without escapes; empty if there are none
	 * @throws WechatError if a string can't be JSON, the field comes twice, or the rest is too long
	 */
	push(chunk: Buffer): Buffer {
		const pieces: Buffer[] = [];
		for (let at = 0; at < chunk.length; ) {
			at = this.place === 'field' ? this.readField(chunk, at, pieces) : this.readRest(chunk, at);
		}
		const [first = Buffer.alloc(0)] = pieces;
		return pieces.length > 1 ? Buffer.concat(pieces) : first;
	}

	/** The whole rest. Whether it is JSON shows when it is parsed. */
	text(): string {
		return Buffer.concat(this.rest).toString();
	}

	/** While the field arrives: what stands before it, as an object of its own. */
	textBefore(): string | undefined {
		return this.place === 'field' ? `${this.text()}"}` : undefined;
	}

	private readRest(chunk: Buffer, start: number): number {
		for (let at = start; at < chunk.length; at++) {
			const byte = chunk[at] ?? 0;
			if (this.place !== 'outside') {
				this.readString(byte);
			} else if (byte === QUOTE) {
				this.place = this.stringThatOpens();
				if (this.place !== 'field') continue;
				if (this.hasField) throw unusableAnswer(`it has its ${this.field} twice`);
				this.hasField = true;
				this.keep(chunk.subarray(start, at + 1));
				return at + 1;
			} else {
				this.readStructure(byte);
			}
		}
		this.keep(chunk.subarray(start));
		return chunk.length;
	}

	private stringThatOpens(): Envelope['place'] {
		if (this.depth !== 1) return 'string';
		if (this.expectsKey) {
			this.key = '';
			return 'key';
		}
		return this.keyText() === this.field ? 'field' : 'string';
	}

	private readString(byte: number): void {
		if (this.isEscaped) this.isEscaped = false;
		else if (byte === BACKSLASH) this.isEscaped = true;
		else if (byte === QUOTE) {
			this.place = 'outside';
			this.expectsKey = false;
			return;
		}
		if (this.place === 'key' && this.key !== undefined) {
			this.key = this.key.length < LONGEST_KEY ? this.key + String.fromCharCode(byte) : undefined;
		}
	}

	private readStructure(byte: number): void {
		switch (byte) {
			case OPEN_OBJECT:
			case OPEN_LIST:
				this.depth++;
				if (this.depth === 1) this.expectsKey = byte === OPEN_OBJECT;
				break;
			case CLOSE_OBJECT:
			case CLOSE_LIST:
				this.depth--;
				break;
			case COLON:
			case COMMA:
				if (this.depth === 1) this.expectsKey = byte === COMMA;
		}
	}

	private keyText(): unknown {
		return this.key === undefined ? undefined : parsedString(this.key);
	}

	private readField(chunk: Buffer, start: number, pieces: Buffer[]): number {
		let quote = chunk.indexOf(QUOTE, start);
		let at = start;
		while (at < chunk.length) {
			if (this.escape !== '') {
				this.readEscape(chunk[at++] ?? 0, pieces);
				continue;
			}
			if (quote !== -1 && quote < at) quote = chunk.indexOf(QUOTE, at);
			const end = quote === -1 ? chunk.length : quote;
			const backslash = chunk.subarray(at, end).indexOf(BACKSLASH);
			const stop = backslash === -1 ? end : at + backslash;
			if (stop > at) pieces.push(rawPiece(chunk.subarray(at, stop)));
			if (backslash !== -1) {
				this.escape = '\\';
			} else if (quote !== -1) {
				this.place = 'outside';
				this.keep(chunk.subarray(quote, quote + 1));
				return quote + 1;
			}
			at = stop + 1;
		}
		return chunk.length;
	}

	private readEscape(byte: number, pieces: Buffer[]): void {
		this.escape += String.fromCharCode(byte);
		if (this.escape.startsWith('\\u') && this.escape.length < '\\uffff'.length) return;
		const character = parsedString(this.escape);
		if (character === undefined) throw unusableAnswer('it is not JSON');
		this.escape = '';
		// As UTF-8, which keeps apart what base64 must not take for one of its own.
		pieces.push(Buffer.from(character));
	}

	private keep(bytes: Buffer): void {
		this.restBytes += bytes.length;
		if (this.restBytes > MOST_ANSWER_BYTES) throw oversize(MOST_ANSWER_BYTES);
		this.rest.push(Buffer.from(bytes));
	}
}

function rawPiece(piece: Buffer): Buffer {
	if (RAW_SPACES.some((byte) => piece.includes(byte))) throw unusableAnswer('it is not JSON');
	return piece;
}

/** The text that stands between two quotes in JSON; undefined if it can't stand there. */
function parsedString(inner: string): string | undefined {
	try {
		const value: unknown = JSON.parse(`"${inner}"`);
		return typeof value === 'string' ? value : undefined;
	} catch {
		return undefined;
	}
}
