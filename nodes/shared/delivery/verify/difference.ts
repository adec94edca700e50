import type { DeliveredFile } from './delivered';
import type { Manifest, ManifestFile } from '../manifest/manifest';
import { grouped } from '../manifest/words';

const BYTE_ORDER_MARK_BYTES = 3;

/** In what way a file is not the one that a manifest lists under its name, in words. */
export function differenceOf(
	manifest: Manifest,
	expected: ManifestFile,
	found: DeliveredFile,
): string {
	const bytes = `${grouped(found.bytes)} bytes instead of ${grouped(expected.bytes)}`;
	const isWide = manifest.encoding === 'utf16le';
	const lines = isWide ? found.lines.utf16le : found.lines.utf8;
	const expectedLines = expected.code_count + (manifest.header ? 1 : 0);
	if (manifest.encoding !== null && lines !== expectedLines) {
		return `${grouped(lines)} lines instead of ${grouped(expectedLines)} (${bytes})`;
	}
	if (found.bytes === expected.bytes) {
		const what = manifest.encoding === null ? 'bytes' : 'bytes and lines';
		return `as many ${what} as it should have, but other content`;
	}
	const cause = causeOf(manifest, found.bytes - expected.bytes, isWide ? 2 * lines : lines);
	return cause === undefined ? bytes : `${bytes}: ${cause}`;
}

/** What mostly happened where a text has its lines, but more or fewer bytes. */
function causeOf(manifest: Manifest, more: number, breaks: number): string | undefined {
	if (manifest.encoding === null) return undefined;
	const { line_ending, encoding, output } = manifest;
	if (more === breaks && line_ending !== 'crlf') {
		return 'LF was made CRLF at the end of each line, as FTP does in text mode';
	}
	if (more === -breaks && line_ending !== 'lf') {
		return 'CRLF was made LF at the end of each line, as FTP does in text mode';
	}
	if (more === BYTE_ORDER_MARK_BYTES && encoding === 'utf8') {
		return 'a byte order mark seems to have been put before the text';
	}
	if (more === -BYTE_ORDER_MARK_BYTES && encoding === 'utf8Bom') {
		return 'the byte order mark seems to have been taken away';
	}
	return more < 0 && output === 'urlList'
		? 'spaces at the ends of lines seem to have been trimmed, which are part of the url'
		: undefined;
}
