import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readZip } from '../../nodes/shared/delivery/archive/unzip';
import { zipArchive, type ZipEntry } from '../../nodes/shared/delivery/archive/zip';

const FOLDER = join(__dirname, 'fixtures', 'zip');

/** A fixture of the folder zip. */
export const zipFixture = (name: string): Buffer => readFileSync(join(FOLDER, name));

export const fixturePassword = zipFixture('password.txt').toString();

export interface Named {
	readonly name: string;
	readonly content: Buffer;
}

/** Files to compare: jest compares large buffers byte by byte, and takes a second for a few. */
export const named = (files: readonly Named[]) =>
	files.map(({ name, content }) => ({
		name,
		bytes: content.length,
		sha256: createHash('sha256').update(content).digest('hex'),
	}));

/** A content in pieces of `size` bytes. */
export async function* inChunks(content: Buffer, size = 1000): AsyncGenerator<Buffer, void, void> {
	for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

export const MODIFIED = new Date('2026-03-04T05:06:08Z');

export function zipEntry(
	{ name, content }: Named,
	more: Partial<ZipEntry> = {},
	size?: number,
): ZipEntry {
	const mostBytes = content.length;
	return { name, modified: MODIFIED, mostBytes, chunks: inChunks(content, size), ...more };
}

export async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
	const all: Buffer[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all);
}

/** A ZIP of ours. */
export async function zipped(
	entries: readonly ZipEntry[],
	password?: string | undefined,
): Promise<Buffer> {
	async function* each() {
		yield* entries;
	}
	return await collect(zipArchive(each(), password));
}

/** All files in a ZIP, as our reader gives them. */
export async function unzipped(
	zip: Buffer,
	password?: string | undefined,
	size = 1000,
): Promise<Named[]> {
	const files: Named[] = [];
	for await (const { name, chunks } of readZip(() => inChunks(zip, size), password)) {
		files.push({ name, content: await collect(chunks) });
	}
	return files;
}

/** What the fixtures hold, as their make-fixtures.sh describes it. */
export const FIXTURE_FILES: readonly Named[] = [
	{
		name: 'a.txt',
		content: Buffer.from(
			Array.from({ length: 900 }, (_, n) => `line ${n * n} of an invented list\n`).join(''),
		),
	},
	{ name: 'empty.txt', content: Buffer.alloc(0) },
	{ name: '文件/b.txt', content: Buffer.from('one line, without an end') },
];

export const byName = <File extends { readonly name: string }>(files: readonly File[]) =>
	[...files].sort((one, other) => (one.name < other.name ? -1 : 1));
