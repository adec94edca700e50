import fc from 'fast-check';
import { letterOf } from '../../nodes/shared/delivery/manifest/letter';
import type { Manifest } from '../../nodes/shared/delivery/manifest/manifest';
import { textOf } from '../docs/guides.cts';
import { anyManifest, listed, manifestWith } from './manifests.cts';

/** How the files travel: in a ZIP each, unless it is said otherwise. */
const by = (archive: 'none' | 'zip' | 'zipPassword', isTogether = false, proofCodes = 0) => ({
	archive,
	isTogether,
	proofCodes,
});
const both = (manifest: Manifest, travel = by('none')) =>
	Object.entries(letterOf(manifest, travel));
const NAMED = [listed('roll_1.txt', 'one', 0, 9), listed('roll_2.txt', 'two', 10, 19)];

const digitsIn = (text: string): string[] => (text.match(/\d+/g) ?? []).sort();

/** Words that a letter has in the one language and the other. */
const said: Readonly<Record<string, RegExp>> = {
	trim: /don't trim|请勿去除行首行尾的空格/,
	onlyUrl:
		/Only the url \(such as P\.URL\.CN\/…\) is printed as a QR code|只有 url（形如 P\.URL\.CN\/…）印成二维码/,
	asText: /every column as text|每一列都设为“文本”/,
	fullSize: /100 %|100%/,
	micro: /5 mm × 5 mm/,
	unpack: /Unpack all ZIPs into one new, empty folder|把所有 ZIP 解压到同一个新建的空文件夹/,
	oneZip: /All of these are in one ZIP:|以下文件都在同一个 ZIP 里：/,
	unpackOne: /Unpack the ZIP into a new, empty folder|把 ZIP 解压到新建的空文件夹/,
	innerSums: /SHA256SUMS that came out of the ZIP|从 ZIP 中解压出的 SHA256SUMS/,
	password: /password reaches you by another way|密码另行发送/,
	key: /key is both key and IV|密钥同时作为 IV/,
	awk: /awk '/,
	selectString: /Select-String/,
	proof: /proof sheet \(a PDF, not in SHA256SUMS\)|样张（PDF，不在 SHA256SUMS 中）/,
};
const saidIn = (text: string) => Object.keys(said).filter((what) => said[what]?.test(text));

