import { AES_EXTRA, AES_METHOD } from './aes';

/*
 * The records of a ZIP file, numbers least significant byte first. Section numbers are those of PKWARE's
 * APPNOTE.TXT 6.3.10.
 */

export const STORED = 0;
export const DEFLATED = 8;
export const LOCAL_SIGNATURE = 0x04034b50;
export const CENTRAL_SIGNATURE = 0x02014b50;
export const END_SIGNATURE = 0x06054b50;
export const ZIP64_END_SIGNATURE = 0x06064b50;
export const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
export const ZIP64_EXTRA = 0x0001;
/** Info-ZIP's extended timestamp: seconds of UTC, where the entry's own time has no zone. */
const TIMESTAMP_EXTRA = 0x5455;

/** In these fields the value means that the true one is in the Zip64 records (4.4.1.4). */
export const FULL_32 = 0xffffffff;
export const FULL_16 = 0xffff;

/** General purpose bits (4.4.4): the data is encrypted; sizes follow it; the name is UTF-8. */
export const FLAG_ENCRYPTED = 1 << 0;
const FLAG_DESCRIPTOR = 1 << 3;
export const FLAG_UTF8 = 1 << 11;

/** What the version of the format that an entry needs depends on (4.4.3.2; 5.1 is what AES asks for). */
const versionNeeded = ({ isEncrypted, isZip64 }: Head) => (isEncrypted ? 51 : isZip64 ? 45 : 20);
/** Made by a Unix, so that the attributes below count. */
const MADE_ON_UNIX = 3 << 8;
/** A regular file that its owner may write and all may read: rw-r--r--. */
const ATTRIBUTES = 0o100644 * 2 ** 16;

/** What is known of an entry before its content. */
export interface Head {
	/** UTF-8, at most 65,535 bytes. */
	readonly name: Buffer;
	readonly modified: Date;
	readonly isEncrypted: boolean;
	/** Whether its sizes take 8 bytes. */
	readonly isZip64: boolean;
}

/** What is known of an entry's content when it has been written. */
export interface Sizes {
	readonly crc: number;
	readonly compressed: number;
	readonly uncompressed: number;
}

/** Least significant byte first: pairs of a width in bytes and a value below 2^53. */
function record(...fields: ReadonlyArray<readonly [2 | 4 | 8, number]>): Buffer {
	const bytes = Buffer.alloc(fields.reduce((total, [width]) => total + width, 0));
	let at = 0;
	for (const [width, value] of fields) {
		if (width === 8) at = bytes.writeBigUInt64LE(BigInt(value), at);
		else at = bytes.writeUIntLE(value, at, width);
	}
	return bytes;
}

/** Local file header (4.3.7), with sizes left to the data descriptor. */
export function localHeader(head: Head): Buffer {
	const size = head.isZip64 ? FULL_32 : 0;
	const zip64 = head.isZip64 ? record([2, ZIP64_EXTRA], [2, 16], [8, 0], [8, 0]) : Buffer.alloc(0);
	const extra = Buffer.concat([zip64, ...commonExtra(head)]);
	return Buffer.concat([
		record([4, LOCAL_SIGNATURE], [2, versionNeeded(head)]),
		commonFields(head, { crc: 0, compressed: size, uncompressed: size }),
		record([2, head.name.length], [2, extra.length]),
		head.name,
		extra,
	]);
}

/** Data descriptor (4.3.9): its sizes have 8 bytes where the local header has a Zip64 field. */
export function dataDescriptor({ isZip64 }: Head, sizes: Sizes): Buffer {
	const width = isZip64 ? 8 : 4;
	return record(
		[4, DESCRIPTOR_SIGNATURE],
		[4, sizes.crc],
		[width, sizes.compressed],
		[width, sizes.uncompressed],
	);
}

/** Central directory header (4.3.12). Its Zip64 field holds only what has no room elsewhere (4.5.3). */
export function centralHeader(head: Head, sizes: Sizes, offset: number): Buffer {
	const large = [sizes.uncompressed, sizes.compressed, offset].filter((size) => size >= FULL_32);
	const zip64 = large.length
		? record([2, ZIP64_EXTRA], [2, 8 * large.length], ...large.map((size) => [8, size] as const))
		: Buffer.alloc(0);
	const extra = Buffer.concat([zip64, ...commonExtra(head)]);
	const version = versionNeeded({ ...head, isZip64: head.isZip64 || large.length > 0 });
	return Buffer.concat([
		record([4, CENTRAL_SIGNATURE], [2, MADE_ON_UNIX | version], [2, version]),
		commonFields(head, {
			crc: sizes.crc,
			compressed: Math.min(sizes.compressed, FULL_32),
			uncompressed: Math.min(sizes.uncompressed, FULL_32),
		}),
		record([2, head.name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, ATTRIBUTES]),
		record([4, Math.min(offset, FULL_32)]),
		head.name,
		extra,
	]);
}

/** What local and central header have in common, from the flags to the sizes. */
function commonFields({ isEncrypted, modified }: Head, sizes: Sizes): Buffer {
	return record(
		[2, FLAG_DESCRIPTOR | FLAG_UTF8 | (isEncrypted ? FLAG_ENCRYPTED : 0)],
		[2, isEncrypted ? AES_METHOD : DEFLATED],
		...dosTime(modified),
		[4, sizes.crc],
		[4, sizes.compressed],
		[4, sizes.uncompressed],
	);
}

/** Time and date of MS-DOS (4.4.6): local, even seconds, 1980 to 2107. */
function dosTime(date: Date): ReadonlyArray<readonly [2, number]> {
	const year = Math.min(Math.max(date.getFullYear(), 1980), 2107);
	return [
		[2, (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1)],
		[2, ((year - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate()],
	];
}

function commonExtra({ isEncrypted, modified }: Head): Buffer[] {
	const seconds = Math.min(Math.max(Math.floor(modified.getTime() / 1000), 0), 0x7fffffff);
	const timestamp = Buffer.concat([
		record([2, TIMESTAMP_EXTRA], [2, 5]),
		Buffer.of(1),
		record([4, seconds]),
	]);
	// Vendor version 2 is AE-2; strength 3 is AES-256; then the method under the encryption.
	const aes = Buffer.concat([
		record([2, AES_EXTRA], [2, 7], [2, 2]),
		Buffer.from('AE\x03', 'latin1'),
		record([2, DEFLATED]),
	]);
	return isEncrypted ? [timestamp, aes] : [timestamp];
}

/**
 * The end of central directory record (4.3.16), before it that of Zip64 and its locator (4.3.14, 4.3.15)
 * if a number needs them.
 *
 * @param offset where the central directory begins
 * @param size its bytes
 */
export function endRecords(entries: number, offset: number, size: number): Buffer {
	const count = Math.min(entries, FULL_16);
	const isZip64 = count === FULL_16 || offset >= FULL_32 || size >= FULL_32;
	const zip64 = [
		record([4, ZIP64_END_SIGNATURE], [8, 44], [2, MADE_ON_UNIX | 45], [2, 45], [4, 0], [4, 0]),
		record([8, entries], [8, entries], [8, size], [8, offset]),
		record([4, ZIP64_LOCATOR_SIGNATURE], [4, 0], [8, offset + size], [4, 1]),
	];
	return Buffer.concat([
		...(isZip64 ? zip64 : []),
		record([4, END_SIGNATURE], [2, 0], [2, 0], [2, count], [2, count]),
		record([4, Math.min(size, FULL_32)], [4, Math.min(offset, FULL_32)], [2, 0]),
	]);
}
