import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

/**
 * Asks again and again until the answer is neither undefined nor false.
 * @param what is awaited, for the error
 * @throws Error when it has not come after `timeoutMs`
 */
export async function until<Answer>(
	what: string,
	ask: () => Answer | Promise<Answer>,
	timeoutMs = 60_000,
): Promise<Exclude<Answer, undefined | false>> {
	const deadline = Date.now() + timeoutMs;
	while (Date.now() < deadline) {
		const answer = await ask();
		if (isThere(answer)) return answer;
		await sleep(POLL_MS);
	}
	throw new Error(`${what}: not after ${timeoutMs} ms`);
}

const isThere = <Answer,>(answer: Answer): answer is Exclude<Answer, undefined | false> =>
	answer !== undefined && answer !== false;
