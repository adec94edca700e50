import { itemsOf } from '../client.cts';
import { sha256, urlList } from '../expected.cts';
import type { Lab } from '../n8nLab.cts';
import { useOwnSandbox } from '../ownSandbox.cts';
import { readTemplate, withCredentials, withParameters } from '../templates.cts';
import { until } from '../../until.cts';

/** From 65 s on, n8n stores a waiting execution instead of keeping it in memory. */
const WAIT_SECONDS = 66;
const CODE_COUNT = 20_000;

/** Many applications at night: the finished one, the failing one, and the one that is waited for. */
export function nightlyDownloadSuite(lab: () => Lab): void {
	const own = useOwnSandbox(lab);

	it('downloads what is finished, sleeps over a restart of n8n, and downloads the rest', async () => {
		const { client, n8n } = lab();
		const { sandbox, credential } = own();
		const add = (applicationId: string, finishAfterMs = 0) =>
			sandbox.addApplication({ applicationId, codeCount: CODE_COUNT, finishAfterMs });
		add('700000001');
		const late = add('700000002', Infinity);

		const template = await readTemplate('nightly-download.json');
		const shortened = withParameters(template, 'Wait', { amount: WAIT_SECONDS, unit: 'seconds' });
		const { id } = await client.createWorkflow(withCredentials(shortened, [credential]));
		const executionId = await client.runWorkflow(id, 'At Night');
		await until('the execution sleeps', async () => {
			const { status } = await client.readExecution(executionId);
			return status === 'waiting';
		});
		await n8n.restart();
		late.finishAt = Date.now();
		const execution = await client.waitForExecution(executionId);
		expect(execution.status).toBe('success');

		const stored = itemsOf(execution, 'Your Storage');
		expect(stored.map(({ json }) => json['application_id'])).toEqual(['700000001', '700000002']);
		for (const { json, binary } of stored) {
			const expected = urlList(sandbox, String(json['application_id']), 0, CODE_COUNT - 1);
			expect(json).toMatchObject({ code_count: CODE_COUNT, sha256: sha256(expected) });
			if (binary?.['data'] === undefined) throw new Error('no file');
			expect((await client.downloadBinary(binary['data'])).equals(expected)).toBe(true);
		}
		expect(itemsOf(execution, 'Report an Error').map(({ json }) => json)).toMatchObject([
			{ application_id: '700000003', error: expect.stringContaining('80300') },
		]);
		expect(itemsOf(execution, 'Still Not Finished')).toEqual([]);
	}, 300_000);
}
