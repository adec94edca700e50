import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export const ROOT = path.join(__dirname, '..', '..');

/** What would be published. */
export interface Tarball {
	/** Absolute. */
	readonly path: string;
	readonly filename: string;
	/** Bytes of the tarball. */
	readonly size: number;
	/** What the tarball has, by the path from the package's root. */
	readonly paths: readonly string[];
}

/** What would be published, packed into a folder of its own and installed there. */
export interface Packed extends Tarball {
	/** The package's root, where it is installed. */
	readonly installed: string;
	/** Deletes the folder. */
	remove(): Promise<void>;
}

interface PackAnswer {
	readonly filename: string;
	readonly size: number;
	readonly files: ReadonlyArray<{ readonly path: string }>;
}

/** Scripts stay off: a script's output would get into npm's own, and the caller has built already. */
async function npm(args: string[], cwd: string): Promise<string> {
	const shell = process.platform === 'win32';
	const { stdout } = await promisify(execFile)('npm', ['--ignore-scripts', ...args], {
		cwd,
		shell,
	});
	return stdout;
}

/** Packs the built package, as it would be published, into a folder that exists. */
export async function pack(destination: string): Promise<Tarball> {
	const answer: PackAnswer[] = JSON.parse(
		await npm(['pack', '--json', '--pack-destination', destination], ROOT),
	);
	const [packed] = answer;
	if (!packed) throw new Error('npm pack made no tarball');
	const { filename, size, files } = packed;
	const paths = files.map((file) => file.path);
	return { path: path.join(destination, filename), filename, size, paths };
}

/**
 * Packs the built package and installs the tarball, without any devDependency, into an empty folder. Of
 * this repository's packages only n8n-workflow is within its reach, which n8n brings. Needs no network.
 */
export async function packAndInstall(): Promise<Packed> {
	const folder = await mkdtemp(path.join(tmpdir(), 'marketcode-packed-'));
	const tarball = await pack(folder);
	const empty = path.join(folder, 'empty');
	await mkdir(empty);
	const quietly = ['--offline', '--legacy-peer-deps', '--no-save', '--no-package-lock'];
	await npm(['install', ...quietly, tarball.path], empty);
	const modules = path.join(empty, 'node_modules');
	const workflow = path.join(ROOT, 'node_modules', 'n8n-workflow');
	await symlink(workflow, path.join(modules, 'n8n-workflow'), 'junction');
	return {
		...tarball,
		installed: path.join(modules, 'n8n-nodes-wechat-marketcode'),
		remove: async () => await rm(folder, { recursive: true, force: true }),
	};
}

/** The files that n8n loads, by the path from the package's root. */
export async function entryPoints(root: string): Promise<string[]> {
	const { n8n } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
	return [...n8n.nodes, ...n8n.credentials];
}
