/** A thousand scans looked for in a delivery of rolls: by a script, and by Package → Find Codes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { startEngine, workflowOf, type Engine } from '../engine/engine.cts';
import type { Outcome, Task } from './cases.cts';
import { chunksOf, observed, sha256Of } from './observed.cts';
import { urlListChunks } from './packages.cts';
import { newRolls, type Roll } from './rolls.cts';

const SOUGHT = 1_000;

/** Indexes all over the delivery, the first and the last one among them. */
const soughtOf = (codes: number): number[] =>
	Array.from({ length: SOUGHT }, (_, at) => Math.floor((at * (codes - 1)) / (SOUGHT - 1)));

/** What a scanner reads of the code with this index. */
function scanOf(index: number): string {
	const list = Buffer.concat([...urlListChunks({ code_start: index, code_end: index })]);
	const url = list.toString('latin1').slice(0, -1);
	return `http://p.url.cn${url.slice('P.URL.CN'.length)}`;
}

/** @throws Error if it is not what was looked for */
function mustBe(sought: readonly number[], found: readonly unknown[]): void {
	if (JSON.stringify(found) !== JSON.stringify(sought)) throw new Error('Other codes were found');
}

/** The baseline: all urls in a map, as who knows Node writes it in ten minutes. */
async function find(rolls: readonly Roll[], scans: readonly string[]): Promise<number[]> {
	const places = new Map<string, number>();
	for (const { file } of rolls) {
		const lines = (await readFile(file, 'latin1')).split('\n').slice(0, -1);
		for (const url of lines) places.set(url, places.size);
	}
	return scans.map((scan) => places.get(scan.replace('http://p.url.cn', 'P.URL.CN')) ?? -1);
}

export async function urlMap(task: Task): Promise<Outcome> {
	const rolls = await newRolls(task.codes);
	const sought = soughtOf(task.codes);
	const scans = sought.map(scanOf);
	await find(rolls.slice(0, 1), scans);
	let found: number[] = [];
	const seen = await observed(task, async () => {
		found = await find(rolls, scans);
	});
	mustBe(sought, found);
	return { ...seen, sha256: await sha256Of(rolls.map(({ file }) => createReadStream(file))) };
}

const STORE = 'bench.store';

/** Stores the rolls in n8n, as Marketcode Download hands them on. */
const store = (rolls: readonly Roll[]): INodeType => ({
	description: {
		displayName: 'Store',
		name: 'store',
		description: 'Stores rolls',
		group: ['transform'],
		version: 1,
		defaults: { name: 'Store' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	},
	async execute(this: IExecuteFunctions) {
		const items: INodeExecutionData[] = [];
		for (const { file, ...bounds } of rolls) {
			const [content, name] = [createReadStream(file), basename(file)];
			const data = await this.helpers.prepareBinaryData(content, name, 'text/plain');
			const hash = createHash('sha256');
			for await (const chunk of createReadStream(file)) hash.update(chunk);
			const json = { application_id: '2', ...bounds, sha256: hash.digest('hex') };
			items.push({ json, binary: { data } });
		}
		return [items];
	},
});

async function run(
	engine: Engine,
	workflow: ReturnType<typeof workflowOf>,
	options: Parameters<Engine['run']>[1],
): Promise<INodeExecutionData[]> {
	const result = await engine.run(workflow, options);
	if (result.error) throw new Error(result.error.message);
	return result.output('Node');
}

export async function findCodes(task: Task): Promise<Outcome> {
	const engine = await startEngine();
	const { id: credentialId } = engine.addCredential('wechatMarketcodeApi', {});
	const nodeTypes = { [STORE]: store(await newRolls(task.codes)) };
	const rolls = await run(engine, workflowOf(STORE), { nodeTypes });
	const sought = soughtOf(task.codes);
	const codeList = sought.map(scanOf).join('\n');
	const parameters = { resource: 'package', operation: 'findCodes', codeList };
	const workflow = workflowOf('marketcode', parameters, { credentialId });
	await run(engine, workflow, { input: rolls.slice(0, 1) });
	let items: INodeExecutionData[] = [];
	const seen = await observed(task, async () => {
		items = await run(engine, workflow, { input: rolls });
	});
	mustBe(
		sought,
		items.map(({ json }) => json['code_index']),
	);
	const files = rolls.flatMap(({ binary }) => (binary?.['data'] ? [binary['data']] : []));
	const sha256 = await sha256Of(files.map((file) => chunksOf(engine, file)));
	await engine.stop();
	return { ...seen, sha256 };
}
