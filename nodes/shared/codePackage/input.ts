import { decodePackage } from './decrypt';
import { PackageError } from './errors';
import { findRows } from './rows';

/** How a package that somebody kept was written down. */
export type PackageForm = 'json' | 'base64' | 'raw';

/** Some editors put it before a text that they save. */
const BYTE_ORDER_MARK = /^\xef\xbb\xbf/;
const FIX =
	"Pass the buffer of WeChat's answer: as base64 text, as the JSON answer itself, or decoded but not decrypted.";

/**
 * The encrypted package in a file: WeChat's JSON answer, the base64 text of its buffer, or the bytes that
 * the text stands for.
 *
 * @throws PackageError if the file is none of them
 */
export function packageIn(file: Buffer): { encrypted: Buffer; form: PackageForm } {
	if (file.length === 0) throw new PackageError('The file is empty', FIX);
	const text = file.toString('latin1').replace(BYTE_ORDER_MARK, '');
	if (/^\s*\{/.test(text)) {
		const answer = parseObject(file.toString().trim());
		if (answer) return { encrypted: decodePackage(bufferIn(answer)), form: 'json' };
	}
	if (/^[A-Za-z0-9+/=\s]+$/.test(text)) return { encrypted: decodePackage(text), form: 'base64' };
	if (findRows(file).count > 0) {
		throw new PackageError(
			'The file is decrypted already: it holds rows of codes',
			'It needs no decryption; pass it on as it is.',
		);
	}
	if (file.length % 16 !== 0) {
		throw new PackageError(
			'The file is not a package: neither JSON, nor base64, nor whole AES blocks of 16 bytes',
			FIX,
		);
	}
	return { encrypted: file, form: 'raw' };
}

function bufferIn({ buffer, errcode }: Readonly<Record<string, unknown>>): string {
	if (typeof buffer === 'string') return buffer;
	throw new PackageError(
		errcode === undefined || Number(errcode) === 0
			? 'The JSON answer holds no buffer'
			: `The JSON answer is an error of WeChat's (errcode ${Number(errcode)}) and holds no package`,
		FIX,
	);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? { ...value } : undefined;
	} catch {
		return undefined;
	}
}
