import { NodeConnectionTypes, type INodeType } from 'n8n-workflow';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import {
	readDeliveryFiles,
	type DeliveryFiles,
} from '../../nodes/Marketcode/package/deliveryFiles';
import { startEngine, workflowOf, type Engine } from '../engine/engine.cts';
import { writeProbePackage } from '../engine/probe.cts';

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

it('keeps nothing of what files hold: hundreds of ZIPs are no load', async () => {
	const zip = new ZipWriter(new BlobWriter());
	await zip.add('roll_1.txt', new TextReader('one'));
	const data = Buffer.from(await (await zip.close()).arrayBuffer()).toString('base64');
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
	const binary = {
		zip: { data, mimeType: 'application/zip', fileName: 'rolls.zip' },
		other: { data: 'eA==', mimeType: 'text/plain', fileName: 'x.txt' },
	};
	await engine.run(workflowOf('test.reading'), {
		nodeTypes: { 'test.reading': node },
		input: [{ json: {}, binary }],
	});
	const { archives = [], files = [] } = found[0] ?? {};
	const seen = [...archives, ...archives.flatMap(({ entries }) => entries), ...files];
	expect(seen).toHaveLength(3);
	const held = seen
		.flatMap((file) => Object.values(file))
		.filter((value) => Buffer.isBuffer(value));
	expect(held).toEqual([]);
});
