/**
 * The packages that the benchmark's server hands out, in the guide's form. Apart from the sandbox's:
 * an application of 20 million codes is made while it is measured, and must cost less than reading it.
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** Of no account. */
export const PACKAGE_KEY = 'bench/key+16char';

export interface ApplicationPlan {
	readonly applicationId: number;
	readonly segments: number;
	/** Codes a segment. */
	readonly segmentSize: number;
	/** Characters of a row's first column; WeChat's have 361. */
	readonly lattice: number;
	/** Whether all answers are made before anything is measured; else while they are sent. */
	readonly madeBefore: boolean;
}

/** SHA-256, hexadecimal, of what a download of the whole application has to give. */
export interface Expected {
	/** A url and a line feed a code. */
	readonly urlList: string;
	/** The decrypted packages, one after the other. */
	readonly package: string;
}

/** Indexes, both inclusive. */
export interface Bounds {
	readonly code_start: number;
	readonly code_end: number;
}

const { imul, trunc } = Math;
const ROWS_A_CHUNK = 2_500;
const AES_BLOCK = 16;
const HEAD = '{"errcode":0,"errmsg":"ok","buffer":"';
const TAIL = '"}';
const DIGITS = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'latin1');

/** As many digits of base 36 as 32 bits need, at either place of a row. */
const POSITION_DIGITS = 7;
/** Odd, so that no two indexes have one position. */
const STEP = 0x9e3779b1;

const URL_TAIL = ' +/:%.8Q*';

/** What stands behind the lattice of a row, zeros where it is a code's own: code, index, url. */
const restOfRow = (indexDigits: number) =>
	`\t0${'0'.repeat(POSITION_DIGITS)}*\t${'0'.repeat(indexDigits)}\t` +
	`P.URL.CN/0$-${'0'.repeat(POSITION_DIGITS)}${URL_TAIL}\n`;

export function boundsOf({ segments, segmentSize }: ApplicationPlan): Bounds[] {
	return Array.from({ length: segments }, (_, segment) => ({
		code_start: segment * segmentSize,
		code_end: (segment + 1) * segmentSize - 1,
	}));
}

/** Rows whose indexes have so many digits, with nothing in them yet that is a code's own. */
function templateOf(lattice: number, indexDigits: number): Buffer {
	const rest = restOfRow(indexDigits);
	const row = () => randomBytes(lattice).map((byte) => 48 + (byte & 1));
	return Buffer.concat(
		Array.from({ length: ROWS_A_CHUNK }, () => [row(), Buffer.from(rest, 'latin1')]).flat(),
	);
}

const templates = new Map<string, Buffer>();

function writeDigits(target: Buffer, end: number, value: number, radix: number, count: number) {
	let left = value;
	for (let at = end - 1; at >= end - count; at--, left = trunc(left / radix))
		target[at] = DIGITS[left % radix] ?? 0;
}

/** The text of a segment, in pieces of whole rows. A lattice comes again after 2,500 rows. */
function* plainChunks(lattice: number, { code_start, code_end }: Bounds): Generator<Buffer> {
	for (let first = code_start; first <= code_end; ) {
		const digits = String(first).length;
		const end = Math.min(first + ROWS_A_CHUNK, code_end + 1, 10 ** digits);
		const key = `${lattice}/${digits}`;
		const template = templates.get(key) ?? templateOf(lattice, digits);
		templates.set(key, template);
		const rowBytes = lattice + restOfRow(digits).length;
		const chunk = Buffer.from(template.subarray(0, (end - first) * rowBytes));
		const codeEnd = lattice + 2 + POSITION_DIGITS;
		const indexEnd = codeEnd + 2 + digits;
		const urlEnd = rowBytes - 1 - URL_TAIL.length;
		for (let index = first, at = 0; index < end; index++, at += rowBytes) {
			const position = imul(index, STEP) >>> 0;
			writeDigits(chunk, at + codeEnd, position, 36, POSITION_DIGITS);
			writeDigits(chunk, at + indexEnd, index, 10, digits);
			writeDigits(chunk, at + urlEnd, position, 36, POSITION_DIGITS);
		}
		yield chunk;
		first = end;
	}
}

/** The answer of applycodedownload, in pieces; AES-128-CBC, key = IV, PKCS#7, base64. */
export function* answerChunks(lattice: number, bounds: Bounds): Generator<Buffer> {
	const cipher = createCipheriv('aes-128-cbc', PACKAGE_KEY, PACKAGE_KEY);
	yield Buffer.from(HEAD);
	for (const plain of plainChunks(lattice, bounds))
		yield Buffer.from(cipher.update(plain, undefined, 'base64'), 'latin1');
	yield Buffer.from(cipher.final('base64') + TAIL);
}

/** Bytes of that answer. */
export function answerLength(lattice: number, { code_start, code_end }: Bounds): number {
	let plain = (code_end - code_start + 1) * (lattice + restOfRow(0).length);
	for (let index = code_start; index <= code_end; index++) plain += String(index).length;
	const encrypted = plain + AES_BLOCK - (plain % AES_BLOCK);
	return HEAD.length + 4 * Math.ceil(encrypted / 3) + TAIL.length;
}

/** The urls of rows, a line each. */
function urlsOf(chunk: Buffer): string {
	const rows = chunk.toString('latin1').split('\n');
	return rows.map((row) => row.slice(row.lastIndexOf('\t') + 1)).join('\n');
}

/** A URL list of these codes, in pieces of whole lines. */
export function* urlListChunks(bounds: Bounds): Generator<Buffer> {
	for (const chunk of plainChunks(1, bounds)) yield Buffer.from(urlsOf(chunk), 'latin1');
}

/** Takes about as long as to make the packages. */
export function expectedOf(plan: ApplicationPlan): Expected {
	const [urls, packages] = [createHash('sha256'), createHash('sha256')];
	for (const bounds of boundsOf(plan)) {
		for (const chunk of plainChunks(plan.lattice, bounds)) {
			packages.update(chunk);
			urls.update(urlsOf(chunk));
		}
	}
	return { urlList: urls.digest('hex'), package: packages.digest('hex') };
}
