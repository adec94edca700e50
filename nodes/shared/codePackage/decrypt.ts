import { createDecipheriv } from 'crypto';
import { PackageError } from './packageError';
import { ASK_AGAIN, type Stage } from './stage';

const BLOCK_BYTES = 16;
const KEY_CHARACTERS = 16;

/** How many decrypted bytes are looked at to tell text from what a wrong key makes of it. */
const PROBE_BYTES = 256;

/**
 * The 16 bytes of an account's package key, which serve as AES key and as IV.
 *
 * @throws PackageError if the key isn't 16 printable ASCII characters; the error never shows it
 */
export function packageKeyBytes(packageKey: string): Buffer {
	const fix =
		'Copy the 16-character key that WeChat issued with the approval for marketcode into the credential, without spaces before or after it.';
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

/** Makes sure that encrypted bytes are whole AES blocks, and passes them on. */
export class WholeBlocks implements Stage {
	private bytes = 0;

	push(chunk: Buffer): Buffer {
		this.bytes += chunk.length;
		return chunk;
	}

	/** @throws PackageError if there are no bytes, or some of the last block are missing */
	end(): Buffer {
		if (this.bytes === 0) throw new PackageError('WeChat sent an empty package', ASK_AGAIN);
		if (this.bytes % BLOCK_BYTES !== 0) {
			throw new PackageError(
				`The package is cut off: ${this.bytes} bytes are not a whole number of ${BLOCK_BYTES}-byte AES blocks`,
				ASK_AGAIN,
			);
		}
		return Buffer.alloc(0);
	}
}

/** Makes a package's text of its encrypted bytes: AES-128-CBC, key = IV, PKCS#7 padding removed once. */
export class Decryptor implements Stage {
	private readonly decipher: ReturnType<typeof createDecipheriv>;
	private probed = 0;

	/** @param key 16 bytes, as `packageKeyBytes` returns them */
	constructor(key: Buffer) {
		this.decipher = createDecipheriv('aes-128-cbc', key, key);
	}

	/** @throws PackageError if the key is not this package's */
	push(encrypted: Buffer): Buffer {
		return this.probe(this.decipher.update(encrypted));
	}

	/** @throws PackageError if the key is not this package's, or the package's end is missing */
	end(): Buffer {
		const text = this.lastBytes();
		if (text) return this.probe(text);
		throw this.probed > 0
			? new PackageError('The package is cut off: its last bytes are missing', ASK_AGAIN)
			: wrongKey();
	}

	/** The bytes that end the text, or undefined if there is no valid padding behind them. */
	private lastBytes(): Buffer | undefined {
		try {
			return this.decipher.final();
		} catch {
			return undefined;
		}
	}

	/** Holds the first bytes to what a package is: tabs, line ends and printable ASCII (behind a byte order mark). */
	private probe(text: Buffer): Buffer {
		if (this.probed >= PROBE_BYTES) return text;
		const first = text.toString('latin1', 0, PROBE_BYTES - this.probed);
		const rest = this.probed === 0 ? first.replace(/^\xef\xbb\xbf/, '') : first;
		if (!/^[\t\r\n\x20-\x7e]*$/.test(rest)) throw wrongKey();
		this.probed += first.length;
		return text;
	}
}

const wrongKey = () =>
	new PackageError(
		'The package key does not open this package',
		"Compare the credential's package key with the one that WeChat issued for this account, and make sure that the application is this account's.",
	);
