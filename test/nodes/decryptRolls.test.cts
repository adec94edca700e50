import { createCipheriv } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { workflowOf } from '../engine/engine.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { useLab } from './lab.cts';
import { filesOf } from './world.cts';

const lab = useLab();

let application: Application;
beforeEach(() => {
	application = lab.application();
});

const plain = () => lab.sandbox.plainPackage(application.applicationId, 1_000, 1_999);

function encrypt(text: Buffer): Buffer {
	const key = lab.sandbox.account.packageKey;
	const cipher = createCipheriv('aes-128-cbc', key, key);
	return Buffer.concat([cipher.update(text), cipher.final()]);
}

/** Decrypts the package of the codes 1000–1999 with this text. */
async function run(text: Buffer, parameters: INodeParameters) {
	const chosen = { resource: 'package', operation: 'decrypt', ...parameters };
	const data = encrypt(text).toString('base64');
	return await lab.world.engine.run(
		workflowOf('marketcode', chosen, { credentialId: lab.credentialId }),
		{
			input: [
				{
					json: { application_id: '7', code_start: 1_000, code_end: 1_999 },
					binary: { data: { data, mimeType: 'application/octet-stream' } },
				},
			],
		},
	);
}

describe('Package: Decrypt', () => {
	it.each(['package', 'urlList', 'jsonLines'] as const)(
		'cuts a package into rolls: %s',
		async (output) => {
			const options = { header: false, columns: ['url'] };
			const parameters = { files: 'perCount', codesPerFile: 300, output, options };
			const result = await run(plain(), parameters);
			expect(result.error).toBeUndefined();
			const items = result.output('Node');
			const rolls = [
				[1_000, 1_299],
				[1_300, 1_599],
				[1_600, 1_899],
				[1_900, 1_999],
			];
			const files = await filesOf(lab.world, items);
			expect(files.map((file) => file.toString())).toEqual(
				rolls.map(([start = 0, end = 0]) =>
					lab
						.rows(application, start, end)
						.map(
							({ line, url }) =>
								`${{ package: line, urlList: url, jsonLines: JSON.stringify({ url }) }[output]}\n`,
						)
						.join(''),
				),
			);
			expect(items.map(({ json }) => json)).toMatchObject(
				rolls.map(([code_start = 0, code_end = 0], at) => ({
					application_id: '7',
					file: at + 1,
					files: 4,
					code_start,
					code_end,
					code_count: code_end - code_start + 1,
					package_form: 'raw',
					warnings: [],
				})),
			);
			expect(new Set(items.map(({ json }) => json.file_name)).size).toBe(4);
		},
	);

	it.each(['fail', 'warn', 'off'])('cuts none with a row missing (verify: %s)', async (verify) => {
		const lines = plain()
			.toString('latin1')
			.split(/(?<=\n)/);
		const text = Buffer.from(lines.filter((_, at) => at !== 500).join(''), 'latin1');
		const division = { files: 'perCount', codesPerFile: 300 };
		const result = await run(text, { ...division, options: { verify } });
		expect(result.error?.message).toMatch(/did not pass verification.*: 999 rows instead of 1000/);
		expect(result.output('Node')).toEqual([]);
	});

	it('gives an item a code, up to the limit', async () => {
		for (const limit of [15, 1_000]) {
			const result = await run(plain(), { output: 'items', limit });
			expect(result.error).toBeUndefined();
			expect(result.output('Node').map(({ json, binary }) => [json, binary])).toEqual(
				lab
					.rows(application, 1_000, 999 + limit)
					.map(({ index, code, url }) => [
						{ application_id: '7', code, index: Number(index), url },
						undefined,
					]),
			);
		}
	});
});
