import fc from 'fast-check';
import { Base64Decoder } from '../../nodes/shared/codePackage/base64';
import { PackageError } from '../../nodes/shared/codePackage/packageError';
import { encrypt, packageErrorOf, rowsOf, textOf } from './packages.cts';
import { cutAt, cutsOf, firstCodes, piecesOf, readSegment, through } from './reading.cts';

const KEY = 'Qx7+pL/2vN9dTe4R';
const ENCRYPTED = encrypt(textOf(rowsOf({ start: 0, end: 9 })), KEY);
const BASE64 = ENCRYPTED.toString('base64');
const DAMAGED = 'The package is damaged: it is not valid base64';

const decode = (text: string, size = 1 << 20) =>
	through(new Base64Decoder(), piecesOf(Buffer.from(text, 'latin1'), size));

/** What a strict reading of RFC 4648, section 4 gives, white space aside; undefined: it is none. */
function strictly(text: string): Buffer | undefined {
	const groups = text.replace(/[ \t\r\n]/g, '');
	if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(groups)) {
		return undefined;
	}
	const bits = [...groups.replace(/=/g, '')]
		.map((character) => ALPHABET.indexOf(character).toString(2).padStart(6, '0'))
		.join('');
	const left = bits.slice(bits.length - (bits.length % 8));
	if (left.includes('1')) return undefined;
	return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes, or undefined where the text is refused. */
function decodedOrRefused(pieces: readonly Buffer[]): Buffer | undefined {
	try {
		return through(new Base64Decoder(), pieces);
	} catch (error) {
		if (error instanceof PackageError) return undefined;
		throw error;
	}
}

describe('Base64Decoder', () => {
	it('decodes', () => {
		for (const size of [1, 2, 3, 4, 5, 64, 1 << 20]) {
			expect(decode(BASE64, size).equals(ENCRYPTED)).toBe(true);
		}
	});

	it.each([
		['', ''],
		['Zg==', 'f'],
		['Zm8=', 'fo'],
		['Zm9v', 'foo'],
		['Zm9vYg==', 'foob'],
		['Zm9vYmE=', 'fooba'],
		['Zm9vYmFy', 'foobar'],
	])('decodes %j as RFC 4648 has it', (text, bytes) => {
		for (const size of [1, 2, 3, 4, 5]) expect(decode(text, size).toString()).toBe(bytes);
	});

	it('takes white space anywhere', () => {
		const wrapped = ` \r\n${BASE64.replace(/.{76}/g, '$&\r\n')}\t\n`;
		expect(wrapped).not.toBe(BASE64);
		const sprinkled = BASE64.replace(/./g, '$& \t\r\n ');
		for (const text of [wrapped, sprinkled]) {
			for (const size of [1, 3, 4, 77, 1 << 20]) {
				expect(decode(text, size).equals(ENCRYPTED)).toBe(true);
			}
		}
	});

	it('takes white space between padding', () => {
		for (const size of [1, 2, 3, 4, 5, 9])
			expect(decode('Z g\n= \t=\r ', size).toString()).toBe('f');
	});

	const middle = BASE64.length >>> 1;
	const put = (text: string) => BASE64.slice(0, middle) + text + BASE64.slice(middle + text.length);
	const ONE_PADDED = Buffer.alloc(32, 'x').toString('base64');

	it.each([
		['a foreign character', put('#')],
		['a letter that is not ASCII', put('é')],
		['a NUL', put('\0')],
		['a vertical tab', put('\v')],
		['a form feed', put('\f')],
		['a no-break space', put('\u00a0')],
		['a vertical tab too many', `${BASE64.slice(0, 40)}\v${BASE64.slice(40)}`],
		['a form feed too many', `${BASE64}\f`],
		['a no-break space too many', `${BASE64}\u00a0`],
		['a byte order mark', `\xef\xbb\xbf${BASE64}`],
		['padding in the middle', put('=')],
		['a padded text behind another', `${ONE_PADDED}${ONE_PADDED}`],
		['the url-safe minus', put('-')],
		['the url-safe underscore', put('_')],
		['the url-safe minus at the end', `${BASE64.slice(0, -4)}AAA-`],
		['a character too many', `${BASE64.slice(0, middle)}A${BASE64.slice(middle)}`],
		['a single character', 'A'],
		['padding alone', '===='],
		['no padding', ONE_PADDED.replace('=', '')],
		['too much padding', `${ONE_PADDED}=`],
		['a character behind the padding', `${ONE_PADDED}A`],
		['a group behind the padding', `${ONE_PADDED}AAAA`],
		['bits that no encoder sets', ONE_PADDED.replace(/.=$/, '5=')],
		['an escaped slash', put('\\/')],
		['a data URL before it', `data:;base64,${BASE64}`],
		['an error page', '<html><body>502 Bad Gateway</body></html>'],
	])('refuses %s', (_what, base64) => {
		for (const size of [1, 3, 4, 64, 1 << 20]) {
			const error = packageErrorOf(() => decode(base64, size), [BASE64.slice(0, 40)]);
			expect(error.message).toBe(DAMAGED);
		}
	});

	it('tells the traps from what is right', () => {
		expect(ONE_PADDED).toMatch(/[^=]=$/);
		expect(decode(ONE_PADDED)).toHaveLength(32);
		expect(BASE64).toMatch(/[+/]/);
	});

	it('refuses what it can refuse before the rest has arrived', () => {
		const decoder = new Base64Decoder();
		packageErrorOf(() => decoder.push(Buffer.from(`${BASE64.slice(0, 64)}#AAAA`)));
	});

	it('refuses text that was cut within a group of four characters', () => {
		for (const cut of [1, 2, 3]) {
			const error = packageErrorOf(() => decode(BASE64.slice(0, -4 - cut)));
			expect(error.message).toBe(DAMAGED);
		}
	});
});

