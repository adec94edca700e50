import { crc32, deflateRawSync } from 'node:zlib';
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { readZip } from '../../nodes/shared/delivery/archive/unzip';
import {
	byName,
	collect,
	FIXTURE_FILES,
	fixturePassword,
	inChunks,
	named,
	unzipped,
	zipEntry,
	zipFixture,
	zipped,
	type Named,
} from './zipFiles.cts';

configure({ useWebWorkers: false });

const [LIST] = FIXTURE_FILES;

/** What reading a ZIP to its end fails with. */
async function failure(zip: Buffer, password?: string): Promise<unknown> {
	try {
		await unzipped(zip, password);
		return 'No failure';
	} catch (error) {
		return error;
	}
}

const told = (message: string | RegExp) =>
	expect.objectContaining({
		name: 'ParameterError',
		message: expect.stringMatching(message),
		description: expect.stringMatching(/^[A-Z].*\.$/),
	});

/** A copy with other bytes at a place. */
function changed(zip: Buffer, at: number, bytes: Uint8Array): Buffer {
	const copy = Buffer.from(zip);
	copy.set(bytes, at);
	return copy;
}

const flipped = (zip: Buffer, at: number) => changed(zip, at, Buffer.of((zip[at] ?? 0) ^ 0x10));
/** Where the directory's first header is. */
const directoryOf = (zip: Buffer) => zip.indexOf('PK\x01\x02', 0, 'latin1');
const uint32 = (value: number) => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
};

describe('ZIPs of other programs', () => {
	it.each([
		'deflate.zip',
		'stored.zip',
		'streamed.zip',
		'comment.zip',
		'aes128.zip',
		'aes192.zip',
		'aes256.zip',
		'aes256-stored.zip',
	])('are read: %s', async (name) => {
		const zip = zipFixture(name);
		for (const size of [7, 1_000, zip.length]) {
			const files = await unzipped(zip, fixturePassword, size);
			expect(byName(named(files))).toEqual(named(FIXTURE_FILES));
		}
	});

	it.each([
		['plain', {}],
		['stored', { level: 0 }],
		['with sizes behind the data', { dataDescriptor: true, dataDescriptorSignature: false }],
		['with Zip64', { zip64: true }],
		['with AES-256', { password: 'p4ssword', encryptionStrength: 3 as const }],
		[
			'with AES-128 and Zip64',
			{ password: 'p4ssword', encryptionStrength: 1 as const, zip64: true },
		],
	])('are read: zip.js, %s', async (_, options) => {
		const writer = new ZipWriter(new Uint8ArrayWriter(), options);
		await writer.add('文件夹/', undefined, { directory: true });
		for (const { name, content } of FIXTURE_FILES) {
			await writer.add(name, new Uint8ArrayReader(content));
		}
		const zip = Buffer.from(await writer.close());
		expect(named(await unzipped(zip, 'p4ssword'))).toEqual(named(FIXTURE_FILES));
	});

	it('are read with AE-1, which has a CRC-32 too', async () => {
		const [file] = FIXTURE_FILES;
		if (!file) throw new Error('No file');
		const ofOurs = await zipped([zipEntry(file)], 'p4ssword');
		const directory = directoryOf(ofOurs);
		const version = ofOurs.lastIndexOf('\x01\x99\x07\x00\x02\x00AE', undefined, 'latin1') + 4;
		const ae1 = changed(ofOurs, version, Buffer.of(1));
		expect(await failure(ae1, 'p4ssword')).toEqual(told('"a.txt" has not the checksum'));
		const right = changed(ae1, directory + 16, uint32(crc32(file.content)));
		expect(named(await unzipped(right, 'p4ssword'))).toEqual(named([file]));
	});

	it('tell their names in what they were written in', async () => {
		const names = new Map([
			['gbk', Buffer.from([0xc2, 0xeb, 0xb0, 0xfc])],
			['utf8', Buffer.from('码包')],
		]);
		for (const bytes of names.values()) {
			const letters = 'x'.repeat(bytes.length);
			const zip = await zipped([zipEntry({ name: letters, content: Buffer.alloc(0) })]);
			const directory = directoryOf(zip);
			const other = changed(changed(zip, directory + 46, bytes), directory + 8, Buffer.of(0, 0));
			expect(await unzipped(other)).toEqual([{ name: '码包', content: Buffer.alloc(0) }]);
		}
	});

	it('say how large a file is and whether it is encrypted', async () => {
		const seen = [];
		for await (const { name, bytes, isEncrypted } of readZip(
			() => inChunks(zipFixture('aes256.zip')),
			undefined,
		)) {
			seen.push({ name, bytes, isEncrypted });
		}
		expect(byName(seen)).toEqual(
			FIXTURE_FILES.map(({ name, content }) => ({
				name,
				bytes: content.length,
				isEncrypted: true,
			})),
		);
	});
});

