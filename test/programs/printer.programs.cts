import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { blockIn } from '../docs/guides.cts';
import { handedOn, runNode, type HandedOn } from '../nodes/handover.cts';
import { useLab, type Row } from '../nodes/lab.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { run, said } from './programs.cts';

const lab = useLab();

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'marketcode-printer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ROLLS = [
	'roll_1_000-299.txt',
	'roll_2_300-599.txt',
	'roll_3_600-899.txt',
	'roll_4_900-999.txt',
];
const allOk = (names: readonly string[]) => names.map((name) => `${name}: OK\n`).join('');

/** Puts into the folder what the printer gets, the proof sheet too. */
async function deliver(options: IDataObject): Promise<[HandedOn, Application]> {
	const application = lab.application({ codeCount: 1_000 });
	const parameters = {
		...{ output: 'urlList', files: 'perCount', codesPerFile: 300 },
		options: {
			fileName: 'roll_{file}_{code_start}-{code_end}.txt',
			...{ archive: 'zipPassword', manifest: true, proofCodes: 12 },
			...options,
		},
	};
	const result = await runNode(lab, 'Marketcode Download', application, parameters);
	const handed = await handedOn(lab, result);
	const { files, manifest, proof } = handed;
	for (const { name, content } of files) await writeFile(path.join(folder, name), content);
	await writeFile(path.join(folder, 'manifest.json'), manifest?.text ?? '');
	await writeFile(path.join(folder, 'SHA256SUMS'), manifest?.sums ?? '');
	await writeFile(path.join(folder, 'codes_proof.pdf'), proof?.pdf ?? '');
	return [handed, application];
}

const rowAt = (application: Application, index: number): Row => {
	const [row] = lab.rows(application, index, index);
	if (!row) throw new Error(`No row ${index}`);
	return row;
};

describe.each(['docs/printer.md', 'docs/zh-CN/printer.md'])('%s', (page) => {
	const block = (part: string): string => blockIn(page, part);
	// Without an end of its input, 7z would wait for an answer to what it asks.
	const shell = (where: string, commands: string) =>
		said(where, 'bash', '-euc', `exec < /dev/null\n${commands}`);

	it.each([
		['lf', 29],
		['crlf', 30],
	])('leads from one ZIP to the index of a spoiled label: %s', async (lineEnding, bytes) => {
		const [handed, application] = await deliver({ archivePer: 'delivery', lineEnding });
		const [{ file_name: zip, password } = { file_name: '', password: '' }] = handed.passwords;
		const check = block('sha256sum');
		expect(await shell(folder, check)).toEqual({
			code: 0,
			text: allOk([String(zip), 'manifest.json']),
		});
		const unpack = block('7z t').replaceAll('NAME.zip', `-p${String(password)} ${String(zip)}`);
		const unpacked = await shell(folder, unpack);
		expect([unpacked.code, unpacked.text.match(/Everything is Ok/g)?.length]).toEqual([0, 2]);
		const codes = path.join(folder, 'codes');
		expect((await readdir(codes)).sort()).toEqual(['SHA256SUMS', 'manifest.json', ...ROLLS]);
		expect(await shell(codes, check)).toEqual({
			code: 0,
			text: allOk([...ROLLS, 'manifest.json']),
		});

		const [name = ''] = ROLLS;
		const roll = path.join(codes, name);
		const content = await readFile(roll, 'latin1');
		expect(content.length / bytes).toBe(300);
		expect((await shell(codes, block('wc -l'))).text).toMatch(/ 1000 total\n$/);
		expect(await shell(codes, block('uniq -d'))).toEqual({ code: 0, text: '' });

		// Spoiled on the way: a line trimmed, one in small letters, one that is there twice.
		const end = lineEnding === 'lf' ? '\n' : '\r\n';
		const lines = content.split(end);
		const twice = lines[7] ?? '';
		const wrong = ['P.URL.CN/0ABCDEFGHIJKLMNOPQ', 'p.url.cn/0ABCDEFGHIJKLMNOPQR'];
		await writeFile(roll, [...wrong, twice, ...lines].join(end), 'latin1');
		const found = (await shell(codes, block('uniq -d'))).text;
		expect(found.replaceAll('\r', '')).toBe([...wrong, twice].map((it) => `${it}\n`).join(''));

		const spaced = 'P.URL.CN/0ABCDEFGHIJKLMNOPQ ';
		await writeFile(roll, [...lines.slice(0, 2), spaced, ...lines.slice(2)].join(end), 'latin1');
		const [first = ''] = (await shell(codes, block('grep -nE'))).text.split(/\r?\n/);
		expect(first).toMatch(/^roll_1_000-299\.txt:\d+:.{27} $/);
		await writeFile(roll, [spaced, ...lines].join(end), 'latin1');
		const [atOnce] = (await shell(codes, block('grep -nE'))).text.split(/\r?\n/);
		expect(atOnce).toBe(`${name}:1:${spaced}`);

		const index = 517;
		const { url } = rowAt(application, index);
		const search = block('grep -nHF').replace(/'.*'/, () => `'${url}'`);
		const [, file = '', start, line] =
			/^(roll_\d_(\d+)-\d+\.txt):(\d+):/.exec((await shell(codes, search)).text) ?? [];
		expect(file).toBe(ROLLS[1]);
		expect(Number(start) + Number(line) - 1).toBe(index);
	});

	it('leads from many ZIPs with many passwords to their files', async () => {
		const [{ files, passwords }] = await deliver({ archivePer: 'file' });
		const zips = files.map(({ name }) => name);
		expect(zips).toEqual(ROLLS.map((name) => `${name}.zip`));
		expect((await shell(folder, block('sha256sum'))).text).toBe(allOk([...zips, 'manifest.json']));
		// As the mail has them; saved on Windows, and the last line has no end.
		const mail = passwords.map((it) => `${String(it.file_name)}: ${String(it.password)}`);
		await writeFile(path.join(folder, 'passwords.txt'), mail.join('\r\n'));
		expect((await shell(folder, block('passwords.txt'))).code).toBe(0);
		const codes = path.join(folder, 'codes');
		expect((await readdir(codes)).sort()).toEqual(ROLLS);
		expect((await run(codes, 'bash', '-c', block('wc -l'))).trim()).toMatch(/ 1000 total$/);
	});
});
