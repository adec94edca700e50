import axios, { type AxiosResponse } from 'axios';
import type { Lab } from '../n8nLab.cts';
import { useOwnSandbox } from '../ownSandbox.cts';
import { nodeOf, readTemplate, withCredentials } from '../templates.cts';
import { until } from '../../until.cts';
import { chain, manualTrigger, node, PACKAGE, TRIGGER } from '../workflow.cts';

const OPENID = 'sandbox-user-1';
const INDEX = 7;
const REFUSAL = { error: 'The code can not be read. Please scan it again.' };

const PRODUCT = {
	activity_name: 'Spring 2026',
	product_brand: 'Brand',
	product_title: 'Green Tea',
	product_code: '4006381333931',
};

/** A scan, as the server of a mini program passes it on to n8n. */
export function scanWebhookSuite(lab: () => Lab): void {
	const own = useOwnSandbox(lab);
	let applicationId: string;
	let url: string;
	let workflowId: string | undefined;

	beforeAll(async () => {
		({ applicationId } = own().sandbox.addApplication({ codeCount: 10_000 }));
		const { client, n8n } = lab();
		const template = await readTemplate('scan-webhook.json');
		url = `${n8n.url}/webhook/${String(nodeOf(template, 'Scan').parameters['path'])}`;
		const saved = await client.createWorkflow(withCredentials(template, [own().credential]));
		await client.activateWorkflow(saved);
		workflowId = saved.id;
	});

	afterAll(async () => {
		if (workflowId !== undefined) await lab().client.deactivateWorkflow(workflowId);
	});

	const activateCodes = async () => {
		const { client } = lab();
		const activate = node(
			'Activate',
			`${PACKAGE}.marketcode`,
			{
				resource: 'code',
				operation: 'activate',
				application: { __rl: true, mode: 'id', value: applicationId },
				activityName: PRODUCT.activity_name,
				productBrand: PRODUCT.product_brand,
				productTitle: PRODUCT.product_title,
				productCode: PRODUCT.product_code,
				wxaAppid: 'wx0123456789abcdef',
				wxaPath: 'pages/scan/index',
			},
			own().credential,
		);
		const { id } = await client.createWorkflow(chain('Activate', [manualTrigger(), activate]));
		const { data } = await client.run(id, TRIGGER);
		expect(data.resultData.error).toBeUndefined();
	};

	/** n8n registers a webhook up to a few seconds after it says that the workflow is active. */
	const scan = (body: object): Promise<AxiosResponse<unknown>> =>
		until('the webhook', async () => {
			const answer = await axios.post(url, body, { validateStatus: () => true });
			return answer.status !== 404 && answer;
		});

	const ticket = () => own().sandbox.issueTicket(OPENID, applicationId, INDEX);

	it('answers which code was scanned, once a ticket', async () => {
		await activateCodes();
		const body = { openid: OPENID, code_ticket: ticket() };
		expect(await scan(body)).toMatchObject({
			status: 200,
			data: {
				...PRODUCT,
				application_id: applicationId,
				code: own().sandbox.code(applicationId, INDEX).code,
			},
		});
		expect(await scan(body)).toMatchObject({ status: 400, data: REFUSAL });
	});

	it('refuses a scan without a ticket, and says so where WeChat is the reason', async () => {
		expect(await scan({ openid: OPENID })).toMatchObject({ status: 400, data: REFUSAL });
		own().sandbox.inject({ call: 'tickettocode', kind: 'errcode', errcode: 48001 });
		const body = { openid: OPENID, code_ticket: ticket() };
		expect(await scan(body)).toMatchObject({ status: 502, data: REFUSAL });
	});
}
