import { format, inspect } from 'node:util';
import type { LogMetadata, Logger } from 'n8n-workflow';

const CONSOLE_METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;

/** What n8n-core expects of its logger: n8n-workflow's four levels and sub-loggers by scope. */
export interface ScopedLogger extends Logger {
	scoped(scopes: string | string[]): ScopedLogger;
}

/**
 * Collects what n8n-core logs, down to its debug level, and what anything writes to the console.
 *
 * A line goes to every run under way: which of two parallel runs wrote it cannot be told, and a
 * search for secrets would rather see a line twice than not at all.
 */
export class LogRecorder {
	private readonly underWay = new Set<string[]>();

	readonly logger: ScopedLogger = {
		error: (message, metadata) => this.addLog('error', message, metadata),
		warn: (message, metadata) => this.addLog('warn', message, metadata),
		info: (message, metadata) => this.addLog('info', message, metadata),
		debug: (message, metadata) => this.addLog('debug', message, metadata),
		scoped: () => this.logger,
	};

	/** The lines written while `work` runs go to `lines`. */
	async during<T>(lines: string[], work: () => Promise<T>): Promise<T> {
		this.underWay.add(lines);
		try {
			return await work();
		} finally {
			this.underWay.delete(lines);
		}
	}

	/** Listens to the console, which goes on writing as before. Returns the function that stops it. */
	listenToConsole(): () => void {
		const originals = CONSOLE_METHODS.map((method) => ({ method, original: console[method] }));
		for (const { method, original } of originals) {
			console[method] = (...values: unknown[]) => {
				this.add(`console.${method} ${format(...values)}`);
				original.apply(console, values);
			};
		}
		return () => {
			for (const { method, original } of originals) console[method] = original;
		};
	}

	private addLog(level: string, message: string, metadata: LogMetadata = {}): void {
		// Deep and uncut: a secret at the bottom of an error's cause is still a secret in the log.
		const details = inspect(metadata, {
			depth: 10,
			maxStringLength: Infinity,
			breakLength: Infinity,
		});
		this.add(`${level} ${message} ${details}`);
	}

	private add(line: string): void {
		for (const lines of this.underWay) lines.push(line);
	}
}
