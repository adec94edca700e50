import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A case takes seconds, the largest a minute or two on a slow machine. */
const LONGEST_MS = 15 * 60_000;
const POLITE_MS = 5_000;

interface StartOptions {
	/** A file of this folder. */
	readonly script: string;
	/** What it gets, as JSON. */
	readonly argument: unknown;
	/** Path of the Node that runs it; default: this one. */
	readonly node?: string;
}

/** The processes of the benchmark: none of them outlives it. */
export class Processes {
	private readonly running = new Set<ChildProcess>();
	private readonly aborted = new AbortController();

	/** @param temporary folder for whatever they write, which is the caller's to remove */
	constructor(private readonly temporary: string) {}

	/**
	 * Starts a process and waits for the one message it sends: when it is ready, or done.
	 *
	 * @throws Error when it ends without one, AbortError after `abort`
	 */
	async start<Message>(options: StartOptions): Promise<Message> {
		const { script, argument, node = process.execPath } = options;
		const child = fork(join(__dirname, script), [JSON.stringify(argument)], {
			execPath: node,
			execArgv: ['--expose-gc', '--require', 'tsx/cjs'],
			env: { ...process.env, TMPDIR: this.temporary },
			// JSON knows no NaN.
			serialization: 'advanced',
			stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
			signal: this.aborted.signal,
		});
		this.running.add(child);
		child.once('exit', () => this.running.delete(child));
		return await new Promise((answer, fail) => {
			child.once('message', (message) => answer(message as Message));
			child.once('error', fail);
			child.once('exit', (code, signal) => fail(new Error(`${script} ended by ${signal ?? code}`)));
		});
	}

	/** As `start`, and waits until the process is gone; one that takes too long is ended. */
	async run<Message>(options: StartOptions): Promise<Message> {
		const before = new Set(this.running);
		const message = this.start<Message>(options);
		const [child] = [...this.running].filter((one) => !before.has(one));
		const limit = setTimeout(() => child?.kill('SIGKILL'), LONGEST_MS);
		try {
			return await message;
		} finally {
			if (child && this.running.has(child)) await once(child, 'exit');
			clearTimeout(limit);
		}
	}

	get isAborted(): boolean {
		return this.aborted.signal.aborted;
	}

	/** Ends all that runs, and whatever is started from now on. */
	abort(): void {
		this.aborted.abort();
	}

	/** Ends all that runs and waits until it is gone. */
	async end(): Promise<void> {
		const ending = [...this.running].map(async (child) => {
			const gone = once(child, 'exit');
			child.kill();
			const force = setTimeout(() => child.kill('SIGKILL'), POLITE_MS);
			await gone;
			clearTimeout(force);
		});
		await Promise.all(ending);
	}
}