describe('a ZIP that can not be read', () => {
	it.each([
		['nothing', Buffer.alloc(0), 'The file is not a ZIP'],
		['a text', Buffer.from('P.URL.CN/0INVENTED\n'.repeat(5_000)), 'The file is not a ZIP'],
		['half of one', zipFixture('stored.zip').subarray(0, 20_000), 'its end is missing'],
		['one without its last byte', zipFixture('stored.zip').subarray(0, -1), 'its end is missing'],
		['the first part of a split one', zipFixture('split.zip.001'), 'its end is missing'],
		['the last part of a split one', zipFixture('split.zip.002'), 'its directory is not where'],
		['one of several disks', changedEnd(4, Buffer.of(1, 0)), 'one part of a split ZIP'],
		['a directory of over 16 MB', changedEnd(12, uint32(16_777_217)), 'too many files'],
		['a directory elsewhere', changedEnd(16, uint32(5)), 'its directory is not where'],
		['LZMA', zipFixture('lzma.zip'), /LZMA \(number 14\)/],
		['Deflate64', zipFixture('deflate64.zip'), /Deflate64 \(number 9\)/],
		['ZipCrypto', zipFixture('zipcrypto.zip'), 'old ZipCrypto'],
	])('is said to be what it is: %s', async (_, zip, message) => {
		expect(await failure(zip, fixturePassword)).toEqual(told(message));
	});

	it('wants its password', async () => {
		const zip = zipFixture('aes256.zip');
		expect(await failure(zip)).toEqual(told('encrypted and no password is given'));
		for (const wrong of ['', 'secret to nobody', `${fixturePassword} `]) {
			const error = await failure(zip, wrong);
			expect(error).toEqual(told('The password does not open "a.txt"'));
			if (wrong) expect(JSON.stringify([error, String(error)])).not.toContain(wrong);
		}
	});

	it.each([
		[
			'AES',
			'aes256.zip',
			/not what was encrypted|can not be unpacked|than it should be|after its end/,
		],
		['AES, stored', 'aes256-stored.zip', /not what was encrypted/],
		['deflate', 'deflate.zip', /can not be unpacked|than it should be|checksum|after its end/],
		['stored', 'stored.zip', /checksum/],
	])('is found out where any byte of the content is another: %s', async (_, name, message) => {
		const zip = zipFixture(name);
		const { start, end } = dataIn(zip);
		const skipped = name.startsWith('aes') ? 18 : 0;
		for (let at = start + skipped; at < end; at += Math.ceil((end - start) / 150)) {
			const error = await failure(flipped(zip, at), fixturePassword);
			expect(error).toEqual(told(message));
		}
	});

	it('is found out where the HMAC is another though the content is right', async () => {
		const zip = zipFixture('aes256.zip');
		const { end } = dataIn(zip);
		for (let at = end - 10; at < end; at++) {
			const error = await failure(flipped(zip, at), fixturePassword);
			expect(error).toEqual(told('not what was encrypted: the ZIP is damaged, or the password'));
		}
	});
});

/** A fixture with other bytes in its end record. */
function changedEnd(offset: number, bytes: Buffer): Buffer {
	const zip = zipFixture('stored.zip');
	return changed(zip, zip.length - 22 + offset, bytes);
}

/** Where the data of a ZIP's first entry is. */
function dataIn(zip: Buffer) {
	const start = 30 + zip.readUInt16LE(26) + zip.readUInt16LE(28);
	return { start, end: start + zip.readUInt32LE(directoryOf(zip) + 20) };
}

