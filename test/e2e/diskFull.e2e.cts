import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = path.join(__dirname, 'diskFull.cts');

/** Runs the program where temporary files have 3 MB, in a mount namespace of its own: nobody else sees the disk. */
async function runOnSmallDisk(folder: string): Promise<Record<string, unknown>> {
	const script = `mount -t tmpfs -o size=3m tmpfs "${folder}" && TMPDIR="${folder}" exec "$@"`;
	const { stdout } = await promisify(execFile)('unshare', [
		...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
		...['--mount', 'sh', '-c', script, 'sh'],
		...[process.execPath, '--require', 'tsx/cjs', PROGRAM],
	]);
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

it('a disk that is full is an error that says so, without the folders of n8n', async () => {
	const folder = await mkdtemp(path.join(tmpdir(), 'marketcode-disk-'));
	try {
		const { message, description, handedOn, all } = await runOnSmallDisk(folder);
		expect(message).toBe('n8n has no space left to store the file (ENOSPC)');
		expect(description).toContain('Free space where n8n keeps its binary data');
		expect(handedOn).toBe(0);
		expect(all).not.toContain(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});
