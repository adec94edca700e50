import { crc32 } from '../../symbols/crc32';
import { FLAG_UTF8 } from './records';

/** Info-ZIP's Unicode path: version 1, CRC-32 of the header's name, the name in UTF-8 (APPNOTE 4.6.9). */
const UNICODE_PATH_EXTRA = 0x7075;

/**
 * An entry's name. Where nothing says that it is UTF-8 it is taken as that if it can be, and otherwise as what a
 * Chinese Windows writes.
 */
export function nameIn(bytes: Buffer, flags: number, extra: ReadonlyMap<number, Buffer>): string {
	const unicode = extra.get(UNICODE_PATH_EXTRA);
	if (unicode && unicode.length > 5 && unicode.readUInt32LE(1) === crc32(bytes)) {
		return unicode.toString('utf8', 5);
	}
	if ((flags & FLAG_UTF8) !== 0) return bytes.toString('utf8');
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return new TextDecoder('gb18030').decode(bytes);
	}
}
