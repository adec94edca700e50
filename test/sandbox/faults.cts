import type { Column } from './form.cts';
import type { Fields, Segment } from './types.cts';

/** What goes wrong. Rows count from 0 within the segment; by default the one in the middle. */
export type FaultKind =
	/** The answer is this errcode; the call has no effect. */
	| { kind: 'errcode'; errcode: number; errmsg?: string }
	/** The answer is this HTTP status with a text page; the call has no effect. */
	| { kind: 'http'; status: number }
	/** HTTP 200 with a web page; the call has no effect. */
	| { kind: 'html' }
	/** The connection is reset before any answer; the call has no effect. */
	| { kind: 'reset' }
	/** The connection is reset before any answer; the call has its effect this much later. */
	| { kind: 'late'; ms: number }
	/** The call has its effect, the answer comes this much later; Infinity = once answers are released. */
	| { kind: 'slow'; ms: number }
	/** The call has its effect, the connection is cut in the middle of the answer's body. */
	| { kind: 'cut' }
	/** The body is sent so many bytes at a time. */
	| { kind: 'trickle'; bytes: number; everyMs: number }
	/** So much of the body is sent, then nothing; the connection stays open until the caller ends it. */
	| { kind: 'stall'; afterBytes: number }
	/**
	 * `buffer`, if the answer has one, else errmsg is that many characters A (a text answer is so much
	 * longer), without a Content-Length; with `gzip` compressed to about a thousandth. Made while it is
	 * sent: it takes no memory.
	 */
	| { kind: 'huge'; bytes: number; gzip?: boolean }
	/** A token call in normal mode hands out the last token again, even a dead one. */
	| { kind: 'staleToken' }
	| { kind: 'damagedBase64' }
	/** Valid base64 that lacks this many bytes of the cipher text at its end; default 16. */
	| { kind: 'cutBuffer'; bytes?: number }
	| { kind: 'wrongKey' }
	| { kind: 'rowMissing'; row?: number }
	| { kind: 'rowDoubled'; row?: number }
	/** A column that is one character short; default: the code. */
	| { kind: 'rowMalformed'; row?: number; column?: Column }
	/** A lattice that is one character longer than the others. */
	| { kind: 'otherWidth'; row?: number }
	/** An empty line before this row. */
	| { kind: 'blankLine'; row?: number }
	/** The last row has the first row's code. */
	| { kind: 'duplicateCode' }
	/** The last row has the first row's url. */
	| { kind: 'duplicateUrl' }
	/** The last row has the url of the code with this index in the application. */
	| { kind: 'repeatedUrl'; of: number }
	/** A CR without its LF at the very end. */
	| { kind: 'loneCarriageReturn' }
	| { kind: 'crlf' }
	| { kind: 'noFinalLineFeed' }
	| { kind: 'comma' }
	| { kind: 'byteOrderMark' }
	| { kind: 'columnOrder'; order: readonly Column[] }
	/** The package of the next segment; of the previous one if it is the last. */
	| { kind: 'otherSegment' }
	/** The package of another application, in its form: the same rows under two ids. */
	| { kind: 'twinOf'; applicationId: string }
	/** The buffer is written before errcode and errmsg. */
	| { kind: 'bufferFirst' }
	/** Every / of the JSON is written as \/. */
	| { kind: 'escapedSlashes' }
	/** Two of three characters in all strings are written as \uXXXX, and every / as \/ or \u002f. */
	| { kind: 'escapes' }
	/** errcode is the first field and, with another value, the last one too. */
	| { kind: 'doubledErrcode'; first: number; second: number }
	/** Fields that are 0 are left out, errcode and those of nested objects too. */
	| { kind: 'omitZeros' }
	/** Adds these fields to the answer or replaces them; the record shows the errcode before that. */
	| { kind: 'fields'; fields: Fields }
	/** All numbers, errcode too, are given as strings. */
	| { kind: 'numericStrings' }
	/** A success without errcode and errmsg. */
	| { kind: 'missingErrcode' }
	/** White space and line feeds within the base64. */
	| { kind: 'wrappedBase64' }
	| { kind: 'emptyBuffer' }
	| { kind: 'noBuffer' }
	/** code_generate_list is empty though the status is FINISH. */
	| { kind: 'emptyList' }
	/** Another code_generate_list: gaps, overlaps, unsorted. */
	| { kind: 'list'; list: readonly Segment[] }
	| { kind: 'status'; status: string };

