import { Envelope } from '../../nodes/shared/wechat/envelope';
import { readLongText } from '../../nodes/shared/wechat/longText';

/** A generator of numbers that is the same in every run; fast-check would take an hour for a million. */
export class Chance {
	constructor(private state: number) {}

	/** A whole number from 0 up to, but without, the limit. */
	below(limit: number): number {
		// xorshift32
		let next = this.state || 1;
		next ^= next << 13;
		next ^= next >>> 17;
		next ^= next << 5;
		this.state = next;
		return (next >>> 0) % limit;
	}

	one<Item>(items: readonly Item[]): Item {
		const [item] = items.slice(this.below(items.length));
		if (item === undefined) throw new Error('There is none');
		return item;
	}

	isTrue(percent: number): boolean {
		return this.below(100) < percent;
	}
}

const SPACES = ['', '', '', ' ', '\n', '\t', '\r\n', '  '] as const;
const CHARACTERS = [
	...'AZaz09+/=_-{}[]:, ',
	'\u00e9',
	'码',
	'\u{1f600}',
	'\ufeff',
	'\u2028',
] as const;
const ESCAPES = [
	'\\"',
	'\\\\',
	'\\/',
	'\\b',
	'\\f',
	'\\n',
	'\\r',
	'\\t',
	'\\u0041',
	'\\u002F',
	'\\u7801',
	'\\u0000',
] as const;
const NUMBERS = [
	'0',
	'-0',
	'1',
	'-12',
	'3.25',
	'1e3',
	'-1.5E-7',
	'9007199254740993',
	'0.1e+2',
] as const;
const KEYS = [
	'a',
	'',
	'buff',
	'buffers',
	'Buffer',
	'errmsg',
	'buffer ',
	'__proto__',
	'constructor',
	'码',
] as const;
const BUFFER_KEYS = [
	'buffer',
	'buffer',
	'buffer',
	'b\\u0075ffer',
	'\\u0062uffer',
	'buffe\\u0072',
	'\\u0062\\u0075\\u0066\\u0066\\u0065\\u0072',
] as const;

/** Writes JSON texts: objects with a long text, or almost. */
export class EnvelopeWriter {
	constructor(private readonly chance: Chance) {}

	/** An answer, mostly a JSON object, and mostly with one `buffer` that is a string. */
	text(): string {
		const { chance } = this;
		if (chance.isTrue(2)) return this.space() + this.value(0) + this.space();
		const members = this.members(chance.below(5));
		if (chance.isTrue(40)) members.push('"errcode":0', '"errmessage":"ok"');
		if (chance.isTrue(85)) {
			members.splice(chance.below(members.length + 1), 0, this.bufferMember());
		}
		return `${this.space()}{${this.space()}${members.join(`${this.space()},${this.space()}`)}${this.space()}}${this.space()}`;
	}

	private bufferMember(): string {
		const value = this.chance.isTrue(85) ? this.base64() : this.value(1);
		return `"${this.chance.one(BUFFER_KEYS)}"${this.space()}:${this.space()}${value}`;
	}

	/** With different names, mostly. */
	private members(count: number): string[] {
		const members = new Map<string, string>();
		for (let at = 0; at < count; at++) {
			const key = this.chance.isTrue(20) ? this.string() : `"${this.chance.one(KEYS)}"`;
			const place = this.chance.isTrue(2) ? String(at) : String(JSON.parse(key));
			members.set(place, `${key}${this.space()}:${this.space()}${this.value(1)}`);
		}
		return [...members.values()];
	}

	private value(depth: number): string {
		const { chance } = this;
		const kind = chance.below(depth > 3 ? 4 : 7);
		if (kind === 0) return chance.one(['true', 'false', 'null']);
		if (kind === 1) return chance.one(NUMBERS);
		if (kind < 4) return this.string();
		const count = chance.below(4);
		const comma = `${this.space()},${this.space()}`;
		if (kind === 4) {
			const items = Array.from({ length: count }, () => this.value(depth + 1));
			return `[${this.space()}${items.join(comma)}${this.space()}]`;
		}
		const members = Array.from({ length: count }, () => {
			const key = chance.isTrue(40) ? `"${chance.one(BUFFER_KEYS)}"` : this.string();
			return `${key}${this.space()}:${this.space()}${this.value(depth + 1)}`;
		});
		return `{${this.space()}${members.join(comma)}${this.space()}}`;
	}

	private base64(): string {
		const { chance } = this;
		const isPlain = chance.isTrue(50);
		const pieces = Array.from({ length: chance.below(30) }, () =>
			!isPlain && chance.isTrue(20) ? chance.one(ESCAPES) : chance.one(CHARACTERS),
		);
		return `"${pieces.join('')}"`;
	}

	private string(): string {
		const { chance } = this;
		const pieces = Array.from({ length: chance.below(8) }, () =>
			chance.isTrue(25) ? chance.one(ESCAPES) : chance.one(CHARACTERS),
		);
		return `"${pieces.join('')}"`;
	}

	private space(): string {
		return this.chance.one(SPACES);
	}
}

const DAMAGE = [...Buffer.from('"\\{}[]:,u0 \nbx'), 0, 0x1f, 0x80, 0xff] as const;

/** The bytes with one of them gone, put in or exchanged. */
export function damaged(text: Buffer, chance: Chance): Buffer {
	const at = chance.below(text.length + 1);
	const kind = chance.below(3);
	const put = kind === 0 ? [] : [chance.isTrue(80) ? chance.one(DAMAGE) : chance.below(256)];
	return Buffer.concat([
		text.subarray(0, at),
		Buffer.from(put),
		text.subarray(kind === 1 ? at : at + 1),
	]);
}

export function inChunks(text: Buffer, chance: Chance): Buffer[] {
	const size = chance.one([1, 2, 7, 30, 100, 10_000]);
	const chunks: Buffer[] = [];
	for (let at = 0; at < text.length; ) {
		const length = 1 + chance.below(size);
		chunks.push(text.subarray(at, at + length));
		at += length;
	}
	return chunks;
}

/** What an envelope has made of a text. */
export interface Opened {
	readonly hasField: boolean;
	readonly field: string;
	readonly rest: string;
}

/** The envelope alone, without a look at the rest. */
export function open(chunks: readonly Buffer[]): Opened {
	const envelope = new Envelope('buffer');
	const pieces = chunks.map((chunk) => envelope.push(chunk));
	return {
		hasField: envelope.hasField,
		field: Buffer.concat(pieces).toString(),
		rest: envelope.text(),
	};
}

export async function* arriving(chunks: readonly Buffer[]): AsyncGenerator<Buffer, void, void> {
	yield* chunks;
}

/** Reads an answer's text and gives it as it stands there. */
export const longTextIn = async (chunks: readonly Buffer[]): Promise<string> => {
	const pieces: Buffer[] = [];
	const reader = {
		write: (piece: Buffer) => void pieces.push(piece),
		end: () => Buffer.concat(pieces).toString(),
	};
	return await readLongText(arriving(chunks), 'buffer', reader, []);
};