describe('a package', () => {
	const open = (base64: string) =>
		readSegment([Buffer.from(base64)], { segment: firstCodes(10), key: Buffer.from(KEY) });

	it.each([
		['nothing', ''],
		['white space', ' \r\n'],
	])('that is %s is empty', (_what, base64) => {
		expect(packageErrorOf(() => open(base64)).message).toBe('WeChat sent an empty package');
	});

	it('that was cut is damaged or cut off', () => {
		for (let cut = 1; cut < 100; cut++) {
			const error = packageErrorOf(() => open(BASE64.slice(0, -cut)));
			expect(error.message).toMatch(/^The package is (damaged|cut off)/);
		}
	});
});

describe('base64, whatever comes', () => {
	const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((array) => Buffer.from(array));
	const alphabet = fc.constantFrom(...ALPHABET, '=', ' ', '\n', '-', '_', '\r', '\t');

	/** Encoded bytes with a few characters put in, taken out or exchanged. */
	const nearly = fc
		.tuple(
			bytes,
			fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 1 }), alphabet), { maxLength: 3 }),
		)
		.map(([own, changes]) =>
			changes.reduce((text, [place, left, character]) => {
				const at = place % (text.length + 1);
				return text.slice(0, at) + character + text.slice(at + left);
			}, own.toString('base64')),
		);
	const anything = fc.array(fc.oneof(alphabet, fc.string({ maxLength: 1 })), { maxLength: 24 });
	const short = fc.array(alphabet, { maxLength: 10 });

	it('agrees with a strict reading, however it is cut', () => {
		const text = fc.oneof(
			nearly,
			anything.map((characters) => characters.join('')),
			short.map((characters) => characters.join('')),
		);
		const cut = text.chain((own) => fc.tuple(fc.constant(own), cutsOf(Buffer.from(own))));
		let accepted = 0;
		fc.assert(
			fc.property(cut, ([own, cuts]) => {
				const expected = strictly(own);
				if (expected) accepted++;
				expect(decodedOrRefused(cutAt(Buffer.from(own), cuts))).toEqual(expected);
			}),
			{ numRuns: 10_000 },
		);
		// The texts are neither all right nor all wrong.
		expect(accepted).toBeGreaterThan(500);
		expect(accepted).toBeLessThan(9_500);
	});

	it('with any one character changed, is refused or gives other bytes', () => {
		const character = fc.oneof(
			fc.string({ minLength: 1, maxLength: 1 }),
			fc.constantFrom(...'-_=A+/ \n'),
		);
		fc.assert(
			fc.property(bytes, fc.nat(), character, (own, seed, other) => {
				const text = own.toString('base64');
				const at = seed % text.length;
				fc.pre(text[at] !== other);
				const changed = Buffer.from(text.slice(0, at) + other + text.slice(at + 1));
				expect(decodedOrRefused([changed])?.equals(own) ?? false).toBe(false);
			}),
			{ numRuns: 1000 },
		);
	});

	it('with any one character missing, is refused', () => {
		fc.assert(
			fc.property(bytes, fc.nat(), (own, seed) => {
				const text = own.toString('base64');
				const at = seed % text.length;
				const cut = Buffer.from(text.slice(0, at) + text.slice(at + 1));
				expect(decodedOrRefused([cut])).toBeUndefined();
			}),
		);
	});
});
