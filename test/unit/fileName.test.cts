import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
	FileNames,
	dateIn,
	defaultFileName,
	fileNameOf,
	type FileNameParts,
} from '../../nodes/shared/delivery/names/fileName';
import { ParameterError } from '../../nodes/shared/n8n/errors';

const PARTS: FileNameParts = {
	application_id: '18446744073709551615',
	isv_application_id: 'order-2026-001',
	file: 3,
	files: 12,
	code_start: 50_000,
	code_end: 99_999,
	count: 50_000,
	date: '2026-11-25',
	segment: 2,
};

function problemOf(work: () => unknown): ParameterError {
	try {
		work();
	} catch (error) {
		if (error instanceof ParameterError) return error;
		throw error;
	}
	throw new Error('Nothing was thrown');
}

describe('fileNameOf', () => {
	it.each([
		[
			'marketcode_{application_id}_{code_start}-{code_end}.txt',
			'marketcode_18446744073709551615_50000-99999.txt',
		],
		[defaultFileName('csv'), 'marketcode_18446744073709551615_50000-99999.csv'],
		['{isv_application_id} {file} of {files}, {count}, {date}', undefined],
		['{segment}.{segment}.csv', '2.2.csv'],
		['{file:4}-{files:1}-{segment:02}-{count:20}', '0003-12-02-00000000000000050000'],
		['{code_start:6}_{code_end:3}', '050000_99999'],
		['一物一码 (a+b) $& $1.txt', '一物一码 (a+b) $& $1.txt'],
		['no extension', 'no extension'],
	])('fills in the placeholders of %j', (template, name) => {
		expect(fileNameOf(template, PARTS)).toBe(name ?? 'order-2026-001 3 of 12, 50000, 2026-11-25');
	});

	it.each([
		['{foo}.txt', '{foo} is no placeholder'],
		['{FILE}.txt', '{FILE} is no placeholder'],
		['{ file }.txt', '{ file } is no placeholder'],
		['{}', '{} is no placeholder'],
		['{file:x}', '{file:x} is no placeholder'],
		['{file:}', '{file:} is no placeholder'],
		['{file:123}', '{file:123} is no placeholder'],
		['{constructor}', '{constructor} is no placeholder'],
		['{file', '{ is no placeholder'],
		['{{file}', '{ is no placeholder'],
		['file}', '} is no placeholder'],
		['{file:0}', '{file:0} asks for other than 1 to 20 digits'],
		['{file:21}', '{file:21} asks for other than 1 to 20 digits'],
		['{application_id:4}', '{application_id:4} asks for the digits of a text'],
		['{date:4}', '{date:4} asks for the digits of a text'],
	])('refuses %j and tells what there is', (template, problem) => {
		const { message, description } = problemOf(() => fileNameOf(template, PARTS));
		expect(message).toBe(`In the option File Name, ${problem}`);
		for (const name of Object.keys(PARTS)) expect(description).toContain(`{${name}}`);
	});

	it('has words for an unnamed application and for a file of several segments', () => {
		const unknown = { ...PARTS, application_id: undefined, segment: undefined };
		expect(fileNameOf('{application_id}_{segment}_{segment:5}', unknown)).toBe('package_all_all');
	});

	it('refuses an external ID that is not known', () => {
		for (const isv_application_id of [undefined, '']) {
			const { message } = problemOf(() =>
				fileNameOf('{isv_application_id}.txt', { ...PARTS, isv_application_id }),
			);
			expect(message).toContain('{isv_application_id}');
		}
	});

	it.each(['$&', '$1', "$'", '{file}', '{foo}', '}{', '../..', 'a\0b'])(
		'takes the external ID %j for a text',
		(isv_application_id) => {
			const name = fileNameOf('a_{isv_application_id}_z', { ...PARTS, isv_application_id });
			expect(name).toBe(`a_${isv_application_id.replace(/[/\0]/, '_')}_z`);
		},
	);
});