/** Which requests a fault hits. */
export interface FaultScope {
	/** The call's name, as in RequestRecord. */
	call: string;
	/** Let this many matching requests through first; default 0. */
	after?: number;
	/** How many requests it hits; default 1, Infinity allowed. */
	times?: number;
	/** Only the request whose code_start is this. */
	segment?: number;
}

export type Fault = FaultKind & FaultScope;

/** What a fault has to match. */
interface FaultTarget {
	readonly call: string;
	readonly body: Fields;
	readonly forced: boolean;
}

/** What a kind changes. One request meets one fault at most that replaces its answer. */
const EFFECTS: Readonly<Record<Fault['kind'], 'replaces' | 'delivery' | 'fields' | 'package'>> = {
	errcode: 'replaces',
	http: 'replaces',
	html: 'replaces',
	reset: 'replaces',
	late: 'replaces',
	slow: 'delivery',
	cut: 'delivery',
	trickle: 'delivery',
	stall: 'delivery',
	escapedSlashes: 'delivery',
	escapes: 'delivery',
	huge: 'fields',
	doubledErrcode: 'fields',
	omitZeros: 'fields',
	fields: 'fields',
	staleToken: 'fields',
	bufferFirst: 'fields',
	numericStrings: 'fields',
	missingErrcode: 'fields',
	emptyBuffer: 'fields',
	noBuffer: 'fields',
	emptyList: 'fields',
	list: 'fields',
	status: 'fields',
	damagedBase64: 'package',
	wrappedBase64: 'package',
	cutBuffer: 'package',
	wrongKey: 'package',
	otherSegment: 'package',
	rowMissing: 'package',
	rowDoubled: 'package',
	rowMalformed: 'package',
	otherWidth: 'package',
	blankLine: 'package',
	loneCarriageReturn: 'package',
	twinOf: 'package',
	duplicateCode: 'package',
	duplicateUrl: 'package',
	repeatedUrl: 'package',
	crlf: 'package',
	noFinalLineFeed: 'package',
	comma: 'package',
	byteOrderMark: 'package',
	columnOrder: 'package',
};

interface Pending {
	readonly fault: Fault;
	skip: number;
	left: number;
}

/** The injected faults, each until it has hit as often as it was told to. */
export class Faults {
	private pending: Pending[] = [];

	/** Throws if there is no such kind or size (faults may come over HTTP). */
	inject(fault: Fault): void {
		if (!Object.hasOwn(EFFECTS, fault.kind))
			throw new Error(`There is no fault ${String(fault.kind)}`);
		if (fault.kind === 'trickle') requireSizes({ bytes: fault.bytes - 1, everyMs: fault.everyMs });
		if (fault.kind === 'stall') requireSizes({ afterBytes: fault.afterBytes });
		if (fault.kind === 'huge') requireSizes({ bytes: fault.bytes });
		this.pending.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 });
	}

	/** Takes the faults that hit this request, in the order in which they were injected. */
	take(target: FaultTarget): Fault[] {
		const hits: Fault[] = [];
		for (const entry of this.pending) {
			const { fault } = entry;
			if (!matches(fault, target)) continue;
			if (entry.skip > 0) {
				entry.skip--;
				continue;
			}
			if (replacesAnswer(fault) && hits.some(replacesAnswer)) continue;
			entry.left--;
			hits.push(fault);
		}
		this.pending = this.pending.filter((entry) => entry.left > 0);
		return hits;
	}

	clear(): void {
		this.pending = [];
	}
}

function requireSizes(sizes: Readonly<Record<string, number>>): void {
	for (const [name, size] of Object.entries(sizes)) {
		if (!Number.isSafeInteger(size) || size < 0) throw new Error(`${name} is no such number`);
	}
}

function replacesAnswer(fault: Fault): boolean {
	return EFFECTS[fault.kind] === 'replaces';
}

/** Whether a package has to be made for this fault alone. */
export function changesPackage(fault: Fault): boolean {
	return EFFECTS[fault.kind] === 'package';
}

function matches(fault: Fault, { call, body, forced }: FaultTarget): boolean {
	if (fault.call !== call) return false;
	if (fault.kind === 'staleToken' && forced) return false;
	return fault.segment === undefined || String(fault.segment) === String(body.code_start);
}
