import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import fc from 'fast-check';
import { zipArchive, type ZipEntry } from '../../nodes/shared/delivery/archive/zip';
import {
	collect,
	inChunks,
	MODIFIED,
	named,
	unzipped,
	zipEntry,
	zipped,
	type Named,
} from './zipFiles.cts';

configure({ useWebWorkers: false });

/** What zip.js finds in a ZIP. */
async function byZipJs(zip: Buffer, password?: string) {
	const reader = new ZipReader(new Uint8ArrayReader(zip), { password, checkSignature: true });
	const found = [];
	for (const entry of await reader.getEntries()) {
		if (entry.directory) throw new Error('A folder');
		const content = Buffer.from(await entry.getData(new Uint8ArrayWriter()));
		found.push({ entry, name: entry.filename, content });
	}
	await reader.close();
	return found;
}

/** Bytes that can't be compressed: the same ones in each run. */
function noise(length: number): Buffer {
	const bytes = Buffer.alloc(length);
	for (let at = 0, state = 7; at < length; at++) {
		state = (state * 48_271) % 2_147_483_647;
		bytes[at] = state >>> 8;
	}
	return bytes;
}

const FILES: readonly Named[] = [
	{ name: '码包/清单 1.txt', content: Buffer.from('P.URL.CN/0INVENTED\n'.repeat(9_000)) },
	{ name: 'empty.txt', content: Buffer.alloc(0) },
	{ name: 'one byte', content: Buffer.from('x') },
	{ name: 'noise.bin', content: noise(150_001) },
];

describe('a ZIP of ours, read by zip.js', () => {
	it.each([
		['without a password', undefined],
		['with a password', 'an invented p4ssword'],
		['with a password that is not ASCII', 'pässwörd 密码'],
	])('%s, holds what was put into it', async (_, password) => {
		const zip = await zipped(
			FILES.map((file) => zipEntry(file)),
			password,
		);
		const found = await byZipJs(zip, password);
		expect(named(found)).toEqual(named(FILES));
		for (const { entry } of found) {
			expect(entry.encrypted).toBe(password !== undefined);
			expect(entry.filenameUTF8).toBe(true);
			expect(entry.zip64).toBe(false);
			expect(entry.lastModDate).toEqual(MODIFIED);
			// AE-2: a CRC would tell what is in a short file.
			if (password) expect(entry.signature).toBe(0);
		}
	});

	it('opens with no other password', async () => {
		const zip = await zipped([zipEntry({ name: 'a', content: Buffer.from('a') })], 'right');
		await expect(byZipJs(zip, 'wrong')).rejects.toThrow('Invalid password');
	});

	it('says that it needs Zip64 where the size is not known, and only there', async () => {
		const [list, empty] = FILES;
		if (!list || !empty) throw new Error('No files');
		const zip = await zipped([zipEntry(list), zipEntry(empty, { mostBytes: undefined })]);
		const version = (at: number) => zip.readUInt16LE(at + 4);
		expect(version(0)).toBe(20);
		expect(version(zip.indexOf('PK\x03\x04', 1, 'latin1'))).toBe(45);
		expect(named(await byZipJs(zip))).toEqual(named([list, empty]));
	});

	it('may be empty', async () => {
		expect(await byZipJs(await zipped([]))).toEqual([]);
	});

	it('has another salt in each entry', async () => {
		const file = { name: 'a', content: Buffer.from('the same content') };
		const zip = await zipped([zipEntry(file), zipEntry(file)], 'password');
		const [first, second] = (await byZipJs(zip, 'password')).map(({ entry }) => entry.offset);
		const salt = (offset = 0) => {
			const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
			return zip.toString('hex', start, start + 16);
		};
		expect(second).toBeGreaterThan(first ?? 0);
		expect(salt(first)).not.toBe(salt(second));
	});
});

it('whatever names, sizes and chunks: both readers give back what was put in', async () => {
	const content = fc.oneof(
		fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 200_000).map((length) => noise(length)),
		fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
		fc.nat(300_000).map((length) => Buffer.alloc(length, 'P.URL.CN/0\n')),
	);
	// A name that ends with a slash is a folder's; zip.js refuses one that begins with one.
	const name = fc
		.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
		.map((text) => `${text.replaceAll(/[/\\\0]/g, '_')}.txt`);
	const file = fc.record({ name, content, size: fc.constantFrom(999, 65_536, 131_075) });
	const files = fc.uniqueArray(file, { maxLength: 4, selector: ({ name }) => name });
	const password = fc.option(fc.string({ minLength: 1 }), { nil: undefined });
	await fc.assert(
		fc.asyncProperty(files, password, fc.boolean(), async (files, password, isKnown) => {
			const more = isKnown ? {} : { mostBytes: undefined };
			const zip = await zipped(
				files.map((file) => zipEntry(file, more, file.size)),
				password,
			);
			expect(named(await byZipJs(zip, password))).toEqual(named(files));
			expect(named(await unzipped(zip, password, 1_013))).toEqual(named(files));
		}),
		{ numRuns: 40 },
	);
});

