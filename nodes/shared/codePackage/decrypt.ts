import { createDecipheriv } from 'crypto';
import { PackageError } from './errors';

const BLOCK_BYTES = 16;
const KEY_CHARACTERS = 16;

/** How many decrypted bytes are looked at to tell text from what a wrong key makes of it. */
const PROBE_BYTES = 256;

const ASK_AGAIN =
	'Run the node again, with a fresh download. If it stays so, download a single segment and send WeChat its application ID and range.';

/**
 * The 16 bytes of an account's package key, which serve as AES key and as IV.
 *
 * @throws PackageError if the key isn't 16 printable ASCII characters; the error never shows it
 */
export function packageKeyBytes(packageKey: string): Buffer {
	const fix =
		'Copy the 16-character key that WeChat issued with the approval of 一物一码 into the credential, without spaces before or after it.';
	if (packageKey === '') {
		throw new PackageError('The credential has no package key', fix);
	}
	if (packageKey.length !== KEY_CHARACTERS) {
		const spaces = packageKey === packageKey.trim() ? '' : ' and begins or ends with white space';
		throw new PackageError(
			`The package key has ${packageKey.length} characters instead of ${KEY_CHARACTERS}${spaces}`,
			fix,
		);
	}
	if (!/^[\x21-\x7e]+$/.test(packageKey)) {
		throw new PackageError('The package key holds a space or a character that is not ASCII', fix);
	}
	return Buffer.from(packageKey, 'ascii');
}

/**
 * The encrypted bytes of a package, from the base64 text that WeChat sends as `buffer`.
 * White space is fine; anything else that Node's decoder would silently skip is an error.
 *
 * @throws PackageError if the text is empty, damaged or cut off
 */
export function decodePackage(base64: string): Buffer {
	const text = /\s/.test(base64) ? base64.replace(/\s+/g, '') : base64;
	if (text === '') {
		throw new PackageError('WeChat sent an empty package', ASK_AGAIN);
	}
	const encrypted = Buffer.from(text, 'base64');
	// Encoding it again is the strictest check there is: it finds foreign characters, missing padding
	// and bits that no encoder sets.
	if (encrypted.toString('base64') !== text) {
		throw new PackageError('The package is damaged: it is not valid base64', ASK_AGAIN);
	}
	if (encrypted.length % BLOCK_BYTES !== 0) {
		throw new PackageError(
			`The package is cut off: ${encrypted.length} bytes are not a whole number of ${BLOCK_BYTES}-byte AES blocks`,
			ASK_AGAIN,
		);
	}
	return encrypted;
}

/**
 * The text of a package: AES-128-CBC, key = IV = `key`, PKCS#7 padding removed once.
 *
 * @param encrypted whole 16-byte blocks, as `decodePackage` returns them
 * @param key 16 bytes, as `packageKeyBytes` returns them
 * @throws PackageError if the key is not this package's or the end of the package is missing
 */
export function decryptPackage(encrypted: Buffer, key: Buffer): Buffer {
	const decipher = createDecipheriv('aes-128-cbc', key, key);
	const text = decipher.update(encrypted);
	const rest = finalBytes(decipher);
	if (!isAsciiText(rest && text.length === 0 ? rest : text)) {
		throw new PackageError(
			'The package key does not open this package',
			"Compare the credential's package key with the one that WeChat issued for this account, and make sure that the application is this account's.",
		);
	}
	if (rest === undefined) {
		throw new PackageError('The package is cut off: its last bytes are missing', ASK_AGAIN);
	}
	return rest.length === 0 ? text : Buffer.concat([text, rest]);
}

/** The bytes that end the text, or undefined if there is no valid padding behind them. */
function finalBytes(decipher: ReturnType<typeof createDecipheriv>): Buffer | undefined {
	try {
		return decipher.final();
	} catch {
		return undefined;
	}
}

/** Tells whether the first bytes are tabs, line ends and printable ASCII (behind a byte order mark). */
function isAsciiText(text: Buffer): boolean {
	return /^(?:\xef\xbb\xbf)?[\t\r\n\x20-\x7e]*$/.test(text.toString('latin1', 0, PROBE_BYTES));
}
