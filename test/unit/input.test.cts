import { packageIn } from '../../nodes/shared/codePackage/input';
import { encrypt, packageErrorOf, rowsOf, textOf } from './packages.cts';

const ROWS = rowsOf({ start: 0, end: 19 });
const ENCRYPTED = encrypt(textOf(ROWS), 'Qx7+pL/2vN9dTe4R');
const BASE64 = ENCRYPTED.toString('base64');
const opened = (text: string | Buffer) => packageIn(Buffer.from(text));

describe('packageIn', () => {
	it.each([
		['json', `{"errcode":0,"errmsg":"ok","buffer":"${BASE64}"}`],
		['json', `{"buffer":"${BASE64.replaceAll('/', '\\/')}"}`],
		['json', `{\n  "buffer": "${BASE64.replace(/.{64}/g, '$&\\n')}"\n}\n`],
		['json', ` \r\n{"buffer":"${BASE64}"}`],
		['json', `\ufeff{"buffer":"${BASE64}"}`],
		['base64', BASE64],
		['base64', `\ufeff${BASE64}`],
		['base64', `\n${BASE64.replace(/.{76}/g, '$&\r\n')}\r\n`],
		['raw', ENCRYPTED],
	])('takes %s', (form, file) => {
		expect(opened(file)).toEqual({ encrypted: ENCRYPTED, form });
	});

	it('takes bytes that happen to begin with a brace', () => {
		const bytes = Buffer.from(ENCRYPTED);
		bytes.write('{');
		expect(opened(bytes)).toEqual({ encrypted: bytes, form: 'raw' });
	});

	it.each([
		['an empty file', '', 'The file is empty'],
		['white space', ' \n', 'WeChat sent an empty package'],
		['an answer without a package', '{"errcode":0}', 'The JSON answer holds no buffer'],
		['a buffer that is no text', '{"buffer":null}', 'The JSON answer holds no buffer'],
		[
			'an error of WeChat’s',
			'{"errcode":80309,"errmsg":"file expired"}',
			"The JSON answer is an error of WeChat's (errcode 80309) and holds no package",
		],
		['a decrypted package', textOf(ROWS), 'The file is decrypted already: it holds rows of codes'],
		['damaged base64', BASE64.slice(1), /^The package is damaged/],
		[
			'damaged base64 in JSON',
			`{"buffer":"${BASE64.replace('A', '#')}"}`,
			/^The package is damaged/,
		],
		['base64 that was cut off', BASE64.slice(0, 1000), /^The package is cut off/],
		['bytes that were cut off', ENCRYPTED.subarray(1), /^The file is not a package/],
		['a page', '<html><body>502</body></html>', /^The file is not a package/],
		['half a JSON answer', `{"buffer":"${BASE64}`.slice(0, 1001), /^The file is not a package/],
	])('refuses %s', (_what, file, message) => {
		const secrets = ROWS.flatMap(({ code, url }) => [code, url]);
		expect(packageErrorOf(() => opened(file), secrets).message).toMatch(message);
	});
});
