import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BinaryDataService } from 'n8n-core';
import type { INodeParameters } from 'n8n-workflow';
import type { Application } from '../sandbox/sandbox.cts';
import {
	NODES,
	handedOn,
	plainly,
	runNode,
	unpacked,
	type HandedOn,
	type NodeName,
} from './handover.cts';
import { useLab } from './lab.cts';
import { processorTime } from '../unit/processorTime.cts';
import { until } from '../until.cts';

const lab = useLab();
const PASSWORD = ' an invented p4ssword 红 ';

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

let application: Application;
beforeEach(() => {
	application = lab.application({ codeCount: 1_000 });
});

const run = async (
	node: NodeName,
	options: INodeParameters,
	parameters: INodeParameters = {},
): Promise<HandedOn> =>
	await handedOn(lab, await runNode(lab, node, application, { ...parameters, options }));

/** 4 rolls of 300 codes at most. */
const ROLLS = { output: 'urlList', files: 'perCount', codesPerFile: 300 };
const OUTPUTS = ['package', 'urlList', 'csv', 'jsonLines', 'pdf', 'encrypted'];

const openings = (['zip', 'zipPassword'] as const).flatMap((archive) =>
	NODES.map((node) => ({ node, archive })),
);

describe.each(openings)('$node, $archive', ({ node, archive }) => {
	const password = archive === 'zip' ? undefined : PASSWORD;
	const packed: INodeParameters = { archive, ...(password !== undefined && { password }) };

	it('packs each file by itself, as it is without an archive', async () => {
		const plain = await run(node, {}, ROLLS);
		const { files, items } = await run(node, packed, ROLLS);
		expect(files.map(({ name }) => name)).toEqual(plain.files.map(({ name }) => `${name}.zip`));
		for (const [at, { content, json, name }] of files.entries()) {
			expect(plainly(await unpacked(content, password))).toEqual(
				plainly(plain.files.slice(at, at + 1)),
			);
			// Its fields are of what is stored: the archive.
			expect(json).toEqual({
				...plain.files[at]?.json,
				file_name: name,
				bytes: content.length,
				sha256: sha256(content),
			});
		}
		expect(items.map(({ binary }) => binary?.data?.mimeType)).toEqual(
			items.map(() => 'application/zip'),
		);
	});

	it('packs all files of an item together, with manifest and sums', async () => {
		const plain = await run(node, {}, ROLLS);
		const delivery = await run(node, { ...packed, archivePer: 'delivery', manifest: true }, ROLLS);
		const [file, ...more] = delivery.files;
		expect(more).toEqual([]);
		const content = file?.content ?? Buffer.alloc(0);
		const all = await unpacked(content, password);
		const inner = all.slice(0, -2);
		expect(plainly(inner)).toEqual(plainly(plain.files));
		const [manifest, sums] = all.slice(-2).map((one) => [one.name, one.content.toString()]);
		// The very manifest that goes beside it, and the sums of what lies around it.
		expect(manifest).toEqual(['manifest.json', delivery.manifest?.text]);
		expect(sums).toEqual([
			'SHA256SUMS',
			all
				.slice(0, -1)
				.map((one) => `${sha256(one.content)}  ${one.name}\n`)
				.join(''),
		]);
		const name = `marketcode_${application.applicationId}_0-999.zip`;
		expect(file?.name).toBe(name);
		expect(file?.json).toMatchObject({
			application_id: application.applicationId,
			isv_application_id: application.isvApplicationId,
			file: null,
			files: 4,
			code_start: 0,
			code_end: 999,
			code_count: 1_000,
			lattice_width: 361,
			file_name: name,
			bytes: content.length,
			sha256: sha256(content),
			warnings: [],
		});
		expect(delivery.manifest?.sums).toBe(
			`${sha256(content)}  ${name}\n${sha256(delivery.manifest?.text ?? '')}  manifest.json\n`,
		);
	});

	it.each(OUTPUTS)('packs %s', async (output) => {
		if (output === 'pdf') application = lab.application({ codeCount: 20 });
		const plain = await run(node, {}, { output });
		for (const archivePer of ['file', 'delivery']) {
			const { files } = await run(node, { ...packed, archivePer }, { output });
			const [inner] = await unpacked(files[0]?.content ?? Buffer.alloc(0), password);
			expect(plainly(inner ? [inner] : [])).toEqual(plainly(plain.files));
		}
	});

	it('packs under names of the user’s own', async () => {
		const fileName = '卷_{file:3}.txt';
		const { files } = await run(node, { ...packed, fileName }, ROLLS);
		expect(files.map(({ name }) => name)).toEqual([1, 2, 3, 4].map((n) => `卷_00${n}.txt.zip`));
		const contents = files.map(async ({ content }) => (await unpacked(content, password))[0]?.name);
		expect(await Promise.all(contents)).toEqual([1, 2, 3, 4].map((n) => `卷_00${n}.txt`));
	});
});

