import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { outputOf } from '../client.cts';
import type { Lab } from '../n8nLab.cts';
import { CELL } from '../matrix.cts';
import { chain, download, webhook } from '../workflow.cts';

/** 408 MB. In memory n8n has a file as base64, and no string can be as long as that of it: so, 41 MB. */
const CODES = CELL.filesInMemory ? 100_000 : 1_000_000;

/** n8n registers a webhook up to a few seconds after it says that the workflow is active. */
export async function callWebhook(url: string, body: object): Promise<unknown> {
	for (let tries = 0; tries < 40; tries++) {
		const answer = await axios.post(url, body, { validateStatus: () => true });
		if (answer.status === 200) return answer.data;
		if (answer.status !== 404) throw new Error(`${answer.status}: ${JSON.stringify(answer.data)}`);
		await sleep(250);
	}
	throw new Error(`${url} is not registered`);
}

/** The workflow in production: active, started from outside, its file fetched from n8n. */
export function webhookSuite(lab: () => Lab): void {
	it(`hands out ${CODES} codes in a single file, byte for byte`, async () => {
		const { client, sandbox, credential, n8n } = lab();
		const { applicationId } = sandbox.addApplication({ codeCount: CODES });
		const node = download('={{ $json.body.application_id }}', credential, { files: 'single' });
		const saved = await client.createWorkflow(chain('Behind a webhook', [webhook('codes'), node]));
		await client.activateWorkflow(saved);
		const body = { application_id: applicationId };
		const answer = await callWebhook(`${n8n.url}/webhook/codes`, body);
		expect(answer).toMatchObject([{ application_id: applicationId, code_count: CODES }]);

		const [latest] = await client.listExecutions(saved.id);
		if (latest === undefined) throw new Error('no execution');
		const execution = await client.waitForExecution(latest.id);
		const [item, ...others] = outputOf(execution, node.name);
		expect(others).toEqual([]);
		const binary = item?.binary?.['data'];
		if (binary === undefined) throw new Error('no file');
		if (CELL.filesInMemory) expect(binary.id).toBeUndefined();
		else expect(binary.id).toMatch(/^filesystem-v2:/);

		const file = await client.downloadBinary(binary);
		const expected = sandbox.plainPackage(applicationId, 0, CODES - 1);
		expect(file.length).toBe(expected.length);
		expect(file.equals(expected)).toBe(true);
		expect(item?.json).toMatchObject({
			bytes: expected.length,
			sha256: createHash('sha256').update(expected).digest('hex'),
		});
	}, 300_000);
}
