/** The most bytes worked on at a time, so that nobody's large chunk holds the event loop. */
const MOST_BYTES = 65_536;

/** The same bytes in pieces of 64 KB at most, without empty ones. */
export function* inPieces(chunk: Buffer): Generator<Buffer> {
	for (let at = 0; at < chunk.length; at += MOST_BYTES) yield chunk.subarray(at, at + MOST_BYTES);
}

/**
 * Sends bytes through a CompressionStream or a DecompressionStream, whose work is done off the event
 * loop. Takes no more from `chunks` than the stream has room for. Who stops early stops the stream and
 * `chunks` too.
 *
 * @param broken makes the error to throw of one that the stream itself has with the bytes
 * @throws what `chunks` throws, as it is
 */
export async function* through(
	open: () => CompressionStream | DecompressionStream,
	chunks: AsyncIterable<Buffer>,
	broken: (error: unknown) => Error,
): AsyncGenerator<Buffer, void, void> {
	const stream = open();
	const reader = stream.readable.getReader();
	const writer = stream.writable.getWriter();
	const source: { failure?: { readonly error: unknown } } = {};
	const fed = feed(writer, chunks, source);
	try {
		for (;;) {
			const result = await next(reader, source, broken);
			if (result === undefined) break;
			yield result;
		}
	} finally {
		await reader.cancel().catch(() => undefined);
		await fed;
	}
}

/** @returns undefined after the last bytes */
async function next(
	reader: ReadableStreamDefaultReader,
	source: { readonly failure?: { readonly error: unknown } },
	broken: (error: unknown) => Error,
): Promise<Buffer | undefined> {
	try {
		const { value } = await reader.read();
		return value instanceof Uint8Array
			? Buffer.from(value.buffer, value.byteOffset, value.length)
			: undefined;
	} catch (error) {
		if (source.failure) throw source.failure.error;
		throw broken(error);
	}
}

/** Never rejects: an error of the chunks is kept and ends the stream, an error of the stream shows where it is read. */
async function feed(
	writer: WritableStreamDefaultWriter,
	chunks: AsyncIterable<Buffer>,
	source: { failure?: { readonly error: unknown } },
): Promise<void> {
	try {
		for await (const chunk of chunks) {
			if (!(await isTaken(writer, chunk))) return;
		}
	} catch (error) {
		source.failure = { error };
		await writer.abort(error).catch(() => undefined);
		return;
	}
	await writer.close().catch(() => undefined);
}

/** Waits until the stream has room and takes a chunk: false if it has ended or failed. */
async function isTaken(writer: WritableStreamDefaultWriter, chunk: Buffer): Promise<boolean> {
	try {
		await writer.ready;
		await writer.write(chunk);
		return true;
	} catch {
		return false;
	}
}
