import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';

/**
 * What is in a ZIP file that holds one file, as another hand's library unpacks it.
 * @throws Error if the password is wrong, or the archive holds another number of files
 */
export async function unzipped(archive: Buffer, password: string): Promise<Buffer> {
	const zip = new ZipReader(new Uint8ArrayReader(archive), { password, checkSignature: true });
	const [entry, ...more] = await zip.getEntries();
	if (entry === undefined || entry.directory || more.length > 0) throw new Error('Not one file');
	return Buffer.from(await entry.getData(new Uint8ArrayWriter()));
}
