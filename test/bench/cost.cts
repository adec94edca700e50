import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';

/** What something has cost the process that did it. NaN, in JSON null: can't be told. */
export interface Cost {
	readonly seconds: number;
	/** MiB, over what the process held before. */
	readonly peakMb: number;
	/** Of all threads, in user and system mode. */
	readonly processorSeconds: number;
	/** Milliseconds by which the event loop was late. */
	readonly loopP99Ms: number;
	readonly loopMaxMs: number;
}

export const MEBIBYTE = 2 ** 20;
const MICROSECONDS = 1e6;
const NANOSECONDS_A_MS = 1e6;
const LOOP_RESOLUTION_MS = 1;

/** A thread that writes the highest memory of the process down, also while the main thread is busy. */
const SAMPLER = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage('ready');
for (;;) {
	workerData[0] = Math.max(workerData[0], process.memoryUsage.rss());
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}`;

interface PeakMemory {
	/** Bytes; ends the measurement. */
	end(): Promise<number>;
}

/** Linux keeps the peak itself and can be told to begin anew: nothing is missed, nothing is spent. */
function peakOfKernel(): PeakMemory | undefined {
	try {
		writeFileSync('/proc/self/clear_refs', '5');
	} catch {
		return undefined;
	}
	return {
		async end() {
			const status = readFileSync('/proc/self/status', 'utf8');
			const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
			return Number(kilobytes) * 1024;
		},
	};
}

/** Elsewhere: misses what lasts less than 2 ms, and its processor time counts with the rest. */
async function peakOfSampler(): Promise<PeakMemory> {
	const highest = new Float64Array(new SharedArrayBuffer(8));
	const sampler = new Worker(SAMPLER, { eval: true, workerData: highest });
	await once(sampler, 'message');
	return {
		async end() {
			const peak = Math.max(highest[0] ?? 0, process.memoryUsage.rss());
			await sampler.terminate();
			return peak;
		},
	};
}

/**
 * Does something and tells what it cost. What was done before (start-up, a run that warms up) is not in
 * it; with `--expose-gc` neither is its rubbish.
 */
export async function costOf(act: () => Promise<unknown>): Promise<Cost> {
	globalThis.gc?.();
	const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
	const peak = peakOfKernel() ?? (await peakOfSampler());
	const before = process.memoryUsage.rss();
	const usedBefore = process.cpuUsage();
	loop.enable();
	const began = performance.now();
	await act();
	const seconds = (performance.now() - began) / 1000;
	loop.disable();
	const { user, system } = process.cpuUsage(usedBefore);
	// The histogram is of the time between two turns, of which the timer's own period is no delay.
	const late = (nanoseconds: number) => nanoseconds / NANOSECONDS_A_MS - LOOP_RESOLUTION_MS;
	return {
		seconds,
		peakMb: ((await peak.end()) - before) / MEBIBYTE,
		processorSeconds: (user + system) / MICROSECONDS,
		loopP99Ms: late(loop.percentile(99)),
		loopMaxMs: late(loop.max),
	};
}
