import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import type { IConnections, INodeParameters } from 'n8n-workflow';
import { ACTIVITY_PARAMETERS } from '../../sandbox/activity.cts';
import type { Lab } from '../n8nLab.cts';
import { node, PACKAGE } from '../workflow.cts';

const PATH = 'marketcode-tools';
const DOWNLOAD = 'Marketcode Download';
const ACTIVATE = 'Activate';
const ACTIVATE_ALLOWED = 'Activate Allowed';

interface RpcAnswer {
	result?: {
		tools?: Array<{ name: string; description?: string }>;
		content?: Array<{ text?: string }>;
		isError?: boolean;
	};
	error?: { message: string };
}

const application = {
	__rl: true,
	mode: 'id',
	value: "={{ $fromAI('application_id', 'The application', 'string') }}",
};

/** A model may choose the codes and say that it means it. */
const activation: INodeParameters = {
	resource: 'code',
	operation: 'activate',
	application,
	codes: 'ranges',
	rangeList: "={{ $fromAI('codes', 'The codes', 'string') }}",
	...ACTIVITY_PARAMETERS,
	dryRun: "={{ $fromAI('dry_run', 'Whether to try only', 'boolean') }}",
};

/** The nodes as tools of n8n's MCP server, which calls them as an AI agent does, without a model. */
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

	const tools = async () => (await call('tools/list', {})).result?.tools ?? [];

	/** What a tool answers to a model, as text. */
	const use = async (nodeName: string, args: object): Promise<string> => {
		const name = nodeName.replaceAll(' ', '_');
		const answer = await call('tools/call', { name, arguments: args });
		expect(answer.result?.isError).not.toBe(true);
		return (answer.result?.content ?? []).map(({ text }) => text).join('\n');
	};

	beforeAll(async () => {
		const { client, credential } = lab();
		const tool = (name: string, type: string, parameters: INodeParameters) =>
			node(name, `${PACKAGE}.${type}Tool`, parameters, credential);
		const allowed = { ...activation, options: { allowTool: true } };
		const offered = [
			tool(DOWNLOAD, 'marketcodeDownload', { application, output: 'urlList', files: 'single' }),
			tool(ACTIVATE, 'marketcode', activation),
			tool(ACTIVATE_ALLOWED, 'marketcode', allowed),
		];
		const server = node(
			'MCP Server',
			'@n8n/n8n-nodes-langchain.mcpTrigger',
			{ authentication: 'none', path: PATH },
			undefined,
			{ typeVersion: 2, webhookId: PATH },
		);
		const connections: IConnections = {};
		for (const { name } of offered) {
			connections[name] = { ai_tool: [[{ node: server.name, type: 'ai_tool', index: 0 }]] };
		}
		const below = offered.map((one, at) => ({
			...one,
			position: [at * 240, 240] satisfies [number, number],
		}));
		const saved = await client.createWorkflow({
			name: 'AI tool',
			nodes: [server, ...below],
			connections,
		});
		await client.activateWorkflow(saved);
		const editor = await lab().editor();
		await editor.openWorkflow(saved.id);
		await editor.node(DOWNLOAD).waitFor();
		await editor.keepScreenshot('ai-tool');

		const clientInfo = { name: 'e2e', version: '1' };
		const hello = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo };
		for (let tries = 0; session === undefined && tries < 40; tries++) {
			await call('initialize', hello);
			await sleep(250);
		}
	});

	it('is told before it calls what can not be undone, and what it does not get', async () => {
		const offered = new Map((await tools()).map(({ name, description }) => [name, description]));
		expect([...offered.keys()].sort()).toEqual([
			'Activate',
			'Activate_Allowed',
			'Marketcode_Download',
		]);
		expect(offered.get('Activate')).toContain('irreversibly');
		expect(offered.get('Marketcode_Download')).toContain('is told of the files');
	});

	it('downloads, and is told that the file is not in the result', async () => {
		const { applicationId } = lab().sandbox.addApplication({ codeCount: 10_000 });
		const answer = await use(DOWNLOAD, { application_id: applicationId });
		expect(answer).toContain(applicationId);
		expect(answer).toContain('The file itself is not in this result');
	});

	it('only gets the dry run of Activate, whatever it says', async () => {
		const { sandbox } = lab();
		const { applicationId } = sandbox.addApplication({ codeCount: 1_000 });
		const before = sandbox.count('codeactive');
		const args = { application_id: applicationId, codes: '0-9, 20', dry_run: false };
		const answer = await use(ACTIVATE, { ...args, allowTool: true, options: { allowTool: true } });
		expect(answer).toContain('Nothing was activated');
		expect(sandbox.count('codeactive')).toBe(before);
	});

	it('activates where a person has allowed it', async () => {
		const { sandbox } = lab();
		const { applicationId } = sandbox.addApplication({ codeCount: 1_000 });
		const before = sandbox.count('codeactive');
		const args = { application_id: applicationId, codes: '0-9, 20', dry_run: false };
		const answer = await use(ACTIVATE_ALLOWED, args);
		expect(answer).not.toContain('Nothing was activated');
		expect(sandbox.count('codeactive')).toBe(before + 2);
	});
}
