import { PackageError } from '../../nodes/shared/codePackage/packageError';
import { SAMPLE_BYTES, formOf, withoutMark } from '../../nodes/shared/codePackage/input';
import { WechatError } from '../../nodes/shared/wechat/wechatErrors';
import { readPackage } from '../../nodes/Marketcode/package/packageFile';
import { SegmentReader } from '../../nodes/shared/codePackage/reader';
import { encrypt, packageErrorOf, rowsOf, textOf } from './packages.cts';
import { SEED, WHOLE, fileOf, firstCodes, piecesOf } from './reading.cts';

const KEY = 'Qx7+pL/2vN9dTe4R';
const ROWS = rowsOf({ start: 0, end: 39 });
const TEXT = textOf(ROWS);
const ENCRYPTED = encrypt(TEXT, KEY);
const BASE64 = ENCRYPTED.toString('base64');
const SECRETS = ROWS.flatMap(({ code, url }) => [code, url]);

async function* inPieces(file: Buffer, size: number) {
	yield* piecesOf(file, size);
}

const ENCRYPTED_AS_IT_IS = {
	segment: firstCodes(40),
	key: undefined,
	seed: SEED,
	compare: false,
	verify: 'fail',
	writer: undefined,
	parts: WHOLE,
	isCounted: false,
	picks: undefined,
} as const;

/** The package in a file, still encrypted, or decrypted with the key. */
async function opened(file: string | Buffer, size = 1 << 20, key?: Buffer) {
	const { form, result } = await readPackage(
		inPieces(Buffer.from(file), size),
		(isBase64) => new SegmentReader({ ...ENCRYPTED_AS_IT_IS, key, isBase64 }),
		['s3cret'],
	);
	return { form, bytes: fileOf(result) };
}

describe('a file with a package', () => {
	it('is longer than what tells its form', () => {
		expect(BASE64.length).toBeGreaterThan(2 * SAMPLE_BYTES);
	});

	it.each([
		['json', `{"errcode":0,"errmsg":"ok","buffer":"${BASE64}"}`],
		['json', `{"buffer":"${BASE64}","errcode":0,"errmsg":"ok"}`],
		['json', `{"buffer":"${BASE64.replaceAll('/', '\\/')}"}`],
		['json', `{\n  "buffer": "${BASE64.replace(/.{64}/g, '$&\\n')}"\n}\n`],
		['json', ` \r\n{"buffer":"${BASE64}"}`],
		['json', `\ufeff{"buffer":"${BASE64}"}`],
		['base64', BASE64],
		['base64', `\ufeff${BASE64}`],
		['base64', `\n${BASE64.replace(/.{76}/g, '$&\r\n')}\r\n`],
		['raw', ENCRYPTED],
	])('is opened as %s', async (form, file) => {
		for (const size of [1 << 20, 65_536, SAMPLE_BYTES, 1_000, 7]) {
			expect(await opened(file, size)).toEqual({ form, bytes: ENCRYPTED });
		}
		expect(await opened(file, 1_000, Buffer.from(KEY))).toEqual({ form, bytes: TEXT });
	});

	it('may begin with bytes that look like a brace', async () => {
		const bytes = Buffer.from(ENCRYPTED);
		bytes.write('{');
		expect(await opened(bytes)).toEqual({ form: 'raw', bytes });
	});

	it('may begin with bytes that look like a byte order mark', async () => {
		const bytes = Buffer.from(ENCRYPTED);
		bytes.write('\ufeff');
		expect(await opened(bytes)).toEqual({ form: 'raw', bytes });
	});
});