describe('a ZIP made to do harm', () => {
	/** One entry, deflated, as its maker wants it. */
	async function made(data: Buffer, says: { uncompressed: number; crc: number }): Promise<Buffer> {
		const name = 'a.txt';
		const zip = await zipped([zipEntry({ name, content: Buffer.alloc(0) })]);
		const directory = Buffer.from(zip.subarray(directoryOf(zip)));
		directory.writeUInt32LE(says.crc, 16);
		directory.writeUInt32LE(data.length, 20);
		directory.writeUInt32LE(says.uncompressed, 24);
		const { start } = dataIn(zip);
		directory.writeUInt32LE(start + data.length, directory.length - 22 + 16);
		return Buffer.concat([zip.subarray(0, start), data, directory]);
	}

	it('unpacks to no more than it says', async () => {
		const content = Buffer.alloc(50_000_000);
		const zip = await made(deflateRawSync(content), { uncompressed: 1_000_000, crc: 0 });
		let bytes = 0;
		const read = async () => {
			for await (const file of readZip(() => inChunks(zip, 65_536), undefined)) {
				for await (const chunk of file.chunks) bytes += chunk.length;
			}
		};
		await expect(read()).rejects.toEqual(told('"a.txt" is longer than it should be'));
		expect(bytes).toBeLessThanOrEqual(1_000_000);
	});

	it('is found out where it says that it unpacks to more', async () => {
		const content = Buffer.from('right');
		const says = { uncompressed: content.length, crc: crc32(content) };
		const right = deflateRawSync(content);
		expect(await unzipped(await made(right, says))).toEqual([{ name: 'a.txt', content }]);
		const short = await made(right, { ...says, uncompressed: 6 });
		expect(await failure(short)).toEqual(told('shorter than it should be'));
	});

	it('does not get around its HMAC by an early end of what is unpacked', async () => {
		for (const more of [1, 10, 2_000, 70_000, 200_000]) {
			const data = Buffer.concat([deflateRawSync(Buffer.from('right')), Buffer.alloc(more, 'x')]);
			const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0, password: 'p4ssword' });
			await writer.add('a.txt', new Uint8ArrayReader(data));
			const stored = Buffer.from(await writer.close());
			const directory = directoryOf(stored);
			const aes = stored.indexOf(Buffer.from([0x01, 0x99, 7, 0]), directory);
			const sized = changed(stored, directory + 24, uint32(5));
			const deflated = changed(sized, aes + 9, Buffer.of(8, 0));
			const forged = flipped(deflated, dataIn(deflated).end - 1);
			for (const size of [100, 1_000, 65_536, forged.length]) {
				await expect(unzipped(forged, 'p4ssword', size)).rejects.toEqual(
					told(/not what was encrypted|can not be unpacked|goes on after its end/),
				);
			}
		}
	});

	it('has no files that share their bytes', async () => {
		const file = { name: 'a.txt', content: Buffer.from('some') };
		const zip = await zipped([zipEntry(file), zipEntry(file)]);
		const second = zip.lastIndexOf('PK\x01\x02', undefined, 'latin1');
		expect(await failure(changed(zip, second + 42, uint32(0)))).toEqual(told('overlaps another'));
	});

	it('does nothing but fail, whatever byte of its directory is another', async () => {
		const zip = await zipped(FIXTURE_FILES.map((file) => zipEntry(file)));
		for (let at = directoryOf(zip); at < zip.length; at++) {
			const error = await failure(changed(zip, at, Buffer.of((zip[at] ?? 0) ^ 0xff)));
			if (error !== 'No failure') expect(error).toEqual(told(/./));
		}
	});
});

describe('while a ZIP is read', () => {
	const files: readonly Named[] = [
		...FIXTURE_FILES,
		{ name: 'last', content: Buffer.from('last') },
	];

	it('files may be skipped, or left in their middle', async () => {
		const zip = await zipped(
			files.map((file) => zipEntry(file)),
			'p4ssword',
		);
		const read: Named[] = [];
		for await (const file of readZip(() => inChunks(zip), 'p4ssword')) {
			if (file.name === LIST?.name) {
				expect((await file.chunks.next()).done).toBe(false);
			} else if (file.name === 'last') {
				read.push({ name: file.name, content: await collect(file.chunks) });
			}
		}
		expect(named(read)).toEqual(named(files.slice(-1)));
	});

	it('a file that is taken too late does not look empty', async () => {
		const zip = await zipped(files.map((file) => zipEntry(file)));
		const late = [];
		for await (const file of readZip(() => inChunks(zip), undefined)) late.push(file);
		for (const file of late)
			await expect(collect(file.chunks)).rejects.toThrow('after the next one');
	});

	it('the file is closed when the reading is stopped', async () => {
		const zip = await zipped(files.map((file) => zipEntry(file)));
		let open = 0;
		async function* opened() {
			open++;
			try {
				yield* inChunks(zip, 50);
			} finally {
				open--;
			}
		}
		for await (const file of readZip(opened, undefined)) {
			await file.chunks.next();
			expect(open).toBe(1);
			break;
		}
		expect(open).toBe(0);
	});

	it('what fails while the ZIP is fetched stays what it is', async () => {
		const zip = zipFixture('deflate.zip');
		const cut = new Error('The connection was lost');
		let opened = 0;
		async function* lost() {
			yield zip.subarray(0, 1_000);
			if (++opened === 2) throw cut;
			yield zip.subarray(1_000);
		}
		const read = async () => {
			for await (const file of readZip(lost, undefined)) await collect(file.chunks);
		};
		await expect(read()).rejects.toBe(cut);
	});

	it('leaves the event loop to others, though the file is in memory and not compressed', async () => {
		const content = Buffer.alloc(20_000_000, 'P.URL.CN/0INVENTED\n');
		const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0 });
		await writer.add('a.txt', new Uint8ArrayReader(content));
		const zip = Buffer.from(await writer.close());
		let turns = 0;
		const timer = setInterval(() => turns++, 1);
		const read = await unzipped(zip, undefined, zip.length);
		clearInterval(timer);
		expect(named(read)).toEqual(named([{ name: 'a.txt', content }]));
		expect(turns).toBeGreaterThanOrEqual(18);
	});
});
