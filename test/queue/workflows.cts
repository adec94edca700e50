import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { callWebhook } from '../e2e/suites/webhook.cts';
import { chain, download, manualTrigger, node, PACKAGE, webhook } from '../e2e/workflow.cts';
import type { Queue } from './queue.cts';

const BODY_APPLICATION = '={{ $json.body.application_id }}';

const webhookUrl = ({ main }: Queue, path: string) => `${main.url}/webhook/${path}`;

/** Sends an application to a live webhook and waits for the workflow's end. */
export const send = (queue: Queue, path: string, applicationId: string) =>
	callWebhook(webhookUrl(queue, path), { application_id: applicationId });

/** A live webhook that downloads the application it is sent, and answers when it is done. */
export async function publishDownload(
	{ client, credential }: Queue,
	path: string,
	parameters: INodeParameters,
): Promise<void> {
	const steps = [webhook(path), download(BODY_APPLICATION, credential, parameters)];
	await client.activateWorkflow(await client.createWorkflow(chain(path, steps)));
}

/** A live webhook that downloads the range it is sent, and answers before it has begun. */
export async function publishRangeDownload(
	{ client, credential }: Queue,
	path: string,
): Promise<void> {
	const parameters = { path, httpMethod: 'POST', responseMode: 'onReceived' };
	const trigger = node('Webhook', 'n8n-nodes-base.webhook', parameters, undefined, {
		typeVersion: 2,
		webhookId: randomUUID(),
	});
	const range = download(BODY_APPLICATION, credential, {
		codes: 'range',
		codeStart: '={{ $json.body.code_start }}',
		codeEnd: '={{ $json.body.code_end }}',
	});
	const saved = await client.createWorkflow(chain(path, [trigger, range]));
	await client.activateWorkflow(saved);
}

/**
 * A workflow, to be started by hand, that asks for an application's segments and sends each to a live
 * webhook.
 * @returns its id
 */
export async function createFanOut(
	queue: Queue,
	path: string,
	applicationId: string,
): Promise<string> {
	const application = { __rl: true, mode: 'id', value: applicationId };
	const segments = node(
		'Segments',
		`${PACKAGE}.marketcode`,
		{ resource: 'application', operation: 'get', application, itemPerSegment: true },
		queue.credential,
	);
	const request = node(
		'Send',
		'n8n-nodes-base.httpRequest',
		{
			method: 'POST',
			url: webhookUrl(queue, path),
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify($json) }}',
		},
		undefined,
		{ typeVersion: 4.2 },
	);
	// n8n registers a webhook up to a few seconds after it says that the workflow is active.
	const patient = { ...request, retryOnFail: true, maxTries: 5, waitBetweenTries: 2_000 };
	const steps = [manualTrigger(), segments, patient];
	return (await queue.client.createWorkflow(chain(`Fan out to ${path}`, steps))).id;
}
