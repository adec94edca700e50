/**
 * What it costs to open, check and write one whole segment, beside the plain way to do the same: split
 * the text into strings, match them, put them into Sets. As ratios, measured in turns in one run,
 * because times alone say more about the machine than about the code. Run: `node --require tsx/cjs <this file>`.
 */
import { execFileSync } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Table from 'cli-table3';
import { decodePackage, decryptPackage } from '../../nodes/shared/codePackage/decrypt';
import { formatRows, type TextFormat } from '../../nodes/shared/codePackage/format';
import { COLUMNS, findRows } from '../../nodes/shared/codePackage/rows';
import { verifyRows } from '../../nodes/shared/codePackage/verify';
import { encrypt, rowsOf, textOf } from '../unit/packages.cts';

const BOUNDS = { start: 50_000, end: 99_999 };
const ROWS = BOUNDS.end - BOUNDS.start + 1;
const KEY = Buffer.from('Qx7+pL/2vN9dTe4R');
const WARM_UPS = 3;
const RUNS = 15;
const MEMORY_RUNS = 3;
const MEBIBYTE = 1024 * 1024;

const FORMATS: Readonly<Record<string, TextFormat>> = {
	'url list': { columns: ['url'], delimiter: ',', lineEnding: '\n' },
	csv: { columns: COLUMNS, delimiter: ',', lineEnding: '\n' },
};

/** From the base64 text of a segment to the bytes of its file. */
type Path = (base64: string, format: TextFormat) => Buffer;

const ours: Path = (base64, format) => {
	const rows = findRows(decryptPackage(decodePackage(base64), KEY));
	const { problems } = verifyRows(rows, BOUNDS);
	if (problems.length > 0) throw new Error(problems.join('; '));
	return formatRows(rows, { first: 0, end: rows.count }, format);
};

const ROW = /^[01]{68}\t[ -~]{9}\t\d{1,8}\tP\.URL\.CN\/[0-9A-Z $%*+\-./:]{19}$/;

const plain: Path = (base64, format) => {
	const decipher = createDecipheriv('aes-128-cbc', KEY, KEY);
	const encrypted = Buffer.from(base64, 'base64');
	const text = Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('latin1');
	const lines = text.split('\n').slice(0, -1);
	const rows = lines.map((line) => line.split('\t'));
	const isRight =
		rows.length === ROWS &&
		lines.every((line) => ROW.test(line)) &&
		rows.every(([, , index], at) => Number(index) === BOUNDS.start + at) &&
		[1, 3].every((column) => new Set(rows.map((row) => row[column])).size === ROWS);
	if (!isRight) throw new Error('The rows are not as they should be');
	const columns = format.columns.map((column) => COLUMNS.indexOf(column));
	const quoted = (field = '') => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
	const file = rows.map((row) => columns.map((column) => quoted(row[column])).join(','));
	return Buffer.from(`${file.join('\n')}\n`);
};

const PATHS: Readonly<Record<string, Path>> = { ours, plain };

const median = (values: readonly number[]): number =>
	[...values].sort((one, other) => one - other)[values.length >>> 1] ?? NaN;

/** Milliseconds of each path, as medians of runs that take turns. */
function times(base64: string, format: TextFormat): { ours: number; plain: number } {
	const timed = (path: Path) => {
		const start = performance.now();
		path(base64, format);
		return performance.now() - start;
	};
	for (let run = 0; run < WARM_UPS; run++) for (const path of [ours, plain]) timed(path);
	const runs = Array.from({ length: RUNS }, () => ({ ours: timed(ours), plain: timed(plain) }));
	return { ours: median(runs.map((run) => run.ours)), plain: median(runs.map((run) => run.plain)) };
}

/** MiB by which one segment raises the memory of a process that does nothing else. */
function memoryOf(path: string, format: string, file: string): number {
	const measure = [...process.execArgv, __filename, path, format, file];
	const runs = Array.from({ length: MEMORY_RUNS }, () =>
		Number(execFileSync(process.execPath, measure)),
	);
	return median(runs);
}

/** A thread that writes the highest memory of the process down while the main thread works. */
const SAMPLER = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.postMessage('ready');
for (;;) {
	workerData[0] = Math.max(workerData[0], process.memoryUsage.rss());
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}`;

/** What the processes of `memoryOf` do. */
async function measureMemory(path: Path, format: TextFormat, file: string): Promise<number> {
	const base64 = readFileSync(file, 'latin1');
	const highest = new Float64Array(new SharedArrayBuffer(8));
	const sampler = new Worker(SAMPLER, { eval: true, workerData: highest });
	await once(sampler, 'message');
	const before = process.memoryUsage.rss();
	highest[0] = before;
	path(base64, format);
	const peak = Math.max(highest[0] ?? 0, process.memoryUsage.rss());
	await sampler.terminate();
	return (peak - before) / MEBIBYTE;
}

function compare(): void {
	const base64 = encrypt(textOf(rowsOf(BOUNDS)), KEY).toString('base64');
	const folder = mkdtempSync(join(tmpdir(), 'wechat-marketcode-bench-'));
	const file = join(folder, 'segment.b64');
	writeFileSync(file, base64);
	const table = new Table({
		head: ['50,000 codes to', '', 'ms', 'ratio', 'peak MiB', 'ratio'],
		style: { head: [], border: [] },
	});
	try {
		for (const [name, format] of Object.entries(FORMATS)) {
			if (!ours(base64, format).equals(plain(base64, format))) throw new Error('Not the same file');
			const ms = times(base64, format);
			const [own, other] = ['ours', 'plain'].map((path) => memoryOf(path, name, file));
			const row = (label: string, time: number, memory = NaN) => [
				name,
				label,
				time.toFixed(1),
				(time / ms.plain).toFixed(2),
				memory.toFixed(0),
				(memory / (other ?? NaN)).toFixed(2),
			];
			table.push(row('ours', ms.ours, own), row('split + Set', ms.plain, other));
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
	console.log(`Node ${process.version}, median of ${RUNS} runs\n${table.toString()}`);
}

const [path = '', format = '', file] = process.argv.slice(2);
const [chosenPath, chosenFormat] = [PATHS[path], FORMATS[format]];
if (chosenPath && chosenFormat && file !== undefined) {
	void measureMemory(chosenPath, chosenFormat, file).then(console.log);
} else {
	compare();
}
