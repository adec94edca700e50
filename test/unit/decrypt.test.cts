import { createDecipheriv } from 'node:crypto';
import {
	decodePackage,
	decryptPackage,
	packageKeyBytes,
} from '../../nodes/shared/codePackage/decrypt';
import { encrypt, packageErrorOf, rowsOf, textOf } from './packages.cts';

const KEY = 'Qx7+pL/2vN9dTe4R';
const ROWS = rowsOf({ start: 0, end: 19 });
const TEXT = textOf(ROWS);
const CODES = ROWS.map(({ code }) => code);
const ENCRYPTED = encrypt(TEXT, KEY);
const BASE64 = ENCRYPTED.toString('base64');

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

describe('decodePackage', () => {
	it('decodes base64', () => {
		expect(decodePackage(BASE64).equals(ENCRYPTED)).toBe(true);
	});

	it('takes white space anywhere', () => {
		const spaced = ` \r\n${BASE64.replace(/.{76}/g, '$&\r\n')}\t\n`;
		expect(spaced).not.toBe(BASE64);
		expect(decodePackage(spaced).equals(ENCRYPTED)).toBe(true);
	});

	const middle = BASE64.length >>> 1;
	const put = (text: string) => BASE64.slice(0, middle) + text + BASE64.slice(middle + text.length);
	const ONE_PADDED = Buffer.alloc(32, 'x').toString('base64');

	it.each([
		['a foreign character', put('#')],
		['a letter that is not ASCII', put('é')],
		['a NUL', put('\0')],
		['padding in the middle', put('=')],
		['the url-safe minus', put('-')],
		['the url-safe underscore', put('_')],
		['a character too many', `${BASE64.slice(0, middle)}A${BASE64.slice(middle)}`],
		['no padding', ONE_PADDED.replace('=', '')],
		['too much padding', `${ONE_PADDED}=`],
		['bits that no encoder sets', ONE_PADDED.replace(/.=$/, '5=')],
		['an escaped slash', put('\\/')],
		['a data URL before it', `data:;base64,${BASE64}`],
		['an error page', '<html><body>502 Bad Gateway</body></html>'],
	])('refuses %s', (_what, base64) => {
		const error = packageErrorOf(() => decodePackage(base64), [BASE64.slice(0, 40)]);
		expect(error.message).toBe('The package is damaged: it is not valid base64');
	});

	it('tells the traps from what is right', () => {
		expect(ONE_PADDED).toMatch(/[^=]=$/);
		expect(decodePackage(ONE_PADDED)).toHaveLength(32);
		expect(BASE64).toMatch(/[+/]/);
	});

	it.each([
		['nothing', ''],
		['white space', ' \r\n'],
	])('refuses %s', (_what, base64) => {
		const error = packageErrorOf(() => decodePackage(base64));
		expect(error.message).toBe('WeChat sent an empty package');
	});

	it.each([1, 5, 15])('refuses bytes of which the last %d of a block are missing', (bytes) => {
		const cut = ENCRYPTED.subarray(0, -bytes);
		const error = packageErrorOf(() => decodePackage(cut.toString('base64')));
		expect(error.message).toBe(
			`The package is cut off: ${cut.length} bytes are not a whole number of 16-byte AES blocks`,
		);
	});

	it('refuses text that was cut within a group of four characters', () => {
		const error = packageErrorOf(() => decodePackage(BASE64.slice(0, -5)));
		expect(error.message).toMatch(/^The package is (damaged|cut off)/);
	});
});

describe('decryptPackage', () => {
	const key = packageKeyBytes(KEY);

	it.each([0, 1, 15, 16, 17, 31, 32, 300])('removes the padding of %d bytes once', (length) => {
		const text = Buffer.alloc(length, '0123456789\n');
		expect(decryptPackage(encrypt(text, KEY), key).equals(text)).toBe(true);
	});

	it.each(['\n', '\t', '\r\n'])('keeps %j at the end, which looks like padding', (end) => {
		const text = Buffer.from(`code${end.repeat(13)}`);
		expect(decryptPackage(encrypt(text, KEY), key).equals(text)).toBe(true);
	});

	it('finds that the end is missing, wherever the package was cut', () => {
		for (let length = 16; length < ENCRYPTED.length; length += 16) {
			const error = packageErrorOf(
				() => decryptPackage(ENCRYPTED.subarray(0, length), key),
				[...CODES, KEY],
			);
			expect(error.message).toBe('The package is cut off: its last bytes are missing');
		}
	});

	it('refuses a package whose first block is missing', () => {
		const error = packageErrorOf(() => decryptPackage(ENCRYPTED.subarray(16), key), CODES);
		expect(error.message).toBe('The package key does not open this package');
	});

	it("refuses another account's key", () => {
		const other = 'Qx7+pL/2vN9dTe4S';
		const work = () => decryptPackage(ENCRYPTED, packageKeyBytes(other));
		const error = packageErrorOf(work, [other, KEY, ...CODES]);
		expect(error.message).toBe('The package key does not open this package');
		expect(error.description).toContain("credential's package key");
	});

	it('refuses a wrong key also where one in 256 leaves valid padding', () => {
		const keys = Array.from({ length: 2000 }, (_, n) => `wrong-key-${n}`.padEnd(16, '!'));
		const passing = keys.filter((candidate) => hasValidPadding(ENCRYPTED, candidate));
		expect(passing.length).toBeGreaterThan(0);
		for (const candidate of passing) {
			const error = packageErrorOf(() => decryptPackage(ENCRYPTED, Buffer.from(candidate)));
			expect(error.message).toBe('The package key does not open this package');
		}
	});

	it('opens a package that begins with a byte order mark', () => {
		const text = textOf(ROWS, { byteOrderMark: true });
		expect(decryptPackage(encrypt(text, KEY), key).equals(text)).toBe(true);
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
