import { oversize, unusableAnswer } from './wechatErrors';
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
	private hasKey = false;
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
			case COMMA:
				if (this.depth === 1) this.expectsKey = true;
				break;
			case COLON:
				if (this.depth === 1) this.noteKey();
		}
	}

	/** Two of them contradict each other, whatever their values are. */
	private noteKey(): void {
		this.expectsKey = false;
		if (this.keyText() !== this.field) return;
		if (this.hasKey) throw unusableAnswer(`it has its ${this.field} twice`);
		this.hasKey = true;
	}

	private keyText(): unknown {
		return this.key === undefined ? undefined : parsedString(this.key);
	}

	/** Takes what belongs to the field; a chunk without escapes passes as it is. */
	private readField(chunk: Buffer, start: number, pieces: Buffer[]): number {
		const quote = this.closingQuote(chunk, start);
		const end = quote === -1 ? chunk.length : quote;
		const bytes = chunk.subarray(start, end);
		if (this.escape === '' && !bytes.includes(BACKSLASH)) {
			if (RAW_SPACES.some((byte) => bytes.includes(byte))) throw unusableAnswer('it is not JSON');
			if (bytes.length > 0) pieces.push(bytes);
		} else {
			this.readEscaped(this.escape + bytes.toString('latin1'), quote !== -1, pieces);
		}
		if (quote === -1) return end;
		this.place = 'outside';
		this.keep(chunk.subarray(quote, quote + 1));
		return quote + 1;
	}

	/** The offset of the first quote that is not escaped; -1 if there is none. */
	private closingQuote(chunk: Buffer, start: number): number {
		for (let from = start; ; ) {
			const quote = chunk.indexOf(QUOTE, from);
			if (quote === -1) return -1;
			let at = quote;
			while (at > start && chunk[at - 1] === BACKSLASH) at--;
			const held = at === start ? backslashesAtEnd(this.escape) : 0;
			if ((quote - at + held) % 2 === 0) return quote;
			from = quote + 1;
		}
	}

	/** Keeps an escape sequence at the end that has not arrived whole. */
	private readEscaped(text: string, isWhole: boolean, pieces: Buffer[]): void {
		const cut = isWhole ? undefined : /\\(?:u[0-9a-fA-F]{0,3})?$/.exec(text);
		const isOpen = cut && backslashesAtEnd(text.slice(0, cut.index)) % 2 === 0;
		this.escape = isOpen ? text.slice(cut.index) : '';
		const value = parsedString(isOpen ? text.slice(0, cut.index) : text);
		if (value === undefined) throw unusableAnswer('it is not JSON');
		// As UTF-8, which keeps apart what base64 must not take for one of its own.
		if (value !== '') pieces.push(Buffer.from(value));
	}

	private keep(bytes: Buffer): void {
		this.restBytes += bytes.length;
		if (this.restBytes > MOST_ANSWER_BYTES) throw oversize(MOST_ANSWER_BYTES);
		this.rest.push(Buffer.from(bytes));
	}
}

/** Counted from the end: a pattern would begin anew at each backslash that others follow. */
function backslashesAtEnd(text: string): number {
	let count = 0;
	while (text.at(-1 - count) === '\\') count++;
	return count;
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
