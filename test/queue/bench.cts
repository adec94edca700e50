import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { measured } from './measure.cts';
import { startQueue, type Queue } from './queue.cts';
import { publishDownload, send } from './workflows.cts';

const SEGMENTS = 20;
const SEGMENT_SIZE = 50_000;
/** About what a segment's 27.2 MB take on a line of 220 Mbit/s. */
const REQUEST_MS = 1_000;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Downloads a number of codes on workers that have done nothing before. */
async function measureFresh(
	queue: Queue,
	title: string,
	codeCount: number,
	parameters: INodeParameters,
): Promise<void> {
	const { sandbox, workers } = queue;
	const path = title.replaceAll(/\W+/g, '-');
	await Promise.all(workers.map((worker) => worker.restart()));
	await publishDownload(queue, path, parameters);
	// The first run loads code, and waits until n8n has registered the webhook.
	const { applicationId: first } = sandbox.addApplication({ codeCount: 10_000 });
	await send(queue, path, first);
	const { applicationId } = sandbox.addApplication({ codeCount, segmentSize: SEGMENT_SIZE });
	await measured(queue, title, codeCount, () => send(queue, path, applicationId), say);
}

/** How the node's Concurrency trades memory for time. */
async function measureConcurrency(queue: Queue): Promise<void> {
	const { sandbox } = queue;
	sandbox.inject({ call: 'applycodedownload', kind: 'slow', ms: REQUEST_MS, times: Infinity });
	for (const concurrency of [1, 4, 16])
		await measureFresh(queue, `concurrency ${concurrency}`, SEGMENTS * SEGMENT_SIZE, {
			files: 'perSegment',
			options: { concurrency },
		});
	sandbox.clearFaults();
}

/** @param sizes numbers of codes; at 408 bytes each, n8n's database takes 1.3 million in a file (512 MiB) */
async function measureSingleFiles(
	queue: Queue,
	mode: string,
	sizes: readonly number[],
): Promise<void> {
	for (const codes of sizes)
		await measureFresh(queue, `single file, ${mode}, ${codes}`, codes, { files: 'single' });
}

async function main(): Promise<void> {
	const database = await startQueue(say);
	await measureConcurrency(database);
	await measureSingleFiles(database, 'database', [500_000, 1_000_000]);
	await database.close();

	const filesystem = await startQueue(say, {
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		N8N_BINARY_DATA_STORAGE_PATH: path.join(tmpdir(), 'shared'),
	});
	await measureSingleFiles(filesystem, 'filesystem', [1_000_000, 4_000_000]);
	await filesystem.close();
}

main().catch((error: unknown) => {
	// What it started is ended by run.cts, which is also there when this process is killed.
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exit(1);
});
