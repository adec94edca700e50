/**
 * The sandbox's codes: a pure function of the application id and the index, so that an application
 * of any size needs no memory and a code can be traced back to where it came from.
 *
 * Every index has a 32-bit position, a bijection of it; the code and the url spell the position
 * out, which makes both unique within an application.
 */

export interface Code {
	readonly lattice: string;
	readonly code: string;
	/** Offset in the application, whatever the package's index column counts from. */
	readonly index: number;
	readonly url: string;
}

/** Local: looking `Math` up in each step costs ten times the arithmetic where jest runs tests. */
const { floor, imul } = Math;

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** The last characters of a url: mostly alphanumeric, all of the other nine of the QR set. */
const URL_TAIL = Buffer.from(ALPHANUMERIC + ALPHANUMERIC.slice(0, 19) + ' $%*+-./:', 'latin1');
const CODE_FIRST = Buffer.from(`${ALPHANUMERIC}*+-`, 'latin1');
const CODE_REST = CODE_FIRST.subarray(0, 37);
const BASE36 = CODE_FIRST.subarray(0, 36);
const URL_PREFIX = Buffer.from('P.URL.CN/', 'latin1');

const LATTICE_LENGTH = 68;
const CODE_LENGTH = 9;
const URL_LENGTH = 28;
const POSITION_DIGITS = 7;
/** Where a code holds its position (lowest digit first); the other two hold digits of the seed. */
const CODE_POSITION_AT = [0, 2, 3, 4, 5, 6, 8];

/** Longest row in bytes: an index has at most 8 digits. */
export const MAX_ROW_BYTES = LATTICE_LENGTH + CODE_LENGTH + 8 + URL_LENGTH + 4;

const TAB = 9;
const LINE_FEED = 10;
const ZERO = 48;

/** Odd, therefore invertible modulo 2^32. */
const STEP = 0x9e3779b1;
const STEP_INVERSE = inverse(STEP);

function inverse(odd: number): number {
	let result = odd;
	for (let i = 0; i < 5; i++) result = imul(result, 2 - imul(odd, result));
	return result;
}

function mix(value: number): number {
	let hash = value ^ (value >>> 16);
	hash = imul(hash, 0x85ebca6b);
	hash ^= hash >>> 13;
	hash = imul(hash, 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}

/** What tells the codes of one application from those of another: 32 bits of its id. */
export function seedOf(applicationId: string): number {
	let hash = 0x811c9dc5;
	for (const byte of Buffer.from(applicationId)) hash = imul(hash ^ byte, 0x01000193);
	return mix(hash);
}

/**
 * Writes one row with its line feed: lattice, code, index, url, tab-separated.
 * @returns the offset behind it
 */
export function writeRow(
	target: Uint8Array,
	offset: number,
	seed: number,
	index: number,
	printedIndex = index,
): number {
	const position = (seed + imul(index, STEP)) >>> 0;
	let at = writeLattice(target, offset, position, seed);
	target[at++] = TAB;
	at = writeCode(target, at, position, seed);
	target[at++] = TAB;
	at = writeInteger(target, at, printedIndex);
	target[at++] = TAB;
	at = writeUrl(target, at, position, seed);
	target[at++] = LINE_FEED;
	return at;
}

function writeLattice(target: Uint8Array, offset: number, position: number, seed: number): number {
	const words = [mix(position), mix(position ^ seed), mix(position + 1)];
	for (let bit = 0; bit < LATTICE_LENGTH; bit++) {
		target[offset + bit] = ZERO + (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1);
	}
	return offset + LATTICE_LENGTH;
}

function writeCode(target: Uint8Array, offset: number, position: number, seed: number): number {
	let rest = position;
	for (const at of CODE_POSITION_AT) {
		const digits = at === 0 ? CODE_FIRST : CODE_REST;
		target[offset + at] = digits[rest % digits.length] ?? 0;
		rest = floor(rest / digits.length);
	}
	target[offset + 1] = ZERO + (seed % 10);
	target[offset + 7] = ZERO + ((seed >>> 8) % 10);
	return offset + CODE_LENGTH;
}

function writeInteger(target: Uint8Array, offset: number, value: number): number {
	let end = offset + 1;
	for (let rest = value; rest >= 10; rest = floor(rest / 10)) end++;
	for (let at = end - 1, rest = value; at >= offset; at--, rest = floor(rest / 10)) {
		target[at] = ZERO + (rest % 10);
	}
	return end;
}

function writeUrl(target: Uint8Array, offset: number, position: number, seed: number): number {
	target.set(URL_PREFIX, offset);
	const start = offset + URL_PREFIX.length;
	for (let i = 0, own = position, common = seed; i < POSITION_DIGITS; i++) {
		target[start + i] = BASE36[own % 36] ?? 0;
		target[start + POSITION_DIGITS + i] = BASE36[common % 36] ?? 0;
		own = floor(own / 36);
		common = floor(common / 36);
	}
	const tail = mix(position ^ 0x5bd1e995);
	for (let i = 0; i < 5; i++) {
		target[start + 2 * POSITION_DIGITS + i] = URL_TAIL[(tail >>> (6 * i)) & 63] ?? 0;
	}
	return offset + URL_LENGTH;
}

/** The code at an index of an application, whether or not the application has that many codes. */
export function codeAt(applicationId: string, index: number): Code {
	const row = Buffer.alloc(MAX_ROW_BYTES);
	const end = writeRow(row, 0, seedOf(applicationId), index);
	const text = row.toString('latin1', 0, end);
	return {
		lattice: text.slice(0, LATTICE_LENGTH),
		code: text.slice(LATTICE_LENGTH + 1, LATTICE_LENGTH + 1 + CODE_LENGTH),
		index,
		url: text.slice(-1 - URL_LENGTH, -1),
	};
}

/** The index of a 9-character code or a 28-character url in an application; undefined: not its. */
export function indexOf(
	application: { readonly applicationId: string; readonly codeCount: number },
	field: 'code' | 'url',
	text: string,
): number | undefined {
	const position = field === 'code' ? positionOfCode(text) : positionOfUrl(text);
	const index = imul(position - seedOf(application.applicationId), STEP_INVERSE) >>> 0;
	const isIt =
		index < application.codeCount && codeAt(application.applicationId, index)[field] === text;
	return isIt ? index : undefined;
}

function positionOfCode(text: string): number {
	return CODE_POSITION_AT.reduceRight((position, at) => {
		const digits = at === 0 ? CODE_FIRST : CODE_REST;
		return position * digits.length + digits.indexOf(text.charCodeAt(at));
	}, 0);
}

function positionOfUrl(text: string): number {
	const digits = text.slice(URL_PREFIX.length, URL_PREFIX.length + POSITION_DIGITS);
	return [...digits].reduceRight(
		(position, digit) => position * 36 + ALPHANUMERIC.indexOf(digit),
		0,
	);
}
