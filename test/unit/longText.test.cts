import { readLongText, type TextReader } from '../../nodes/shared/wechat/longText';
import { WechatError } from '../../nodes/shared/wechat/wechatErrors';
import { PackageError } from '../../nodes/shared/codePackage/packageError';
import { encrypt, rowsOf, textOf } from './packages.cts';
import { SEED, WHOLE, cutAt, fileOf, firstCodes, piecesOf } from './reading.cts';
import { SegmentReader } from '../../nodes/shared/codePackage/reader';

const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const TEXT = textOf(rowsOf({ start: 0, end: 9 }));
const BASE64 = encrypt(TEXT, KEY).toString('base64');
const OK = '"errcode":0,"errmsg":"ok"';
const EXPIRED = '"errcode":80309,"errmsg":"file expired rid: 1-a"';
const DAMAGED = `${BASE64.slice(0, 100)}#${BASE64.slice(101)}`;

const packageReader = () =>
	new SegmentReader({
		segment: firstCodes(10),
		key: KEY,
		seed: SEED,
		compare: false,
		verify: 'fail',
		writer: undefined,
		parts: WHOLE,
		isCounted: false,
		picks: undefined,
		isBase64: true,
	});

/** Chunks, and how many of them were pulled. */
class Arriving {
	pulled = 0;
	hasEnded = false;

	constructor(private readonly pieces: readonly Buffer[]) {}

	async *chunks(): AsyncGenerator<Buffer, void, void> {
		try {
			for (const piece of this.pieces) {
				this.pulled++;
				yield piece;
			}
		} finally {
			this.hasEnded = true;
		}
	}
}

/** What comes of an answer, whichever pieces it comes in. */
async function readAll(text: string): Promise<unknown> {
	const bytes = Buffer.from(text);
	const outcomes: unknown[] = [];
	for (const pieces of [
		[bytes],
		piecesOf(bytes, 1),
		piecesOf(bytes, 7),
		piecesOf(bytes, 1_000),
		cutAt(bytes, [text.indexOf('"buffer"') + 10]),
	]) {
		const arriving = new Arriving(pieces);
		const result = readLongText(arriving.chunks(), 'buffer', packageReader(), ['s3cret']);
		outcomes.push(await result.then(fileOf, (error: unknown) => error));
		expect(arriving.hasEnded).toBe(true);
	}
	const [first] = outcomes;
	for (const outcome of outcomes) expect(outcome).toEqual(first);
	return first;
}

describe('an answer with a package', () => {
	it.each([
		`{${OK},"buffer":"${BASE64}"}`,
		`{"buffer":"${BASE64}",${OK}}`,
		`{"buffer":"${BASE64}"}`,
		`{"errcode":"0","buffer":"${BASE64.replaceAll('/', '\\/')}"}`,
		`{ "a" : {"buffer":"AAAA","errcode":80309}, "buffer" : "${BASE64}" }\n`,
		`{"application_id":18446744073709551615,"buffer":"${BASE64}","list":[1,{"buffer":2}]}`,
	])('gives it: %#', async (text) => {
		expect(await readAll(text)).toEqual(TEXT);
	});

	it.each([
		['no package', `{${OK}}`, 'it has no package'],
		['a package that is no text', `{${OK},"buffer":null}`, 'it has no package'],
		['a package in an object', `{${OK},"data":{"buffer":"${BASE64}"}}`, 'it has no package'],
		['a page', '<html><body>"buffer":"AAAA"</body></html>', 'it is not JSON but a web page'],
		['nothing', '', 'it is empty'],
		['half an answer', `{${OK},"buffer":"${BASE64}`, 'it is not JSON but text of 37 characters'],
		[
			'an answer without its last byte',
			`{"buffer":"${BASE64}",${OK}`,
			'it is not JSON but text of 38 characters',
		],
		['a list', `[{"buffer":"${BASE64}"}]`, 'it is not an object but a list'],
		[
			'an errcode that is no number',
			`{"errcode":"x","buffer":"${BASE64}"}`,
			'its errcode is not a whole number but text of 1 character',
		],
		['two packages', `{"buffer":"${BASE64}","buffer":"${BASE64}"}`, 'it has its buffer twice'],
	])('is an error with %s', async (_what, text, reason) => {
		const error = await readAll(text);
		if (!(error instanceof WechatError)) throw error;
		expect(error.message).toBe(`WeChat's answer can't be used: ${reason}`);
	});
});

