import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import type { Lab } from '../lab.cts';
import { download, node, PACKAGE } from '../workflow.cts';

const TOOL = 'Marketcode Download';
const PATH = 'marketcode-tools';

interface RpcAnswer {
	result?: {
		tools?: Array<{ name: string }>;
		content?: Array<{ text?: string }>;
		isError?: boolean;
	};
	error?: { message: string };
}

/** The node as a tool of n8n's MCP server, which calls it as an AI agent does, without a model. */
export function aiToolSuite(lab: () => Lab): void {
	let session: string | undefined;

	const call = async (method: string, params: object): Promise<RpcAnswer> => {
		const answer = await axios.post(
			`${lab().n8n.url}/mcp/${PATH}`,
			{ jsonrpc: '2.0', id: 1, method, params },
			{
				headers: {
					Accept: 'application/json, text/event-stream',
					...(session !== undefined && { 'mcp-session-id': session }),
				},
				responseType: 'text',
				validateStatus: (status) => status === 200 || status === 404,
			},
		);
		if (answer.status === 404) return { error: { message: 'not registered' } };
		session ??= String(answer.headers['mcp-session-id']);
		const data = /^data: (.*)$/m.exec(String(answer.data))?.[1] ?? String(answer.data);
		return JSON.parse(data);
	};

	beforeAll(async () => {
		const { client, credential } = lab();
		const id = "={{ $fromAI('application_id', 'The application', 'string') }}";
		const tool = { ...download(id, credential), type: `${PACKAGE}.marketcodeDownloadTool` };
		const server = node(
			'MCP Server',
			'@n8n/n8n-nodes-langchain.mcpTrigger',
			{ authentication: 'none', path: PATH },
			undefined,
			{ typeVersion: 2, webhookId: PATH },
		);
		const saved = await client.createWorkflow({
			name: 'AI tool',
			nodes: [server, { ...tool, position: [0, 240] }],
			connections: { [TOOL]: { ai_tool: [[{ node: server.name, type: 'ai_tool', index: 0 }]] } },
		});
		await client.activateWorkflow(saved);
		const editor = await lab().editor();
		await editor.openWorkflow(saved.id);
		await editor.node(TOOL).waitFor();
		await editor.keepScreenshot('ai-tool');

		const clientInfo = { name: 'e2e', version: '1' };
		const hello = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo };
		for (let tries = 0; session === undefined && tries < 40; tries++) {
			await call('initialize', hello);
			await sleep(250);
		}
	});

	it('is offered, and downloads when it is called', async () => {
		const { applicationId } = lab().sandbox.addApplication({ codeCount: 10_000 });
		const [tool] = (await call('tools/list', {})).result?.tools ?? [];
		expect(tool?.name).toMatch(/marketcode_download/i);
		const answer = await call('tools/call', {
			name: tool?.name,
			arguments: { application_id: applicationId },
		});
		expect(answer.result?.isError).not.toBe(true);
		expect(JSON.stringify(answer.result?.content)).toContain(applicationId);
	});
}
