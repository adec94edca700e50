import { NodeConnectionTypes, type INodeType } from 'n8n-workflow';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import {
	readDeliveryFiles,
	type DeliveryFiles,
} from '../../nodes/Marketcode/package/deliveryFiles';
import { MOST_FILES } from '../../nodes/shared/delivery/cut';
import { manifestOf, manifestText } from '../../nodes/shared/delivery/manifest/manifest';
import { startEngine, workflowOf, type Engine } from '../engine/engine.cts';
import { writeProbePackage } from '../engine/probe.cts';
import { factsWith, listed, sha256Of } from './manifests.cts';

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

/** What is found in files by their names. */
async function read(contents: Readonly<Record<string, Buffer>>): Promise<DeliveryFiles> {
	const found: DeliveryFiles[] = [];
	const node: INodeType = {
		description: {
			displayName: 'Reading',
			name: 'reading',
			description: 'Reads a delivery',
			group: ['transform'],
			version: 1,
			defaults: { name: 'Reading' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute() {
			found.push(await readDeliveryFiles(this, () => undefined));
			return [[]];
		},
	};
	const binary = Object.fromEntries(
		Object.entries(contents).map(([fileName, content], at) => [
			`file${at}`,
			{ data: content.toString('base64'), mimeType: 'application/octet-stream', fileName },
		]),
	);
	const { error } = await engine.run(workflowOf('test.reading'), {
		nodeTypes: { 'test.reading': node },
		input: [{ json: {}, binary }],
	});
	const [delivery] = found;
	if (!delivery) throw new Error(`Nothing was read: ${error?.message}`);
	return delivery;
}

it('keeps nothing of what files hold: hundreds of ZIPs are no load', async () => {
	const zip = new ZipWriter(new BlobWriter());
	await zip.add('roll_1.txt', new TextReader('one'));
	const rolls = Buffer.from(await (await zip.close()).arrayBuffer());
	const { archives, files } = await read({ 'rolls.zip': rolls, 'x.txt': Buffer.from('x') });
	const seen = [...archives, ...archives.flatMap(({ entries }) => entries), ...files];
	expect(seen).toHaveLength(3);
	const held = seen
		.flatMap((file) => Object.values(file))
		.filter((value) => Buffer.isBuffer(value));
	expect(held).toEqual([]);
});

it('reads the longest manifest that a delivery can have', async () => {
	const longest = (at: number) => `${'卷'.repeat(83)}${String(at).padStart(6, '0')}`;
	const files = Array.from({ length: MOST_FILES }, (_, at) => ({
		...listed(longest(at), '', 19_990_000 + at, 19_990_000 + at),
		bytes: 100_000_000,
		archive: { name: longest(at), bytes: 100_000_000, sha256: sha256Of(String(at)) },
	}));
	const text = manifestText(manifestOf(factsWith({ files })));
	const { manifests } = await read({ 'manifest.json': text });
	expect(manifests.map(({ manifest }) => manifest.files.length)).toEqual([MOST_FILES]);
});
