import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CodeReader, type DeliveredCode } from '../../nodes/shared/delivery/readBack/codeReader';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { ENCODINGS } from '../../nodes/shared/delivery/format/encoding';
import { fileHead, TEXT_OUTPUTS, type TextFormat } from '../../nodes/shared/delivery/format/format';
import { rowWriter } from '../../nodes/shared/delivery/format/rowWriter';
import { columnsOf } from './formats.cts';
import { packageErrorOf, rowOf, rowsOf, textOf, type Row } from './packages.cts';
import { piecesOf } from './reading.cts';
import { AS_THE_INPUT, growthOf } from './processorTime.cts';

const FIXTURES = join(__dirname, 'fixtures');

function readBack(file: Buffer | string, size = 64 * 1024): DeliveredCode[] {
	const reader = new CodeReader();
	const codes = piecesOf(Buffer.from(file), size).flatMap((piece) => reader.push(piece));
	codes.push(...reader.end());
	expect(reader.count).toBe(codes.length);
	expect(reader.what).toBe('codes');
	return codes;
}

/** The error of a file that can't be read; it shows nothing of what the file holds. */
function refused(file: Buffer | string, size?: number) {
	const reader = new CodeReader();
	const secrets = String(file)
		.split(/[\r\n",;\t]+/)
		.filter((text) => text.length > 6);
	const error = packageErrorOf(() => {
		for (const piece of piecesOf(Buffer.from(file), size ?? 64 * 1024)) reader.push(piece);
		reader.end();
	}, secrets);
	return { what: reader.what, message: error.message };
}

const [first, second, third] = [
	{ ...rowOf(7), code: '0441,"a;b', url: 'P.URL.CN/0 A$B%C*D+E-F./:0 ' },
	{ ...rowOf(8), code: '+1E5', url: ' P.URL.CN/0 A$B%C*D+E-F./:12' },
	{ ...rowOf(9), code: '"', url: 'P.URL.CN/0 A$B%C*D+E-F./:012' },
].map((row) => ({ ...row, url: row.url.padEnd(28, ' ') })) as [Row, Row, Row];
const ROWS = [first, second, third];
const urls = ROWS.map(({ url }) => url);

describe('a package', () => {
	const packages = readdirSync(FIXTURES).filter(
		(name) => name.endsWith('.txt') && name !== 'package-key.txt',
	);

	it.each(packages)('%s is read as its text says', (name) => {
		const bytes = readFileSync(join(FIXTURES, name));
		const lines = bytes.toString('latin1').replace('\xef\xbb\xbf', '').trimEnd().split(/\r?\n/);
		for (const size of [1, 7, 64 * 1024]) {
			const codes = readBack(bytes, size);
			expect(codes).toHaveLength(lines.length);
			for (const { url, code, index, lattice, line } of codes) {
				const text = (lines[line - 1] ?? '').padEnd(28, ' ');
				for (const field of [url.trimEnd(), code, index, lattice]) expect(text).toContain(field);
				expect(url).toHaveLength(28);
			}
		}
	});

	it('may have quotes and delimiters in its codes', () => {
		for (const delimiter of ['\t', ',']) {
			expect(withoutLines(readBack(textOf(ROWS, { delimiter })))).toEqual(ROWS);
		}
	});
});

const withoutLines = (codes: readonly DeliveredCode[]) =>
	codes.map(({ url, code, index, lattice }) => ({ url, code, index, lattice }));

describe('a URL list', () => {
	it.each([
		['as we write it', `${urls.join('\n')}\n`],
		['with CRLF', `${urls.join('\r\n')}\r\n`],
		['without the last line end', urls.join('\n')],
		['with blank lines at its end', `${urls.join('\r\n')}\r\n\r\n\r\n`],
		['with a byte order mark', `\ufeff${urls.join('\n')}`],
		['in UTF-16LE', Buffer.from(`\ufeff${urls.join('\r\n')}`, 'utf16le')],
		['in UTF-16LE without a mark', Buffer.from(urls.join('\r\n'), 'utf16le')],
		['with a header', `url\n${urls.join('\n')}`],
		['between quotes', urls.map((url) => `"${url}"`).join('\n')],
		[
			'between quotes where they are needed',
			urls.map((url) => (url.trim() === url ? url : `"${url}"`)).join('\n'),
		],
	])('%s keeps its spaces, wherever the pieces are cut', (_, file) => {
		for (const size of [1, 2, 3, 29, 64 * 1024]) {
			const codes = readBack(Buffer.from(file), size);
			expect(codes.map(({ url }) => url)).toEqual(urls);
			expect(codes[0]).toMatchObject({ code: undefined, index: undefined, lattice: undefined });
		}
	});

	it('of one code is one', () => {
		expect(readBack(second.url)).toEqual([expect.objectContaining({ url: second.url, line: 1 })]);
	});

	it('is read as fast as it comes: a piece late in the file costs what an early one does', () => {
		const fileOf = (count: number) =>
			Buffer.from(
				rowsOf({ start: 0, end: count - 1 })
					.map(({ url }) => `${url}\n`)
					.join(''),
			);
		const read = (file: Buffer) => {
			const reader = new CodeReader();
			for (const piece of piecesOf(file, 8 * 1024)) reader.push(piece);
			reader.end();
			expect(reader.count).toBe(file.length / 29);
		};
		expect(growthOf(12_500, fileOf, read)).toBeLessThan(AS_THE_INPUT);
	});
});

const withUrls = (text: string) =>
	text.replace('<1>', () => first.url).replace('<2>', () => second.url);

describe('CSV', () => {
	it('of Excel in China, in GBK, is read', () => {
		// "批次,网址,编码" and "第一批" in GBK; by iconv.
		const header = Buffer.from('c5fab4ce2ccdf8d6b72cb1e0c2eb0d0a', 'hex');
		const constant = Buffer.from('b5dad2bbc5fa2c', 'hex');
		const rows = ROWS.map(({ url, code }) =>
			Buffer.concat([constant, Buffer.from(`${url},"${code.replaceAll('"', '""')}"\r\n`)]),
		);
		const codes = readBack(Buffer.concat([header, ...rows]));
		expect(codes.map(({ url, code }) => [url, code])).toEqual(
			ROWS.map((row) => [row.url, row.code]),
		);
		expect(codes.map(({ line }) => line)).toEqual([2, 3, 4]);
	});

	it('has line ends within quotes, in its header and in its rows', () => {
		const file = `"a\r\n""b""";url\r\n"x\ny;";"${first.url}"\r\n"x\ny;";${second.url}`;
		for (const size of [1, 5, 64 * 1024]) {
			expect(readBack(file, size)).toEqual([
				expect.objectContaining({ url: first.url, line: 3 }),
				expect.objectContaining({ url: second.url, line: 5 }),
			]);
		}
	});

	it.each([
		['a running number is no index', ['n,url', '1,<1>', '2,<2>'], undefined],
		['an index is told by its name', ['index,url', '1,<1>', '2,<2>'], '1'],
		['an index is told by its values', ['n,url', '20000,<1>', '20001,<2>'], '20000'],
		['of two that count, none is it', ['5,6,<1>', '6,7,<2>'], undefined],
		['of two that count, the name tells', ['n;url;INDEX', '1;<1>;0', '2;<2>;1'], '0'],
		['a constant is none', ['3,<1>', '3,<2>'], undefined],
	])('%s', (_, lines, index) => {
		const file = withUrls(lines.join('\n'));
		expect(readBack(file).map((code) => code.index)[0]).toBe(index);
		expect(readBack(file).map(({ url }) => url)).toEqual([first.url, second.url]);
	});

	it.each([
		['what changes is one', 'A1,<1>\nA2,<2>', 'A1'],
		['a constant is none', 'SKU,<1>\nSKU,<2>', undefined],
		['a constant beside it is none', 'SKU,A1,<1>\nSKU,A2,<2>', 'A1'],
		['of two, the name tells', 'batch,code,url\nB1,A1,<1>\nB2,A2,<2>', 'A1'],
		['of two without names, none is it', 'B1,A1,<1>\nB2,A2,<2>', undefined],
		['digits alone are one by name', 'code,url\n044,<1>\n045,<2>', '044'],
	])('of the codes, %s', (_, lines, code) => {
		const file = withUrls(lines);
		expect(readBack(file)[0]?.code).toBe(code);
	});

	it('of the four columns of a package is CSV where it has quotes', () => {
		const codes = ['044', 'a,b', '"q', ' x', '"', '",'];
		for (const delimiter of [',', '\t']) {
			const rows = rowsOf({ start: 0, end: 5 }).map((row, n) => ({ ...row, code: codes[n] ?? '' }));
			const lines = rows.map(({ lattice, code, index, url }) =>
				[lattice, code === '044' ? code : `"${code.replaceAll('"', '""')}"`, index, url].join(
					delimiter,
				),
			);
			expect(withoutLines(readBack(lines.join('\n')))).toEqual(rows);
		}
	});

	it('is told of two urls by what changes, or by the name', () => {
		const other = 'SKU 2026 0000 0000 0000 0001';
		const rows = [first, second].map(({ url }) => `${other},${url}`);
		expect(readBack(rows.join('\n')).map(({ url }) => url)).toEqual([first.url, second.url]);
		const twice = [first, second].map(({ url }) => `${url},${url}`);
		expect(refused(twice.join('\n')).what).toBe('other');
		expect(readBack(`other,url\n${twice.join('\n')}`)).toHaveLength(2);
	});
});

describe('what does not fit is refused in words that show nothing of it', () => {
	it.each([
		[
			'a url whose space was stripped',
			`${urls.join('\n').trimEnd()}\n${first.url.slice(0, -1)}`,
			/^Line 4 .*27 characters/,
		],
		['a row with a field more', `${first.url}\n${second.url},x`, /^Line 2 .*\(2 fields/],
		['a small letter', `${first.url}\n${second.url.toLowerCase()}`, /^Line 2 .*28 characters/],
		['an empty line within', `${first.url}\n\n${second.url}`, /^Line 2 .*empty/],
		['a quote that nothing closes', `${first.url}\n"${second.url}`, /^Line 2 .*quote/],
		['text behind a quote', `${first.url}\n"${second.url}"x`, /^Line 2 /],
		[
			'a lattice of another width',
			`${first.url},${'01'.repeat(8)}\n${second.url},${'01'.repeat(9)}`,
			/^Line 2 .*lattice.*18 × 0\/1/,
		],
		['another key', `{"url":"${first.url}"}\n{"link":"${second.url}"}`, /^Line 2 /],
		[
			'half a character',
			Buffer.from(`\ufeff${urls.join('\n')}`, 'utf16le').subarray(0, -1),
			/^Line 3 /,
		],
	])('%s', (_, file, message) => {
		for (const size of [1, 64 * 1024]) {
			const error = refused(file, size);
			expect(error.message).toMatch(message);
			expect(error.what).toBe('codes');
		}
	});

	it('a quote that nothing closes does not fill the memory', () => {
		const reader = new CodeReader();
		reader.push(Buffer.from(`${`${first.url}\n`.repeat(3_000)}"`));
		const more = Buffer.alloc(16 * 1024, '1\n');
		let pushed = 0;
		expect(() => {
			for (; pushed < 10; pushed++) reader.push(more);
		}).toThrow(/a quote is not closed/);
		expect(pushed).toBeLessThan(6);
	});

	const encrypted = readFileSync(join(FIXTURES, 'guide.b64'));
	it.each([
		['base64', encrypted, 'encrypted'],
		['base64 in lines', readFileSync(join(FIXTURES, 'wrapped-base64.b64')), 'encrypted'],
		[
			'an answer',
			`{"errcode":0,"errmsg":"ok","buffer":"${String(encrypted).trim()}"}`,
			'encrypted',
		],
		['bytes', Buffer.from(String(encrypted), 'base64'), 'other'],
		['nothing', '', 'other'],
		['blank lines', '\n\n', 'other'],
		['a text', 'Dear printer,\nplease find the files below.\n', 'other'],
		['a manifest', '{\n  "kind": "wechat-marketcode-manifest"\n}', 'other'],
		['numbers', '{"a":1}\n{"a":2}', 'other'],
		['urls that lost a space', 'url\nP.URL.CN/0 A$B%C*D+E-F./:0\n', 'other'],
	])('%s is no file of codes', (_, file, what) => {
		const error = refused(file);
		expect(error.what).toBe(what);
		if (what === 'encrypted') expect(error.message).toMatch(/still encrypted/);
		else expect(error.message).toMatch(/^It holds no codes that could be told/);
	});
});

describe('whatever is written by our own writers', () => {
	const url = fc
		.string({ unit: fc.constantFrom(...'0123456789ABCXYZ $%*+-./:'), minLength: 18, maxLength: 18 })
		.map((rest) => `P.URL.CN/0${rest}`);
	// All digits would be an index as well: without a name, such a code is not told.
	const code = fc
		.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 9 })
		.filter((text) => !/^\d*$/.test(text));
	const written = fc
		.tuple(
			fc.uniqueArray(url, { minLength: 1, maxLength: 5 }),
			fc.uniqueArray(code, { minLength: 5, maxLength: 5 }),
			fc.constantFrom(0, 1, 20_000),
		)
		.map(([own, codes, start]) =>
			rowsOf({ start: 0, end: own.length - 1 }, start).map((row, at) => ({
				...row,
				url: own[at] ?? '',
				code: codes[at] ?? '',
			})),
		);
	const format = fc.record({
		output: fc.constantFrom(...TEXT_OUTPUTS),
		hasHeader: fc.boolean(),
		delimiter: fc.constantFrom(',', ';', '\t'),
		lineEnding: fc.constantFrom('lf' as const, 'crlf' as const),
		encoding: fc.constantFrom(...ENCODINGS),
		others: fc.uniqueArray(
			fc.constantFrom('code', 'index', 'lattice', 'constant', 'rowNumber', 'fileNumber' as const),
		),
		isNamed: fc.boolean(),
		value: fc.constantFrom('', 'SKU-1', '"', 'x\r\ny', '第一批', '7', ' , ; \t '),
		at: fc.nat({ max: 6 }),
		size: fc.constantFrom(1, 3, 50, 65_536),
	});

	it('each url is read back, and no other column is taken for what it is not', () => {
		let told = 0;
		fc.assert(
			fc.property(written, format, (rows, { others, at, isNamed, value, size, ...rest }) => {
				const sources = [...others.slice(0, at), 'url' as const, ...others.slice(at)];
				// Without a header, what looks like a package is one.
				const isPackage = ['code', 'index'].every((column) =>
					sources.some((own) => own === column),
				);
				const isLike =
					(sources.length === 4 && sources.includes('lattice') && !isPackage) ||
					(sources.length > 4 && sources[0] === 'lattice' && sources.at(-1) === 'url');
				fc.pre(!isLike || rest.output !== 'csv' || rest.hasHeader);
				const columns = columnsOf(sources).map(({ source, header }, n) => ({
					source,
					header: isNamed ? header : `列 "${n}", a`,
					value: source === 'constant' ? value : '',
				}));
				const form: TextFormat = { ...rest, columns };
				const read = new RowReader().push(textOf(rows));
				const write = rowWriter(form, { applicationId: undefined });
				const file = Buffer.concat([
					fileHead(form),
					write(read, { first: 0, end: read.count }, { file: 1, row: 1 }),
				]);
				const codes = readBack(file, size);
				expect(codes.map(({ url: own }) => own)).toEqual(rows.map(({ url: own }) => own));
				const hasNames = isNamed && (form.hasHeader || form.output === 'jsonLines');
				for (const column of ['code', 'index', 'lattice'] as const) {
					const values = codes.map((own) => own[column]);
					const isThere = form.output !== 'urlList' && sources.includes(column);
					const isKnown = values[0] !== undefined;
					if (isKnown) told++;
					if (isKnown || (isThere && hasNames)) {
						expect([column, isThere]).toEqual([column, true]);
						expect(values).toEqual(rows.map((row) => row[column]));
					}
				}
			}),
			{ numRuns: 1_500 },
		);
		expect(told).toBeGreaterThan(500);
	});
});

it('whatever the pieces, the codes are the same', () => {
	const file = Buffer.from(
		`url,code\r\n${ROWS.map(({ url, code }) => `${url},"${code.replaceAll('"', '""')}"`).join('\r\n')}`,
	);
	const whole = readBack(file);
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 200 }), (size) => {
			expect(readBack(file, size)).toEqual(whole);
		}),
	);
	expect(whole.map(({ code }) => code)).toEqual(ROWS.map(({ code }) => code));
});
