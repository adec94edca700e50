import { createDecipheriv } from 'node:crypto';
import { Decryptor, WholeBlocks, packageKeyBytes } from '../../nodes/shared/codePackage/decrypt';
import { encrypt, packageErrorOf, rowsOf, textOf } from './packages.cts';
import { piecesOf, through } from './reading.cts';

const KEY = 'Qx7+pL/2vN9dTe4R';
const ROWS = rowsOf({ start: 0, end: 19 }, 0, { latticeWidth: 68 });
const TEXT = textOf(ROWS);
const CODES = ROWS.map(({ code }) => code);
const ENCRYPTED = encrypt(TEXT, KEY);

describe('packageKeyBytes', () => {
	it('takes the 16 characters as they are, however base64-like they look', () => {
		expect(packageKeyBytes(KEY)).toEqual(Buffer.from(KEY, 'latin1'));
		expect(packageKeyBytes('!"#$%&\'()*+,-./~')).toHaveLength(16);
		expect(packageKeyBytes('AAAAAAAAAAAAAA==')).toHaveLength(16);
	});

	it.each([
		['missing', '', 'The credential has no package key'],
		['too short', KEY.slice(1), 'The package key has 15 characters instead of 16'],
		['too long', `${KEY}Z`, 'The package key has 17 characters instead of 16'],
		[
			'copied with the line end',
			`${KEY}\n`,
			'The package key has 17 characters instead of 16 and begins or ends with white space',
		],
		[
			'copied with the space before it',
			` ${KEY}`,
			'The package key has 17 characters instead of 16 and begins or ends with white space',
		],
		['of spaces', ' '.repeat(16), /a space or a character that is not ASCII/],
		['with a space in it', `${KEY.slice(0, 7)} ${KEY.slice(8)}`, /a space or/],
		['with a space for its last character', `${KEY.slice(0, 15)} `, /a space or/],
		['with a tab', `${KEY.slice(0, 15)}\t`, /a space or/],
		['with a control character', `${KEY.slice(0, 15)}\x7f`, /a space or/],
		['with an accent', `${KEY.slice(0, 15)}é`, /not ASCII/],
		['with a full-width plus sign', `${KEY.slice(0, 3)}＋${KEY.slice(4)}`, /not ASCII/],
		['with a zero-width space', `${KEY.slice(0, 15)}\u200b`, /not ASCII/],
	])('refuses a key that is %s, and never shows it', (_what, packageKey, message) => {
		const error = packageErrorOf(
			() => packageKeyBytes(packageKey),
			[packageKey.trim(), KEY.slice(1, 6)],
		);
		expect(error.message).toMatch(message);
		expect(error.description).toContain('16-character key');
	});
});

describe('WholeBlocks', () => {
	const pass = (bytes: Buffer, size = 1 << 20) => through(new WholeBlocks(), piecesOf(bytes, size));

	it('passes whole blocks on as they are', () => {
		for (const size of [1, 16, 100, 1 << 20]) {
			expect(pass(ENCRYPTED, size).equals(ENCRYPTED)).toBe(true);
		}
	});

	it('refuses nothing at all', () => {
		expect(packageErrorOf(() => pass(Buffer.alloc(0))).message).toBe(
			'WeChat sent an empty package',
		);
	});

	it.each([1, 5, 15])('refuses bytes of which the last %d of a block are missing', (bytes) => {
		const cut = ENCRYPTED.subarray(0, -bytes);
		for (const size of [7, 1 << 20]) {
			expect(packageErrorOf(() => pass(cut, size)).message).toBe(
				`The package is cut off: ${cut.length} bytes are not a whole number of 16-byte AES blocks`,
			);
		}
	});
});

