/**
 * The sandbox's codes: a pure function of the application id and the index, so that an application
 * of any size needs no memory and a code can be traced back to where it came from.
 *
 * Every index has a 32-bit position, a bijection of it; the code and the url spell the position
 * out, which makes both unique within an application. Codes of fewer than 7 characters have no room
 * for it: they spell out a number that is a bijection of the index among as many as there are codes.
 */
import { delimiterOf, GUIDE_FORM, lineEndOf, type PackageForm } from './form.cts';

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
const bytes = (text: string) => Buffer.from(text, 'latin1');

/** What a QR code holds in its alphanumeric mode; symbols first, as a position's last digit is < 24. */
const QR_SET = bytes(` $%*+-./:${ALPHANUMERIC}`);
/** 64 of them, as 6 bits of a hash want it; one in seven is no letter or digit. */
const QR_FILL = bytes(`${ALPHANUMERIC}${ALPHANUMERIC.slice(0, 19)} $%*+-./:`);
const CODE_FIRST = bytes(`${ALPHANUMERIC}*+-`);
const CODE_REST = CODE_FIRST.subarray(0, 37);

const URL_PREFIX = bytes('P.URL.CN/0');
const URL_LENGTH = 28;
/** Which characters behind the prefix hold the position, lowest digit first; the others fill. */
const URL_POSITION_AT = [0, 3, 6, 9, 12, 15];
const URL_FILL_AT = [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17];
const FILLS_A_WORD = 5;

/** From this length on a code holds the position: six digits of it and the rest in the last one. */
const LONG_CODE = 7;
const LONG_CODE_POSITION_AT: Readonly<Record<number, readonly number[]>> = {
	7: [0, 1, 2, 3, 4, 5],
	8: [0, 2, 3, 4, 5, 6],
	9: [0, 2, 3, 4, 5, 6],
};
/** A prime, so that it is invertible; times 20,000,000 it is still a safe integer. */
const SHORT_STEP = 433_494_437;

const ZERO = 48;
const INDEX_DIGITS = 8;
/** A lattice is written in groups of 8, so the last one may reach beyond it. */
export const SPARE_BYTES = 8;

/** The eight characters of each byte, lowest bit first. */
const LATTICE_GROUPS = Uint8Array.from(
	{ length: 256 * 8 },
	(_, at) => ZERO + (((at >>> 3) >>> (at & 7)) & 1),
);

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
function seedOf(applicationId: string): number {
	let hash = 0x811c9dc5;
	for (const byte of Buffer.from(applicationId)) hash = imul(hash ^ byte, 0x01000193);
	return mix(hash);
}

/** How many different codes of this length an application can have. */
export function codesOfLength(length: number): number {
	return length < LONG_CODE ? CODE_FIRST.length * CODE_REST.length ** (length - 1) : 2 ** 32;
}

/** Longest row in bytes, its line end included: an index has at most 8 digits. */
export function maxRowBytes(form: PackageForm): number {
	const columns = form.latticeWidth + form.codeLength + INDEX_DIGITS + URL_LENGTH;
	return columns + 3 * delimiterOf(form).length + lineEndOf(form).length;
}

/**
 * Writes the row of an index, with its line end, and answers the offset behind it. The target must
 * have `SPARE_BYTES` more than the row.
 */
export type RowWriter = (
	target: Uint8Array,
	offset: number,
	index: number,
	printedIndex: number,
) => number;

export function rowWriter(applicationId: string, form: PackageForm): RowWriter {
	const seed = seedOf(applicationId);
	const { latticeWidth, codeLength, columns } = form;
	const delimiter = bytes(delimiterOf(form));
	const lineEnd = bytes(lineEndOf(form));
	return (target, offset, index, printedIndex) => {
		const position = positionOf(index, seed);
		let at = offset;
		for (let column = 0; column < columns.length; column++) {
			if (column > 0) at = writeBytes(target, at, delimiter);
			switch (columns[column]) {
				case 'lattice':
					at = writeLattice(target, at, position, latticeWidth);
					break;
				case 'code':
					at = writeCode(target, at, index, seed, codeLength);
					break;
				case 'index':
					at = writeInteger(target, at, printedIndex);
					break;
				case 'url':
					at = writeUrl(target, at, position, seed);
			}
		}
		return writeBytes(target, at, lineEnd);
	};
}

function positionOf(index: number, seed: number): number {
	return (seed + imul(index, STEP)) >>> 0;
}

function writeBytes(target: Uint8Array, offset: number, source: Uint8Array): number {
	for (let at = 0; at < source.length; at++) target[offset + at] = source[at] ?? 0;
	return offset + source.length;
}

function writeLattice(target: Uint8Array, offset: number, position: number, width: number): number {
	let word = 0;
	for (let bit = 0; bit < width; bit += 8) {
		if ((bit & 31) === 0) word = mix(position + imul(bit, 0xc2b2ae3d));
		const group = ((word >>> (bit & 24)) & 255) << 3;
		for (let at = 0; at < 8; at++) target[offset + bit + at] = LATTICE_GROUPS[group + at] ?? 0;
	}
	return offset + width;
}

