import { createHash } from 'crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

/** A file that n8n has stored. */
export interface StoredFile {
	readonly binary: IBinaryData;
	readonly bytes: number;
	/** SHA-256 of the file, in hexadecimal. */
	readonly sha256: string;
}

/** n8n could not store a file. Holds nothing of n8n's own error, which names its folders. */
class StorageError extends Error {
	override readonly name = 'StorageError';

	/**
	 * @param message what is wrong
	 * @param description what the user does next
	 */
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
	}
}

const NOTHING_HANDED_ON = 'Nothing was handed on.';
const NO_SPACE: readonly string[] = ['ENOSPC', 'EDQUOT'];
/** Of Node, where n8n holds files in memory as base64 text; and of n8n, where it keeps them in its database. */
const TOO_LARGE: readonly string[] = [
	'ERR_STRING_TOO_LONG',
	'ERR_OUT_OF_RANGE',
	'FileTooLargeError',
];
const NOT_ALLOWED: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];

function storageError(error: unknown): StorageError {
	const code = codeOf(error);
	if (NO_SPACE.includes(code)) {
		return new StorageError(
			`n8n has no space left to store the file (${code})`,
			`${NOTHING_HANDED_ON} Free space where n8n keeps its binary data, or delete old executions, and run the node again.`,
		);
	}
	if (NOT_ALLOWED.includes(code)) {
		return new StorageError(
			`n8n may not write where it stores files (${code})`,
			`${NOTHING_HANDED_ON} Whoever runs n8n has to let it write to the folder of its binary data.`,
		);
	}
	if (TOO_LARGE.includes(code)) {
		return new StorageError(
			`The file is too large for where n8n stores files (${code})`,
			`${NOTHING_HANDED_ON} Make files of fewer codes, or have n8n keep its files on disk (N8N_DEFAULT_BINARY_DATA_MODE=filesystem).`,
		);
	}
	return new StorageError(
		`n8n could not store the file (${code})`,
		`${NOTHING_HANDED_ON} See n8n's log, and whether its storage for binary data is in order; then run the node again.`,
	);
}

/** The code of an error, or else the name of its kind. */
function codeOf(error: unknown): string {
	if (typeof error !== 'object' || error === null) return 'unknown error';
	if ('code' in error && typeof error.code === 'string') return error.code;
	if ('cause' in error && error.cause !== undefined) return codeOf(error.cause);
	return 'name' in error && typeof error.name === 'string' ? error.name : 'unknown error';
}

/**
 * Stores a file in n8n while it is still being made: of the chunks, only one is held here at a time
 * (n8n's in-memory mode, which is for tests, holds them all).
 *
 * @throws StorageError if n8n can't store it; whatever `chunks` throws; nothing is handed on then
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
	const stored = context.helpers
		.prepareBinaryData(stream, fileName, mimeType)
		.catch(async (error: unknown) => await Promise.reject<never>(storageError(error)));
	const storage: Storage = { hasFailed: false, giveUp: () => {} };
	stored.catch((error: unknown) => {
		storage.hasFailed = true;
		storage.giveUp(error);
	});
	let bytes = 0;
	let isComplete = false;
	try {
		for await (const chunk of chunks) {
			bytes += chunk.length;
			const wantsMore = chunk.length === 0 || stream.write(chunk);
			if (storage.hasFailed) await stored;
			if (!wantsMore) await drained(stream, storage);
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

/** What has become of the storage, and how somebody who waits hears of it. */
interface Storage {
	hasFailed: boolean;
	giveUp: (error: unknown) => void;
}

/**
 * Waits until the stream wants more, or the storage fails. Not by a race for each chunk: what races with a
 * promise stays with it until that one is settled, which is once the whole file is stored.
 */
async function drained(stream: ReturnType<typeof createHash>, storage: Storage): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		storage.giveUp = reject;
		stream.once('drain', resolve);
	});
}
