/** One case, in a process of its own, so that memory and processor time are its own: started by bench.cts. */
import { createReadStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { readZip } from '../../nodes/shared/delivery/archive/unzip';
import { startEngine, workflowOf } from '../engine/engine.cts';
import { bareScript } from './bareScript.cts';
import type { Outcome, Source, Task, Way } from './cases.cts';
import type { Cost } from './cost.cts';
import { findCodes, urlMap } from './findCodes.cts';
import { chunksOf, observed, sha256Of } from './observed.cts';
import { shellPipe } from './shellPipe.cts';

const newFile = async () => join(await mkdtemp(join(tmpdir(), 'case-')), 'urls.txt');

async function runScript(task: Task): Promise<Outcome> {
	const file = await newFile();
	await bareScript({ ...task.source, applicationId: task.warmUpId }, file);
	const seen = await observed(task, () => bareScript(task.source, file));
	return { ...seen, sha256: await sha256Of([createReadStream(file)]) };
}

async function runPipe({ source }: Task): Promise<Outcome> {
	const file = await newFile();
	const cost: Cost = await shellPipe(source, file);
	return { cost, sha256: await sha256Of([createReadStream(file)]) };
}

const PASSWORD = 'invented password';

/** What the node is set to, and its options. */
const OUTPUTS = {
	urlList: [{ output: 'urlList', files: 'single' }, {}],
	package: [{ output: 'package', files: 'perSegment' }, {}],
	rolls: [
		{ output: 'urlList', files: 'perCount', codesPerFile: 20_000 },
		{ archive: 'zipPassword', password: PASSWORD, manifest: true },
	],
	labels: [{ output: 'pdf', files: 'single', symbol: 'both', pageWidth: 40 }, {}],
} as const;

/** What is in a ZIP; anything else as it is. */
async function* unpacked(open: () => AsyncIterable<Buffer>, isZip: boolean) {
	if (!isZip) return yield* open();
	for await (const file of readZip(open, PASSWORD)) yield* file.chunks;
}

async function runNode(task: Task, output: keyof typeof OUTPUTS): Promise<Outcome> {
	const [settings, options] = OUTPUTS[output];
	const engine = await startEngine();
	const credential = engine.addCredential('wechatMarketcodeApi', {
		authentication: 'appSecret',
		appId: task.source.appId,
		appSecret: task.source.appSecret,
		packageKey: task.source.packageKey,
		host: 'custom',
		customBaseUrl: task.source.url,
	});
	const run = async ({ applicationId, concurrency }: Source): Promise<INodeExecutionData[]> => {
		const parameters = {
			application: { __rl: true, mode: 'id', value: String(applicationId) },
			...settings,
			options: { ...options, concurrency },
		};
		const result = await engine.run(
			workflowOf('marketcodeDownload', parameters, { credentialId: credential.id }),
		);
		if (result.error) throw new Error(result.error.message);
		return result.output('Node');
	};
	await run({ ...task.source, applicationId: task.warmUpId });
	let items: INodeExecutionData[] = [];
	const seen = await observed(task, async () => {
		items = await run(task.source);
	});
	const files = items.flatMap(({ binary }) => (binary?.['data'] ? [binary['data']] : []));
	const contents = files.map((file) =>
		unpacked(() => chunksOf(engine, file), file.fileName?.endsWith('.zip') === true),
	);
	const sha256 = await sha256Of(contents);
	await engine.stop();
	return { ...seen, sha256 };
}

const WAYS: Readonly<Record<Way, (task: Task) => Promise<Outcome>>> = {
	bareScript: runScript,
	shellPipe: runPipe,
	urlList: (task) => runNode(task, 'urlList'),
	package: (task) => runNode(task, 'package'),
	rolls: (task) => runNode(task, 'rolls'),
	labels: (task) => runNode(task, 'labels'),
	urlMap,
	findCodes,
};

async function main(task: Task): Promise<void> {
	const outcome = await WAYS[task.way](task).catch(
		(error: unknown): Outcome => ({
			failed: error instanceof Error ? error.message : String(error),
		}),
	);
	process.send?.(outcome, () => process.exit());
}

// By process.exit, so that what has been started (the pipe, the engine's folder) goes as well.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.once(signal, () => process.exit(1));
process.once('disconnect', () => process.exit(1));
void main(JSON.parse(process.argv[2] ?? ''));