describe.each(NODES)('%s', (node) => {
	it.each(['file', 'delivery'])('packs what a wrong password does not open (%s)', async (per) => {
		const options = { archive: 'zipPassword', password: PASSWORD, archivePer: per };
		const { files } = await run(node, options, ROLLS);
		for (const { content } of files) {
			for (const wrong of [PASSWORD.trim(), 'x', `${PASSWORD}x`]) {
				await expect(unpacked(content, wrong)).rejects.toThrow();
			}
			expect(content.includes('P.URL.CN')).toBe(false);
		}
	});

	it.each(['manifest.json', 'SHA256SUMS', 'sha256sums', 'Manifest.JSON'])(
		'names no file %s where one of that name lies beside it',
		async (fileName) => {
			for (const options of [{ manifest: true }, { archive: 'zip', archivePer: 'delivery' }]) {
				const result = await runNode(lab, node, application, { options: { ...options, fileName } });
				expect(result.error?.message).toContain('File Name');
				expect(result.error?.description).not.toBe('');
				expect(result.output('Node')).toEqual([]);
			}
			const alone = await run(node, { fileName });
			expect(alone.files.map(({ name }) => name)).toEqual([fileName]);
		},
	);

	it.each([0, 1])('tells in plain words that n8n can not store an archive (%d)', async (chunks) => {
		const storing = jest
			.spyOn(BinaryDataService.prototype, 'store')
			.mockImplementation(async (_location, content) => {
				if (chunks > 0 && !Buffer.isBuffer(content)) await once(content, 'data');
				throw Object.assign(new Error('ENOSPC: /home/n8n/.n8n'), { code: 'ENOSPC' });
			});
		try {
			// Large enough to be under way still when the storage fails.
			application = lab.application({ codeCount: 5_000, segmentSize: 5_000 });
			for (const archivePer of ['file', 'delivery']) {
				const options = { archive: 'zipPassword', archivePer };
				const result = await runNode(lab, node, application, { options });
				expect(result.error?.message).toBe('n8n has no space left to store the file (ENOSPC)');
				expect(result.error?.description).toMatch(/^Nothing was handed on\. Free space/);
				expect([result.output('Node'), result.output('Node', 1)]).toEqual([[], []]);
				expect(JSON.stringify(result)).not.toContain('/home/n8n');
			}
		} finally {
			storing.mockRestore();
		}
	});
});

describe('a segment that fails', () => {
	const faults = [{ kind: 'rowMissing' }, { kind: 'cutBuffer' }, { kind: 'duplicateUrl' }] as const;
	const cases = faults.flatMap((fault) => ['file', 'delivery'].map((per) => ({ fault, per })));

	it.each(cases)('leaves no archive and no password: $fault.kind, $per', async ({ fault, per }) => {
		lab.sandbox.inject({ call: 'applycodedownload', segment: 2_000, times: Infinity, ...fault });
		const parameters = { ...ROLLS, whenNotFinished: 'branch' };
		const options = { archive: 'zipPassword', archivePer: per, manifest: true, proofCodes: 4 };
		const failed = await lab.fail(lab.application(), { ...parameters, options });
		expect(failed.message).toContain('segment 3 (codes 2000–2999): ');
		expect([1, 2].map((output) => failed.result.output('Node', output))).toEqual([[], []]);
	});
});

// Linux alone tells which files a process has open.
(existsSync('/proc/self/fd') ? describe : describe.skip)(
	'Stop while an archive is being made',
	() => {
		it.each(['file', 'delivery'])('ends soon, and leaves nothing open (%s)', async (archivePer) => {
			const many = lab.application({ codeCount: 20_000 });
			const download = { call: 'applycodedownload', times: Infinity } as const;
			lab.sandbox.inject({ ...download, kind: 'slow', ms: Infinity, after: 4 });
			const stop = new AbortController();
			const options = { archive: 'zipPassword', archivePer, concurrency: 2 };
			const parameters = { output: 'urlList', files: 'single', options };
			const running = runNode(lab, 'Marketcode Download', many, parameters, {
				signal: stop.signal,
			});
			await lab.untilRequests('applycodedownload', 5);
			// The archive has been begun.
			await until('an open file', async () => (await openFiles()) === 1);
			stop.abort();
			const result = await running;
			expect(result.status).toBe('canceled');
			expect(result.output('Node').filter(({ binary }) => binary)).toEqual([]);
			expect(result.output('Node', 1)).toEqual([]);
			await until('no open file', async () => (await openFiles()) === 0);
			await lab.untilEnded('applycodedownload');
		});

		it.each(NODES)('ends soon though all is downloaded and is being drawn: %s', async (node) => {
			const many = lab.application({ codeCount: 20_000, segmentSize: 20_000 });
			for (const archive of ['none', 'zipPassword']) {
				const stop = new AbortController();
				const parameters = { output: 'pdf', options: { archive, archivePer: 'delivery' } };
				const running = runNode(lab, node, many, parameters, { signal: stop.signal });
				await until('an open file', async () => (await openFiles()) > 0);
				await lab.untilEnded('applycodedownload');
				await sleep(500);
				const worked = processorTime();
				stop.abort();
				const result = await running;
				// All of it would take 10 s.
				expect(worked()).toBeLessThan(1_000);
				expect(result.status).toBe('canceled');
				expect(result.output('Node').filter(({ binary }) => binary)).toEqual([]);
				await until('no open file', async () => (await openFiles()) === 0);
			}
		});

		/** Files of n8n's storage that this process has open. */
		async function openFiles(): Promise<number> {
			const open = (await readdir('/proc/self/fd')).map(
				async (id) => await readlink(`/proc/self/fd/${id}`).catch(() => ''),
			);
			const { binaryFolder } = lab.world.engine;
			return (await Promise.all(open)).filter((path) => path.startsWith(binaryFolder)).length;
		}
	},
);
