import type { INodeExecutionData } from 'n8n-workflow';
import { workflowOf } from '../engine/engine.cts';
import { NODES, handedOn, runNode, unpacked } from './handover.cts';
import { useLab } from './lab.cts';

const lab = useLab();
const PASSWORD = 'an invented p4ssword';

async function verify(input: INodeExecutionData[]) {
	const chosen = { resource: 'package', operation: 'verifyDelivery', password: PASSWORD };
	const { credentialId } = lab;
	const result = await lab.world.engine.run(workflowOf('marketcode', chosen, { credentialId }), {
		input,
	});
	if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
	const [item] = result.output('Node');
	return { json: item?.json, hints: result.hints('Node').map(({ message }) => message) };
}

/** Files as they come back, after somebody has stored them. */
const returned = (files: ReadonlyArray<{ name: string; content: Buffer | string }>) =>
	files.map(({ name, content }) => {
		const data = Buffer.from(content).toString('base64');
		return {
			json: {},
			binary: { data: { data, mimeType: 'application/octet-stream', fileName: name } },
		};
	});

const ARCHIVES = ['none', 'zip', 'zipPassword'].flatMap((archive) =>
	['file', 'delivery'].map((archivePer) => ({ archive, archivePer })),
);
const OUTPUTS = ['package', 'urlList', 'csv', 'jsonLines', 'pdf', 'encrypted'];

describe.each(NODES)('what %s hands on', (node) => {
	const deliver = async (archive: string, archivePer: string, output = 'urlList') => {
		const application = lab.application({ codeCount: 100, segmentSize: 100 });
		const protectedBy = archive === 'zipPassword' ? { password: PASSWORD } : {};
		const options = { archive, archivePer, ...protectedBy, manifest: true, proofCodes: 3 };
		const parameters = { output, files: 'perCount', codesPerFile: 30, options };
		return await handedOn(lab, await runNode(lab, node, application, parameters));
	};
	const WHOLE = {
		...{ is_complete: true, missing: [], changed: [], renamed: [], unreadable: [], repacked: [] },
		warnings: [],
	};

	it.each(ARCHIVES)(
		'is a complete delivery: $archive, $archivePer',
		async ({ archive, archivePer }) => {
			const { items, files, manifest } = await deliver(archive, archivePer);
			expect(await verify([...items])).toMatchObject({ json: WHOLE, hints: [] });
			const around = [
				{ name: 'manifest.json', content: manifest?.text ?? '' },
				{ name: 'SHA256SUMS', content: manifest?.sums ?? '' },
			];
			const back = await verify(returned([...files, ...around]));
			expect(back).toMatchObject({ json: { ...WHOLE, extra: [] }, hints: [] });
			if (archive === 'none') return;
			const password = archive === 'zip' ? undefined : PASSWORD;
			const inner = await Promise.all(files.map(({ content }) => unpacked(content, password)));
			const own = archivePer === 'delivery' ? [] : around.slice(0, 1);
			const opened = await verify(returned([...inner.flat(), ...own]));
			expect(opened).toMatchObject({ json: { is_complete: true, missing: [], changed: [] } });
		},
	);

	it.each(OUTPUTS)('is a complete delivery: %s', async (output) => {
		const { items } = await deliver('none', 'file', output);
		expect(await verify([...items])).toMatchObject({ json: WHOLE, hints: [] });
	});

	it.each(ARCHIVES)(
		'is none with a byte changed: $archive, $archivePer',
		async ({ archive, archivePer }) => {
			const { files, manifest } = await deliver(archive, archivePer);
			const [first, ...others] = files;
			const content = Buffer.from(first?.content ?? '');
			const at = Math.floor(content.length / 2);
			content[at] = (content[at] ?? 0) ^ 1;
			const text = { name: 'manifest.json', content: manifest?.text ?? '' };
			const changed = { name: first?.name ?? '', content };
			const { json } = await verify(returned([changed, ...others, text]));
			expect(json?.is_complete).toBe(false);
			expect(json?.warnings).not.toEqual([]);
		},
	);
});
