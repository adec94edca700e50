import { Client } from '../sandbox/client.cts';
import type { Sandbox } from '../sandbox/sandbox.cts';
import { ACTIVITY } from '../sandbox/activity.cts';

/**
 * Activates the first 10,000 codes of an application, so that one can be scanned.
 * @returns a command for a shell that scans one and posts the ticket to `url`, as a mini program's server does
 */
export async function provideScan(
	sandbox: Sandbox,
	applicationId: string,
	url: string,
): Promise<string> {
	const body = { application_id: applicationId, ...ACTIVITY, code_start: 0, code_end: 9_999 };
	const { json, text } = await new Client(sandbox).call('codeactive', body);
	if (json.errcode) throw new Error(`The sandbox did not activate the codes: ${text}`);
	const openid = 'sandbox-user-1';
	const ticket = JSON.stringify({ openid, applicationId, index: 7 });
	const asJson = `-H 'Content-Type: application/json'`;
	return (
		`curl -s ${sandbox.url}/_sandbox/tickets ${asJson} -d '${ticket}' | ` +
		`sed 's/}/,"openid":"${openid}"}/' | curl -s ${url} ${asJson} -d @-`
	);
}
