import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
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

	it.each([
		['ENOSPC', 'n8n has no space left to store the file (ENOSPC)'],
		['EDQUOT', 'n8n has no space left to store the file (EDQUOT)'],
		['EROFS', 'n8n may not write where it stores files (EROFS)'],
		['EACCES', 'n8n may not write where it stores files (EACCES)'],
		['EIO', 'n8n could not store the file (EIO)'],
		[
			'ERR_STRING_TOO_LONG',
			'The file is too large for where n8n stores files (ERR_STRING_TOO_LONG)',
		],
		[undefined, 'The file is too large for where n8n stores files (FileTooLargeError)'],
	])(
		'says why n8n could not store the file, and takes no further chunk: %s',
		async (code, said) => {
			let made = 0;
			const cause = Object.assign(new Error(`${code}: open '/home/n8n/binary'`), { code });
			if (code === undefined) cause.name = 'FileTooLargeError';
			const failure = code === 'EIO' ? new Error('/home/n8n', { cause }) : cause;
			const result = await runNode(async function () {
				const chunks = async function* () {
					for (; made < 100; made++) yield Buffer.alloc(MEGABYTE);
				};
				const helpers = {
					...this.helpers,
					prepareBinaryData: async () => await Promise.reject<never>(failure),
				};
				await storeFile({ ...this, helpers }, chunks(), 'a.txt', 'text/plain');
				return [[]];
			});
			expect(result.error?.message).toBe(said);
			expect(result.error?.description).toMatch(/^Nothing was handed on\./);
			expect(JSON.stringify(result.error)).not.toContain('/home/n8n');
			expect(made).toBeLessThan(5);
		},
	);

	it("says so where n8n's own folder is none", async () => {
		const folder = engine.binaryFolder;
		await rm(folder, { recursive: true, force: true });
		await writeFile(folder, '');
		const result = await runNode(async function () {
			const chunks = async function* () {
				yield Buffer.alloc(MEGABYTE);
			};
			await storeFile(this, chunks(), 'a.txt', 'text/plain');
			return [[]];
		}).finally(async () => {
			await rm(folder);
			await mkdir(folder);
		});
		expect(result.error?.message).toMatch(/^n8n could not store the file \(E[A-Z]+\)$/);
		expect(JSON.stringify(result.error)).not.toContain(folder);
	});
});
