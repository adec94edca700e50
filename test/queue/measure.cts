import { readFile } from 'node:fs/promises';
import type { RunningN8n } from '../e2e/n8n.cts';
import type { Queue } from './queue.cts';

/** Of /proc, on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** A file of /proc about an n8n process; empty where the system has none. */
const processFile = (n8n: RunningN8n, name: string) =>
	readFile(`/proc/${n8n.pid()}/${name}`, 'utf8').catch(() => '');

/** The most memory that a process has held, in MB. */
async function peakMemory(n8n: RunningN8n): Promise<number> {
	const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(await processFile(n8n, 'status')) ?? [];
	return Math.round(Number(kilobytes) / 1024);
}

/** What a process has had of the processors, in seconds: unlike the clock's, hardly longer on a busy machine. */
async function processorSeconds(n8n: RunningN8n): Promise<number> {
	const stat = await processFile(n8n, 'stat');
	// The second field is the program's name in brackets, spaces and all.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

const ofEach = async (workers: readonly RunningN8n[], what: (n8n: RunningN8n) => Promise<number>) =>
	await Promise.all(workers.map(what));

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** Does something with a number of codes, and tells what it cost: docs/scaling.md has these lines. */
export async function measured<Result>(
	{ workers }: Queue,
	title: string,
	codes: number,
	act: () => Promise<Result>,
	say: (line: string) => void,
): Promise<Result> {
	const before = await ofEach(workers, peakMemory);
	const usedBefore = sum(await ofEach(workers, processorSeconds));
	const began = Date.now();
	const result = await act();
	const seconds = (Date.now() - began) / 1000;
	const used = sum(await ofEach(workers, processorSeconds)) - usedBefore;
	const after = await ofEach(workers, peakMemory);
	say(
		`measured: ${title}: ${codes} codes in ${seconds.toFixed(1)} s; workers: ` +
			`${used.toFixed(1)} s of processor, peak ${before.join('+')} → ${after.join('+')} MB`,
	);
	return result;
}
