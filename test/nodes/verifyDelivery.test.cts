import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import type { IBinaryData, IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import {
	manifestOf,
	manifestText,
	sumsText,
	type Manifest,
	type ManifestFacts,
} from '../../nodes/shared/delivery/manifest/manifest';
import { workflowOf } from '../engine/engine.cts';
import { factsWith, listed, sha256Of } from '../unit/manifests.cts';
import { useLab } from './lab.cts';

const lab = useLab();
const PASSWORD = 'correct horse battery';

const urlsOf = (from: number, to: number) =>
	Array.from(
		{ length: to - from + 1 },
		(_, n) => `P.URL.CN/0${String(from + n).padStart(18, '+')}\n`,
	);
const ROLLS: Readonly<Record<string, string>> = {
	'roll_1.txt': urlsOf(0, 19_999).join(''),
	'roll_2.txt': urlsOf(20_000, 39_999).join(''),
	'roll_3.txt': urlsOf(40_000, 49_999).join(''),
};

const files = Object.entries(ROLLS).map(([name, content], n) =>
	listed(name, content, n * 20_000, n * 20_000 + content.length / 29 - 1),
);
const manifestWith = (changes: Partial<ManifestFacts> = {}): Manifest =>
	manifestOf(factsWith({ files, ...changes }));

type Content = string | Buffer;

const binaryOf = (fileName: string, content: Content): IBinaryData => ({
	data: Buffer.from(content).toString('base64'),
	mimeType: 'application/octet-stream',
	fileName,
});
const itemOf = (
	fileName: string,
	content: Content,
	json: IDataObject = {},
): INodeExecutionData => ({
	json,
	binary: { data: binaryOf(fileName, content) },
});
const manifestItem = (manifest = manifestWith(), name = 'manifest.json') =>
	itemOf(name, manifestText(manifest));
const rollItems = (changes: Readonly<Record<string, Content | undefined>> = {}) =>
	Object.entries({ ...ROLLS, ...changes }).flatMap(([name, content]) =>
		content === undefined ? [] : [itemOf(name, content)],
	);

/** A ZIP that another hand packs. */
async function zipOf(entries: Readonly<Record<string, string>>, password?: string) {
	const options = password === undefined ? {} : { password, encryptionStrength: 3 as const };
	const zip = new ZipWriter(new BlobWriter(), options);
	for (const [name, content] of Object.entries(entries))
		await zip.add(name, new TextReader(content));
	return Buffer.from(await (await zip.close()).arrayBuffer());
}

async function run(
	input: INodeExecutionData[],
	parameters: INodeParameters = {},
	onError?: 'continueRegularOutput',
) {
	const chosen = { resource: 'package', operation: 'verifyDelivery', ...parameters };
	const { credentialId } = lab;
	const workflow = workflowOf('marketcode', chosen, { credentialId, onError });
	return await lab.world.engine.run(workflow, { input });
}

async function verify(input: INodeExecutionData[], parameters: INodeParameters = {}) {
	const result = await run(input, parameters);
	if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
	const [item, ...others] = result.output('Node');
	if (!item || others.length > 0) throw new Error('There is not exactly one item');
	expect(item.pairedItem).toEqual(input.map((_, n) => ({ item: n })));
	expect(item.binary).toBeUndefined();
	expect(JSON.stringify([item, result.logs])).not.toContain(PASSWORD);
	return { json: item.json, hints: result.hints('Node').map(({ message }) => message) };
}

async function fail(input: INodeExecutionData[], parameters: INodeParameters = {}) {
	const { error, output } = await run(input, parameters);
	if (!error || output('Node').length > 0) throw new Error('The node did not fail');
	return { message: error.message, description: error.description ?? '' };
}

const WHOLE = {
	is_complete: true,
	missing: [],
	changed: [],
	renamed: [],
	extra: [],
	unreadable: [],
	repacked: [],
	already_delivered: [],
	found: { files: 3, bytes: 50_000 * 29, code_count: 50_000 },
	warnings: [],
};

afterEach(() => expect(lab.sandbox.requests).toEqual([]));

describe('Package: Verify Delivery', () => {
	it('finds a delivery whole, an item a file', async () => {
		const sums = itemOf('SHA256SUMS', sumsText(manifestWith().files));
		const { json, hints } = await verify([...rollItems(), manifestItem(), sums]);
		expect(json).toEqual({
			...WHOLE,
			summary:
				'Delivery of 2026-11-25 02:58 UTC, order order-2026-001, application 700000001: complete. 3 of 3 files and 50,000 of 50,000 codes are there, byte for byte.',
			application_id: '700000001',
			isv_application_id: 'order-2026-001',
			created: '2026-11-25T02:58:39.000Z',
			totals: { files: 3, bytes: 50_000 * 29, code_count: 50_000 },
		});
		expect(hints).toEqual([]);
	});

	it('finds it whole in several fields of one item, the manifest under any name', async () => {
		const fields = Object.entries(ROLLS).map(([name, content], n) => [
			`file${n}`,
			binaryOf(name, content),
		]);
		const binary = Object.fromEntries([
			['proof', binaryOf('proof.pdf', '%PDF')],
			['m', binaryOf('list (2).txt', manifestText(manifestWith()))],
			...fields,
		]);
		expect((await verify([{ json: {}, binary }])).json).toMatchObject(WHOLE);
	});

	it('names what is missing, changed, renamed and extra', async () => {
		const cut = urlsOf(0, 19_998).join('');
		const input = [
			manifestItem(),
			...rollItems({ 'roll_1.txt': cut, 'roll_2.txt': undefined, 'roll_3.txt': undefined }),
			itemOf('roll_3 (1).txt', ROLLS['roll_3.txt'] ?? ''),
			itemOf('notes.txt', 'hello'),
		];
		const { json, hints } = await verify(input);
		expect(json).toMatchObject({
			is_complete: false,
			missing: [{ name: 'roll_2.txt', code_start: 20_000, code_end: 39_999, code_count: 20_000 }],
			changed: [
				{
					name: 'roll_1.txt',
					problem: '19,999 lines instead of 20,000 (579,971 bytes instead of 580,000)',
					sha256: sha256Of(cut),
				},
			],
			renamed: [{ name: 'roll_3.txt', found_as: 'roll_3 (1).txt' }],
			extra: [{ name: 'notes.txt', problem: 'not in the manifest' }],
			found: { files: 1, bytes: 290_000, code_count: 10_000 },
		});
		expect(json.warnings).toEqual([
			'roll_2.txt is missing (codes 20000–39999)',
			'roll_1.txt has changed: 19,999 lines instead of 20,000 (579,971 bytes instead of 580,000)',
			'roll_3.txt is there as roll_3 (1).txt',
			'notes.txt is extra: not in the manifest',
		]);
		expect(json.summary).toMatch(/: NOT complete\. 1 of 3 files and 10,000 of 50,000 codes/);
		expect(json.summary).toContain('\n- roll_2.txt is missing (codes 20000–39999)\n');
		expect(hints).toEqual(['roll_2.txt is missing (codes 20000–39999)']);
	});

	it('believes neither a manifest that contradicts itself nor sums that contradict it', async () => {
		const manifest = manifestWith();
		const lie = { ...manifest, totals: { ...manifest.totals, code_count: 1 } };
		expect((await verify([...rollItems(), manifestItem(lie)])).json).toMatchObject({
			is_complete: false,
			warnings: ['The manifest says totals.code_count 1, but its files make it 50000'],
		});
		const sums = [
			{ name: 'roll_1.txt', sha256: sha256Of('another') },
			{ name: 'manifest.json', sha256: sha256Of('another') },
			{ name: 'roll_2.txt', sha256: sha256Of(ROLLS['roll_2.txt'] ?? '') },
		];
		const told = await verify([
			...rollItems(),
			manifestItem(),
			itemOf('SHA256SUMS', sumsText(sums)),
		]);
		expect(told.json).toMatchObject({
			is_complete: true,
			warnings: [
				'SHA256SUMS has another SHA-256 for roll_1.txt than the manifest',
				'SHA256SUMS has another SHA-256 for manifest.json than the manifest',
			],
		});
	});
});

describe('several manifests', () => {
	const before = manifestWith({
		created: new Date('2026-10-01T08:00:00.000Z'),
		isv_application_id: 'order-2026-000',
		files: [listed('old.txt', 'old', 15_000, 24_999)],
	});
	const elsewhere = manifestWith({
		created: new Date('2026-10-02T08:00:00.000Z'),
		application_id: '4711',
		files: [listed('else.txt', 'else', 0, 9_999)],
	});
	const input = () => [
		manifestItem(before, 'before.json'),
		...rollItems(),
		manifestItem(),
		manifestItem(elsewhere, 'elsewhere.json'),
	];

	it('are the newest, and those of earlier deliveries, whose codes are named', async () => {
		const { json, hints } = await verify(input());
		expect(json).toMatchObject({
			...WHOLE,
			already_delivered: [
				{
					created: '2026-10-01T08:00:00.000Z',
					isv_application_id: 'order-2026-000',
					ranges: [{ code_start: 15_000, code_end: 24_999 }],
					code_count: 10_000,
				},
			],
			warnings: [
				'Codes 15000–24999 already delivered on 2026-10-01 08:00 UTC (order order-2026-000)',
			],
		});
		expect(hints).toHaveLength(1);
	});

	it.each(['order-2026-000', '2026-10-01T08:00:00.000Z', '4711'])(
		'of which another one is chosen by %s',
		async (delivery) => {
			const { json } = await verify(input(), { delivery });
			const chosen = delivery === '4711' ? elsewhere : before;
			expect(json).toMatchObject({ is_complete: false, created: chosen.created });
			expect(json.missing).toHaveLength(1);
			expect(json.extra).toHaveLength(3);
		},
	);

	it('of the same time that differ are told of', async () => {
		const changed = {
			...manifestWith(),
			files: files.map((file, n) => ({ ...file, file: n + 1, sha256: sha256Of(file.name) })),
		};
		const { json } = await verify([...rollItems(), manifestItem(), manifestItem(changed)]);
		expect(json.is_complete).toBe(false);
		expect(json.warnings).toContain(
			'Two manifests of 2026-11-25T02:58:39.000Z differ from each other',
		);
	});

	it('that are the same are one', async () => {
		const { json } = await verify([manifestItem(), ...rollItems(), manifestItem()]);
		expect(json).toMatchObject(WHOLE);
	});

	it('are an error if the one to verify is none of them', async () => {
		const { message, description } = await fail(input(), { delivery: '700000002' });
		expect(message).toBe('No manifest is that of the delivery to verify');
		expect(description).toContain('application ID');
	});
});

describe('ZIPs', () => {
	const everything = () => ({ ...ROLLS, 'manifest.json': manifestText(manifestWith()).toString() });

	it('are looked into, with the password', async () => {
		const zip = await zipOf(everything(), PASSWORD);
		const { json } = await verify([itemOf('delivery.zip', zip)], { password: PASSWORD });
		expect(json).toMatchObject(WHOLE);
	});

	it('may each have a password of their own', async () => {
		const input = await Promise.all(
			Object.entries(ROLLS).map(async ([name, content], n) =>
				itemOf(`${n}.zip`, await zipOf({ [name]: content }, `${PASSWORD}${n}`), {
					password: `${PASSWORD}${n}`,
				}),
			),
		);
		const parameters = { password: '={{ $json.password }}' };
		const { json } = await verify([...input, manifestItem()], parameters);
		expect(json).toMatchObject(WHOLE);
	});

	it('that the manifest lists need no password', async () => {
		const zip = await zipOf(ROLLS, PASSWORD);
		const archive = { name: 'rolls.zip', bytes: zip.length, sha256: sha256Of(zip) };
		const manifest = manifestWith({ files: files.map((file) => ({ ...file, archive })) });
		const { json } = await verify([itemOf('rolls.zip', zip), manifestItem(manifest)]);
		expect(json).toMatchObject(WHOLE);

		zip[zip.length >> 1] = (zip[zip.length >> 1] ?? 0) ^ 1;
		const parameters = { password: PASSWORD };
		const told = await verify([itemOf('rolls.zip', zip), manifestItem(manifest)], parameters);
		expect(told.json).toMatchObject({
			is_complete: false,
			missing: [],
			changed: [{ name: 'rolls.zip', problem: expect.stringMatching(/^not the ZIP.*roll_2\.txt/) }],
			found: { files: 2 },
		});
	});

	it('are known by the manifest that names them, where there is one that does not, too', async () => {
		const zip = await zipOf(ROLLS, PASSWORD);
		const archive = { name: 'rolls.zip', bytes: zip.length, sha256: sha256Of(zip) };
		const outer = manifestItem(
			manifestWith({ files: files.map((file) => ({ ...file, archive })) }),
		);
		const inner = manifestItem();
		for (const manifests of [
			[inner, outer],
			[outer, inner],
		]) {
			expect((await verify([...manifests, itemOf('rolls.zip', zip)])).json).toMatchObject(WHOLE);
		}
	});

	it('open with a password that ends in a space', async () => {
		const zip = await zipOf(everything(), `${PASSWORD} `);
		const { json } = await verify([itemOf('a.zip', zip)], { password: `${PASSWORD} ` });
		expect(json).toMatchObject(WHOLE);
	});

	it('that can not be opened are named', async () => {
		const zip = await zipOf({ 'roll_1.txt': ROLLS['roll_1.txt'] ?? '' }, PASSWORD);
		const input = [itemOf('a.zip', zip), ...rollItems({ 'roll_1.txt': undefined }), manifestItem()];
		for (const password of ['', 'wrong']) {
			const { json } = await verify(input, { password });
			expect(json).toMatchObject({
				is_complete: false,
				missing: [{ name: 'roll_1.txt' }],
				unreadable: [{ name: 'a.zip', problem: expect.stringContaining('roll_1.txt') }],
				// The cause comes before what follows from it.
				warnings: [
					expect.stringMatching(/^a\.zip could not be looked into/),
					expect.stringMatching(/^roll_1\.txt is missing/),
				],
			});
		}
	});

	it('that hold the manifest, but are closed, are an error that says so', async () => {
		const { message } = await fail([itemOf('all.zip', await zipOf(everything(), PASSWORD))]);
		expect(message).toMatch(/^No manifest .* all\.zip could not be looked into: .*no password/);
	});
});

describe('what can not be verified is an error', () => {
	it('without a manifest', async () => {
		const { message, description } = await fail(rollItems());
		expect(message).toBe('No manifest is among the files');
		expect(description).toContain('manifest.json');
		expect((await fail([{ json: {} }])).message).toBe('No manifest is among the files');
	});

	it('with a manifest that is damaged', async () => {
		const { totals, ...rest } = manifestWith();
		const text = JSON.stringify(rest);
		expect(totals.files).toBe(3);
		const { message, description } = await fail([...rollItems(), itemOf('m.json', text)]);
		expect(message).toBe("m.json: The manifest can't be used: totals is not an object");
		expect(description).toContain('as it was delivered');
	});

	it('which goes on as one item of all, if the user chose so', async () => {
		const result = await run(rollItems(), {}, 'continueRegularOutput');
		expect(result.status).toBe('success');
		const [item, ...others] = result.output('Node');
		expect(item?.json.error).toBe('No manifest is among the files');
		expect(item?.pairedItem).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(others).toEqual([]);
	});
});
