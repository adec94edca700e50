import { FileNames, fileNameOf, type FileNameParts } from '../../nodes/shared/delivery/fileName';
import { ParameterError } from '../../nodes/shared/n8n/errors';

const PARTS: FileNameParts = {
	application_id: '18446744073709551615',
	code_start: 50_000,
	code_end: 99_999,
	segment: 2,
	isv_application_id: undefined,
	file: 2,
	files: 3,
	count: 50_000,
	date: '2026-11-25',
};

describe('fileNameOf', () => {
	it.each([
		[
			'marketcode_{application_id}_{code_start}-{code_end}.txt',
			'marketcode_18446744073709551615_50000-99999.txt',
		],
		['{segment}.{segment}.csv', '2.2.csv'],
		['roll {unknown} {SEGMENT}.txt', 'roll {unknown} {SEGMENT}.txt'],
		['一物一码 (a+b) $& $1.txt', '一物一码 (a+b) $& $1.txt'],
		['../../etc/passwd', '__.._etc_passwd'],
		['..\\a', '__a'],
		['.hidden', '_hidden'],
		['...', '_'],
		['a/b:c*d?e"f<g>h|i\\j', 'a_b_c_d_e_f_g_h_i_j'],
		['a\0b\nc\x7fd\u0085e', 'a_b_c_d_e'],
	])('makes of %j %j', (template, name) => {
		expect(fileNameOf(template, PARTS)).toBe(name);
	});

	it('calls a file of several segments "all"', () => {
		expect(fileNameOf('{segment}.txt', { ...PARTS, segment: undefined })).toBe('all.txt');
	});
});

describe('FileNames', () => {
	const files = [1, 2, 3].map((segment) => ({ ...PARTS, segment, code_start: segment * 10 }));
	const claim = (template: string, parts: readonly FileNameParts[]) =>
		new FileNames().claim(template, parts, 'order').names;

	it('names every file', () => {
		expect(claim('{segment}_{code_start}', files)).toEqual(['1_10', '2_20', '3_30']);
		expect(claim('same.txt', files.slice(0, 1))).toEqual(['same.txt']);
		expect(claim('same.txt', [])).toEqual([]);
	});

	it('refuses a name that two files would share', () => {
		for (const template of ['same.txt', '{application_id}', '{code_end}.txt']) {
			expect(() => claim(template, files)).toThrow(ParameterError);
		}
		const twins = files.map((file, at) => ({ ...file, segment: at === 0 ? 1 : 2 }));
		expect(() => claim('{segment}.txt', twins)).toThrow(ParameterError);
	});

	it('tells of a name that other codes had before, not of the same again', () => {
		const names = new FileNames();
		expect(names.claim('{segment}.txt', files, 'order').areShared).toBe(false);
		expect(names.claim('{segment}.txt', files, 'order').areShared).toBe(false);
		expect(names.claim('{segment}.txt', files, 'other').areShared).toBe(true);
	});
});
