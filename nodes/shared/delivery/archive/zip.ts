import { randomBytes } from 'crypto';
import { AesEntry, saltBytes } from './aes';
import { crc32 } from '../../symbols/crc32';
import {
	centralHeader,
	dataDescriptor,
	endRecords,
	FULL_16,
	FULL_32,
	localHeader,
	type Head,
	type Sizes,
} from './records';
import { inPieces, through } from './through';

/** Up to here an entry surely stays under 4 GiB, however badly it can be compressed. */
const MOST_WITHOUT_ZIP64 = 4_000_000_000;
const AES_256 = 3;
/** How much of the central directory leaves at a time. */
const DIRECTORY_BYTES = 65_536;

/** A file to put into a ZIP. */
export interface ZipEntry {
	/** With `/` between folders; it is written in UTF-8. */
	readonly name: string;
	readonly modified: Date;
	/**
	 * More bytes than this the file will not have; undefined: not known. Up to 4,000,000,000 the entry is
	 * written without Zip64, which some old programs don't read.
	 */
	readonly mostBytes: number | undefined;
	/** Its content. */
	readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Writes a ZIP as it flows: deflate, UTF-8 names, sizes behind each entry, Zip64 only where sizes, offsets
 * or the number of entries need it. In memory are some chunks and about 150 bytes an entry. An entry's chunks
 * are all taken before the next entry is asked for. Who stops early stops entries and chunks too.
 *
 * @param password encrypts each entry's content by WinZip's AES-256 (AE-2); names and sizes stay readable.
 *   undefined: none
 * @throws what `entries` or an entry's chunks throw: what has been written until then has no directory and
 *   is no ZIP
 */
export async function* zipArchive(
	entries: AsyncIterable<ZipEntry>,
	password: string | undefined,
): AsyncGenerator<Buffer, void, void> {
	const directory: Buffer[] = [];
	let offset = 0;
	for await (const entry of entries) {
		const start = offset;
		const head = headOf(entry, password !== undefined);
		const header = localHeader(head);
		yield header;
		const content = new Content();
		for await (const chunk of content.of(entry.chunks, password)) yield chunk;
		const sizes = content.sizes(password !== undefined);
		refuseTooLarge(entry, head, sizes);
		const descriptor = dataDescriptor(head, sizes);
		yield descriptor;
		offset += header.length + sizes.compressed + descriptor.length;
		directory.push(centralHeader(head, sizes, start));
	}
	let size = 0;
	for (const block of inBlocks(directory)) {
		size += block.length;
		yield block;
	}
	yield endRecords(directory.length, offset, size);
}

function headOf({ name, modified, mostBytes }: ZipEntry, isEncrypted: boolean): Head {
	const bytes = Buffer.from(name, 'utf8');
	if (bytes.length > FULL_16) throw new Error('A name in a ZIP has at most 65,535 bytes');
	const isZip64 = mostBytes === undefined || mostBytes > MOST_WITHOUT_ZIP64;
	return { name: bytes, modified, isEncrypted, isZip64 };
}

/** Sizes that don't fit what the entry's header has promised would make a ZIP that nobody can read. */
function refuseTooLarge({ name, mostBytes }: ZipEntry, { isZip64 }: Head, sizes: Sizes): void {
	if (isZip64 || Math.max(sizes.compressed, sizes.uncompressed) < FULL_32) return;
	throw new Error(`"${name}" in the ZIP was to have at most ${mostBytes} bytes and has over 4 GiB`);
}

/** An entry's content: compressed, encrypted and counted as it passes. */
class Content {
	private crc = 0;
	private uncompressed = 0;
	private compressed = 0;

	async *of(chunks: AsyncIterable<Buffer>, password: string | undefined): AsyncGenerator<Buffer> {
		const deflated = through(
			() => new CompressionStream('deflate-raw'),
			this.counted(chunks, password === undefined),
			(error) => (error instanceof Error ? error : new Error('Compressing failed')),
		);
		const data = password === undefined ? deflated : encrypted(deflated, password);
		for await (const chunk of data) {
			this.compressed += chunk.length;
			yield chunk;
		}
	}

	/** AE-2 has no CRC, so that it tells nothing of a short content. */
	sizes(isEncrypted: boolean): Sizes {
		const { crc, compressed, uncompressed } = this;
		return { crc: isEncrypted ? 0 : crc, compressed, uncompressed };
	}

	private async *counted(chunks: AsyncIterable<Buffer>, needsCrc: boolean): AsyncGenerator<Buffer> {
		for await (const chunk of chunks) {
			for (const piece of inPieces(chunk)) {
				if (needsCrc) this.crc = crc32(piece, this.crc);
				this.uncompressed += piece.length;
				yield piece;
			}
		}
	}
}

async function* encrypted(chunks: AsyncIterable<Buffer>, password: string): AsyncGenerator<Buffer> {
	const salt = randomBytes(saltBytes(AES_256));
	const aes = await AesEntry.from(password, salt, AES_256);
	yield Buffer.concat([salt, aes.verifier]);
	for await (const chunk of chunks) yield aes.encrypt(chunk);
	yield aes.authentication();
}

function* inBlocks(pieces: readonly Buffer[]): Generator<Buffer> {
	let block: Buffer[] = [];
	let bytes = 0;
	for (const piece of pieces) {
		block.push(piece);
		bytes += piece.length;
		if (bytes < DIRECTORY_BYTES) continue;
		yield Buffer.concat(block);
		block = [];
		bytes = 0;
	}
	yield Buffer.concat(block);
}
