import type { RequestRecord, Sandbox } from '../sandbox/sandbox.cts';

const LOOK_EVERY_MS = 50;

/**
 * Prints a line for every request that the sandbox has answered, as they come.
 *
 * @returns the function that prints the last of them and ends it
 */
export function showRequests(sandbox: Sandbox): () => void {
	const shown = new Set<RequestRecord>();
	const look = () => {
		for (const request of sandbox.requests) {
			if (request.endedAt === undefined || shown.has(request)) continue;
			shown.add(request);
			console.log(`  ${lineOf(request, request.endedAt)}`);
		}
	};
	const timer = setInterval(look, LOOK_EVERY_MS);
	return () => {
		clearInterval(timer);
		look();
	};
}

function lineOf({ call, at, body, errcode }: RequestRecord, endedAt: number): string {
	const range = 'code_start' in body ? `codes ${body['code_start']}–${body['code_end']}` : '';
	const refusal = errcode === 0 ? '' : `errcode ${errcode}`;
	const time = `${endedAt - at} ms`;
	return `${call.padEnd(18)} ${range.padEnd(20)} ${time.padStart(8)}  ${refusal}`.trimEnd();
}
