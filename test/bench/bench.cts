/** `npm run bench`: what a download costs, beside what it costs without the package. See docs/benchmarks.md. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES, CONCURRENCY, plansOf } from './cases.cts';
import type { Case, Outcome, Plans, Task } from './cases.cts';
import { PACKAGE_KEY } from './packages.cts';
import { Processes } from './processes.cts';
import { hotspotTableOf, tableOf, type Result } from './report.cts';
import type { ServerReady } from './server.cts';
import { missingTools } from './shellPipe.cts';

const USAGE = `What a download costs, beside what it costs without the package.

  npm run bench -- [--quick] [--runs 3] [--node <path> …] [--only <text> …]
                   [--cpu-profile] [--markdown] [--lattice 361]

  --quick        fewer codes, one run: whether all of it works, no numbers to quote
  --runs         of each case, in turns; the table has medians
  --node         executable of another Node to measure with; may be given several times
  --only         the cases whose names hold this text; may be given several times
  --cpu-profile  one more run of the node's cases with a profile each in output/, and the functions on top
  --markdown     the table as docs/benchmarks.md has it
  --lattice      characters of a package's first column; WeChat's have 361`;

const OUTPUT = resolve(__dirname, '../../output');

interface NodeInUse {
	readonly path: string;
	/** As in 'v24.1.0'. */
	readonly version: string;
}

/** All that a measurement needs to know. */
interface Bench {
	readonly processes: Processes;
	readonly server: ServerReady;
	readonly plans: Plans;
	readonly cases: readonly Case[];
	readonly nodes: readonly NodeInUse[];
	readonly runs: number;
}

const say = (line: string) => void process.stderr.write(`${line}\n`);

function readOptions() {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			runs: { type: 'string' },
			node: { type: 'string', multiple: true, default: [process.execPath] },
			only: { type: 'string', multiple: true, default: [''] },
			'cpu-profile': { type: 'boolean', default: false },
			markdown: { type: 'boolean', default: false },
			lattice: { type: 'string', default: '361' },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	const runs = Number(values.runs ?? (values.quick ? 1 : 3));
	const lattice = Number(values.lattice);
	if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs must be a whole number from 1');
	if (!Number.isInteger(lattice) || lattice < 1 || lattice > 1024)
		throw new Error('--lattice must be a whole number from 1 to 1024');
	return { ...values, runs, lattice };
}

/** @throws Error where there is no Node */
function nodeAt(path: string): NodeInUse {
	const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim();
	return { path, version };
}

/** @throws Error where none is left */
function casesWith(texts: readonly string[]): Case[] {
	const missing = missingTools();
	if (missing.length > 0) say(`No shell pipe: this machine has no ${missing.join(', ')}.`);
	const cases = CASES.filter(
		({ name, way }) =>
			texts.some((text) => name.includes(text)) && (way !== 'shellPipe' || missing.length === 0),
	);
	if (cases.length > 0) return cases;
	throw new Error(`No such case. There are: ${CASES.map(({ name }) => name).join('; ')}`);
}

async function runCase(
	{ processes, server, plans }: Bench,
	{ way, application }: Case,
	node: NodeInUse,
	profile?: string,
): Promise<Outcome> {
	const { applicationId, segments, segmentSize } = plans[application];
	const task: Task = {
		way,
		codes: segments * segmentSize,
		warmUpId: plans.warmUp.applicationId,
		source: {
			url: server.url,
			appId: 'wx0123456789abcdef',
			appSecret: '0123456789abcdef0123456789abcdef',
			packageKey: PACKAGE_KEY,
			applicationId,
			concurrency: CONCURRENCY,
		},
		profile,
	};
	const outcome = await processes
		.run<Outcome>({ script: 'child.cts', argument: task, node: node.path })
		.catch((error: unknown): Outcome => ({ failed: String(error) }));
	if (processes.isAborted) throw new Error('Ended before all was measured.');
	if ('failed' in outcome) return outcome;
	const expected = server.expected[task.source.applicationId];
	const isRight = outcome.sha256 === expected?.[way === 'package' ? 'package' : 'urlList'];
	// Nobody else has drawn the labels.
	return isRight || !expected || way === 'labels'
		? outcome
		: { failed: 'what came is not what was sent' };
}

/** Every case once a round, so that what disturbs the machine for a while disturbs all of them. */
async function measure(bench: Bench): Promise<Result[]> {
	const results = bench.nodes.flatMap((node) =>
		bench.cases.map((one) => {
			const { segments, segmentSize } = bench.plans[one.application];
			return { case: one, node, nodeVersion: node.version, codes: segments * segmentSize };
		}),
	);
	const measured: Result[] = results.map((result) => ({ ...result, costs: [] }));
	for (let run = 1; run <= bench.runs; run++) {
		for (const [at, { case: one, node }] of results.entries()) {
			const before = measured[at];
			if (!before || before.failed !== undefined) continue;
			const outcome = await runCase(bench, one, node);
			const [cost, failed] =
				'failed' in outcome ? [undefined, outcome.failed] : [outcome.cost, undefined];
			measured[at] = { ...before, costs: [...before.costs, ...(cost ? [cost] : [])], failed };
			const told = failed ?? `${cost?.seconds.toFixed(2)} s, ${cost?.peakMb.toFixed(0)} MiB`;
			say(`run ${run} of ${bench.runs}: ${node.version}, ${one.name}: ${told}`);
		}
	}
	return measured;
}

async function profile(bench: Bench): Promise<void> {
	const ofNode = bench.cases.filter(
		({ way, application }) =>
			application === 'measured' && (way === 'urlList' || way === 'package'),
	);
	for (const node of bench.nodes) {
		for (const one of ofNode) {
			const file = join(OUTPUT, `bench-${one.way}-${node.version}.cpuprofile`);
			const outcome = await runCase(bench, one, node, file);
			if ('failed' in outcome) say(`No profile of ${one.name}: ${outcome.failed}`);
			else console.log(hotspotTableOf(relative('', file), outcome.hotspots ?? []));
		}
	}
}

async function main(): Promise<void> {
	const options = readOptions();
	if (options.help) return console.log(USAGE);
	const temporary = await mkdtemp(join(tmpdir(), 'wechat-marketcode-bench-'));
	process.once('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }));
	const processes = new Processes(temporary);
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => processes.abort());
	try {
		const plans = plansOf({ isQuick: options.quick, lattice: options.lattice });
		const nodes = options.node.map(nodeAt);
		const cases = casesWith(options.only);
		say('Making the packages …');
		const server = await processes.start<ServerReady>({
			script: 'server.cts',
			argument: Object.values(plans),
		});
		const bench: Bench = { processes, server, plans, cases, nodes, runs: options.runs };
		const results = await measure(bench);
		const runs = `${options.runs} ${options.runs === 1 ? 'run' : 'runs'} of each`;
		console.log(`${availableParallelism()} processors, ${runs}, Concurrency ${CONCURRENCY}`);
		console.log(tableOf(results, { isMarkdown: options.markdown }));
		if (options['cpu-profile']) await profile(bench);
		if (results.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
	} finally {
		await processes.end();
	}
}

main().catch((error: unknown) => {
	say(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
