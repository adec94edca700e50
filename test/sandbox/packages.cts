import { createCipheriv } from 'node:crypto';
import type { Application, Segment } from './types.cts';
import { changesPackage, type Column, type Fault } from './faults.cts';
import { MAX_ROW_BYTES, seedOf, writeRow } from './codes.cts';

const WRONG_KEY = 'not-the-real-key';
const COLUMNS: readonly Column[] = ['lattice', 'code', 'index', 'url'];
const BASE64_LINE = 76;

/** Several tests download the same few segments again; one package is 7.6 MB of base64. */
const CACHED_PACKAGES = 3;

/** The text of a package: a row each code, both bounds inclusive, whatever the segments are. */
export function plainPackage(application: Application, { code_start, code_end }: Segment): Buffer {
	const { segmentSize, indexesFrom } = application;
	const seed = seedOf(application.applicationId);
	const target = Buffer.allocUnsafe((code_end - code_start + 1) * MAX_ROW_BYTES);
	let end = 0;
	for (let index = code_start; index <= code_end; index++) {
		const printed = indexesFrom === 'segment' ? index % segmentSize : index;
		end = writeRow(target, end, seed, index, printed);
	}
	return target.subarray(0, end);
}

/** Makes the `buffer` of download answers: AES-128-CBC, key = IV, PKCS#7, base64. */
export class Packages {
	private readonly cache = new Map<string, string>();

	/** The package of a segment, with the faults built in. */
	buffer(application: Application, segment: Segment, faults: readonly Fault[]): string {
		if (faults.some(changesPackage)) return faultyBuffer(application, segment, faults);
		const key = [application.applicationId, segment.code_start, segment.code_end].join(':');
		const base64 =
			this.cache.get(key) ??
			encrypt(plainPackage(application, segment), application.account.packageKey).toString(
				'base64',
			);
		this.cache.delete(key);
		this.cache.set(key, base64);
		const [oldest] = this.cache.keys();
		if (this.cache.size > CACHED_PACKAGES && oldest !== undefined) this.cache.delete(oldest);
		return base64;
	}

	clear(): void {
		this.cache.clear();
	}
}

function encrypt(plain: Buffer, key: string): Buffer {
	const cipher = createCipheriv('aes-128-cbc', key, key);
	return Buffer.concat([cipher.update(plain), cipher.final()]);
}

function faultyBuffer(
	application: Application,
	segment: Segment,
	faults: readonly Fault[],
): string {
	const kinds = new Set(faults.map((fault) => fault.kind));
	const source = kinds.has('otherSegment') ? otherSegment(application, segment) : segment;
	const plain = editText(plainPackage(application, source), faults);
	const cipherText = encrypt(
		plain,
		kinds.has('wrongKey') ? WRONG_KEY : application.account.packageKey,
	);
	const cutBy = faults.find((fault) => fault.kind === 'cutBuffer')?.bytes ?? 16;
	const kept = kinds.has('cutBuffer') ? cipherText.subarray(0, -cutBy) : cipherText;
	let base64 = kept.toString('base64');
	if (kinds.has('damagedBase64')) {
		const middle = base64.length >>> 1;
		base64 = `${base64.slice(0, middle)}#${base64.slice(middle + 1)}`;
	}
	if (kinds.has('wrappedBase64')) {
		base64 = base64.replace(new RegExp(`.{${BASE64_LINE}}`, 'g'), '$& \r\n');
	}
	return base64;
}

/** The next segment; the previous one if this is the last; codes beyond the end if it is alone. */
function otherSegment(application: Application, { code_start, code_end }: Segment): Segment {
	const { segmentSize, codeCount } = application;
	const isLast = code_end + 1 === codeCount;
	if (isLast && code_start > 0) {
		return { code_start: code_start - segmentSize, code_end: code_start - 1 };
	}
	const nextEnd = 2 * code_end + 1 - code_start;
	return {
		code_start: code_end + 1,
		code_end: isLast ? nextEnd : Math.min(nextEnd, codeCount - 1),
	};
}

function editText(plain: Buffer, faults: readonly Fault[]): Buffer {
	const rows = plain.toString('latin1').split('\n').slice(0, -1);
	const edited = faults.reduce(editRows, rows);
	const kinds = new Set(faults.map((fault) => fault.kind));
	const lineEnd = kinds.has('crlf') ? '\r\n' : '\n';
	const text = edited.join(lineEnd) + (kinds.has('noFinalLineFeed') ? '' : lineEnd);
	const delimited = kinds.has('comma') ? text.replaceAll('\t', ',') : text;
	return Buffer.from((kinds.has('byteOrderMark') ? '\ufeff' : '') + delimited, 'utf8');
}

function editRows(rows: string[], fault: Fault): string[] {
	const row = ('row' in fault ? fault.row : undefined) ?? rows.length >>> 1;
	const last = rows.length - 1;
	switch (fault.kind) {
		case 'rowMissing':
			return rows.filter((_text, at) => at !== row);
		case 'rowDoubled':
			return rows.flatMap((text, at) => (at === row ? [text, text] : [text]));
		case 'rowMalformed':
			return rows.map((text, at) => (at === row ? withShortCode(text) : text));
		case 'duplicateCode':
			return rows.map((text, at) => (at === last ? withColumnOf(text, rows[0], 1) : text));
		case 'duplicateUrl':
			return rows.map((text, at) => (at === last ? withColumnOf(text, rows[0], 3) : text));
		case 'columnOrder':
			return rows.map((text) => inOrder(text, fault.order));
		default:
			return rows;
	}
}

function withShortCode(row: string): string {
	const cells = row.split('\t');
	return cells.map((cell, at) => (at === 1 ? cell.slice(1) : cell)).join('\t');
}

function withColumnOf(row: string, other: string | undefined, column: number): string {
	const cells = row.split('\t');
	cells[column] = other?.split('\t')[column] ?? '';
	return cells.join('\t');
}

function inOrder(row: string, order: readonly Column[]): string {
	const cells = row.split('\t');
	return order.map((column) => cells[COLUMNS.indexOf(column)]).join('\t');
}
