import fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CodeFinder } from '../../nodes/shared/delivery/find/codeFinder';
import { rollBetween, type LocatedCode } from '../../nodes/shared/delivery/find/rollBetween';
import { formsOf, isOnlyCode } from '../../nodes/shared/delivery/find/writtenForms';
import { CodeReader } from '../../nodes/shared/delivery/readBack/codeReader';
import { rowsOf, textOf, type Row } from './packages.cts';
import { piecesOf } from './reading.cts';

/** Looks for texts in files. */
function search(files: readonly (Buffer | string)[], sought: readonly string[], size = 1_000) {
	const finder = new CodeFinder();
	for (const text of sought) finder.seek(text);
	for (const [place, file] of files.entries()) {
		const reader = new CodeReader();
		for (const piece of piecesOf(Buffer.from(file), size)) finder.look(reader.push(piece), place);
		finder.look(reader.end(), place);
	}
	return finder;
}

const places = (finder: CodeFinder, text: string) =>
	finder.of(text).map(({ place, row }) => [place, row]);

const listOf = (urls: readonly string[]) => urls.map((url) => `${url}\n`).join('');

const [plain, spaced, dotted] = [
	'P.URL.CN/0 A$B%C*D+E-F./:012',
	'P.URL.CN/0 A$B%41*D+E-F./:  ',
	' P.URL.CN/0/./A/../B%20:+ +X',
] as const;

describe('a url is found however it is written', () => {
	it.each([
		['as it is', plain],
		['with a scheme', `http://${plain}`],
		['with another', `HTTPS://${plain}`],
		['with its host in small letters', `http://p.url.cn/${plain.slice(9)}`],
		['in small letters', plain.toLowerCase()],
		['encoded by a browser', new URL(`http://${plain}`).href],
		['encoded by encodeURI', encodeURI(`http://${plain}`)],
		['encoded by encodeURIComponent', encodeURIComponent(`http://${plain}`)],
		['encoded without its scheme', encodeURIComponent(plain)],
		['encoded in small letters', encodeURIComponent(`http://${plain}`).toLowerCase()],
		['encoded by a form', new URLSearchParams({ q: `http://${plain}` }).toString().slice(2)],
		['between spaces', `  ${plain}   `],
		['between spaces, with a scheme', `  http://${plain}   `],
	])('%s', (_, text) => {
		const file = listOf([spaced, plain, dotted]);
		expect(places(search([file], [text]), text)).toEqual([[0, 1]]);
	});

	it.each([
		['as it is', spaced],
		['with a scheme', `http://${spaced}`],
		['trimmed', spaced.trim()],
		['with one space lost', spaced.slice(0, -1)],
		['trimmed, with a scheme', `https://${spaced.trim()}`],
		['with a space too many', `${spaced} `],
		['encoded by a browser, which trims', new URL(`http://${spaced}`).href],
		['encoded', encodeURIComponent(spaced)],
		['encoded by a form', new URLSearchParams({ q: spaced }).toString().slice(2)],
	])('with spaces at its end: %s', (_, text) => {
		expect(places(search([listOf([plain, dotted, spaced])], [text]), text)).toEqual([[0, 2]]);
	});

	it.each([dotted, `http://${dotted}`, encodeURIComponent(dotted)])(
		'with a space at its beginning: %j',
		(text) => {
			expect(places(search([listOf([plain, dotted])], [text]), text)).toEqual([[0, 1]]);
		},
	);

	it('itself before what would have to be changed', () => {
		const like = ['P.URL.CN/0AB%20CDEFGHIJK+MNO', 'P.URL.CN/0AB%20CDEFGHIJK MNO'] as const;
		const file = listOf([like[1], like[0]]);
		expect(places(search([file], [...like]), like[0])).toEqual([[0, 1]]);
		expect(places(search([file], [...like]), like[1])).toEqual([[0, 0]]);
		expect(places(search([listOf([like[1]])], [like[0]]), like[0])).toEqual([]);
		const plus = 'P.URL.CN/0ABCDEFGHIJKLM+NOP1';
		const space = plus.replace('+', ' ');
		expect(places(search([listOf([space, plus])], [plus]), plus)).toEqual([[0, 1]]);
		expect(places(search([listOf([space])], [plus]), plus)).toEqual([[0, 0]]);
	});

	it.each([
		'',
		' ',
		'hello, world',
		`${plain}X`,
		`${plain}X${plain}`,
		`http://${plain}X`,
		'码',
		'x'.repeat(1_000_000),
		`ftp://${plain}`,
	])('but not what can be none: %#', (text) => {
		const forms = formsOf(text);
		expect(forms).toEqual([]);
		expect(new CodeFinder().seek(text)).toBe(false);
	});
});

