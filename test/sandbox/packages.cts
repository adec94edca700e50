import { createCipheriv } from 'node:crypto';
import { changesPackage, type Fault } from './faults.cts';
import { changedForm, type Column, type PackageForm } from './form.cts';
import { cellsOf, packageText, plainPackage, rowsOf, type Row } from './packageText.cts';
import type { Application, Segment } from './types.cts';

const WRONG_KEY = 'not-the-real-key';
const BASE64_LINE = 76;

/**
 * Several tests download the same few segments again. A package of 50,000 codes in the guide's form
 * is 27.2 MB of base64, a byte a character: the cache holds 82 MB at the most.
 */
const CACHED_PACKAGES = 3;

/** Makes the `buffer` of download answers: AES-128-CBC, key = IV, PKCS#7, base64. */
export class Packages {
	private readonly cache = new Map<string, string>();

	/** The package of a segment, encrypted with this key, with the faults built in. */
	buffer(
		application: Application,
		segment: Segment,
		faults: readonly Fault[],
		packageKey: string,
	): string {
		if (faults.some(changesPackage)) return faultyBuffer(application, segment, faults, packageKey);
		const key = [application.applicationId, segment.code_start, segment.code_end].join(':');
		const base64 =
			this.cache.get(key) ??
			encrypt(plainPackage(application, segment), packageKey).toString('base64');
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
	packageKey: string,
): string {
	const kinds = new Set(faults.map((fault) => fault.kind));
	const source = kinds.has('otherSegment') ? otherSegment(application, segment) : segment;
	const plain = faultyText(application, source, faults);
	const cipherText = encrypt(plain, kinds.has('wrongKey') ? WRONG_KEY : packageKey);
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

function faultyText(application: Application, segment: Segment, faults: readonly Fault[]): Buffer {
	const written = { ...application, form: faults.reduce(otherForm, application.form) };
	const rows = faults.reduce((edited, fault) => editRows(written, edited, fault), rowsOf(segment));
	const text = packageText(written, rows);
	const endsInReturn = faults.some((fault) => fault.kind === 'loneCarriageReturn');
	return endsInReturn ? Buffer.concat([text, Buffer.from('\r')]) : text;
}

function otherForm(form: PackageForm, fault: Fault): PackageForm {
	switch (fault.kind) {
		case 'crlf':
			return changedForm(form, { lineEnd: 'crlf' });
		case 'noFinalLineFeed':
			return changedForm(form, { finalLineEnd: false, blankLinesAtEnd: 0 });
		case 'comma':
			return changedForm(form, { delimiter: 'comma' });
		case 'byteOrderMark':
			return changedForm(form, { byteOrderMark: true });
		case 'columnOrder':
			return changedForm(form, { columns: fault.order });
		default:
			return form;
	}
}

function editRows(application: Application, rows: readonly Row[], fault: Fault): Row[] {
	const row = ('row' in fault ? fault.row : undefined) ?? rows.length >>> 1;
	const last = rows.length - 1;
	/** A copy in which a cell of the row is changed. */
	const edited = (at: number, column: Column, change: (cell: string) => string): Row[] => {
		const cells = cellsOf(application, rows[at]);
		if (!cells) throw new Error(`The package has no row ${at} to change`);
		const changed = { ...cells, [column]: change(cells[column]) };
		return rows.map((own, position) => (position === at ? changed : own));
	};
	const cellOf = (at: number, column: Column) => cellsOf(application, rows[at])?.[column] ?? '';
	switch (fault.kind) {
		case 'rowMissing':
			return rows.filter((_row, at) => at !== row);
		case 'rowDoubled':
			return rows.flatMap((own, at) => (at === row ? [own, own] : [own]));
		case 'rowMalformed':
			return edited(row, fault.column ?? 'code', (cell) => cell.slice(1));
		case 'otherWidth':
			return edited(row, 'lattice', (cell) => `${cell}1`);
		case 'blankLine':
			return rows.flatMap((own, at): Row[] => (at === row ? ['blank', own] : [own]));
		case 'duplicateCode':
			return edited(last, 'code', () => cellOf(0, 'code'));
		case 'duplicateUrl':
			return edited(last, 'url', () => cellOf(0, 'url'));
		case 'repeatedUrl':
			return edited(last, 'url', () => cellsOf(application, fault.of)?.url ?? '');
		default:
			return [...rows];
	}
}