describe("WeChat's errcode", () => {
	it.each([
		['alone', `{${EXPIRED}}`],
		['before the package', `{${EXPIRED},"buffer":"${BASE64}"}`],
		['behind the package', `{"buffer":"${BASE64}",${EXPIRED}}`],
		['before an empty package', `{${EXPIRED},"buffer":""}`],
		['behind an empty package', `{"buffer":"",${EXPIRED}}`],
		['before a damaged package', `{${EXPIRED},"buffer":"${DAMAGED}"}`],
		['behind a damaged package', `{"buffer":"${DAMAGED}",${EXPIRED}}`],
		['as a text', `{"buffer":"${DAMAGED}","errcode":"80309","errmsg":"file expired rid: 1-a"}`],
	])('counts for more than the package: %s', async (_what, text) => {
		const error = await readAll(text);
		if (!(error instanceof WechatError)) throw error;
		expect(error.failure).toEqual({
			kind: 'errcode',
			errcode: 80309,
			errmsg: 'file expired rid: 1-a',
			rid: '1-a',
		});
	});

	it('shows no secret that it quotes', async () => {
		for (const text of [
			`{"errcode":40001,"errmsg":"bad s3cret","buffer":"${DAMAGED}"}`,
			`{"buffer":"${DAMAGED}","errcode":40001,"errmsg":"bad s3cret"}`,
		]) {
			const error = await readAll(text);
			if (!(error instanceof WechatError)) throw error;
			expect(error.description).toContain('bad ***');
			expect(error.description).not.toContain('s3cret');
		}
	});

	it.each([
		`{${OK},"buffer":"${DAMAGED}"}`,
		`{"buffer":"${DAMAGED}",${OK}}`,
		`{"buffer":"${DAMAGED}"}`,
	])('of 0 does not hide that the package is damaged: %#', async (text) => {
		const error = await readAll(text);
		if (!(error instanceof PackageError)) throw error;
		expect(error.message).toBe('The package is damaged: it is not valid base64');
	});

	it('of 0 may stand behind a byte order mark', async () => {
		const text = `\ufeff{${OK},"buffer":"${BASE64}"}`;
		expect(await readAll(text)).toEqual(TEXT);
	});
});

describe('a text that is refused early', () => {
	const NO = new Error('No');
	const refusing = (after: number): TextReader<never> & { readonly written: number } => ({
		written: 0,
		write(piece) {
			Object.assign(this, { written: this.written + piece.length });
			if (this.written > after) throw NO;
		},
		end() {
			throw new Error('It must not come to an end');
		},
	});
	const refused = async (arriving: Arriving, reader = refusing(150)) =>
		await readLongText(arriving.chunks(), 'buffer', reader, []).catch((error: unknown) => error);

	it('is not waited for, once WeChat has said that all is well', async () => {
		const arriving = new Arriving(piecesOf(Buffer.from(`{${OK},"buffer":"${BASE64}"}`), 100));
		expect(await refused(arriving)).toBe(NO);
		expect([arriving.pulled, arriving.hasEnded]).toEqual([2, true]);
	});

	it('is waited for where WeChat may say behind it what is wrong', async () => {
		for (const [text, expected] of [
			[`{"buffer":"${BASE64}",${OK}}`, NO],
			[`{"buffer":"${BASE64}"}`, NO],
			[`{"buffer":"${BASE64}",${EXPIRED}}`, expect.any(WechatError)],
		] as const) {
			const pieces = piecesOf(Buffer.from(text), 100);
			const arriving = new Arriving(pieces);
			expect(await refused(arriving)).toEqual(expected);
			expect([arriving.pulled, arriving.hasEnded]).toEqual([pieces.length, true]);
		}
	});

	it('is not written to again', async () => {
		const reader = refusing(150);
		await refused(new Arriving(piecesOf(Buffer.from(`{"buffer":"${BASE64}",${OK}}`), 100)), reader);
		expect(reader.written).toBeLessThan(300);
	});

	it('is given up at once where WeChat has said before it what is wrong', async () => {
		const arriving = new Arriving(piecesOf(Buffer.from(`{${EXPIRED},"buffer":"${BASE64}"}`), 100));
		expect(await refused(arriving)).toBeInstanceOf(WechatError);
		expect([arriving.pulled, arriving.hasEnded]).toEqual([3, true]);
	});

	it('is refused though the answer ends within the same chunk', async () => {
		const arriving = new Arriving([Buffer.from(`{${OK},"buffer":"${BASE64}"}`)]);
		expect(await refused(arriving)).toBe(NO);
	});

	it('leaves the last word to an answer that breaks off', async () => {
		async function* broken() {
			yield Buffer.from(`{"buffer":"${BASE64}`);
			throw new WechatError('Broken', 'Off.', { kind: 'network', code: 'ECONNRESET' });
		}
		const error: unknown = await readLongText(broken(), 'buffer', refusing(150), []).catch(
			(thrown: unknown) => thrown,
		);
		expect(error).toMatchObject({ message: 'Broken' });
	});
});

it('nothing is given before the answer has ended', async () => {
	let hasEnded = false;
	async function* slow() {
		yield Buffer.from(`{"buffer":"${BASE64}"`);
		await new Promise((resolve) => setTimeout(resolve, 50));
		hasEnded = true;
		yield Buffer.from('}');
	}
	const reader: TextReader<boolean> = { write: () => {}, end: () => hasEnded };
	expect(await readLongText(slow(), 'buffer', reader, [])).toBe(true);
});