describe('a code', () => {
	const rows = rowsOf({ start: 0, end: 4 }).map((row, at) => ({
		...row,
		code: ['044GZ*J10', '0441E1234', 'a B%41+  ', '1', '-44GZ/J10'][at] ?? '',
	}));
	it.each([
		['044GZ*J10', 0],
		['0441E1234', 1],
		['a B%41+  ', 2],
		['a B%41+', 2],
		['1', 3],
		['-44GZ/J10', 4],
		['-44GZ%2FJ10', 4],
		[' 044GZ*J10 ', 0],
	])('is found as %j', (text, row) => {
		const finder = search([textOf(rows)], [text]);
		expect(finder.of(text)).toEqual([
			{ place: 0, row, line: row + 1, index: row, url: rows[row]?.url, code: rows[row]?.code },
		]);
		expect(isOnlyCode(text)).toBe(true);
	});

	it.each(['044gz*j10', '044GZ*J1', '44GZ*J10', '2'])('is not %j', (text) => {
		expect(places(search([textOf(rows)], [text]), text)).toEqual([]);
	});

	it('that two files have is found in both, and where there are no codes says so', () => {
		const finder = search([textOf(rows), listOf([plain]), textOf(rows.slice(1))], ['0441E1234']);
		expect(places(finder, '0441E1234')).toEqual([
			[0, 1],
			[2, 0],
		]);
		expect([...finder.withoutCodes]).toEqual([1]);
		expect(isOnlyCode(plain)).toBe(false);
	});

	it('in a file of its own line numbers', () => {
		const csv = `"a\r\nb",url\r\n1,${plain}\r\n2,${spaced}\r\n`;
		expect(search([csv], [spaced]).of(spaced)).toMatchObject([
			{ row: 1, line: 4, index: undefined, code: undefined, url: spaced },
		]);
	});
});

describe('of what is delivered', () => {
	const url = fc
		.string({ unit: fc.constantFrom(...'0123456789ABCXYZ $%*+-./:'), minLength: 18, maxLength: 18 })
		.map((rest) => `P.URL.CN/0${rest}`);
	const code = fc.string({
		unit: fc.constantFrom(...'0123456789ABCXYZ*+-%'),
		minLength: 9,
		maxLength: 9,
	});
	const rows: fc.Arbitrary<Row[]> = fc
		.tuple(
			fc.uniqueArray(url, { minLength: 1, maxLength: 40 }),
			fc.uniqueArray(code, { minLength: 40, maxLength: 40 }),
			fc.nat({ max: 100_000 }),
		)
		.map(([urls, codes, start]) =>
			rowsOf({ start: 0, end: urls.length - 1 }, start).map((row, at) => ({
				...row,
				url: urls[at] ?? '',
				code: codes[at] ?? '',
			})),
		);
	/** Ways in which other hands write a url. */
	const writings: readonly ((own: string) => string)[] = [
		(own) => own,
		(own) => `http://${own}`,
		(own) => `HtTpS://p.url.cn${own.slice(8)}`,
		(own) => own.trimEnd(),
		(own) => `\u0020${own} `,
		(own) => encodeURI(`http://${own}`),
		(own) => encodeURIComponent(`http://${own}`),
		(own) => new URLSearchParams({ q: own }).toString().slice(2),
		(own) => own.replaceAll(' ', '%20'),
	];

	it('every code is found in its place in whatever way it is written, and no other', () => {
		let found = 0;
		fc.assert(
			fc.property(
				rows,
				fc.array(fc.tuple(fc.nat({ max: 39 }), fc.nat({ max: writings.length })), {
					minLength: 20,
					maxLength: 60,
				}),
				fc.nat({ max: 39 }),
				fc.constantFrom(1, 31, 5_000),
				(all, picks, cut, size) => {
					const delivered = [all.slice(0, cut), all.slice(cut)].filter((own) => own.length > 0);
					const kept = delivered.flat();
					// What is not delivered is one of the rows that were left out.
					const last = kept.length > 1 ? kept.at(-1) : undefined;
					const files = delivered.map((own) => own.filter((row) => row !== last));
					const texts = files.filter((own) => own.length > 0).map((own) => textOf(own));
					const sought = picks
						.filter(([at]) => at < all.length)
						.map(([at, way]) => ({
							at,
							text: writings[way]?.(all[at]?.url ?? '') ?? all[at]?.code ?? '',
						}));
					const finder = search(
						texts,
						sought.map(({ text }) => text),
						size,
					);
					for (const { at, text } of sought) {
						const row = all[at];
						const place = cut > 0 && at >= cut ? 1 : 0;
						const own = place === 1 ? at - cut : at;
						const expected = row === last ? [] : [[place, own, own + 1, row?.index, row?.url]];
						const told = finder
							.of(text)
							.map((one) => [one.place, one.row, one.line, String(one.index), one.url]);
						expect(told).toEqual(expected);
						found += told.length;
					}
				},
			),
			{ numRuns: 200 },
		);
		expect(found).toBeGreaterThan(500);
	});
});

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

