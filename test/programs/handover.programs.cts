import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { INodeParameters } from 'n8n-workflow';
import { handedOn, runNode, type HandedOn, type NodeName } from '../nodes/handover.cts';
import { useLab, type Row } from '../nodes/lab.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { Raster } from './pgm.cts';
import { run, said } from './programs.cts';

const lab = useLab();
const DPI = 300;

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'marketcode-handover-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const DOWNLOAD = 'Marketcode Download';
const DECRYPT = 'Package: Decrypt';

async function deliver(
	node: NodeName,
	application: Application,
	parameters: INodeParameters,
	password = '',
): Promise<HandedOn> {
	const input = [{ password }];
	return await handedOn(lab, await runNode(lab, node, application, parameters, { input }));
}

/** Puts into a folder what the printer gets. */
async function store(into: string, { files, manifest }: HandedOn): Promise<void> {
	await mkdir(into, { recursive: true });
	for (const { name, content } of files) await writeFile(path.join(into, name), content);
	if (!manifest) return;
	await writeFile(path.join(into, 'manifest.json'), manifest.text);
	await writeFile(path.join(into, 'SHA256SUMS'), manifest.sums);
}

const filesIn = async (of: string): Promise<Map<string, Buffer>> =>
	new Map(
		await Promise.all(
			(await readdir(of))
				.sort()
				.map(async (name) => [name, await readFile(path.join(of, name))] as const),
		),
	);
const rowsOf = (application: Application): Row[] =>
	lab.rows(application, 0, application.codeCount - 1);

describe('labels', () => {
	const label = { symbol: 'both', pageWidth: 60, pageHeight: 30, moduleSize: 0.5 };

	it.each([
		[DOWNLOAD, 90, ['labels_1.pdf', 'labels_2.pdf']],
		[DECRYPT, 230, ['labels_1.pdf', 'labels_2.pdf']],
	] as const)(
		'of %s: each QR code and each micro code is read back',
		async (node, segmentSize, names) => {
			const application = lab.application({ codeCount: 230, segmentSize });
			const division = { files: 'perCount', codesPerFile: 200 };
			const options = { showIndex: true, fileName: 'labels_{file}.pdf' };
			const parameters = { output: 'pdf', ...division, ...label, options };
			await store(folder, await deliver(node, application, parameters));
			expect(await readdir(folder)).toEqual(names);
			const rows = rowsOf(application);
			for (const [name, own] of [
				[names[0], rows.slice(0, 200)],
				[names[1], rows.slice(200)],
			] as const) {
				const found = await run(folder, 'qpdf', '--check', name);
				expect(found).toContain('No syntax or stream encoding errors found');
				expect(await run(folder, 'qpdf', '--show-npages', name)).toBe(`${own.length}\n`);
				const pages = await picturesOf(name);
				const onlyQr = ['-Sdisable', '-Sqrcode.enable'];
				const read = await run(folder, 'zbarimg', '--nodbus', '--raw', '-q', ...onlyQr, ...pages);
				// Not a character is trimmed.
				expect(read).toBe(own.map(({ url }) => `${url}\n`).join(''));
				const lattices: string[] = [];
				for (const page of pages) {
					const raster = new Raster(await readFile(path.join(folder, page)), DPI / 25.4);
					// 30 mm of symbols in the middle of 60 mm; with 3 mm of index below them they are 19.5 mm high.
					lattices.push(raster.modulesAt(15 + 16.5 + 2, 5.25 + 3.5, 0.5, 19));
				}
				expect(lattices).toEqual(own.map(({ lattice }) => lattice));
				const texts = await run(folder, 'pdftotext', name, '-');
				expect(texts.split(/\s+/).filter(Boolean)).toEqual(own.map(({ index }) => index));
			}
		},
	);

	/** Pages of a PDF as pictures, in their order. */
	async function picturesOf(pdf: string): Promise<string[]> {
		await run(folder, 'pdftoppm', '-r', String(DPI), '-gray', pdf, pdf);
		return (await readdir(folder)).filter((name) => name.startsWith(`${pdf}-`)).sort();
	}
});

