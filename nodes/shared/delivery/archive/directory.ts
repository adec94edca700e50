import { sleep } from 'n8n-workflow';
import { AES_EXTRA, type AesStrength } from './aes';
import { cutOff, damaged, notZip, split, tooManyEntries } from './zipErrors';
import { nameIn } from './names';
import {
	CENTRAL_SIGNATURE,
	END_SIGNATURE,
	FULL_16,
	FULL_32,
	LOCAL_SIGNATURE,
	ZIP64_END_SIGNATURE,
	ZIP64_EXTRA,
	ZIP64_LOCATOR_SIGNATURE,
} from './records';

/** The largest central directory read, which is held: over 100,000 entries. */
const MOST_DIRECTORY_BYTES = 16 * 1024 * 1024;
const END_BYTES = 22;
const ZIP64_END_BYTES = 56;
const LOCATOR_BYTES = 20;
const CENTRAL_BYTES = 46;
const MOST_COMMENT_BYTES = 65_535;
/** What may follow the directory: end records, and the comment. */
const MOST_END_BYTES = ZIP64_END_BYTES + LOCATOR_BYTES + END_BYTES + MOST_COMMENT_BYTES;
/** How many entries are looked at before others get the event loop. */
const ENTRIES_AT_ONCE = 1_000;

/** An entry as the central directory has it. */
export interface DirectoryEntry {
	readonly name: string;
	readonly flags: number;
	readonly method: number;
	readonly crc: number;
	/** Bytes in the file, with all that belongs to the encryption. */
	readonly compressed: number;
	readonly uncompressed: number;
	/** Where its local header begins. */
	readonly offset: number;
	/** Of WinZip's AES; undefined: the entry has no such field. */
	readonly aes:
		| { readonly version: number; readonly strength: AesStrength; readonly method: number }
		| undefined;
}

/** What was kept of a file when all of it had passed: its last bytes. */
interface Tail {
	readonly bytes: Buffer;
	/** Where in the file they begin. */
	readonly start: number;
}

/**
 * Reads a ZIP's directory, letting all of the file pass and keeping its end: up to 16 MB.
 *
 * @returns its entries, in the order in which they lie in the file
 * @throws ParameterError if the file is no ZIP, cut off, a part of a split one, damaged, or has a
 *   directory of more than 16 MB
 */
export async function readDirectory(file: AsyncIterable<Buffer>): Promise<DirectoryEntry[]> {
	const tail = await tailOf(file);
	const { offset, size } = directoryIn(tail);
	const bytes = tail.bytes.subarray(offset - tail.start, offset - tail.start + size);
	const entries: DirectoryEntry[] = [];
	for (let at = 0; at < bytes.length; ) {
		const length = lengthAt(bytes, at);
		entries.push(entryIn(bytes.subarray(at, at + length)));
		at += length;
		if (entries.length % ENTRIES_AT_ONCE === 0) await sleep(0);
	}
	return entries.sort((one, other) => one.offset - other.offset);
}

async function tailOf(file: AsyncIterable<Buffer>): Promise<Tail> {
	const kept: Buffer[] = [];
	let first: Buffer | undefined;
	let held = 0;
	let passed = 0;
	for await (const chunk of file) {
		if (passed < 4) first = Buffer.concat([first ?? Buffer.alloc(0), chunk.subarray(0, 4)]);
		kept.push(chunk);
		held += chunk.length;
		passed += chunk.length;
		while (held - (kept[0]?.length ?? 0) >= MOST_DIRECTORY_BYTES + MOST_END_BYTES) {
			held -= kept.shift()?.length ?? 0;
		}
	}
	const bytes = Buffer.concat(kept);
	if (endIn(bytes) === undefined) {
		const isZip =
			first !== undefined && first.length >= 4 && first.readUInt32LE(0) === LOCAL_SIGNATURE;
		throw isZip ? cutOff() : notZip();
	}
	return { bytes, start: passed - held };
}

/** Where the end of central directory record is: its comment must reach exactly to the end. */
function endIn(bytes: Buffer): number | undefined {
	const least = Math.max(0, bytes.length - END_BYTES - MOST_COMMENT_BYTES);
	for (let at = bytes.length - END_BYTES; at >= least; at--) {
		if (bytes.readUInt32LE(at) !== END_SIGNATURE) continue;
		if (at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length) return at;
	}
	return undefined;
}

