import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Cell } from './matrix.cts';

const PROGRESS_EVERY_MS = 15_000;

export type Progress = (line: string) => void;

export interface NodeInstallation {
	/** Absolute path of a Node executable that n8n supports. */
	executable: string;
	/** Folder that holds `include/node` of that Node; native modules are compiled against it. */
	headers: string | undefined;
}

export interface N8nInstallation {
	node: string;
	/** Absolute path of n8n's own start script, to be run with `node`. */
	n8nBin: string;
	/** Absolute path of the folder that holds n8n's `node_modules`. */
	folder: string;
}

/** Where what is too big for the repository is kept between runs. */
export const cacheFolder = () =>
	path.join(
		process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'),
		'n8n-nodes-wechat-marketcode',
	);

/** `PATH` with the given Node in front, so that npm and the scripts it runs use that Node. */
export function pathWith(node: string): string {
	return [path.dirname(node), process.env['PATH'] ?? ''].join(path.delimiter);
}

interface NpmOptions {
	cwd: string;
	env?: NodeJS.ProcessEnv;
	progress?: Progress;
	title: string;
}

/**
 * Runs npm and tells every few seconds that it is still at work.
 * @throws Error with the end of npm's own output when npm fails
 */
export function npm(args: string[], { cwd, env, progress, title }: NpmOptions): Promise<string> {
	return new Promise((resolve, reject) => {
		const started = Date.now();
		const seconds = () => Math.round((Date.now() - started) / 1000);
		const child = spawn('npm', args, {
			cwd,
			env: { ...process.env, ...env },
			shell: process.platform === 'win32',
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const out: string[] = [];
		const all: string[] = [];
		child.stdout.on('data', (chunk) => void (out.push(String(chunk)), all.push(String(chunk))));
		child.stderr.on('data', (chunk) => void all.push(String(chunk)));
		progress?.(`${title} …`);
		const ticking = setInterval(() => progress?.(`${title} … ${seconds()} s`), PROGRESS_EVERY_MS);
		child.once('error', (error) => {
			clearInterval(ticking);
			reject(error);
		});
		child.once('close', (code) => {
			clearInterval(ticking);
			if (code === 0) return resolve(out.join(''));
			const tail = all.join('').trim().split('\n').slice(-15).join('\n');
			reject(new Error(`${title}: npm ${args[0]} ended with ${code}\n${tail}`));
		});
	});
}

const isAlive = (pid: number) => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

/** Half-made folders that a killed installation left behind; gigabytes, so they are not kept. */
async function removeAbandoned(folder: string): Promise<void> {
	const prefix = `${path.basename(folder)}.partial-`;
	for (const name of await readdir(path.dirname(folder))) {
		if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
			await rm(path.join(path.dirname(folder), name), { recursive: true, force: true });
	}
}

/**
 * Fills a folder once: `fill` works in a sibling that takes the folder's name only when it is done,
 * so an installation that was interrupted is never taken for a complete one.
 */
async function once(
	folder: string,
	fill: (partial: string) => Promise<void>,
	manifest: object = {},
): Promise<string> {
	if (existsSync(folder)) return folder;
	await mkdir(path.dirname(folder), { recursive: true });
	await removeAbandoned(folder);
	const partial = `${folder}.partial-${process.pid}`;
	try {
		await mkdir(partial);
		const text = JSON.stringify({ private: true, ...manifest });
		await writeFile(path.join(partial, 'package.json'), `${text}\n`);
		await fill(partial);
		await rename(partial, folder).catch((error: unknown) => {
			// Another process was quicker; its installation is as good as ours.
			if (!existsSync(folder)) throw error;
		});
	} finally {
		await rm(partial, { recursive: true, force: true });
	}
	return folder;
}

/**
 * Installs a package of npm's registry, without its scripts, into the user's cache folder.
 * @returns absolute path of the package's own folder
 */
export async function ensurePackage(
	name: string,
	version: string,
	progress: Progress,
): Promise<string> {
	const folder = await once(path.join(cacheFolder(), `${name}-${version}`), async (partial) => {
		const args = ['install', `${name}@${version}`, '--ignore-scripts', '--no-audit', '--no-fund'];
		await npm(args, { cwd: partial, progress, title: `installing ${name} ${version} (once)` });
	});
	return path.join(folder, 'node_modules', name);
}

/** The running Node if it is of this major version, else the one that the npm package `node` carries. */
async function ensureNode(major: number, progress: Progress): Promise<NodeInstallation> {
	if (Number(process.versions.node.split('.')[0]) === major) {
		const prefix = path.dirname(path.dirname(process.execPath));
		const headers = existsSync(path.join(prefix, 'include', 'node')) ? prefix : undefined;
		return { executable: process.execPath, headers };
	}
	const folder = await once(path.join(cacheFolder(), `node-${major}`), async (partial) => {
		const title = `installing Node ${major} for n8n (this is ${process.version})`;
		const args = ['install', `node@${major}`, '--ignore-scripts=false', '--no-audit'];
		await npm(args, { cwd: partial, progress, title });
	});
	const home = path.join(folder, 'node_modules', 'node');
	const binaries = await readdir(path.join(home, 'node_modules'));
	const binary = binaries.find((name) => /^node-(bin-)?(linux|darwin|win)-/.test(name));
	if (binary === undefined) throw new Error(`no Node in ${home}: remove ${folder} and try again`);
	const headers = path.join(home, 'node_modules', binary);
	const executable = process.platform === 'win32' ? 'node.exe' : 'node';
	return { executable: path.join(headers, 'bin', executable), headers };
}

/**
 * Installs n8n into the user's cache folder, unless it is there already.
 * Without install scripts, because one of an unrelated native module fails; of the native modules
 * n8n needs only SQLite's, which is built afterwards.
 */
export async function ensureN8n(
	{ n8n, node: major, version }: Cell,
	progress: Progress,
): Promise<N8nInstallation> {
	const node = await ensureNode(major, progress);
	const env: NodeJS.ProcessEnv = { PATH: pathWith(node.executable) };
	if (node.headers !== undefined) env['npm_config_nodedir'] = node.headers;
	const fill = async (partial: string) => {
		await npm(['install', `n8n@${n8n}`, '--ignore-scripts', '--no-audit', '--no-fund'], {
			cwd: partial,
			env,
			progress,
			title: `installing n8n ${n8n} (once; 2.8 GB, about 5 minutes)`,
		});
		await npm(['rebuild', 'sqlite3', '--ignore-scripts=false'], {
			cwd: partial,
			env,
			progress,
			title: 'building SQLite for it (once; about 2 minutes)',
		});
	};
	const { overrides } = version;
	// What was built for one Node ends another with a segmentation fault.
	const name = `n8n-${n8n}-node${major}`;
	const folder = await once(path.join(cacheFolder(), name), fill, { overrides });
	const n8nBin = path.join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
	return { node: node.executable, n8nBin, folder };
}
