import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';
import { storeFile } from '../../nodes/shared/n8n/files';
import { startEngine, workflowOf, type Engine } from '../engine/engine.cts';
import { writeProbePackage } from '../engine/probe.cts';

const MEGABYTE = 1024 * 1024;
let engine: Engine;
let probePackage: Awaited<ReturnType<typeof writeProbePackage>>;

beforeAll(async () => {
	probePackage = await writeProbePackage();
	engine = await startEngine({ packageRoot: probePackage.root });
});
afterAll(async () => {
	await engine.stop();
	await probePackage.remove();
});

type Execute = (this: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

/** Runs a node in the engine: files are stored as n8n stores them. */
async function runNode(execute: Execute) {
	const node: INodeType = {
		description: {
			displayName: 'Storing',
			name: 'storing',
			description: 'Stores a file',
			group: ['transform'],
			version: 1,
			defaults: { name: 'Storing' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		execute,
	};
	return await engine.run(workflowOf('test.storing'), { nodeTypes: { 'test.storing': node } });
}

/** Stores a file of these chunks in the engine. */
async function store(chunks: () => AsyncGenerator<Buffer>) {
	const result = await runNode(async function () {
		const { binary, bytes, sha256 } = await storeFile(this, chunks(), 'a.txt', 'text/plain');
		return [[{ json: { bytes, sha256 }, binary: { data: binary } }]];
	});
	const [item] = result.output('Node');
	const file = item?.binary?.data;
	return { result, json: item?.json, binary: file, file: file && (await engine.readBinary(file)) };
}

const contentOf = (chunks: readonly Buffer[]) => ({
	bytes: Buffer.concat(chunks).length,
	sha256: createHash('sha256').update(Buffer.concat(chunks)).digest('hex'),
});

describe('storeFile', () => {
	it.each([
		['no chunk', []],
		['an empty chunk', [0]],
		['small chunks', [3, 0, 1, 7]],
		['chunks beyond what a stream buffers', [MEGABYTE, 1, 3 * MEGABYTE, 0, 16_384, 5]],
	])('stores %s, and knows size and digest', async (_what, sizes) => {
		const chunks = sizes.map((size, at) => Buffer.alloc(size, `chunk ${at} of ${size}`));
		const { json, binary, file } = await store(async function* () {
			yield* chunks;
		});
		expect(json).toEqual(contentOf(chunks));
		expect(file?.equals(Buffer.concat(chunks))).toBe(true);
		expect(binary).toMatchObject({ fileName: 'a.txt', mimeType: 'text/plain' });
	});

	it('takes the next chunk only when there is room for it', async () => {
		let made = 0;
		let seen = 0;
		await runNode(async function () {
			const chunks = async function* () {
				for (; made < 8; made++) yield Buffer.alloc(MEGABYTE, made);
			};
			// Reads slowly: what is made meanwhile would have to be held in memory.
			const helpers = {
				...this.helpers,
				prepareBinaryData: async (
					...[content, ...rest]: Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>
				) => {
					await setTimeout(50);
					seen = made;
					return await this.helpers.prepareBinaryData(content, ...rest);
				},
			};
			await storeFile({ ...this, helpers }, chunks(), 'a.bin', 'application/octet-stream');
			return [[]];
		});
		expect(made).toBe(8);
		expect(seen).toBeLessThanOrEqual(1);
	});

	it('hands nothing on when the chunks end in an error', async () => {
		const { result, file } = await store(async function* () {
			yield Buffer.from('the first segment\n');
			await setTimeout(5);
			throw new Error('Segment 2 is damaged');
		});
		expect(result.status).toBe('error');
		expect(result.error?.message).toBe('Segment 2 is damaged');
		expect(file).toBeUndefined();
	});

	it('lets n8n stop writing when the chunks end in an error', async () => {
		let written: Promise<unknown> | undefined;
		await runNode(async function () {
			const chunks = async function* () {
				yield Buffer.from('the first segment\n');
				throw new Error('Segment 2 is damaged');
			};
			const helpers: typeof this.helpers = {
				...this.helpers,
				prepareBinaryData: async (...content) => {
					const stored = this.helpers.prepareBinaryData(...content);
					written = stored;
					return await stored;
				},
			};
			await storeFile({ ...this, helpers }, chunks(), 'a.txt', 'text/plain');
			return [[]];
		});
		await expect(written).rejects.toThrow('The file was not completed');
	});

	it('says why n8n could not store the file, and takes no further chunk', async () => {
		let made = 0;
		const result = await runNode(async function () {
			const chunks = async function* () {
				for (; made < 100; made++) yield Buffer.alloc(MEGABYTE);
			};
			const helpers = {
				...this.helpers,
				prepareBinaryData: async () => await Promise.reject<never>(new Error('The disk is full')),
			};
			await storeFile({ ...this, helpers }, chunks(), 'a.txt', 'text/plain');
			return [[]];
		});
		expect(result.error?.message).toBe('The disk is full');
		expect(made).toBeLessThan(5);
	});
});
