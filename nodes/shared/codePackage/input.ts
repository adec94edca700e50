import { PackageError } from './packageError';
import { learnLayout } from './layout';

/** How a package that somebody kept was written down. */
export type PackageForm = 'json' | 'base64' | 'raw';

/** How much of a file tells its form: a row of codes, should it be decrypted already, fits in. */
export const SAMPLE_BYTES = 8_192;

/**
 * How the package in a file is written down: as WeChat's JSON answer, as the base64 text of its buffer, or
 * as the bytes that the text stands for.
 *
 * @param sample the file's first bytes: `SAMPLE_BYTES`, or all it has; without a byte order mark
 * @throws PackageError if the file is none of them
 */
export function formOf(sample: Buffer): PackageForm {
	const fix =
		"Pass the buffer of WeChat's answer: as base64 text, as the JSON answer itself, or decoded but not decrypted.";
	if (sample.length === 0) throw new PackageError('The file is empty', fix);
	const text = sample.toString('latin1');
	// JSON may hold other characters, but not in what WeChat writes before the package.
	if (/^\s*\{[\s\x21-\x7e]*$/.test(text.slice(0, 64))) return 'json';
	if (/^[A-Za-z0-9+/=\s]+$/.test(text)) return 'base64';
	if (!/^[\t\r\n\x20-\x7e]*$/.test(text)) return 'raw';
	const [line = ''] = text.split(/\r?\n/, 1);
	throw learnLayout(line)
		? new PackageError(
				'The file is decrypted already: it holds rows of codes',
				'It needs no decryption; pass it on as it is.',
			)
		: new PackageError('The file is not a package: neither JSON, nor base64, nor encrypted', fix);
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A text's first bytes without the byte order mark that some editors put before what they save. */
export const withoutMark = (bytes: Buffer): Buffer =>
	bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
		? bytes.subarray(BYTE_ORDER_MARK.length)
		: bytes;