function heapUsed(): number {
	if (typeof collect === 'function') collect();
	return process.memoryUsage().heapUsed;
}

describe('what is looked for', () => {
	it('costs no more than itself, though chunks are held by what is cut out of them', () => {
		const row = rowsOf({ start: 0, end: 0 })[0];
		if (!row) throw new Error('No row');
		const finder = new CodeFinder();
		for (let at = 0; at < 1_000; at++) finder.seek(urlAt(at));
		const before = heapUsed();
		for (let at = 0; at < 1_000; at++) {
			const reader = new CodeReader();
			const text = textOf([{ ...row, url: urlAt(at), index: '7' }, ...others(row)]);
			finder.look([...reader.push(text), ...reader.end()], at);
		}
		expect(finder.of(urlAt(999))).toHaveLength(1);
		expect(heapUsed() - before).toBeLessThan(8 * 1024 * 1024);
	});

	const urlAt = (at: number) => `P.URL.CN/0${String(at).padStart(18, '0')}`;
	const others = (row: Row): Row[] =>
		Array.from({ length: 160 }, (_, at) => ({
			...row,
			url: urlAt(5_000 + at),
			index: String(8 + at),
		}));

	it('is found in no more places than can be held', () => {
		const finder = new CodeFinder();
		finder.seek(plain);
		const same = { url: plain, code: undefined, index: undefined, lattice: undefined, line: 1 };
		const codes = Array.from({ length: 100_000 }, () => same);
		for (let place = 0; place < 5; place++) finder.look(codes, place);
		expect(() => finder.look([same], 5)).toThrow(/more than 500000 places/);
	});
});

describe('a roll', () => {
	const at = (place: number, row: number, codeIndex: number | null = 100 + row): LocatedCode => ({
		place,
		row,
		line: row + 1,
		index: undefined,
		url: plain,
		code: undefined,
		applicationId: '1',
		codeIndex,
		problem: codeIndex === null ? 'not known' : null,
	});

	it('is between two codes of a file, whichever is first', () => {
		expect(rollBetween([at(0, 3)], [at(0, 9)])).toEqual({ first: at(0, 3), last: at(0, 9) });
		expect(rollBetween([at(0, 9)], [at(0, 3)])).toEqual({ first: at(0, 3), last: at(0, 9) });
		expect(rollBetween([at(0, 3)], [at(0, 3)])).toEqual({ first: at(0, 3), last: at(0, 3) });
	});

	it('is one roll if another file has the same codes', () => {
		const [one, other] = [
			[at(0, 3), at(1, 1, 103)],
			[at(0, 9), at(1, 7, 109)],
		];
		expect(rollBetween(one, other)).toEqual({ first: at(0, 3), last: at(0, 9) });
		expect(rollBetween(one.slice(1), other)).toEqual({ first: at(1, 1, 103), last: at(1, 7, 109) });
	});

	it.each([
		['in different files', [at(0, 3)], [at(1, 9)], /different files/],
		['in several places', [at(0, 3), at(0, 4)], [at(0, 9)], /several places/],
		['that end in several places', [at(0, 3)], [at(0, 9), at(0, 8)], /several places/],
		[
			'in two applications',
			[at(0, 3), { ...at(1, 3), applicationId: '2' }],
			[at(0, 9), { ...at(1, 9), applicationId: '2' }],
			/several places/,
		],
		['without an index', [at(0, 3, null)], [at(0, 9)], /^not known$/],
		['without a last index', [at(0, 3)], [at(0, 9, null)], /^not known$/],
		[
			'twice without an index',
			[at(0, 3, null), at(1, 3, null)],
			[at(0, 9, null), at(1, 9, null)],
			/several places/,
		],
		['with a gap', [at(0, 3)], [at(0, 9, 110)], /gaps/],
		['backwards', [at(0, 3, 109)], [at(0, 9, 103)], /not in order/],
	])('is none %s', (_, one, other, problem) => {
		expect(rollBetween(one, other)).toMatch(problem);
	});
});
