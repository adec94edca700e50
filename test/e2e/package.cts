import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { N8nInstallation } from './install.cts';

const run = promisify(execFile);

/** A community package as n8n's own table of installed packages describes it. */
export interface InstalledPackage {
	name: string;
	version: string;
	author?: { name?: string; email?: string };
}

interface InstalledNode {
	/** With the package's name in front, e.g. `n8n-nodes-wechat-marketcode.marketcodeDownload`. */
	type: string;
	displayName: string;
	version: number;
}

type PackageJson = InstalledPackage & Record<string, unknown>;

const readJson = async <T,>(file: string): Promise<T> => JSON.parse(await readFile(file, 'utf8'));

const writeJson = (file: string, value: unknown) =>
	writeFile(file, JSON.stringify(value, null, 2) + '\n');

/** `…/n8n-nodes-x-1.2.3.tgz` → `n8n-nodes-x` */
const packageNameOf = (tarball: string) => path.basename(tarball).replace(/-\d+\.\d+\.\d+.*$/, '');

/**
 * Puts a tarball where n8n keeps its community packages, in the steps of n8n's own installer:
 * unpack, drop what is not for running, note the version. (The installer itself takes packages from
 * a registry only.) n8n must not be running, or be restarted afterwards.
 */
export async function installCommunityPackage(
	tarball: string,
	userFolder: string,
): Promise<InstalledPackage> {
	const nodes = path.join(userFolder, '.n8n', 'nodes');
	const folder = path.join(nodes, 'node_modules', packageNameOf(tarball));
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	const manifest = await readJson<PackageJson>(path.join(folder, 'package.json'));
	for (const key of ['devDependencies', 'peerDependencies', 'optionalDependencies'])
		delete manifest[key];
	await writeJson(path.join(folder, 'package.json'), manifest);

	const ledger = { name: 'installed-nodes', private: true };
	const dependencies = { [manifest.name]: manifest.version };
	await writeJson(path.join(nodes, 'package.json'), { ...ledger, dependencies });
	// n8n's page of community nodes runs "npm outdated" here; n8n 1 passes no settings of ours on to npm.
	await writeFile(path.join(nodes, '.npmrc'), 'offline=true\n');
	return manifest;
}

/** Runs in n8n's Node with n8n's SQLite: not every Node has one of its own. */
const REGISTER = `
	const [file, json] = process.argv.slice(1);
	const { installed, nodes } = JSON.parse(json);
	const { name, version, author = {} } = installed;
	const database = new (require('sqlite3').Database)(file);
	const run = (sql, ...values) =>
		new Promise((resolve, reject) =>
			database.run(sql, values, (error) => (error ? reject(error) : resolve())));
	const register = async () => {
		await run('PRAGMA busy_timeout = 10000');
		await run('BEGIN IMMEDIATE');
		await run('DELETE FROM installed_nodes WHERE package = ?', name);
		await run('DELETE FROM installed_packages WHERE packageName = ?', name);
		await run('INSERT INTO installed_packages (packageName, installedVersion, authorName,'
			+ ' authorEmail) VALUES (?, ?, ?, ?)', name, version, author.name, author.email);
		for (const node of nodes)
			await run('INSERT INTO installed_nodes (name, type, latestVersion, package)'
				+ ' VALUES (?, ?, ?, ?)', node.displayName, node.type, node.version, name);
		await run('COMMIT');
	};
	register().catch((error) => {
		console.error(error.message);
		process.exitCode = 1;
	});
`;

/**
 * Enters a package that installCommunityPackage put in place into n8n's SQLite database, which is
 * where Settings → Community nodes looks.
 */
export async function registerCommunityPackage(
	{ node, folder }: N8nInstallation,
	userFolder: string,
	installed: InstalledPackage,
	nodes: InstalledNode[],
): Promise<void> {
	const database = path.join(userFolder, '.n8n', 'database.sqlite');
	const entries = JSON.stringify({ installed, nodes });
	await run(node, ['-e', REGISTER, database, entries], { cwd: folder });
}
