import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../e2e/install.cts';
import { requireServices } from './services.cts';

const TESTS = [
	require.resolve('jest/bin/jest'),
	'-c',
	path.join(__dirname, 'jest.config.json'),
	'--cacheDirectory',
	path.join(cacheFolder(), 'jest'),
];
const BENCH = ['--require', 'tsx/cjs', path.join(__dirname, 'bench.cts')];

const POLITE_MS = 5_000;
const FORCED_MS = 2_000;

/** Whether any process of a group is left to get the signal; signal 0 only asks. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
	try {
		return process.kill(-group, signal);
	} catch {
		return false;
	}
}

/** Ends whatever is left of a process group. */
async function endGroup(group: number): Promise<void> {
	const steps = [
		['SIGINT', POLITE_MS],
		['SIGKILL', FORCED_MS],
	] as const;
	for (const [signal, waitMs] of steps) {
		signalGroup(group, signal);
		for (const end = Date.now() + waitMs; Date.now() < end; await sleep(100))
			if (!signalGroup(group, 0)) return;
	}
}

/**
 * Runs the tests, or with `--bench` the measurements, in a process group and with a temporary folder of
 * their own: both are gone afterwards, also after a Ctrl-C, of which jest tells its tests nothing.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({ options: { bench: { type: 'boolean', default: false } } });
	requireServices();
	const folder = await mkdtemp(path.join(tmpdir(), 'marketcode-queue-'));
	// Run by root, PostgreSQL is another user's and has to get through to its own folder.
	await chmod(folder, 0o711);
	const child = spawn(process.execPath, values.bench ? BENCH : TESTS, {
		detached: true,
		env: { ...process.env, TMPDIR: folder },
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const group = child.pid ?? 0;
	const gone = once(child, 'exit');
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => void signalGroup(group, 'SIGINT'));
	const [code] = await gone;
	await endGroup(group);
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	process.exitCode = code ?? 1;
}

main().catch((error: unknown) => {
	process.exitCode = 1;
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
});
