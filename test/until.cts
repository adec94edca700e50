import { setTimeout as sleep } from 'node:timers/promises';

const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 200;

/**
 * Asks again and again until the answer is neither undefined nor false, by the real clock; at first often,
 * then at a tenth of the time that it has waited.
 * @param what is awaited, for the error
 * @throws Error when it has not come after `timeoutMs`, so that a test that fails ends
 */
export async function until<Answer>(
	what: string,
	ask: () => Answer | Promise<Answer>,
	timeoutMs = 60_000,
): Promise<Exclude<Answer, undefined | false>> {
	const begun = performance.now();
	for (;;) {
		const answer = await ask();
		if (isThere(answer)) return answer;
		const waited = performance.now() - begun;
		if (waited > timeoutMs) throw new Error(`${what}: not after ${timeoutMs} ms`);
		await sleep(Math.min(SHORTEST_PAUSE_MS + waited / 10, LONGEST_PAUSE_MS));
	}
}

const isThere = <Answer,>(answer: Answer): answer is Exclude<Answer, undefined | false> =>
	answer !== undefined && answer !== false;
