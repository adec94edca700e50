import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { readZip } from '../../nodes/shared/delivery/archive/unzip';
import { zipArchive, type ZipEntry } from '../../nodes/shared/delivery/archive/zip';
import { collect, MODIFIED, zipEntry, type Named } from '../unit/zipFiles.cts';

const run = promisify(execFile);
/** Names in Chinese want a locale that has them; 64 MB of output are 70,000 names. */
const OPTIONS = { env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 64_000_000 };

/** What a program says, and how it ended. */
async function said(program: string, ...args: string[]) {
	try {
		const { stdout, stderr } = await run(program, args, OPTIONS);
		return { code: 0, text: stdout + stderr };
	} catch (error) {
		const { code, stdout, stderr } = { code: undefined, stdout: '', stderr: '', ...Object(error) };
		if (typeof code !== 'number') throw error;
		return { code, text: `${stdout}${stderr}` };
	}
}

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(
	name: string,
	entries: AsyncIterable<ZipEntry>,
	password?: string,
): Promise<string> {
	const path = join(folder, name);
	await pipeline(Readable.from(zipArchive(entries, password)), createWriteStream(path));
	return path;
}

const FILES: readonly Named[] = [
	{ name: '码包/清单 1.txt', content: Buffer.from('P.URL.CN/0INVENTED\n'.repeat(9_000)) },
	{ name: 'manifest.json', content: Buffer.from('{}') },
	{ name: 'empty.txt', content: Buffer.alloc(0) },
];
const PASSWORD = 'an invented p4ssword';

async function* few(mostBytes?: number): AsyncGenerator<ZipEntry> {
	for (const file of FILES) yield zipEntry(file, { mostBytes });
}

/** Unpacks by a command and compares what is in the folder with what was packed. */
async function expectUnpacked(name: string, unpack: (into: string) => Promise<{ code: number }>) {
	const into = join(folder, name);
	await mkdir(into);
	expect((await unpack(into)).code).toBe(0);
	for (const file of FILES) {
		const path = join(into, file.name);
		expect((await readFile(path)).equals(file.content)).toBe(true);
		expect((await stat(path)).mtime).toEqual(MODIFIED);
	}
}

describe.each([
	['with Zip64 fields', undefined],
	['without Zip64 fields', 1_000_000],
])('a ZIP without a password, %s', (kind, most) => {
	let zip = '';
	beforeAll(async () => {
		zip = await written(`plain ${kind}.zip`, few(most));
	});

	it('is whole for 7z, and unpacked by it', async () => {
		expect((await said('7z', 't', zip)).text).toContain('Everything is Ok');
		await expectUnpacked(`7z ${kind}`, (into) => said('7z', 'x', `-o${into}`, zip));
	});

	it('is whole for unzip, and unpacked by it', async () => {
		const test = await said('unzip', '-t', zip);
		expect(test).toEqual({ code: 0, text: expect.stringContaining('No errors detected') });
		await expectUnpacked(`unzip ${kind}`, (into) => said('unzip', zip, '-d', into));
	});

	it("is whole for Python's zipfile, with its names", async () => {
		const script =
			'import json, sys, zipfile; zip = zipfile.ZipFile(sys.argv[1]); ' +
			'print(json.dumps([zip.testzip(), zip.namelist()]))';
		const { text } = await said('python3', '-c', script, zip);
		expect(JSON.parse(text)).toEqual([null, FILES.map(({ name }) => name)]);
	});
});

describe.each([
	['with Zip64 fields', undefined],
	['without Zip64 fields', 1_000_000],
])('a ZIP with a password, %s', (kind, most) => {
	let zip = '';
	beforeAll(async () => {
		zip = await written(`encrypted ${kind}.zip`, few(most), PASSWORD);
	});

	it('is opened by 7z with the right password', async () => {
		expect((await said('7z', 't', `-p${PASSWORD}`, zip)).text).toContain('Everything is Ok');
		await expectUnpacked(`encrypted 7z ${kind}`, (into) =>
			said('7z', 'x', `-p${PASSWORD}`, `-o${into}`, zip),
		);
	});

	it('is AES-256 over Deflate, without a CRC', async () => {
		const { text } = await said('7z', 'l', '-slt', zip);
		expect(text.match(/^Method = AES-256 Deflate$/gm)).toHaveLength(FILES.length);
		expect(text.match(/^Encrypted = \+$/gm)).toHaveLength(FILES.length);
		expect(text.match(/^CRC = $/gm)).toHaveLength(FILES.length);
	});

	it.each(['another password', ''])('stays shut with a wrong one: %j', async (wrong) => {
		const into = join(folder, `wrong ${kind} ${wrong}`);
		const { code, text } = await said('7z', 'x', `-p${wrong}`, `-o${into}`, zip);
		expect(code).toBe(2);
		expect(text.match(/Wrong password/g)?.length).toBeGreaterThanOrEqual(FILES.length);
	});
});