describe.each([DOWNLOAD, DECRYPT] as const)('a delivery of %s', (node) => {
	// A password in Chinese is for those programs that agree on UTF-8.
	const PASSWORD = ' an invented p4ssword"\\ ';
	const parameters = (archive: string, archivePer: string): INodeParameters => ({
		...{ output: 'urlList', files: 'perCount', codesPerFile: 300 },
		options: {
			...{
				archive,
				archivePer,
				manifest: true,
				fileName: '红茶 第{file:2}卷 {code_start}-{code_end}.txt',
			},
			...(archive === 'zipPassword' && { password: '={{ $json.password }}' }),
		},
	});
	const expectUrls = async (of: string, application: Application) => {
		const files = await filesIn(of);
		const texts = [...files].filter(([name]) => name.startsWith('红茶')).map(([, text]) => text);
		expect(texts).toHaveLength(4);
		expect(Buffer.concat(texts).toString()).toBe(
			rowsOf(application)
				.map(({ url }) => `${url}\n`)
				.join(''),
		);
	};

	it.each(['zip', 'zipPassword'])(
		'in one archive is unpacked by 7z and whole: %s',
		async (archive) => {
			const application = lab.application({ codeCount: 1_000 });
			const handed = await deliver(node, application, parameters(archive, 'delivery'), PASSWORD);
			await store(folder, handed);
			const zip = handed.files[0]?.name ?? '';
			expect((await said(folder, 'sha256sum', '--strict', '-c', 'SHA256SUMS')).text).toBe(
				`${zip}: OK\nmanifest.json: OK\n`,
			);
			if (archive === 'zipPassword') {
				for (const wrong of [PASSWORD.trim(), 'x', '']) {
					const { code, text } = await said(folder, '7z', 't', `-p${wrong}`, zip);
					expect([code, text]).toEqual([2, expect.stringContaining('Wrong password')]);
				}
			}
			const open = archive === 'zip' ? [] : [`-p${PASSWORD}`];
			expect(await run(folder, '7z', 't', ...open, zip)).toContain('Everything is Ok');
			await run(folder, '7z', 'x', ...open, '-oout', zip);
			const out = path.join(folder, 'out');
			const sums = await run(out, 'sha256sum', '--strict', '-c', 'SHA256SUMS');
			expect(sums.match(/: OK$/gm)).toHaveLength(5);
			expect(await readdir(out)).toHaveLength(6);
			await expectUrls(out, application);
		},
	);

	it.each(['zip', 'zipPassword'])(
		'in one archive is checked in the order of the letter: ZIP, unpack, files: %s',
		async (archive) => {
			const application = lab.application({ codeCount: 1_000 });
			const handed = await deliver(node, application, parameters(archive, 'delivery'), PASSWORD);
			await store(folder, handed);
			const { en, zh } = { en: '', zh: '', ...Object(handed.manifest?.json.letter) };
			const linux = /^ *Linux: (.*)$/m;
			const [, command = ''] = linux.exec(en) ?? [];
			expect(linux.exec(zh)?.[1]).toBe(command);
			// 1. Beside the ZIP: the sum of the ZIP, none of the files'.
			const zip = handed.files[0]?.name ?? '';
			expect(await run(folder, 'sh', '-c', command)).toBe(`${zip}: OK\nmanifest.json: OK\n`);
			// 2. The folder is new, so nothing is asked about.
			await run(folder, '7z', 'x', '-ocodes', `-p${PASSWORD}`, zip);
			const codes = path.join(folder, 'codes');
			// 3. From the ZIP: those of the files.
			const files = (await readdir(codes)).filter((name) => name.startsWith('红茶'));
			expect(files).toHaveLength(4);
			const sums = await run(codes, 'sh', '-c', command);
			expect(sums).toBe([...files.sort(), 'manifest.json'].map((it) => `${it}: OK\n`).join(''));
			expect(await readFile(path.join(codes, 'manifest.json'), 'utf8')).toBe(handed.manifest?.text);
			const [lengths = ''] = /awk .*$/m.exec(en) ?? [];
			expect(await said(codes, 'sh', '-c', lengths)).toEqual({ code: 0, text: '' });
			const [damaged = ''] = files;
			const content = await readFile(path.join(codes, damaged), 'utf8');
			await writeFile(path.join(codes, damaged), content.replace(/.\n/, '\n'));
			const changed = await said(codes, 'sh', '-c', command);
			expect([changed.code, changed.text]).toEqual([
				1,
				expect.stringContaining(`${damaged}: FAILED`),
			]);
			expect((await run(codes, 'sh', '-c', lengths)).split('\n')).toHaveLength(2);
			// What is beside the ZIP does not see that.
			expect((await said(folder, 'sh', '-c', command)).code).toBe(0);
		},
	);

	it.each(['none', 'zip', 'zipPassword'])(
		'in several files is what SHA256SUMS lists, and what the letter says: %s',
		async (archive) => {
			const application = lab.application({ codeCount: 1_000 });
			const handed = await deliver(node, application, parameters(archive, 'file'), PASSWORD);
			await store(folder, handed);
			const { en, zh } = { en: '', zh: '', ...Object(handed.manifest?.json.letter) };
			const [, command = ''] = /^ *Linux: +(.*)$/m.exec(en) ?? [];
			expect(command).toContain('sha256sum');
			expect(zh).toContain(command);
			const { code, text } = await said(folder, 'sh', '-c', command);
			expect([code, text.match(/: OK$/gm)?.length]).toEqual([0, 5]);
			const order = archive === 'none' ? /Linux:/ : /before unpacking[^]*Linux:[^]*Unpack all ZIPs/;
			expect(en).toMatch(order);
			const name = handed.files[1]?.name ?? '';
			if (archive !== 'none') {
				for (const file of handed.files) {
					await run(folder, '7z', 'x', `-p${PASSWORD}`, '-oout', file.name);
				}
			}
			const out = archive === 'none' ? folder : path.join(folder, 'out');
			await expectUrls(out, application);
			const [lengths = ''] = /awk .*$/m.exec(en) ?? [];
			expect(lengths).toContain('./*.txt');
			expect(await said(out, 'sh', '-c', lengths)).toEqual({ code: 0, text: '' });
			await writeFile(path.join(folder, name), 'x');
			const changed = await said(folder, 'sh', '-c', command);
			expect([changed.code, changed.text]).toEqual([1, expect.stringContaining(`${name}: FAILED`)]);
		},
	);

	it('with passwords of its own is opened by them alone', async () => {
		const application = lab.application({ codeCount: 1_000 });
		const { options } = { options: {}, ...parameters('zip', 'file') };
		const handed = await deliver(node, application, {
			...parameters('zip', 'file'),
			options: { ...Object(options), archive: 'zipPassword' },
		});
		await store(folder, handed);
		expect(handed.passwords).toHaveLength(4);
		for (const [at, { file_name, password }] of handed.passwords.entries()) {
			const other = handed.passwords[(at + 1) % 4]?.password;
			const test = async (word: unknown) =>
				(await said(folder, '7z', 't', `-p${String(word)}`, String(file_name))).code;
			expect([await test(password), await test(other)]).toEqual([0, 2]);
		}
	});
});