describe('the letter to the printer', () => {
	it('in English, for a list of urls', () => {
		expect(letterOf(manifestWith(), by('none')).en).toMatchSnapshot();
	});

	it('in Chinese, for a CSV file in an encrypted ZIP', () => {
		const archive = { name: 'rolls.zip', bytes: 1, sha256: 'f'.repeat(64) };
		const manifest = manifestWith({
			output: 'csv',
			encoding: 'utf8Bom',
			line_ending: 'crlf',
			delimiter: ',',
			header: ['序号', 'url'],
			files: [
				{ ...listed('第 1 卷.csv', 'one', 0, 19_999), archive },
				{ ...listed('第 2 卷.csv', 'two', 20_000, 29_999), archive },
			],
		});
		expect(letterOf(manifest, by('zipPassword', false, 12)).zh).toMatchSnapshot();
	});

	it.each([
		['urlList', 'none', ['trim', 'awk', 'selectString']],
		['urlList', 'zip', ['trim', 'unpack', 'awk', 'selectString']],
		['csv', 'none', ['onlyUrl', 'asText', 'micro']],
		['jsonLines', 'none', ['onlyUrl', 'micro']],
		['package', 'zipPassword', ['onlyUrl', 'micro', 'unpack', 'password']],
		['pdf', 'none', ['fullSize', 'micro']],
		['encrypted', 'none', ['key']],
	] as const)('says of %s (archive: %s) what matters for it: %j', (output, archive, wanted) => {
		const [encoding, line_ending] =
			output === 'pdf' || output === 'encrypted' ? [null, null] : ['utf8' as const, 'lf' as const];
		for (const [, letter] of both(manifestWith({ output, encoding, line_ending }), by(archive))) {
			expect(saidIn(letter)).toEqual(wanted);
		}
	});

	it.each([
		['none', 1],
		['zip', 2],
		['zipPassword', 2],
	] as const)('has the sums of ZIPs checked before they are unpacked: %s', (archive, steps) => {
		const numbered = (text: string) => text.match(/^\d\. /gm) ?? [];
		for (const [, letter] of both(manifestWith(), by(archive))) {
			expect(numbered(letter)).toHaveLength(archive === 'none' ? 0 : steps);
			expect(letter.match(/sha256sum -c/g)).toHaveLength(1);
		}
	});

	it.each(['zip', 'zipPassword'] as const)(
		'of one ZIP for all: has the ZIP checked, unpacked, and then what was in it: %s',
		(archive) => {
			for (const [, letter] of both(manifestWith(), by(archive, true))) {
				const steps = [
					/^1\. .*SHA256SUMS/,
					/sha256sum -c SHA256SUMS/,
					said.unpackOne,
					said.innerSums,
				];
				const lines = letter.split('\n');
				const at = steps.map((step) => lines.findIndex((line) => step?.test(line)));
				expect(at).not.toContain(-1);
				expect(at).toEqual([...at].sort((one, other) => one - other));
				expect(saidIn(letter)).not.toContain('unpack');
			}
		},
	);

	it("has the commands of the printer's page", () => {
		for (const [, letter] of both(manifestWith())) {
			const [, command = ''] = /^ *Windows PowerShell: (Get-Content .*)$/m.exec(letter) ?? [];
			expect(command).not.toBe('');
			expect(textOf('docs/printer.md')).toContain(`${command}\n`);
		}
	});

	it('speaks of the proof sheet only where there is one', () => {
		for (const [, letter] of both(manifestWith(), by('none', false, 1))) {
			expect(saidIn(letter)).toContain('proof');
		}
		for (const [, letter] of both(manifestWith())) expect(saidIn(letter)).not.toContain('proof');
	});

	it.each([
		[1, /1 codes in 1 file\./, /共 1 个码，1 个文件/],
		[2, /2 codes in 2 files\./, /共 2 个码，2 个文件/],
	])('counts the files: %s', (count, en, zh) => {
		const files = NAMED.slice(0, count).map((file) => ({ ...file, code_count: 1 }));
		const letter = letterOf(manifestWith({ files }), by('none'));
		expect(letter.en).toMatch(en);
		expect(letter.zh).toMatch(zh);
	});

	it('asks for waste as the ledger and Left Out take it', () => {
		for (const [, letter] of both(manifestWith())) {
			expect(letter).toContain('20017, 20020-20025');
			expect(letter).toMatch(/if there is no waste, write: none|没有废码写 none/);
		}
	});

	it('speaks of the micro code only where the lattice is one', () => {
		const manifest = manifestWith({ output: 'csv', delimiter: ';', lattice_width: 68 });
		for (const [, letter] of both(manifest)) expect(saidIn(letter)).toEqual(['onlyUrl', 'asText']);
	});

	it('lists up to 50 files, of more the first 49 and how many are left', () => {
		const filesUpTo = (count: number) =>
			Array.from({ length: count }, (_, n) => listed(`roll_${n}.txt`, `${n}`, n, n));
		for (const [, letter] of both(manifestWith({ files: filesUpTo(50) }))) {
			expect(letter.match(/^roll_/gm)).toHaveLength(50);
			expect(letter).not.toContain('manifest.json');
		}
		for (const [, letter] of both(manifestWith({ files: filesUpTo(400) }))) {
			expect(letter.match(/^roll_/gm)).toHaveLength(49);
			expect(letter).toMatch(/351.*manifest\.json/);
		}
	});

	// Counted by hand: ten codes from 40 on; the last of them has the index 49.
	it.each([
		['urlList', null, 'line', '行', 1, 10],
		['csv', null, 'line', '行', 1, 10],
		['csv', ['url', 'index'], 'line', '行', 2, 11],
		['jsonLines', null, 'line', '行', 1, 10],
		['pdf', null, 'page', '页', 1, 10],
	] as const)('says where a code is in its file: %s, %j', (output, header, en, zh, less, at) => {
		const files = [listed('a.x', 'x', 40, 49), listed('b.x', 'x', 50, 51)];
		const delimiter = output === 'csv' ? ',' : null;
		const letter = letterOf(manifestWith({ output, header, delimiter, files }), by('none'));
		expect(letter.en).toContain(`first index of its file + ${en} number − ${less}.`);
		expect(letter.en).toContain(`${en} ${at} of a.x has index 49.`);
		expect(letter.zh).toContain(`所在文件的首个序号 + ${zh}号 − ${less}。`);
		expect(letter.zh).toContain(`a.x 第 ${at} ${zh}的序号是 49。`);
		const isColumnFirst = output === 'csv' || output === 'jsonLines';
		expect(letter.en.includes('in its column, if there is one; otherwise first')).toBe(
			isColumnFirst,
		);
		expect(letter.zh.includes('有序号列时看该列，没有时为：所在文件')).toBe(isColumnFirst);
	});

	// Ten codes from 10 on, in a column 0 to 9: who reports "9" spoils the code 9, and activates 19.
	it.each([
		['csv', 'segment'],
		['jsonLines', 'segment'],
		['package', 'segment'],
		['csv', null],
	] as const)('sends nobody to a column that counts anew: %s, %s', (output, indexes_from) => {
		const files = [listed('a.x', 'x', 0, 9), listed('b.x', 'y', 10, 19)];
		const letter = letterOf(manifestWith({ output, indexes_from, files }), by('none'));
		expect(letter.en).toContain('Index of a code: first index of its file + line number − 1.');
		expect(letter.en).toContain('Do not report indexes of a column');
		expect(letter.zh).toContain('码的序号：所在文件的首个序号 + 行号 − 1。');
		expect(letter.zh).toContain('请勿回报列中的序号');
	});

	it('says nothing of columns where there are none, or they count from the application', () => {
		for (const changes of [
			{ output: 'urlList', indexes_from: 'segment' },
			{ output: 'pdf', indexes_from: 'segment' },
			{ output: 'csv', indexes_from: 'application' },
			{ output: 'package', indexes_from: 'application' },
		] as const) {
			for (const [, letter] of both(manifestWith(changes))) {
				expect(letter).not.toMatch(/Do not report|请勿回报/);
			}
		}
	});

	it('does not say so where an index is left out, or stands in each line', () => {
		const gap = [{ ...listed('a.txt', 'x', 0, 9), code_count: 9 }];
		for (const changes of [
			{ files: gap },
			{ output: 'package' },
			{ output: 'encrypted' },
		] as const) {
			for (const [, letter] of both(manifestWith(changes))) {
				expect(letter).not.toMatch(/Index of a code|码的序号/);
			}
		}
	});

	it.each([
		[['roll_1.txt'], './roll_1*.txt'],
		[['roll_08_100-199.txt', 'roll_09_200-299.txt'], './roll_0*.txt'],
		[['roll_1.txt', 'roll_1_2.txt'], './roll_1*.txt'],
		[['a.b.1.txt', 'a.b.2.txt'], './a*.txt'],
		[['第 1 卷 (b).txt'], './*.txt'],
		[['roll 1.txt', 'roll 2.txt'], './roll*.txt'],
		[['-v.txt', '-w.txt'], './-*.txt'],
		[['n=1.txt', 'n=2.txt'], './n*.txt'],
		// What a shell would run or fill in, even between quotes; “ is a quote to PowerShell.
		[['$(calc).txt', '`calc`.txt'], './*.txt'],
		[['a“;calc;“.txt'], './a*.txt'],
		[["it's.t'x't"], undefined],
		[["it's.txt"], './it*.txt'],
		[['1.txt', '2.csv'], undefined],
		[['一', '二'], undefined],
	])('gives the shells a name for %j that runs nothing', (names, pattern) => {
		const files = names.map((name, n) => listed(name, 'x', n, n));
		for (const [, letter] of both(manifestWith({ files }))) {
			const [, awk] = /awk '.*' (.*)$/m.exec(letter) ?? [];
			const [, path] =
				/Select-String -Path (.*) -Pattern '\^\.\{28\}\$' -NotMatch$/m.exec(letter) ?? [];
			expect([awk, path]).toEqual([pattern, pattern]);
		}
	});

	it.each([
		['utf8', true, ''],
		['utf8Bom', true, ' -Encoding UTF8'],
		['utf16le', false, ' -Encoding Unicode'],
	] as const)('has the lengths checked by what reads the encoding: %s', (encoding, awk, option) => {
		for (const [, letter] of both(manifestWith({ encoding }))) {
			expect(letter.includes("awk '")).toBe(awk);
			expect(letter).toContain(`-NotMatch${option}\n`);
		}
	});

	it('gives the same figures and names in both languages, and no checksum', () => {
		const travel = fc.record({
			archive: fc.constantFrom('none' as const, 'zip' as const, 'zipPassword' as const),
			isTogether: fc.boolean(),
			proofCodes: fc.constantFrom(0, 12),
		});
		fc.assert(
			fc.property(anyManifest, travel, (manifest, how) => {
				const { en, zh } = letterOf(manifest, how);
				expect(digitsIn(zh)).toEqual(digitsIn(en));
				for (const { name, sha256 } of manifest.files) {
					expect(en).toContain(name);
					expect(zh).toContain(name);
					expect(en + zh).not.toContain(sha256);
				}
				expect(en + zh).not.toMatch(/undefined|null|NaN|\[object/);
			}),
		);
	});
});
