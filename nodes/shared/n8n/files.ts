import { createHash } from 'crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

/** A file that n8n has stored. */
export interface StoredFile {
	readonly binary: IBinaryData;
	readonly bytes: number;
	/** SHA-256 of the file, in hexadecimal. */
	readonly sha256: string;
}

/**
 * Stores a file in n8n while it is still being made: of the chunks, only one is held here at a time
 * (n8n's in-memory mode, which is for tests, holds them all).
 *
 * @throws whatever `chunks` throws; nothing is handed on then
 */
export async function storeFile(
	context: IExecuteFunctions,
	chunks: AsyncIterable<Buffer>,
	fileName: string,
	mimeType: string,
): Promise<StoredFile> {
	const stream = hashingStream();
	// n8n's lint forbids importing streams. Its listener for errors has to be there before one comes.
	stream.on('error', () => {});
	const stored = context.helpers.prepareBinaryData(stream, fileName, mimeType);
	stored.catch(() => {});
	let bytes = 0;
	let isComplete = false;
	try {
		for await (const chunk of chunks) {
			bytes += chunk.length;
			await Promise.race([written(stream, chunk), stored]);
		}
		stream.end();
		isComplete = true;
	} finally {
		if (!isComplete) stream.destroy(new Error('The file was not completed'));
	}
	const binary = await stored;
	return { binary, bytes, sha256: stream.digest('hex') };
}

/**
 * A stream that passes on what it hashes. A `Hash` is a stream that passes on its digest alone; with
 * these two methods replaced it hands every chunk through.
 */
function hashingStream(): ReturnType<typeof createHash> {
	const hash = createHash('sha256');
	hash._transform = (chunk: Buffer, _encoding, done) => {
		hash.update(chunk);
		done(null, chunk);
	};
	hash._flush = (done) => done();
	return hash;
}

/** Waits until the stream wants more. */
async function written(stream: ReturnType<typeof createHash>, chunk: Buffer): Promise<void> {
	if (chunk.length === 0 || stream.write(chunk)) return;
	await new Promise<void>((resolve) => stream.once('drain', resolve));
}
