import { createHash } from 'crypto';
import { sleep, type IExecuteFunctions } from 'n8n-workflow';

const CHUNK_BYTES = 64 * 1024;

/** What is read of a file that n8n holds in memory, before others get their turn. */
const SLICE_BYTES = 512 * 1024;

/**
 * A binary file of an item, chunk by chunk.
 *
 * @throws NodeOperationError if the item has no such file
 */
export async function* fileChunks(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
): AsyncGenerator<Buffer, void, void> {
	const { id } = context.helpers.assertBinaryData(itemIndex, field);
	if (id !== undefined) {
		for await (const chunk of await context.helpers.getBinaryStream(id, CHUNK_BYTES)) {
			yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
		}
		return;
	}
	const file = await context.helpers.getBinaryDataBuffer(itemIndex, field);
	for (let at = 0; at < file.length; at += SLICE_BYTES) {
		yield file.subarray(at, at + SLICE_BYTES);
		await sleep(0);
	}
}

/**
 * Reads a file to its end.
 *
 * @param look gets each chunk
 * @returns its length, and its SHA-256 in hexadecimal
 * @throws whatever `chunks` and `look` throw
 */
export async function digestOf(
	chunks: AsyncIterable<Buffer>,
	look: (chunk: Buffer) => void,
): Promise<{ bytes: number; sha256: string }> {
	const hash = createHash('sha256');
	let bytes = 0;
	for await (const chunk of chunks) {
		hash.update(chunk);
		bytes += chunk.length;
		look(chunk);
	}
	return { bytes, sha256: hash.digest('hex') };
}
