import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What is in a ZIP file that holds one file, as the receiver's own program unpacks it.
 * @throws Error with what 7z says if it can't, for example for a wrong password
 */
export async function unpacked(zip: string, password: string): Promise<Buffer> {
	const args = ['x', '-so', `-p${password}`, zip];
	return (await run('7z', args, { encoding: 'buffer', maxBuffer: MAX_BYTES })).stdout;
}

/**
 * Checks the files of a folder against its SHA256SUMS, as the receiver does.
 * @returns names of the files that it lists, each of which is as it should be
 * @throws Error with what sha256sum says if one is not
 */
export async function checkedSums(folder: string): Promise<string[]> {
	const { stdout } = await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder });
	return stdout.split('\n').flatMap((line) => /^(.*): OK$/.exec(line)?.[1] ?? []);
}
