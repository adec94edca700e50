import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { Fault } from './faults.cts';

/** Stands in an answer's text for the bytes of the fault 'huge'; else they come at its end. */
export const FILL = 'SANDBOX_FILL';

const FILL_CHARACTER = 'A';
const CHUNK_BYTES = 65_536;

/** The bytes of an answer's body, and how they are sent. */
export interface Body {
	readonly chunks: Iterable<Buffer> | AsyncIterable<Buffer>;
	/** undefined: it is not announced. */
	readonly length: number | undefined;
	readonly encoding: 'gzip' | undefined;
	/** Between two chunks; 0 = at once. */
	readonly everyMs: number;
	/** What comes behind the last chunk: the end, a dropped connection, or nothing ever. */
	readonly ending: 'end' | 'drop' | 'nothing';
}

/** The body of an answer as the faults of delivery leave it; several work together. */
export function bodyOf(text: string, faults: readonly Fault[]): Body {
	const plain: Body = { ...withFill(text, faults), everyMs: 0, ending: 'end' };
	return faults.reduce(delivered, plain);
}

function withFill(
	text: string,
	faults: readonly Fault[],
): Pick<Body, 'chunks' | 'length' | 'encoding'> {
	const huge = faults.find((fault) => fault.kind === 'huge');
	if (!huge) {
		const bytes = Buffer.from(text, 'utf8');
		return { chunks: pieces(bytes), length: bytes.length, encoding: undefined };
	}
	const [head = '', ...tails] = text.split(FILL);
	const chunks = filled(Buffer.from(head), huge.bytes, Buffer.from(tails.join('')));
	return huge.gzip
		? { chunks: compressed(chunks), length: undefined, encoding: 'gzip' }
		: { chunks, length: undefined, encoding: undefined };
}

function* pieces(bytes: Buffer, size = CHUNK_BYTES): Generator<Buffer> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function* filled(head: Buffer, bytes: number, tail: Buffer): Generator<Buffer> {
	const block = Buffer.alloc(CHUNK_BYTES, FILL_CHARACTER);
	yield head;
	for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, left);
	yield tail;
}

function compressed(chunks: Iterable<Buffer>): AsyncIterable<Buffer> {
	// Who stops iterating ends the compression, and that ends its source: an error to nobody.
	return pipeline(Readable.from(chunks), createGzip({ level: constants.Z_BEST_SPEED }), () => {});
}

function delivered(body: Body, fault: Fault): Body {
	switch (fault.kind) {
		case 'cut': {
			const { length = Infinity } = body;
			return { ...body, chunks: upTo(body.chunks, Math.floor(length / 2)), ending: 'drop' };
		}
		case 'stall':
			return { ...body, chunks: upTo(body.chunks, fault.afterBytes), ending: 'nothing' };
		case 'trickle': {
			const chunks = cutSmall(body.chunks, fault.bytes);
			return { ...body, chunks, everyMs: fault.everyMs };
		}
		default:
			return body;
	}
}

async function* upTo(chunks: Body['chunks'], bytes: number): AsyncGenerator<Buffer> {
	let left = bytes;
	if (left === 0) return;
	for await (const chunk of chunks) {
		yield chunk.subarray(0, left);
		left -= chunk.length;
		if (left <= 0) return;
	}
}

async function* cutSmall(chunks: Body['chunks'], bytes: number): AsyncGenerator<Buffer> {
	for await (const chunk of chunks) yield* pieces(chunk, bytes);
}
