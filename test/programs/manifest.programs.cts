import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { letterOf } from '../../nodes/shared/delivery/manifest/letter';
import {
	manifestOf,
	sumsText,
	type ManifestFacts,
} from '../../nodes/shared/delivery/manifest/manifest';
import { sumsProblems } from '../../nodes/shared/delivery/verify/sums';
import { factsWith, listed } from '../unit/manifests.cts';

const FILES = {
	'roll_1.txt': 'P.URL.CN/0+++++++++++++++++A\n'.repeat(3),
	"it's roll 2 (b).txt": 'P.URL.CN/0------------- ---B\nP.URL.CN/0---------------- \n',
	'第 3 卷.txt': ' P.URL.CN/0****************C\n',
	'-n.txt': 'x\n',
};

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'sums-'));
	for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
});
afterEach(() => rmSync(folder, { recursive: true }));

const manifest = manifestOf(
	factsWith({
		files: Object.entries(FILES).map(([name, content], n) => listed(name, content, n, n)),
	}),
);

const AS_THEY_ARE = { archive: 'none', isTogether: false, proofCodes: 0 } as const;

/** Runs a command of a letter as the printer would. */
function inShell(command: string) {
	const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
		cwd: folder,
		encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C.UTF-8' },
	});
	return { status, stdout, stderr };
}

/** The commands in a letter, by their program. */
const commandIn = (letter: string, program: RegExp): string =>
	letter
		.split('\n')
		.find((line) => program.test(line))
		?.replace(/^ *([\w, ]+: )?/, '') ?? '';

describe('SHA256SUMS', () => {
	it.each([
		['Linux', /^ *Linux/],
		['macOS', /^ *macOS/],
	])(
		'is accepted by the command of the letter for %s, and refuses what was changed',
		(_os, line) => {
			writeFileSync(join(folder, 'SHA256SUMS'), sumsText(manifest.files));
			const { en, zh } = letterOf(manifest, AS_THEY_ARE);
			const command = commandIn(en, line);
			expect(commandIn(zh, line)).toBe(command);
			const good = inShell(command);
			expect(good).toMatchObject({ status: 0, stderr: '' });
			expect(good.stdout.match(/: OK$/gm)).toHaveLength(4);

			writeFileSync(join(folder, 'roll_1.txt'), FILES['roll_1.txt'].replace('A', 'B'));
			rmSync(join(folder, '第 3 卷.txt'));
			const bad = inShell(command);
			expect(bad.status).toBe(1);
			expect(bad.stdout).toMatch(/^roll_1\.txt: FAILED$/m);
			expect(bad.stdout.match(/: OK$/gm)).toHaveLength(2);
			expect(bad.stderr).toContain('第 3 卷.txt');
		},
	);

	it('is, byte for byte, what sha256sum writes', () => {
		const names = Object.keys(FILES);
		expect(sumsText(manifest.files).toString()).toBe(
			execFileSync('sha256sum', ['--', ...names], { cwd: folder, encoding: 'utf8' }),
		);
	});

	it('of sha256sum is read', () => {
		const known = new Map(manifest.files.map(({ name, sha256 }) => [name, new Set([sha256])]));
		const written = (...options: string[]) =>
			execFileSync('sha256sum', [...options, '--', ...Object.keys(FILES)], {
				cwd: folder,
				encoding: 'utf8',
			});
		for (const options of [[], ['--binary']]) {
			expect(sumsProblems(written(...options), known)).toEqual([]);
		}
		writeFileSync(join(folder, '-n.txt'), 'y\n');
		expect(sumsProblems(written(), known)).toHaveLength(1);
	});
});

describe("the letter's search for lines that do not have 28 characters", () => {
	const good = ['P.URL.CN/0+++++++++++++++++A', 'P.URL.CN/0----------------- ', ' '.repeat(28)];
	const bad = ['P.URL.CN/0-----------------', 'P.URL.CN/0-----------------  ', '', 'ü'.repeat(28)];

	it.each([
		['LF', { line_ending: 'lf', encoding: 'utf8' }, '\n', ''],
		['CRLF', { line_ending: 'crlf', encoding: 'utf8' }, '\r\n', ''],
		['LF behind a byte order mark', { line_ending: 'lf', encoding: 'utf8Bom' }, '\n', '\ufeff'],
		[
			'CRLF behind a byte order mark',
			{ line_ending: 'crlf', encoding: 'utf8Bom' },
			'\r\n',
			'\ufeff',
		],
	] as const)('finds them: %s', (_what, facts, lineEnding, mark) => {
		const names = [
			'roll_1.txt',
			"it's roll 2 (b).txt",
			'第 3 卷.txt',
			'n=1.txt',
			'-v.txt',
			'$(exit 7)`x`.txt',
		];
		for (const name of names) {
			for (const other of readdirSync(folder)) rmSync(join(folder, other));
			const files: ManifestFacts['files'] = [listed(name, '', 0, 2)];
			const { en, zh } = letterOf(manifestOf(factsWith({ ...facts, files })), AS_THEY_ARE);
			const command = commandIn(en, /awk/);
			expect(commandIn(zh, /awk/)).toBe(command);
			const write = (lines: readonly string[]) =>
				writeFileSync(join(folder, name), mark + lines.map((line) => line + lineEnding).join(''));
			write(good);
			expect(inShell(command)).toEqual({ status: 0, stdout: '', stderr: '' });
			const wrong = facts.encoding === 'utf8' ? bad.slice(0, 3) : bad;
			write([...wrong, ...good]);
			expect(inShell(command).stdout).toBe(wrong.map((line) => `${line}\n`).join(''));
			// Not PowerShell, which is not at hand, but its pattern: JavaScript reads that alike.
			const [, pattern = 'none'] = /-Pattern '(.*)' -NotMatch/.exec(en) ?? [];
			expect([...good, ...bad].filter((line) => !new RegExp(pattern).test(line))).toEqual(
				bad.slice(0, 3),
			);
		}
	});

	it('looks into each file, behind its own byte order mark', () => {
		const names = ['卷 1.txt', '卷 2.txt'];
		const files = names.map((name, n) => listed(name, '', n, n));
		const facts = { line_ending: 'crlf', encoding: 'utf8Bom', files } as const;
		const command = commandIn(letterOf(manifestOf(factsWith(facts)), AS_THEY_ARE).en, /awk/);
		for (const name of names) writeFileSync(join(folder, name), `\ufeff${good.join('\r\n')}\r\n`);
		for (const other of Object.keys(FILES)) rmSync(join(folder, other));
		expect(inShell(command)).toEqual({ status: 0, stdout: '', stderr: '' });
		writeFileSync(join(folder, '卷 2.txt'), `\ufeff${good.join('\r\n')}\r\nP.URL.CN/0\r\n`);
		expect(inShell(command).stdout).toBe('P.URL.CN/0\n');
	});
});