/** Deflate that compresses nothing: RFC 1951, blocks of type 00. Takes chunks of 65,535 bytes at most. */
class StoredBlocks extends TransformStream<Buffer, Buffer> {
	constructor() {
		super({
			transform: (chunk, controller) => {
				const length = chunk.length;
				const head = Buffer.of(0, length, length >>> 8, ~length, ~length >>> 8);
				controller.enqueue(head);
				controller.enqueue(chunk);
			},
			flush: (controller) => controller.enqueue(Buffer.of(1, 0, 0, 255, 255)),
		});
	}
}

async function withStoredBlocks<Result>(work: () => Promise<Result>): Promise<Result> {
	const ofNode = globalThis.CompressionStream;
	globalThis.CompressionStream = StoredBlocks;
	return await work().finally(() => {
		globalThis.CompressionStream = ofNode;
	});
}

/** Leaves holes in the file where it is zero. */
async function writtenSparsely(name: string, entries: AsyncIterable<ZipEntry>, zeros: Buffer) {
	const path = join(folder, name);
	const file = await open(path, 'w');
	let at = 0;
	for await (const chunk of zipArchive(entries, undefined)) {
		if (!chunk.equals(zeros)) await file.write(chunk, 0, chunk.length, at);
		at += chunk.length;
	}
	await file.close();
	return path;
}

/** What 7z counts, by `Files: 3` and the like. */
const counted = (text: string, what: string) =>
	Number(new RegExp(`^${what}: +(\\d+)$`, 'm').exec(text)?.[1]);

describe('Zip64', () => {
	it('holds a file of more than 4 GB, compressed too, and one behind it', async () => {
		const zeros = Buffer.alloc(65_535);
		const chunks = 65_700;
		async function* content() {
			for (let n = 0; n < chunks; n++) yield zeros;
		}
		async function* entries() {
			const large = { name: 'large.bin', content: Buffer.alloc(0) };
			yield zipEntry(large, { mostBytes: undefined, chunks: content() });
			yield zipEntry({ name: 'behind.txt', content: Buffer.from('behind') });
		}
		const zip = await withStoredBlocks(() => writtenSparsely('sparse.zip', entries(), zeros));
		expect((await stat(zip)).size).toBeGreaterThan(2 ** 32);
		const { text } = await said('7z', 't', zip);
		expect(text).toContain('Everything is Ok');
		expect(counted(text, 'Size')).toBe(chunks * zeros.length + 6);
		const listed = (await said('7z', 'l', '-slt', zip)).text;
		expect(listed).toMatch(/Path = behind.txt(\n.+)*\nOffset = 43\d{8}\n/);
		expect((await said('unzip', '-p', zip, 'behind.txt')).text).toBe('behind');
		for await (const file of readZip(() => createReadStream(zip), undefined)) {
			if (file.name === 'behind.txt') expect(`${await collect(file.chunks)}`).toBe('behind');
			else expect(file.bytes).toBe(chunks * zeros.length);
		}
	});

	it('holds 70,000 files', async () => {
		async function* entries() {
			for (let n = 0; n < 70_000; n++) {
				yield zipEntry({ name: `标签/${n}.txt`, content: Buffer.from(`${n}`) });
			}
		}
		const zip = await written('many.zip', entries());
		const { text } = await said('7z', 't', zip);
		expect(text).toContain('Everything is Ok');
		expect(counted(text, 'Files')).toBe(70_000);
		const script = 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))';
		expect((await said('python3', '-c', script, zip)).text.trim()).toBe('70000');
		let files = 0;
		for await (const { name } of readZip(() => createReadStream(zip), undefined)) {
			expect(name).toBe(`标签/${files++}.txt`);
		}
		expect(files).toBe(70_000);
	});
});