/** What a code shorter than `LONG_CODE` spells out. */
function shortCodeNumber(index: number, seed: number, length: number): number {
	return (index * SHORT_STEP + seed) % codesOfLength(length);
}

function writeCode(
	target: Uint8Array,
	offset: number,
	index: number,
	seed: number,
	length: number,
): number {
	const places = LONG_CODE_POSITION_AT[length];
	let rest = places ? positionOf(index, seed) : shortCodeNumber(index, seed, length);
	const digits = places?.length ?? length;
	for (let digit = 0; digit < digits; digit++) {
		const set = digit === 0 ? CODE_FIRST : CODE_REST;
		target[offset + (places?.[digit] ?? digit)] = set[rest % set.length] ?? 0;
		rest = floor(rest / set.length);
	}
	if (places) {
		if (length > LONG_CODE) target[offset + 1] = ZERO + (seed % 10);
		if (length > LONG_CODE + 1) target[offset + 7] = ZERO + ((seed >>> 8) % 10);
		// Only 0 or 1 are left: any digit that is as odd.
		target[offset + length - 1] = ZERO + 2 * (mix(index ^ seed) % 5) + rest;
	}
	return offset + length;
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
	const start = writeBytes(target, offset, URL_PREFIX);
	for (let digit = 0, rest = position; digit < URL_POSITION_AT.length; digit++) {
		target[start + (URL_POSITION_AT[digit] ?? 0)] = QR_SET[rest % QR_SET.length] ?? 0;
		rest = floor(rest / QR_SET.length);
	}
	let word = mix(position ^ seed ^ 0x5bd1e995);
	for (let fill = 0; fill < URL_FILL_AT.length; fill++) {
		const digit = fill % FILLS_A_WORD;
		if (fill > 0 && digit === 0) word = mix(word + 1);
		target[start + (URL_FILL_AT[fill] ?? 0)] = QR_FILL[(word >>> (6 * digit)) & 63] ?? 0;
	}
	return offset + URL_LENGTH;
}

/** The code at an index of an application, whether or not the application has that many codes. */
export function codeAt(applicationId: string, index: number, form = GUIDE_FORM): Code {
	const seed = seedOf(applicationId);
	const position = positionOf(index, seed);
	const row = Buffer.alloc(form.latticeWidth + SPARE_BYTES + form.codeLength + URL_LENGTH);
	const read = (end: number) => row.toString('latin1', 0, end);
	return {
		lattice: read(writeLattice(row, 0, position, form.latticeWidth)),
		code: read(writeCode(row, 0, index, seed, form.codeLength)),
		index,
		url: read(writeUrl(row, 0, position, seed)),
	};
}

/** The index of a code or a 28-character url in an application; undefined: it is not one of its. */
export function indexOf(
	application: {
		readonly applicationId: string;
		readonly codeCount: number;
		readonly form: PackageForm;
	},
	field: 'code' | 'url',
	text: string,
): number | undefined {
	const { applicationId, codeCount, form } = application;
	const seed = seedOf(applicationId);
	const index =
		field === 'url' ? indexAt(positionOfUrl(text), seed) : indexOfCode(text, seed, form.codeLength);
	const isIt = index < codeCount && codeAt(applicationId, index, form)[field] === text;
	return isIt ? index : undefined;
}

/** Takes any number, as text that is no code may give one. */
function indexAt(position: number, seed: number): number {
	return imul(position - seed, STEP_INVERSE) >>> 0;
}

function positionOfUrl(text: string): number {
	return URL_POSITION_AT.reduceRight((position, at) => {
		const digit = QR_SET.indexOf(text.charCodeAt(URL_PREFIX.length + at));
		return position * QR_SET.length + digit;
	}, 0);
}

function indexOfCode(text: string, seed: number, length: number): number {
	const places = LONG_CODE_POSITION_AT[length];
	const number = (places ?? [...text].map((_character, at) => at)).reduceRight(
		(rest, at) => {
			const set = at === 0 ? CODE_FIRST : CODE_REST;
			return rest * set.length + set.indexOf(text.charCodeAt(at));
		},
		places ? text.charCodeAt(length - 1) & 1 : 0,
	);
	if (places) return indexAt(number, seed);
	const codes = BigInt(codesOfLength(length));
	return Number(modulo((BigInt(number) - BigInt(seed)) * inverseOfStep(codes), codes));
}

/** By Euclid; `modulus` has no factor in common with the step, which is a prime. */
function inverseOfStep(modulus: bigint): bigint {
	let [previous, current] = [modulus, BigInt(SHORT_STEP) % modulus];
	let [before, result] = [0n, 1n];
	while (current > 1n) {
		const times = previous / current;
		[previous, current] = [current, previous - times * current];
		[before, result] = [result, before - times * result];
	}
	return result;
}

function modulo(value: bigint, modulus: bigint): bigint {
	return ((value % modulus) + modulus) % modulus;
}