describe('a file without one', () => {
	it.each([
		['an empty file', '', 'The file is empty'],
		['a byte order mark', '\ufeff', 'The file is empty'],
		['white space', ' \n', 'WeChat sent an empty package'],
		['an answer without a package', '{"errcode":0}', /^The file holds no package: /],
		[
			'JSON that is longer than an answer',
			`{"errmsg":"${'x'.repeat(1_000_000)}","buffer":"${BASE64}"}`,
			/^The file holds no package: /,
		],
		['a buffer that is no text', '{"buffer":null}', /^The file holds no package: /],
		['a decrypted package', TEXT, 'The file is decrypted already: it holds rows of codes'],
		[
			'a decrypted package with a byte order mark',
			textOf(ROWS, { byteOrderMark: true, lineEnding: '\r\n' }),
			'The file is decrypted already: it holds rows of codes',
		],
		[
			'a decrypted package as the guide prints it',
			textOf(ROWS, { delimiter: ' ' }),
			'The file is decrypted already: it holds rows of codes',
		],
		['damaged base64', BASE64.slice(1), /^The package is damaged/],
		[
			'damaged base64 in JSON',
			`{"buffer":"${BASE64.replace('A', '#')}"}`,
			/^The package is damaged/,
		],
		['base64 that was cut off', BASE64.slice(0, 1000), /^The package is cut off/],
		['bytes that were cut off', ENCRYPTED.subarray(1), /^The package is cut off/],
		['a page', '<html><body>502</body></html>', /^The file is not a package/],
		['half a JSON answer', `{"buffer":"${BASE64}`.slice(0, 1001), /^The file holds no package/],
	])('is told: %s', async (_what, file, message) => {
		for (const size of [1 << 20, 1_000, 7]) {
			const error = await opened(file, size).catch((thrown: unknown) => thrown);
			if (!(error instanceof PackageError)) throw error;
			const shown = packageErrorOf(() => {
				throw error;
			}, SECRETS);
			expect(shown.message).toMatch(message);
		}
	});

	it("is told in WeChat's words where it is an error of WeChat's", async () => {
		const answer = '{"errcode":80309,"errmsg":"file expired s3cret"}';
		const error = await opened(answer).catch((thrown: unknown) => thrown);
		if (!(error instanceof WechatError)) throw error;
		expect(error.failure).toMatchObject({ errcode: 80309, errmsg: 'file expired ***' });
	});
});

it.each([
	['a package', BASE64],
	['no package', TEXT],
	['damaged base64', `${BASE64.slice(0, 9_000)}#${BASE64}`],
	['JSON with damaged base64', `{"errcode":0,"buffer":"#${BASE64}"}`],
	["JSON with an error of WeChat's", `{"errcode":80309,"buffer":"#${BASE64}"}`],
])('a file is closed, however it is left: %s', async (_what, file) => {
	for (const size of [1 << 20, 9_000, 1_000]) {
		let isClosed = false;
		const chunks = (async function* () {
			try {
				// More than is there to be read.
				yield* piecesOf(Buffer.from(file), size);
				yield* piecesOf(Buffer.from('\n'), size);
			} finally {
				isClosed = true;
			}
		})();
		const open = (isBase64: boolean) => new SegmentReader({ ...ENCRYPTED_AS_IT_IS, isBase64 });
		await readPackage(chunks, open, []).catch(() => {});
		expect(isClosed).toBe(true);
	}
});

describe('formOf', () => {
	it.each([
		['{"', 'json'],
		['\n\t {', 'json'],
		['QUJD', 'base64'],
		['QU JD\r\n=', 'base64'],
		['\0\x01\x02', 'raw'],
		['\u{1f600}', 'raw'],
	])('takes %j for %s', (sample, form) => {
		expect(formOf(Buffer.from(sample))).toBe(form);
	});

	it('takes away one byte order mark', () => {
		expect(withoutMark(Buffer.from('\ufeff\ufeffa')).toString()).toBe('\ufeffa');
		expect(withoutMark(Buffer.from('a\ufeff')).toString()).toBe('a\ufeff');
		expect(withoutMark(Buffer.from([0xef, 0xbb]))).toHaveLength(2);
	});
});