describe('Decryptor', () => {
	const key = packageKeyBytes(KEY);
	const decrypt = (encrypted: Buffer, own = key, size = 1 << 20) =>
		through(new Decryptor(own), piecesOf(encrypted, size));

	it.each([1, 15, 16, 17, 255, 256, 257])('decrypts pieces of %d bytes', (size) => {
		expect(decrypt(ENCRYPTED, key, size).equals(TEXT)).toBe(true);
	});

	it.each([0, 1, 15, 16, 17, 31, 32, 300])('removes the padding of %d bytes once', (length) => {
		const text = Buffer.alloc(length, '0123456789\n');
		expect(decrypt(encrypt(text, KEY)).equals(text)).toBe(true);
	});

	it.each(['\n', '\t', '\r\n'])('keeps %j at the end, which looks like padding', (end) => {
		const text = Buffer.from(`code${end.repeat(13)}`);
		expect(decrypt(encrypt(text, KEY)).equals(text)).toBe(true);
	});

	it('finds that the end is missing, wherever the package was cut', () => {
		for (let length = 32; length < ENCRYPTED.length; length += 16) {
			const error = packageErrorOf(() => decrypt(ENCRYPTED.subarray(0, length)), [...CODES, KEY]);
			expect(error.message).toBe('The package is cut off: its last bytes are missing');
		}
	});

	it('does not guess why it can not open a single block', () => {
		const error = packageErrorOf(() => decrypt(ENCRYPTED.subarray(0, 16)), [...CODES, KEY]);
		expect(error.message).toBe('The package key does not open this package');
	});

	it('refuses a package whose first block is missing', () => {
		const error = packageErrorOf(() => decrypt(ENCRYPTED.subarray(16)), CODES);
		expect(error.message).toBe('The package key does not open this package');
	});

	it("refuses another account's key", () => {
		const other = 'Qx7+pL/2vN9dTe4S';
		const work = () => decrypt(ENCRYPTED, packageKeyBytes(other));
		const error = packageErrorOf(work, [other, KEY, ...CODES]);
		expect(error.message).toBe('The package key does not open this package');
		expect(error.description).toContain("credential's package key");
	});

	it('refuses a wrong key also where one in 256 leaves valid padding', () => {
		const keys = Array.from({ length: 2000 }, (_, n) => `wrong-key-${n}`.padEnd(16, '!'));
		const passing = keys.filter((candidate) => hasValidPadding(ENCRYPTED, candidate));
		expect(passing.length).toBeGreaterThan(0);
		for (const candidate of passing) {
			const error = packageErrorOf(() => decrypt(ENCRYPTED, Buffer.from(candidate)));
			expect(error.message).toBe('The package key does not open this package');
		}
	});

	it('finds a wrong key at the first bytes, before the rest has arrived', () => {
		const decryptor = new Decryptor(Buffer.from('Qx7+pL/2vN9dTe4S'));
		packageErrorOf(() => decryptor.push(ENCRYPTED.subarray(0, 64)));
	});

	it('takes text that is none behind the first 256 bytes for a fault of its rows', () => {
		const text = Buffer.concat([Buffer.alloc(256, '0'), Buffer.from([0, 255, 128])]);
		expect(decrypt(encrypt(text, KEY)).equals(text)).toBe(true);
		for (const at of [0, 100, 254]) {
			const early = Buffer.alloc(300, '0');
			early[at] = 0x80;
			for (const size of [1 << 20, 16]) {
				const error = packageErrorOf(() => decrypt(encrypt(early, KEY), key, size));
				expect(error.message).toBe('The package key does not open this package');
			}
		}
	});

	it('opens a package that begins with a byte order mark', () => {
		const text = textOf(ROWS, { byteOrderMark: true });
		expect(decrypt(encrypt(text, KEY)).equals(text)).toBe(true);
	});
});

function hasValidPadding(encrypted: Buffer, key: string): boolean {
	const decipher = createDecipheriv('aes-128-cbc', key, key);
	decipher.update(encrypted);
	try {
		decipher.final();
		return true;
	} catch {
		return false;
	}
}
