import fc from 'fast-check';
import { letterOf } from '../../nodes/shared/delivery/manifest/letter';
import type { Manifest } from '../../nodes/shared/delivery/manifest/manifest';
import { anyManifest, listed, manifestWith } from './manifests.cts';

const both = (manifest: Manifest, archive: 'none' | 'zip' | 'zipPassword' = 'none') =>
	Object.entries(letterOf(manifest, archive));

const digitsIn = (text: string): string[] => (text.match(/\d+/g) ?? []).sort();

/** Words that a letter has in the one language and the other. */
const said: Readonly<Record<string, RegExp>> = {
	trim: /don't trim|请勿去除行首行尾的空格/,
	onlyUrl: /Only the url is printed as a QR code|只有 url 印成二维码/,
	asText: /every column as text|每一列都设为“文本”/,
	fullSize: /100 %|100%/,
	micro: /5 mm × 5 mm/,
	unpack: /Unpack the ZIP|解压 ZIP/,
	password: /password reaches you by another way|密码另行发送/,
	key: /key is both key and IV|密钥同时作为 IV/,
	awk: /awk '/,
};
const saidIn = (text: string) => Object.keys(said).filter((what) => said[what]?.test(text));

describe('the letter to the printer', () => {
	it('in English, for a list of urls', () => {
		expect(letterOf(manifestWith(), 'none').en).toMatchSnapshot();
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
		expect(letterOf(manifest, 'zipPassword').zh).toMatchSnapshot();
	});

	it.each([
		['urlList', 'none', ['trim', 'awk']],
		['urlList', 'zip', ['trim', 'unpack', 'awk']],
		['csv', 'none', ['onlyUrl', 'asText', 'micro']],
		['jsonLines', 'none', ['onlyUrl', 'micro']],
		['package', 'zipPassword', ['onlyUrl', 'micro', 'unpack', 'password']],
		['pdf', 'none', ['fullSize', 'micro']],
		['encrypted', 'none', ['key']],
	] as const)('says of %s (archive: %s) what matters for it: %j', (output, archive, wanted) => {
		const [encoding, line_ending] =
			output === 'pdf' || output === 'encrypted' ? [null, null] : ['utf8' as const, 'lf' as const];
		for (const [, letter] of both(manifestWith({ output, encoding, line_ending }), archive)) {
			expect(saidIn(letter)).toEqual(wanted);
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

	it('says where a code is in its file only where no index is left out', () => {
		const gap = [{ ...listed('a.txt', 'x', 0, 9), code_count: 9 }];
		for (const [, letter] of both(manifestWith()))
			expect(letter).toMatch(/lines before it|之前的行数/);
		for (const [, letter] of both(manifestWith({ files: gap }))) {
			expect(letter).not.toMatch(/lines before it|之前的行数/);
		}
	});

	it.each([
		['roll_1.txt', 'roll_1.txt'],
		['第 1 卷 (b).txt', '"第 1 卷 (b).txt"'],
		['-roll.txt', '.\\-roll.txt'],
		// What PowerShell or cmd would run or fill in, even between quotes; “ is a quote to PowerShell.
		['$(calc).txt', 'FILE'],
		['`calc`.txt', 'FILE'],
		['%PATH%.txt', 'FILE'],
		['a“;calc;“.txt', 'FILE'],
	])('gives Windows a command with %s that runs nothing else', (name, inCommand) => {
		const files = [listed(name, 'one', 0, 9)];
		for (const [, letter] of both(manifestWith({ files }))) {
			const [, argument] = /certutil -hashfile (.*) SHA256$/m.exec(letter) ?? [];
			expect(argument).toBe(inCommand);
		}
	});

	it('gives the same figures and names in both languages, and no checksum', () => {
		const archive = fc.constantFrom('none' as const, 'zip' as const, 'zipPassword' as const);
		fc.assert(
			fc.property(anyManifest, archive, (manifest, how) => {
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