describe('what systems refuse', () => {
	it.each([
		['../../etc/passwd', '__.._etc_passwd'],
		['..\\a', '__a'],
		['.hidden', '_hidden'],
		['...', '_'],
		[' . ', '_'],
		['', '_'],
		['  a.txt . .', 'a.txt'],
		['\u3000a.txt\u00a0', 'a.txt'],
		['a/b:c*d?e"f<g>h|i\\j', 'a_b_c_d_e_f_g_h_i_j'],
		['a\0b\nc\x7fd\u0085e\u2028f\u2029g', 'a_b_c_d_e_f_g'],
		['codes\u202etxt.exe', 'codestxt.exe'],
		['\u200f\ufeff\u200ba\u2066b\u00ad.txt', 'ab.txt'],
		['a\ud800b\udc00.txt', 'a_b_.txt'],
		['a\ufffe\uffff.txt', 'a__.txt'],
		['e\u0301.txt', '\u00e9.txt'],
		['NUL', '_NUL'],
		['nul.tar.gz', '_nul.tar.gz'],
		['Con .txt', '_Con .txt'],
		['COM\u00b2.txt', '_COM\u00b2.txt'],
		['lpt0', '_lpt0'],
		['CONIN$', '_CONIN$'],
		['A\u200bUX.csv', '_AUX.csv'],
		['console.txt', 'console.txt'],
		['COM10.txt', 'COM10.txt'],
	])('is gone from %j', (template, name) => {
		expect(fileNameOf(template, PARTS)).toBe(name);
	});

	it('is a name too long; beginning, end and extension stay', () => {
		const name = fileNameOf(`${'start'.repeat(100)}_{file:6}.txt`, PARTS);
		expect(name).toHaveLength(200);
		expect(name).toMatch(/^(start)+s?t?a?r?_.*start_000003\.txt$/);
		const chinese = fileNameOf(`${'订单'.repeat(100)}_{file}.csv`, PARTS);
		expect(Buffer.byteLength(chinese)).toBeGreaterThan(250);
		expect(chinese).toMatch(/^(订单)+订?_单?(订单)+_3\.csv$/);
		const families = fileNameOf(`${'👍🏽'.repeat(100)}.pdf`, PARTS);
		expect(families).toMatch(/^(👍🏽)+_(👍🏽)+\.pdf$/u);
		expect(fileNameOf(`a${'\u0301'.repeat(300)}.txt`, PARTS)).toBe('_.txt');
	});

	it('is a name too long by a single character', () => {
		expect(fileNameOf('x'.repeat(200), PARTS)).toBe('x'.repeat(200));
		expect(fileNameOf('x'.repeat(201), PARTS)).toHaveLength(200);
		expect(fileNameOf('码'.repeat(85), PARTS)).toBe('码'.repeat(85));
		expect(Buffer.byteLength(fileNameOf('码'.repeat(86), PARTS))).toBeLessThanOrEqual(255);
	});
});

/** From Microsoft's "Naming Files, Paths, and Namespaces", which adds COM0 and LPT0 as Windows has them. */
const DEVICES = [
	...['CON', 'PRN', 'AUX', 'NUL', 'CONIN$', 'CONOUT$'],
	...[...'0123456789¹²³'].flatMap((digit) => [`COM${digit}`, `LPT${digit}`]),
];
const RESERVED = [...'<>:"/\\|?*'];

