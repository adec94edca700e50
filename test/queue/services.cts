import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../e2e/n8n.cts';

const run = promisify(execFile);

const DEBIAN_POSTGRESQL = '/usr/lib/postgresql';
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
/** PostgreSQL's own administrator, and the database that every cluster has. */
const POSTGRES = 'postgres';

export interface Service {
	/** On 127.0.0.1. */
	port: number;
	/** Ends it, waits until it is gone, and removes its folder. */
	stop(): Promise<void>;
}

export interface Database extends Service {
	user: string;
	name: string;
	/** The rows of a query's answer, each as psql prints it: columns separated by `|`. */
	query(sql: string): Promise<string[]>;
}

/** Debian keeps the server's programs of each version in a folder of their own, newest last. */
function programFolders(): string[] {
	const versions = existsSync(DEBIAN_POSTGRESQL) ? readdirSync(DEBIAN_POSTGRESQL) : [];
	const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
	const debian = newestFirst.map((version) => path.join(DEBIAN_POSTGRESQL, version, 'bin'));
	return [...(process.env['PATH'] ?? '').split(path.delimiter), ...debian];
}

function program(name: string): string {
	const found = programFolders()
		.map((folder) => path.join(folder, name))
		.find((file) => existsSync(file));
	if (found !== undefined) return found;
	throw new Error(
		`There is no ${name} on this machine. ` +
			'Debian, Ubuntu: "sudo apt-get install redis-server postgresql".',
	);
}

/** @throws Error that says what to install when Redis or PostgreSQL is missing */
export function requireServices(): void {
	for (const name of ['redis-server', 'redis-cli', 'initdb', 'postgres', 'pg_isready', 'psql'])
		program(name);
}

/** Starts a server in the foreground and waits until its own client says that it answers. */
async function startServer(
	command: string,
	args: string[],
	options: { cwd: string; uid?: number; gid?: number },
	isReady: [command: string, args: string[]],
	stopSignal: NodeJS.Signals,
): Promise<() => Promise<void>> {
	const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
	const said: string[] = [];
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (chunk) => void said.push(String(chunk)));
	const gone = once(child, 'exit');
	const stop = async () => {
		child.kill(stopSignal);
		const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
		await gone;
		clearTimeout(late);
	};
	const deadline = Date.now() + READY_TIMEOUT_MS;
	const answers = () =>
		run(...isReady).then(
			() => true,
			() => false,
		);
	while (!(await answers())) {
		if (child.exitCode === null && Date.now() < deadline) {
			await sleep(100);
			continue;
		}
		if (child.exitCode === null) await stop();
		throw new Error(`${path.basename(command)} did not start:\n${said.join('')}`);
	}
	return stop;
}

/** Starts a Redis of its own on loopback that keeps nothing. */
export async function startRedis(): Promise<Service> {
	const folder = await mkdtemp(path.join(tmpdir(), 'redis-'));
	const port = await freePort();
	const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
	const stop = await startServer(
		program('redis-server'),
		[...where, '--save', '', '--appendonly', 'no'],
		{ cwd: folder },
		[program('redis-cli'), ['-p', String(port), 'ping']],
		'SIGTERM',
	);
	return {
		port,
		stop: async () => {
			await stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** PostgreSQL refuses to run as root; its package brings a user for it. */
async function postgresUser(): Promise<{ uid?: number; gid?: number }> {
	if (userInfo().uid !== 0) return {};
	const id = async (flag: string) => Number((await run('id', [flag, POSTGRES])).stdout);
	return { uid: await id('-u'), gid: await id('-g') };
}

/**
 * Starts a PostgreSQL of its own, a new cluster, on loopback; anyone on this machine may log in.
 * @throws Error that says what to install when there is none
 */
export async function startPostgres(): Promise<Database> {
	const folder = await mkdtemp(path.join(tmpdir(), 'postgres-'));
	const user = await postgresUser();
	if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
	const options = { cwd: folder, ...user };
	const data = path.join(folder, 'data');
	const cluster = ['-D', data, '-U', POSTGRES, '--auth=trust', '--no-sync'];
	await run(program('initdb'), [...cluster, '--encoding=UTF8', '--locale=C'], options);

	const port = await freePort();
	const where = ['-h', '127.0.0.1', '-p', String(port)];
	const stop = await startServer(
		program('postgres'),
		// No socket in the file system: its folder would be another one to share and to remove.
		['-D', data, ...where, '-k', ''],
		options,
		[program('pg_isready'), where],
		// "Fast shutdown": doesn't wait until clients hang up.
		'SIGINT',
	);
	return {
		port,
		user: POSTGRES,
		name: POSTGRES,
		query: async (sql) => {
			const { stdout } = await run(program('psql'), [...where, '-U', POSTGRES, '-At', '-c', sql]);
			return stdout.split('\n').filter((line) => line !== '');
		},
		stop: async () => {
			await stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
