import fc from 'fast-check';
import { shortened, withoutSecrets } from '../../nodes/shared/wechat/said';
import { growthOf } from './processorTime.cts';

const TOKEN = '92_AbC-dEf_0123456789';
const CODE = '0A+/ $%*b';
const URL = 'P.URL.CN/0A+B $%*-./:C D';

const hex = (char: string) => Buffer.from(char).toString('hex');

describe('withoutSecrets', () => {
	const forms: Array<[string, (secret: string) => string]> = [
		['as it is', (secret) => secret],
		['in lower case', (secret) => secret.toLowerCase()],
		['in upper case', (secret) => secret.replace(/[a-z]/g, (char) => char.toUpperCase())],
		['URL-encoded', encodeURIComponent],
		['URL-encoded in lower case', (secret) => encodeURIComponent(secret).toLowerCase()],
		['URL-encoded, a space as +', (secret) => encodeURIComponent(secret).replaceAll('%20', '+')],
		['with + for a space, and nothing else', (secret) => secret.replaceAll(' ', '+')],
		[
			'URL-encoded as Java does',
			(secret) => new URLSearchParams({ s: secret }).toString().slice(2),
		],
		['URL-encoded but for / and :', encodeURI],
		['URL-encoded twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
		[
			'each byte URL-encoded',
			(secret) => Buffer.from(secret).toString('hex').replace(/../g, '%$&'),
		],
		['JSON-escaped', (secret) => JSON.stringify(secret).slice(1, -1)],
		['with \\/', (secret) => secret.replaceAll('/', '\\/')],
		['with \\\\\\/', (secret) => secret.replaceAll('/', '\\\\\\/')],
		['with \\u002b', (secret) => secret.replace(/[+/$]/g, (char) => `\\u00${hex(char)}`)],
		[
			'with \\u002B',
			(secret) => secret.replace(/[+/$]/g, (char) => `\\u00${hex(char).toUpperCase()}`),
		],
		['with \\\\u002b', (secret) => secret.replace(/[+/$]/g, (char) => `\\\\u00${hex(char)}`)],
	];

	describe.each(forms)('masks a secret %s', (_form, change) => {
		it.each([TOKEN, CODE, URL, 'ключ 一物一码', '"quoted\\"', '%2F%252f+'])('%j', (secret) => {
			const masked = withoutSecrets(`bad <${change(secret)}> rid: 1-2`, [secret]);
			// A backslash before it tells nothing.
			expect(masked).toMatch(/^bad <\\*\*\*\*> rid: 1-2$/);
		});
	});

	it('masks every one, wherever it stands, and changes nothing else', () => {
		const text = `${TOKEN}${TOKEN} and $& of ${CODE}, ${CODE}`;
		expect(withoutSecrets(text, ['', CODE, TOKEN])).toBe('****** and $& of ***, ***');
		expect(withoutSecrets('80303 is fine', [TOKEN])).toBe('80303 is fine');
		expect(withoutSecrets('', [TOKEN])).toBe('');
		expect(withoutSecrets('no secret', [])).toBe('no secret');
	});

	it.each([
		['one within another', ['abcd', 'abcdefgh'], 'x abcdefgh y', 'x *** y'],
		['one at the end of another', ['efgh', 'abcdefgh'], 'x abcdefgh y', 'x *** y'],
		['two that overlap', ['abcdef', 'efghij'], 'x abcdefghij y', 'x *** y'],
		['one that overlaps itself', ['aba'], 'x ababa y', 'x *** y'],
	])('leaves no rest of %s', (_what, secrets, text, masked) => {
		expect(withoutSecrets(text, secrets)).toBe(masked);
		expect(withoutSecrets(text, [...secrets].reverse())).toBe(masked);
	});

	it('leaves no first half of one that the text is cut off in', () => {
		expect(withoutSecrets(`token ${TOKEN.slice(0, 9)}`, [TOKEN])).toBe('token ***');
		for (const encoded of [
			encodeURIComponent(URL),
			URL.replace(/[+/$]/g, (c) => `\\u00${hex(c)}`),
		]) {
			for (let length = 11; length < encoded.length; length++) {
				const url = encoded.slice(0, length);
				expect(withoutSecrets(`url ${url}`, [URL])).toBe('url ***');
			}
		}
		expect(withoutSecrets('the code 0', [CODE])).toBe('the code 0');
	});

	it.each([
		['x%2Bcdef gh', '2Bcdef gh', 'x%***'],
		['x\\u0041cdefgh', '0041cdefgh', 'x\\u***'],
	])('is not misled by what stands before it: %s', (text, secret, masked) => {
		expect(withoutSecrets(text, [secret])).toBe(masked);
	});

	it('reads no more of a text than could be shown, but that without a rest of a secret', () => {
		for (let length = 3_900; length <= 4_010; length++) {
			const masked = withoutSecrets('x'.repeat(length) + TOKEN + 'y'.repeat(1_000), [TOKEN]);
			expect(masked).toMatch(/^x+(\*\*\*y*)?$/);
		}
	});

	it.each(['\\', '%', 'a', '%25', '\\u005c'])('reads of a text of %s not all', (char) => {
		const secrets = ['\\'.repeat(512), '%'.repeat(512), 'a'.repeat(512), TOKEN];
		const textOf = (size: number) => char.repeat(size);
		expect(growthOf(20_000, textOf, (text) => withoutSecrets(text, secrets))).toBeLessThan(4);
	});

	it('never shows a secret, whatever it and the text around it are', () => {
		const secret = fc.string({ unit: 'binary', minLength: 6, maxLength: 40 });
		const around = fc.string({ unit: 'binary', maxLength: 400 });
		fc.assert(
			fc.property(secret, around, around, (one, before, after) => {
				const text = withoutSecrets(`${before}${one}${after}`, [one]);
				expect(text.toLowerCase()).not.toContain(one.toLowerCase());
			}),
		);
	});
});

describe('shortened', () => {
	it('leaves 300 characters as they are, and cuts more', () => {
		expect(shortened('x'.repeat(300))).toBe('x'.repeat(300));
		expect(shortened('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
		expect(shortened('')).toBe('');
	});

	it('cuts no character in two', () => {
		expect(shortened('x'.repeat(298) + '😀'.repeat(9))).toBe(`${'x'.repeat(298)}…`);
		expect(shortened('一'.repeat(999))).toHaveLength(300);
	});
});
