import { timingSafeEqual } from 'crypto';
import { AES_METHOD, AesEntry, AUTHENTICATION_BYTES, saltBytes, VERIFIER_BYTES } from './aes';
import { crc32 } from '../../symbols/crc32';
import { readDirectory, type DirectoryEntry } from './directory';
import {
	damaged,
	notAuthentic,
	passwordMissing,
	unsupportedEncryption,
	unsupportedMethod,
	wrongPassword,
} from './zipErrors';
import { DEFLATED, FLAG_ENCRYPTED, LOCAL_SIGNATURE, STORED } from './records';
import { Source } from './source';
import { through } from './through';

const LOCAL_BYTES = 30;
/** PKWARE's own encryption, and a directory whose values are masked (APPNOTE 4.4.4). */
const FLAG_STRONG = 1 << 6;
const FLAG_MASKED = 1 << 13;
const AE_2 = 2;

/** A file in a ZIP. */
interface ZippedFile {
	/** As it stands in the ZIP, with its folders: nothing to write a file by without a look at it. */
	readonly name: string;
	/** How many bytes it has unpacked; `chunks` gives exactly as many, or fails. */
	readonly bytes: number;
	readonly isEncrypted: boolean;
	/** Its content, to be taken before the next file is asked for. Who doesn't take it skips the file. */
	readonly chunks: AsyncGenerator<Buffer, void, void>;
}

/**
 * Reads a ZIP as it flows: first to find its directory, which is held (up to 16 MB), then for the files in
 * the order in which they lie in it. Folders are left out. Reads stored and deflated files and WinZip's AES
 * (AE-1, AE-2, all three strengths); what a file holds is held to its size, its CRC-32 and its HMAC when
 * its chunks have been taken to their end.
 *
 * @param open gives the ZIP's bytes from the start; called twice
 * @param password undefined: none. Not needed for files that are skipped
 * @throws ParameterError if the file is no ZIP, split or damaged; the chunks throw it if there is no
 *   password or a wrong one, an encryption or compression that is not supported, or damage
 */
export async function* readZip(
	open: () => AsyncIterable<Buffer>,
	password: string | undefined,
): AsyncGenerator<ZippedFile, void, void> {
	const entries = await readDirectory(open());
	const source = new Source(open());
	try {
		for (const entry of entries) {
			// Entries that share bytes are how a small file unpacks to an endless one.
			if (entry.offset < source.position) throw damaged(`"${entry.name}"`, 'overlaps another file');
			if (entry.name.endsWith('/')) continue;
			const { file, leave } = offered(source, entry, password);
			yield file;
			await leave();
			await source.skipTo(entry.offset + LOCAL_BYTES + entry.compressed);
		}
	} finally {
		await source.close();
	}
}

/** An entry as it is handed out, and what ends it. */
function offered(source: Source, entry: DirectoryEntry, password: string | undefined) {
	const content = contentOf(source, entry, password);
	let isLeft = false;
	async function* chunks(): AsyncGenerator<Buffer, void, void> {
		yield* content;
		// Otherwise a file that is taken too late would look empty.
		if (isLeft) throw new Error('A file in a ZIP was read after the next one had been asked for');
	}
	const leave = async () => {
		isLeft = true;
		await content.return();
	};
	const isEncrypted = (entry.flags & FLAG_ENCRYPTED) !== 0;
	const file: ZippedFile = {
		name: entry.name,
		bytes: entry.uncompressed,
		isEncrypted,
		chunks: chunks(),
	};
	return { file, leave };
}

async function* contentOf(
	source: Source,
	entry: DirectoryEntry,
	password: string | undefined,
): AsyncGenerator<Buffer, void, void> {
	const { name, uncompressed } = entry;
	const method = methodOf(entry);
	await toData(source, entry);
	let isWhole = false;
	async function* data(): AsyncGenerator<Buffer, void, void> {
		yield* dataOf(source, entry, password);
		isWhole = true;
	}
	const chunks = method === DEFLATED ? inflated(data(), name) : data();
	const hasCrc = entry.method !== AES_METHOD || entry.aes?.version !== AE_2;
	let bytes = 0;
	let crc = 0;
	for await (const chunk of chunks) {
		bytes += chunk.length;
		if (bytes > uncompressed) throw damaged(`"${name}"`, 'is longer than it should be');
		if (hasCrc) crc = crc32(chunk, crc);
		yield chunk;
	}
	if (bytes < uncompressed) throw damaged(`"${name}"`, 'is shorter than it should be');
	// A deflate stream knows its own end: behind it the HMAC would not have been looked at.
	if (!isWhole) throw damaged(`"${name}"`, 'goes on after its end');
	if (hasCrc && crc !== entry.crc) {
		throw damaged(`"${name}"`, 'has not the checksum that it should have');
	}
}

/** How the content is compressed, where all of the entry can be read. */
function methodOf({ name, flags, method, aes }: DirectoryEntry): number {
	if ((flags & (FLAG_STRONG | FLAG_MASKED)) !== 0) {
		throw unsupportedEncryption(name, "PKWARE's own encryption");
	}
	if ((flags & FLAG_ENCRYPTED) !== 0 && method !== AES_METHOD) {
		throw unsupportedEncryption(name, 'the old ZipCrypto');
	}
	if (method === AES_METHOD && ((flags & FLAG_ENCRYPTED) === 0 || aes === undefined)) {
		throw damaged(`"${name}"`, 'does not say how it is encrypted');
	}
	const actual = method === AES_METHOD ? (aes?.method ?? method) : method;
	if (actual !== STORED && actual !== DEFLATED) throw unsupportedMethod(name, actual);
	return actual;
}

/** Passes the local header. What it says stands in the directory too, which is believed. */
async function toData(source: Source, { name, offset }: DirectoryEntry): Promise<void> {
	await source.skipTo(offset);
	const header = await source.read(LOCAL_BYTES);
	if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL_SIGNATURE) {
		throw damaged(`"${name}"`, 'is not where the directory says');
	}
	await source.skipTo(source.position + header.readUInt16LE(26) + header.readUInt16LE(28));
}

/** An entry's data, decrypted where it is encrypted. */
async function* dataOf(
	source: Source,
	{ name, method, compressed, aes }: DirectoryEntry,
	password: string | undefined,
): AsyncGenerator<Buffer, void, void> {
	if (method !== AES_METHOD || aes === undefined) return yield* source.pieces(compressed);
	if (password === undefined) throw passwordMissing(name);
	const salt = await source.read(saltBytes(aes.strength));
	const verifier = await source.read(VERIFIER_BYTES);
	const left = compressed - salt.length - verifier.length - AUTHENTICATION_BYTES;
	if (left < 0) throw damaged(`"${name}"`, 'is shorter than it should be');
	const decryption = await AesEntry.from(password, salt, aes.strength);
	if (!decryption.verifier.equals(verifier)) throw wrongPassword(name);
	for await (const piece of source.pieces(left)) yield decryption.decrypt(piece);
	const authentication = await source.read(AUTHENTICATION_BYTES);
	if (
		authentication.length < AUTHENTICATION_BYTES ||
		!timingSafeEqual(authentication, decryption.authentication())
	) {
		throw notAuthentic(name);
	}
}

function inflated(data: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void, void> {
	return through(
		() => new DecompressionStream('deflate-raw'),
		data,
		() => damaged(`"${name}"`, 'can not be unpacked'),
	);
}