/** How what is in a file is read back, and what has to be there of a row. */
const FORMATS = {
	package: {
		read: (text: string): unknown[] => text.split('\n').slice(0, -1),
		of: ({ line }: Row): unknown => line,
	},
	urlList: {
		read: (text: string): unknown[] => text.split('\n').slice(0, -1),
		of: ({ url }: Row): unknown => url,
	},
	csv: {
		read: (text: string): unknown[] => parse(text, { columns: true }),
		of: ({ code, index, url }: Row): unknown => ({ code, index, url }),
	},
	jsonLines: {
		read: (text: string): unknown[] =>
			text
				.split('\n')
				.slice(0, -1)
				.map((line): unknown => JSON.parse(line)),
		of: ({ code, index, url }: Row): unknown => ({ code, index: Number(index), url }),
	},
} as const;

describe('whatever is chosen', () => {
	const choices = fc
		.record({
			codeCount: fc.integer({ min: 1, max: 400 }),
			output: fc.constantFrom(...(['package', 'urlList', 'csv', 'jsonLines'] as const)),
			archive: fc.constantFrom('none', 'zip', 'zipPassword'),
			archivePer: fc.constantFrom('file', 'delivery'),
			indexesFrom: fc.constantFrom('application' as const, 'segment' as const),
		})
		.chain((choice) =>
			fc.record({
				choice: fc.constant(choice),
				segmentSize: fc.integer({ min: Math.ceil(choice.codeCount / 25), max: choice.codeCount }),
				codesPerFile: fc.integer({
					min: Math.ceil(choice.codeCount / 25),
					max: choice.codeCount + 3,
				}),
				concurrency: fc.integer({ min: 1, max: 5 }),
			}),
		);

	it('each code is there once, in the order of the names, and in that of the manifest', async () => {
		const property = fc.asyncProperty(choices, async ({ choice, segmentSize, ...sizes }) => {
			const { codeCount, output, archive, archivePer, indexesFrom } = choice;
			const { codesPerFile, concurrency } = sizes;
			const application = lab.application({ codeCount, segmentSize, indexesFrom });
			const options = { archive, archivePer, concurrency, manifest: true };
			const parameters = { output, files: 'perCount', codesPerFile, options };
			const handed = await deliver(DOWNLOAD, application, parameters);
			const own = await mkdtemp(path.join(folder, 'one-'));
			await store(own, handed);
			await run(own, 'sha256sum', '--strict', '--quiet', '-c', 'SHA256SUMS');
			const passwords = new Map(
				handed.passwords.map(({ file_name, password }) => [file_name, password]),
			);
			const out = archive === 'none' ? own : path.join(own, 'out');
			for (const { name } of archive === 'none' ? [] : handed.files) {
				await run(own, '7z', 'x', `-p${String(passwords.get(name))}`, '-oout', name);
			}
			const files = await filesIn(out);
			for (const name of ['manifest.json', 'SHA256SUMS']) files.delete(name);
			const { files: listed }: { files: Array<{ name: string }> } = JSON.parse(
				handed.manifest?.text ?? '',
			);
			expect([...files.keys()]).toEqual(listed.map(({ name }) => name));
			expect(files.size).toBe(Math.ceil(codeCount / codesPerFile));
			const { read, of } = FORMATS[output];
			const contents = [...files.values()].map((content) => read(content.toString()));
			for (const content of contents.slice(0, -1)) expect(content).toHaveLength(codesPerFile);
			expect(contents.flat()).toEqual(rowsOf(application).map(of));
		});
		await fc.assert(property, { numRuns: 40 });
	});
});
