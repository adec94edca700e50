import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

const SOURCES = ['nodes', 'credentials', 'icons', 'gulpfile.js', 'tsconfig.json', 'package.json'];

/**
 * Builds the package, unless what n8n loads of it is there and newer than all of its source.
 *
 * @param root folder of the package.json
 * @throws Error if the build fails; its output says why
 */
export async function buildIfNeeded(root: string): Promise<void> {
	if (await isBuilt(root)) return;
	const build = spawn('npm', ['run', '--silent', 'build'], {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	const [exitCode] = await once(build, 'exit');
	if (exitCode !== 0) throw new Error('The package could not be built.');
}

async function isBuilt(root: string): Promise<boolean> {
	const { n8n } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
	const built = await Promise.all(
		[...n8n.nodes, ...n8n.credentials].map((file) => changedAt(path.join(root, file))),
	);
	const sources = await Promise.all(SOURCES.map((name) => lastChangeIn(path.join(root, name))));
	return Math.min(...built) > Math.max(...sources);
}

/** Milliseconds since 1970; 0 if there is no such file. */
const changedAt = async (file: string): Promise<number> =>
	await stat(file).then(
		({ mtimeMs }) => mtimeMs,
		() => 0,
	);

/** Of a file, or of a folder with all that is in it: removing a file changes its folder. */
async function lastChangeIn(place: string): Promise<number> {
	const inside = await readdir(place, { recursive: true }).catch(() => []);
	const changes = await Promise.all(inside.map((name) => changedAt(path.join(place, name))));
	return Math.max(await changedAt(place), ...changes);
}
