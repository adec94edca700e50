import { createHash } from 'node:crypto';
import { outputOf, type Execution } from '../e2e/client.cts';
import type { Queue } from './queue.cts';

const NODE = 'Marketcode Download';

/** What Marketcode Download handed on in an execution. */
export const filesOf = (execution: Execution) => outputOf(execution, NODE);

/**
 * Fetches every file that an execution handed on and holds each byte against the sandbox's.
 * @returns the ranges of codes, both bounds inclusive, in the order of the files
 */
export async function checkedRanges(
	{ client, sandbox }: Queue,
	execution: Execution,
): Promise<Array<{ applicationId: string; start: number; end: number }>> {
	// The error, so that a red test on another machine says why.
	expect([execution.status, execution.data.resultData.error]).toEqual(['success', undefined]);
	return await Promise.all(
		filesOf(execution).map(async ({ json, binary }) => {
			if (binary?.['data'] === undefined) throw new Error('no file');
			expect(binary['data'].id).toMatch(/^database:/);
			const file = await client.downloadBinary(binary['data']);
			const applicationId = String(json['application_id']);
			const [start, end] = [Number(json['code_start']), Number(json['code_end'])];
			const expected = sandbox.plainPackage(applicationId, start, end);
			expect(file.equals(expected)).toBe(true);
			const sha256 = createHash('sha256').update(expected).digest('hex');
			expect(json).toMatchObject({ code_count: end - start + 1, bytes: file.length, sha256 });
			return { applicationId, start, end };
		}),
	);
}
