import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestRecord } from '../../sandbox/sandbox.cts';
import type { Lab } from '../n8nLab.cts';
import { chain, download, manualTrigger } from '../workflow.cts';

const STOPS_WITHIN_MS = 5_000;
const SEGMENTS = 40;

/** A user who presses Stop in the middle of a long download. */
export function cancelSuite(lab: () => Lab): void {
	const downloads = (): RequestRecord[] =>
		lab().sandbox.requests.filter(({ call }) => call === 'applycodedownload');

	it('ends the requests within 5 s', async () => {
		const { client, sandbox, credential } = lab();
		const segmentSize = 10_000;
		const { applicationId } = sandbox.addApplication({
			codeCount: SEGMENTS * segmentSize,
			segmentSize,
		});
		sandbox.clearRequests();
		sandbox.inject({
			call: 'applycodedownload',
			kind: 'slow',
			ms: 60_000,
			after: 4,
			times: Infinity,
		});
		const steps = [manualTrigger(), download(applicationId, credential, { files: 'single' })];
		const { id } = await client.createWorkflow(chain('Long', steps));

		const editor = await lab().editor();
		await editor.openWorkflow(id);
		await editor.executeWorkflow();
		while (downloads().length < 8) await sleep(100);
		await editor.stopExecution();
		const stoppedAt = Date.now();
		while (downloads().some(({ endedAt }) => endedAt === undefined)) {
			expect(Date.now() - stoppedAt).toBeLessThan(STOPS_WITHIN_MS);
			await sleep(100);
		}
		await sleep(Math.max(0, stoppedAt + STOPS_WITHIN_MS - Date.now()));
		const seen = downloads();
		expect(seen.filter(({ at }) => at > stoppedAt + 1_000)).toEqual([]);
		expect(seen.length).toBeLessThan(SEGMENTS);
		expect(seen.filter(({ aborted }) => aborted)).toHaveLength(4);
		const [latest] = await client.listExecutions(id);
		expect(latest?.status).toBe('canceled');
	});
}