/** Why Windows, Linux, macOS, SFTP or S3 would refuse the name or show another one; looks at each unit. */
function refusals(name: string): string[] {
	const points = [...name].map((character) => character.codePointAt(0) ?? 0);
	const among = (from: number, to: number) => points.some((point) => point >= from && point <= to);
	const base = (name.toUpperCase().split('.')[0] ?? '').trimEnd();
	const reasons: Array<[string, boolean]> = [
		['empty', name === ''],
		['too long', name.length > 200 || Buffer.from(name, 'utf8').length > 255],
		['reserved character', RESERVED.some((character) => name.includes(character))],
		['control', among(0, 0x1f) || among(0x7f, 0x9f) || among(0x2028, 0x2029)],
		['lone surrogate', among(0xd800, 0xdfff)],
		['no XML', points.some((point) => (point & 0xfffe) === 0xfffe)],
		['direction', among(0x200b, 0x200f) || among(0x202a, 0x202e) || among(0x2066, 0x2069)],
		['invisible', among(0xad, 0xad) || among(0x61c, 0x61c) || among(0xfeff, 0xfeff)],
		['dot or space at the end', name.endsWith('.') || name.endsWith(' ')],
		['dot or space in front', name.startsWith('.') || name.startsWith(' ')],
		['device', DEVICES.includes(base)],
		['not NFC', name.normalize('NFC') !== name],
	];
	return reasons.filter(([, isSo]) => isSo).map(([reason]) => reason);
}

describe('any name', () => {
	const folder = mkdtempSync(join(tmpdir(), 'file-names-'));
	afterAll(() => rmSync(folder, { recursive: true }));

	const piece = fc.oneof(
		fc.constantFrom(...DEVICES, ...RESERVED, '.', ' ', '..', '.txt', '$&', '{', '}', '{file}'),
		fc.constantFrom('\u202e', '\u200b', '\ufeff', '\ud83d', '\udc4d', '\0', '\n', '\u2028'),
		fc.constantFrom('e\u0301', 'ﬁ', '一物一码', '👨‍👩‍👧', '<\u0338', '\u0301', 'İ', 'x'.repeat(90)),
		fc.string({ unit: 'binary', maxLength: 20 }),
		fc.string({ maxLength: 60 }),
	);
	const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

	it('is one that systems take, stays as it is, and names a file on this disk', () => {
		fc.assert(
			fc.property(text, (isv_application_id) => {
				fc.pre(isv_application_id !== '');
				const parts = { ...PARTS, isv_application_id };
				const name = fileNameOf('{isv_application_id}', parts);
				expect(refusals(name)).toEqual([]);
				expect(fileNameOf('{isv_application_id}', { ...PARTS, isv_application_id: name })).toBe(
					name,
				);
				writeFileSync(join(folder, name), isv_application_id);
				expect(readdirSync(folder)).toContain(name);
				expect(readFileSync(join(folder, name), 'utf8')).toBe(
					Buffer.from(isv_application_id).toString(),
				);
				rmSync(join(folder, name));
			}),
			{ numRuns: 2_000 },
		);
	});

	it('is one that systems take, whatever the template', () => {
		fc.assert(
			fc.property(text, text, (before, after) => {
				const plain = (own: string) => own.replace(/[{}]/g, '(');
				expect(refusals(fileNameOf(`${plain(before)}{file:3}${plain(after)}`, PARTS))).toEqual([]);
			}),
			{ numRuns: 1_000 },
		);
	});
});