describe('while a ZIP is written', () => {
	/** Entries and chunks that write down what is asked of them. */
	function watched(chunk: () => Buffer) {
		const log: string[] = [];
		async function* chunks(name: string) {
			try {
				for (let n = 0; n < 1_000; n++) {
					log.push(`${name} gives ${n}`);
					yield chunk();
				}
				log.push(`${name} is at its end`);
			} finally {
				log.push(`${name} is closed`);
			}
		}
		async function* entries(): AsyncGenerator<ZipEntry> {
			try {
				for (const name of ['first', 'second']) {
					log.push(`entry ${name}`);
					yield { name, modified: MODIFIED, mostBytes: undefined, chunks: chunks(name) };
				}
			} finally {
				log.push('entries are closed');
			}
		}
		return { log, entries };
	}

	it('takes no entry before the one before is at its end', async () => {
		const { log, entries } = watched(() => Buffer.from('x'));
		await collect(zipArchive(entries(), 'password'));
		const others = log.filter((line) => !line.includes('gives'));
		expect(others).toEqual([
			'entry first',
			'first is at its end',
			'first is closed',
			'entry second',
			'second is at its end',
			'second is closed',
			'entries are closed',
		]);
	});

	it.each([undefined, 'password'])(
		'takes no more than it has room for, and closes all when it is stopped (password %s)',
		async (password) => {
			const { log, entries } = watched(() => noise(65_536));
			const zip = zipArchive(entries(), password);
			for (let n = 0; n < 5; n++) expect((await zip.next()).done).toBe(false);
			await new Promise((resolve) => setTimeout(resolve, 50));
			expect(log.filter((line) => line.includes('gives')).length).toBeLessThan(12);
			await zip.return();
			expect(log).toContain('first is closed');
			expect(log.at(-1)).toBe('entries are closed');
			expect(log).not.toContain('entry second');
			const after = log.length;
			await new Promise((resolve) => setTimeout(resolve, 50));
			expect(log).toHaveLength(after);
		},
	);

	it.each([undefined, 'password'])(
		'fails as the chunks fail, and writes no end (password %s)',
		async (password) => {
			const failure = new Error('The segment could not be read');
			async function* failing() {
				yield Buffer.from('some');
				yield noise(100_000);
				throw failure;
			}
			const whole = zipEntry({ name: 'whole', content: Buffer.from('whole') });
			async function* entries() {
				yield whole;
				yield { ...whole, name: 'half', chunks: failing() };
			}
			const written: Buffer[] = [];
			const write = async () => {
				for await (const chunk of zipArchive(entries(), password)) written.push(chunk);
			};
			await expect(write()).rejects.toBe(failure);
			const bytes = Buffer.concat(written);
			expect(bytes.length).toBeGreaterThan(0);
			for (const signature of ['PK\x01\x02', 'PK\x05\x06', 'PK\x06\x06']) {
				expect(bytes.includes(signature, 0, 'latin1')).toBe(false);
			}
		},
	);

	it('fails as the entries fail', async () => {
		const failure = new Error('No more files');
		async function* entries(): AsyncGenerator<ZipEntry> {
			yield zipEntry({ name: 'whole', content: Buffer.from('whole') });
			throw failure;
		}
		await expect(collect(zipArchive(entries(), undefined))).rejects.toBe(failure);
	});

	it('refuses a name that has no room', async () => {
		const entry = zipEntry({ name: '码'.repeat(21_846), content: Buffer.alloc(0) });
		await expect(zipped([entry])).rejects.toThrow('65,535 bytes');
		const longest = zipEntry({ name: '码'.repeat(21_845), content: Buffer.alloc(0) });
		expect(await unzipped(await zipped([longest]))).toHaveLength(1);
	});

	it('leaves the event loop to others', async () => {
		const content = Buffer.from('P.URL.CN/0INVENTED\n'.repeat(1_000_000));
		let turns = 0;
		const timer = setInterval(() => turns++, 1);
		const entry = zipEntry({ name: 'a', content }, { chunks: inChunks(content, content.length) });
		await zipped([entry], 'password');
		clearInterval(timer);
		expect(turns).toBeGreaterThan(20);
	});
});
