import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import axios from 'axios';
import { ensureN8n, pathWith, type N8nInstallation, type Progress } from './install.cts';
import { CELL } from './matrix.cts';
import { installCommunityPackage, type InstalledPackage } from './package.cts';

const run = promisify(execFile);

/** First start creates the database; on a busy machine that alone takes a minute. */
const READY_TIMEOUT_MS = 180_000;
/** n8n itself waits 30 s for running executions when it is told to stop. */
const STOP_TIMEOUT_MS = 45_000;
const LOG_LINES_KEPT = 5_000;

/** Nothing that n8n would fetch from, or send to, the outside. */
const NO_OUTSIDE: NodeJS.ProcessEnv = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_SENTRY_DSN: '',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
};

export interface N8nOptions {
	/** Packed community package to install. */
	tarball: string;
	/** A free one by default. */
	port?: number;
	/** Kept when n8n stops; without it, a temporary folder that is removed. */
	userFolder?: string;
	/** `start` is the editor and the API; `worker` is a worker of queue mode. */
	command?: 'start' | 'worker';
	/** Comes last, so it can overrule every setting. */
	extraEnv?: NodeJS.ProcessEnv;
	progress?: Progress;
}

export interface RunningN8n {
	/** Without a slash at the end. */
	url: string;
	port: number;
	userFolder: string;
	installation: N8nInstallation;
	/** Id of its process, of the last one if it has ended. */
	pid(): number | undefined;
	installed: InstalledPackage;
	/** What it printed, both streams, oldest first. */
	logs(): string;
	/** Runs a command of n8n's own command line on its data, e.g. `['export:credentials', '--all']`. */
	run(args: string[]): Promise<string>;
	/** Stops it and starts it again on the same port with the same data. */
	restart(): Promise<void>;
	/** Ends it at once, as a crash does; `restart` or `stop` may follow. */
	kill(): Promise<void>;
	/** Ends it, waits until it is gone, and removes a temporary user folder. */
	stop(): Promise<void>;
}

/**
 * @param wanted 0 (default) = any
 * @returns a TCP port on loopback that was free a moment ago
 * @throws Error if the wanted one is taken
 */
export async function freePort(wanted = 0): Promise<number> {
	const server = createServer().listen(wanted, '127.0.0.1');
	await once(server, 'listening').catch(() => {
		throw new Error(`Port ${wanted} is taken. Choose another.`);
	});
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error('no free port');
	return address.port;
}

/** The parent's environment without n8n's own settings, which would make every machine differ. */
function cleanEnvironment(): NodeJS.ProcessEnv {
	const foreign = /^(N8N_|DB_|QUEUE_|EXECUTIONS_|WEBHOOK_|npm_)/i;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

async function environment(
	node: string,
	port: number,
	userFolder: string,
	options: N8nOptions,
): Promise<NodeJS.ProcessEnv> {
	const health = { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(port) };
	return {
		...cleanEnvironment(),
		PATH: pathWith(node),
		...NO_OUTSIDE,
		...CELL.version.env,
		...CELL.env,
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		...(options.command === 'worker' ? health : {}),
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		// What runs the Code node is refused if it starts later than that; on a busy machine it does.
		N8N_RUNNERS_GRANT_TOKEN_TTL: '180',
		N8N_RESTRICT_FILE_ACCESS_TO: path.join(userFolder, 'files'),
		NODE_ENV: 'production',
		...options.extraEnv,
	};
}

class N8nProcess {
	private child: ChildProcess | undefined;
	private readonly lines: string[] = [];

	constructor(
		private readonly installation: N8nInstallation,
		private readonly command: string,
		private readonly env: NodeJS.ProcessEnv,
		private readonly url: string,
	) {}

	get pid(): number | undefined {
		return this.child?.pid;
	}

	logs(): string {
		return this.lines.join('');
	}

	async start(): Promise<void> {
		const { node, n8nBin } = this.installation;
		const child = spawn(node, [n8nBin, this.command], {
			cwd: this.env['N8N_USER_FOLDER'],
			env: this.env,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.child = child;
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk) => {
				this.lines.push(String(chunk));
				if (this.lines.length > LOG_LINES_KEPT) this.lines.shift();
			});
		await this.ready(child);
	}

	private async ready(child: ChildProcess): Promise<void> {
		const deadline = Date.now() + READY_TIMEOUT_MS;
		while (Date.now() < deadline && !hasEnded(child)) {
			if (await this.answers()) return;
			await sleep(250);
		}
		await this.end('SIGKILL');
		const tail = this.logs().split('\n').slice(-30).join('\n');
		throw new Error(`n8n did not become ready at ${this.url}:\n${tail}`);
	}

	/** n8n 1 says that it is ready before its API is there, which a worker doesn't have. */
	private async answers(): Promise<boolean> {
		const paths = ['/healthz/readiness', ...(this.command === 'start' ? ['/rest/settings'] : [])];
		for (const asked of paths) {
			const answer = await axios.get(this.url + asked, { timeout: 2_000 }).catch(() => undefined);
			if (answer?.status !== 200) return false;
		}
		return true;
	}

	async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		const child = this.child;
		if (child === undefined || hasEnded(child)) return;
		const gone = once(child, 'exit');
		child.kill(signal);
		const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
		await gone;
		clearTimeout(late);
	}
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/**
 * Starts an n8n of its own: own folder, own SQLite database, own ports on loopback, the package
 * installed as a community package, nothing asked of the outside network.
 * @throws Error with the end of n8n's log if it does not become ready
 */
export async function startN8n(options: N8nOptions): Promise<RunningN8n> {
	const installation = await ensureN8n(CELL, options.progress ?? (() => {}));
	// Else another n8n that listens there would be taken for ours.
	const port = await freePort(options.port);
	const userFolder = options.userFolder ?? (await mkdtemp(path.join(tmpdir(), 'n8n-marketcode-')));
	await mkdir(path.join(userFolder, 'files'), { recursive: true });
	const installed = await installCommunityPackage(options.tarball, userFolder);
	const env = await environment(installation.node, port, userFolder, options);
	const url = `http://127.0.0.1:${port}`;
	const n8n = new N8nProcess(installation, options.command ?? 'start', env, url);

	const removeTemporary = async () => {
		if (options.userFolder === undefined) await rm(userFolder, { recursive: true, force: true });
	};
	options.progress?.(`starting n8n ${options.command ?? ''} on ${url} …`);
	try {
		await n8n.start();
	} catch (error) {
		await removeTemporary();
		throw error;
	}
	return {
		url,
		port,
		userFolder,
		installation,
		installed,
		pid: () => n8n.pid,
		logs: () => n8n.logs(),
		run: async (args) => {
			const { node, n8nBin } = installation;
			const broker = { N8N_RUNNERS_BROKER_PORT: String(await freePort()) };
			const options = { env: { ...env, ...broker }, maxBuffer: 64 * 1024 * 1024 };
			return (await run(node, [n8nBin, ...args], options)).stdout;
		},
		restart: async () => {
			await n8n.end('SIGTERM');
			await n8n.start();
		},
		kill: () => n8n.end('SIGKILL'),
		stop: async () => {
			await n8n.end('SIGTERM');
			await removeTemporary();
		},
	};
}