/** Where in the file the directory begins, and its bytes. */
function directoryIn(tail: Tail): { offset: number; size: number } {
	const { bytes, start } = tail;
	const end = endIn(bytes);
	if (end === undefined) throw notZip();
	const zip64 = zip64EndIn(tail, end);
	const size = zip64?.size ?? bytes.readUInt32LE(end + 12);
	const offset = zip64?.offset ?? bytes.readUInt32LE(end + 16);
	if (!zip64 && (bytes.readUInt16LE(end + 4) !== 0 || bytes.readUInt16LE(end + 6) !== 0))
		throw split();
	if (size > MOST_DIRECTORY_BYTES) throw tooManyEntries(MOST_DIRECTORY_BYTES);
	if (offset < start || offset + size !== start + (zip64?.at ?? end)) {
		throw damaged('its directory', 'is not where its end says');
	}
	return { offset, size };
}

/** The Zip64 end record in front of a locator that stands before the end record; undefined: none. */
function zip64EndIn({ bytes, start }: Tail, end: number) {
	const locator = end - LOCATOR_BYTES;
	if (locator < 0 || bytes.readUInt32LE(locator) !== ZIP64_LOCATOR_SIGNATURE) return undefined;
	if (bytes.readUInt32LE(locator + 16) > 1) throw split();
	const at = uint64(bytes, locator + 8) - start;
	if (at < 0 || at + ZIP64_END_BYTES > locator || bytes.readUInt32LE(at) !== ZIP64_END_SIGNATURE) {
		throw damaged('its directory', 'is not where its end says');
	}
	return { at, size: uint64(bytes, at + 40), offset: uint64(bytes, at + 48) };
}

/** The bytes of the directory's header that begins at `at`, all of it inside `bytes`. */
function lengthAt(bytes: Buffer, at: number): number {
	if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL_SIGNATURE) {
		throw damaged('its directory', 'does not hold what it should');
	}
	const length =
		CENTRAL_BYTES +
		bytes.readUInt16LE(at + 28) +
		bytes.readUInt16LE(at + 30) +
		bytes.readUInt16LE(at + 32);
	if (at + length > bytes.length) throw damaged('its directory', 'does not hold what it should');
	return length;
}

function entryIn(header: Buffer): DirectoryEntry {
	const flags = header.readUInt16LE(8);
	const nameEnd = CENTRAL_BYTES + header.readUInt16LE(28);
	const extra = fieldsIn(header.subarray(nameEnd, nameEnd + header.readUInt16LE(30)));
	const name = nameIn(header.subarray(CENTRAL_BYTES, nameEnd), flags, extra);
	const disk = header.readUInt16LE(34);
	if (disk !== 0 && disk !== FULL_16) throw split();
	// The Zip64 field holds, in this order, what is full in the header (APPNOTE 4.5.3).
	const large = extra.get(ZIP64_EXTRA) ?? Buffer.alloc(0);
	let next = 0;
	const [uncompressed = 0, compressed = 0, offset = 0] = [24, 20, 42].map((at) => {
		const value = header.readUInt32LE(at);
		if (value !== FULL_32) return value;
		if (next + 8 > large.length) throw damaged(`"${name}"`, 'has no size in the directory');
		next += 8;
		return uint64(large, next - 8);
	});
	return {
		name,
		flags,
		method: header.readUInt16LE(10),
		crc: header.readUInt32LE(16),
		compressed,
		uncompressed,
		offset,
		aes: aesIn(extra.get(AES_EXTRA)),
	};
}

/** An entry's extra fields by their id (APPNOTE 4.5); the first of an id counts. */
function fieldsIn(extra: Buffer): Map<number, Buffer> {
	const fields = new Map<number, Buffer>();
	for (let at = 0; at + 4 <= extra.length; ) {
		const id = extra.readUInt16LE(at);
		const end = at + 4 + extra.readUInt16LE(at + 2);
		if (!fields.has(id)) fields.set(id, extra.subarray(at + 4, end));
		at = end;
	}
	return fields;
}

function aesIn(field: Buffer | undefined): DirectoryEntry['aes'] {
	if (field === undefined || field.length < 7) return undefined;
	const strength = field.readUInt8(4);
	if (strength !== 1 && strength !== 2 && strength !== 3) return undefined;
	return { version: field.readUInt16LE(0), strength, method: field.readUInt16LE(5) };
}

function uint64(bytes: Buffer, at: number): number {
	const value = bytes.readBigUInt64LE(at);
	if (value > Number.MAX_SAFE_INTEGER) throw damaged('its directory', 'has an impossible number');
	return Number(value);
}
