import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { useLab } from './lab.cts';

const lab = useLab();
const ID = '={{ $json.id }}';

async function hints(input: readonly IDataObject[], parameters: INodeParameters) {
	const application = { __rl: true, mode: 'id', value: ID };
	const result = await lab.run({ application, ...parameters }, { input: [...input] });
	expect(result.error).toBeUndefined();
	return result.hints('Node').map(({ message }) => message);
}
const NAMES = expect.stringMatching(/^Files of several items have the same names/);
const MANIFESTS = expect.stringMatching(/^Several items have a manifest\.json.{40,}[^…]$/);

describe('a folder for all items', () => {
	it('is warned of where the same codes have other content under the same names', async () => {
		const id = lab.application().applicationId;
		const input = [
			{ id, delimiter: ',' },
			{ id, delimiter: ';' },
		];
		const csv = { output: 'csv', options: { delimiter: '={{ $json.delimiter }}' } };
		expect(await hints(input, csv)).toEqual([NAMES]);
		expect(await hints([{ id }, { id }], { output: 'csv' })).toEqual([]);
	});

	it('is warned of where an archive of the same name holds other files', async () => {
		const id = lab.application().applicationId;
		const input = [
			{ id, files: 'single' },
			{ id, files: 'perSegment' },
		];
		const options = { archive: 'zip', archivePer: 'delivery' };
		expect(await hints(input, { files: '={{ $json.files }}', options })).toEqual([NAMES]);
	});

	it('is warned of where each item has a manifest', async () => {
		const input = [1, 2, 3].map(() => ({ id: lab.application().applicationId }));
		const withManifest = { options: { manifest: true } };
		expect(await hints(input, withManifest)).toEqual([MANIFESTS, MANIFESTS]);
		expect(await hints(input.slice(0, 1), withManifest)).toEqual([]);
		expect(await hints(input, {})).toEqual([]);
	});
});
