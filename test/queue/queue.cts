import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { N8nClient, type CredentialReference } from '../e2e/client.cts';
import { OWNER, sandboxCredential, storeCredential } from '../e2e/n8nLab.cts';
import { startN8n, type RunningN8n } from '../e2e/n8n.cts';
import { pack } from '../package/tarball.cts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import { startPostgres, startRedis, type Database } from './services.cts';

export const WORKERS = 2;
/** Executions that a worker runs at once. */
export const WORKER_CONCURRENCY = 5;

/** How long n8n takes at most to notice that a worker is gone; by default 90 s. */
const WORKER_LOCK = {
	QUEUE_WORKER_LOCK_DURATION: '15000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '3000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

/** n8n in queue mode with our package everywhere, a WeChat to call, and someone who is signed in. */
export interface Queue {
	main: RunningN8n;
	workers: readonly RunningN8n[];
	client: N8nClient;
	database: Database;
	sandbox: Sandbox;
	/** For the sandbox's own account; without a token yet. */
	credential: CredentialReference;
	/** Ends everything that it started. */
	close(): Promise<void>;
}

/** The settings that n8n's main process and its workers have to share. */
const sharedSettings = (redisPort: number, database: Database): NodeJS.ProcessEnv => ({
	EXECUTIONS_MODE: 'queue',
	OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
	N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
	N8N_DEFAULT_BINARY_DATA_MODE: 'database',
	N8N_CONCURRENCY_PRODUCTION_LIMIT: String(WORKER_CONCURRENCY),
	N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
	QUEUE_BULL_REDIS_HOST: '127.0.0.1',
	QUEUE_BULL_REDIS_PORT: String(redisPort),
	DB_TYPE: 'postgresdb',
	DB_POSTGRESDB_HOST: '127.0.0.1',
	DB_POSTGRESDB_PORT: String(database.port),
	DB_POSTGRESDB_USER: database.user,
	DB_POSTGRESDB_DATABASE: database.name,
	...WORKER_LOCK,
});

/**
 * Starts Redis, PostgreSQL, n8n's main process, the workers and the sandbox.
 * @param settings of n8n, for all of its processes; they overrule what is usual here
 */
export async function startQueue(
	progress: (line: string) => void,
	settings: NodeJS.ProcessEnv = {},
): Promise<Queue> {
	const stops: Array<() => Promise<void>> = [];
	const started = <Started extends { stop(): Promise<void> }>(it: Started): Started => {
		stops.unshift(() => it.stop());
		return it;
	};
	const close = async () => {
		for (const stop of stops.splice(0)) await stop();
	};
	try {
		const sandbox = started(await startSandbox());
		progress('starting Redis and PostgreSQL …');
		const redis = started(await startRedis());
		const database = started(await startPostgres());
		const { path: tarball } = await pack(tmpdir());
		const extraEnv = { ...sharedSettings(redis.port, database), ...settings };
		// The main process first: it makes the database's tables.
		const main = started(await startN8n({ tarball, extraEnv, progress }));
		const workers = await Promise.all(
			Array.from({ length: WORKERS }, async () =>
				started(await startN8n({ tarball, extraEnv, progress, command: 'worker' })),
			),
		);
		const client = new N8nClient(main.url);
		await client.signIn(OWNER);
		const credential = await storeCredential(client, 'Sandbox', sandboxCredential(sandbox));
		return { main, workers, client, database, sandbox, credential, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** Ids of the executions that a worker has begun, oldest first. */
export const executionsOf = (worker: RunningN8n): string[] =>
	Array.from(worker.logs().matchAll(/Worker started execution (\d+)/g), ([, id]) => id ?? '');

/** Ids of the executions that each worker has begun while something was done. */
export async function begunDuring(
	{ workers }: Queue,
	act: () => Promise<unknown>,
): Promise<string[][]> {
	const before = workers.map((worker) => executionsOf(worker).length);
	await act();
	return workers.map((worker, i) => executionsOf(worker).slice(before[i]));
}