describe('FileNames', () => {
	const files = [1, 2, 3].map((segment) => ({ ...PARTS, segment, code_start: segment * 10 }));
	const claim = (template: string, parts: readonly FileNameParts[], isSorted = false) =>
		new FileNames().claim(template, parts, 'order', isSorted).names;

	it('names every file', () => {
		expect(claim('{segment}_{code_start}', files)).toEqual(['1_10', '2_20', '3_30']);
		expect(claim('same.txt', files.slice(0, 1))).toEqual(['same.txt']);
		expect(claim('same.txt', [])).toEqual([]);
	});

	it('puts zeros in front where names shall sort, unless the user says how many', () => {
		const rolls = [0, 1].map((at) => ({
			...PARTS,
			...{ file: at + 1, files: 120, segment: at + 9, count: 5 - at },
			...{ code_start: at * 5, code_end: at * 5 + 95 },
		}));
		const template = '{file}_{files}_{segment}_{count}_{code_start}-{code_end}_{file:1}';
		expect(claim(template, rolls, true)).toEqual([
			'001_120_09_5_000-095_1',
			'002_120_10_4_005-100_2',
		]);
		expect(claim(template, rolls)).toEqual(['1_120_9_5_0-95_1', '2_120_10_4_5-100_2']);
	});

	it('gives names that sort as the files do', () => {
		const cut = fc.record({
			codes: fc.integer({ min: 1, max: 20_000_000 }),
			first: fc.integer({ min: 0, max: 20_000_000 }),
			files: fc.integer({ min: 1, max: 300 }),
			template: fc.constantFrom(
				...[defaultFileName('txt'), '{file}.csv', 'r{code_end}', '{date}_{file}of{files}_{count}'],
			),
		});
		fc.assert(
			fc.property(cut, ({ codes, first, files: count, template }) => {
				const parts = Array.from({ length: count }, (_, at) => ({
					...PARTS,
					...{ file: at + 1, files: count, count: codes },
					...{ code_start: first + at * codes, code_end: first + (at + 1) * codes - 1 },
				}));
				const names = claim(template, parts, true);
				expect([...names].sort()).toEqual(names);
				expect(new Set(names).size).toBe(count);
			}),
		);
	});

	it('refuses a name that two files would share', () => {
		for (const template of ['same.txt', '{application_id}', '{code_end}.txt']) {
			expect(() => claim(template, files)).toThrow(ParameterError);
		}
		const twins = files.map((file, at) => ({ ...file, segment: at === 0 ? 1 : 2 }));
		const { message } = problemOf(() => claim('{segment}.txt', twins));
		expect(message).toBe('The option File Name gives the same name to 2 files');
	});

	it('refuses names that are the same once they are cut', () => {
		const template = `${'x'.repeat(150)}{file:20}${'y'.repeat(150)}.txt`;
		const rolls = files.map((own, at) => ({ ...own, file: at + 1 }));
		expect(() => claim(template, rolls)).toThrow(ParameterError);
		const long = `${'x'.repeat(300)}{file:20}.txt`;
		expect(new Set(claim(long, rolls)).size).toBe(3);
	});

	it('refuses names that Windows and macOS take for the same', () => {
		const ids = ['Ab', 'aB', 'AB\u200b'];
		for (const [one, other] of [ids, ['\u00e9', 'E\u0301'], ['a/b', 'A:B']]) {
			const twins = [one, other].map((isv_application_id) => ({ ...PARTS, isv_application_id }));
			expect(() => claim('{isv_application_id}', twins)).toThrow(ParameterError);
		}
	});

	it('cuts as many names as there can be files with one segmenter: n8n waits for it', () => {
		const many = Array.from({ length: 10_000 }, (_, at) => ({ ...PARTS, file: at + 1 }));
		const made = jest.spyOn(Intl, 'Segmenter');
		expect(new Set(claim(`${'卷'.repeat(300)}_{file}.txt`, many)).size).toBe(10_000);
		expect(made).not.toHaveBeenCalled();
		made.mockRestore();
	});

	it('tells of a name that other codes had before, not of the same again', () => {
		const names = new FileNames();
		expect(names.claim('a{segment}.txt', files, 'order').areShared).toBe(false);
		expect(names.claim('a{segment}.txt', files, 'order').areShared).toBe(false);
		expect(names.claim('A{segment}.TXT', files, 'other').areShared).toBe(true);
	});
});

describe('dateIn', () => {
	it.each([
		['Asia/Shanghai', '2026-11-25T15:59:59Z', '2026-11-25'],
		['Asia/Shanghai', '2026-11-25T16:00:00Z', '2026-11-26'],
		['America/New_York', '2026-01-01T04:59:59Z', '2025-12-31'],
		['UTC', '2026-02-03T00:00:00Z', '2026-02-03'],
	])('in %s, %s is on %s', (timeZone, moment, date) => {
		expect(dateIn(timeZone, new Date(moment))).toBe(date);
	});
});
