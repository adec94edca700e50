import {
	NodeConnectionTypes,
	type IDataObject,
	type IExecuteFunctions,
	type INodeParameters,
	type INodeType,
} from 'n8n-workflow';
import { workflowOf, type RunResult } from '../engine/engine.cts';
import type { Lab } from './lab.cts';

const AGENT = 'test.agent';

/** What n8n-core makes of a node: a tool of LangChain's. */
interface AgentTool {
	readonly description: string;
	invoke(args: IDataObject): Promise<string>;
}

/** What came of an agent's call. */
interface Called {
	readonly result: RunResult;
	/** What the model reads of the tool before it calls it. */
	readonly about: unknown;
	/** What it reads afterwards. */
	readonly answer: unknown;
}

/** The node as n8n offers it to an agent (its convertNodeToAiTool). */
function asTool(node: INodeType): INodeType {
	const { description } = node;
	return Object.assign(Object.create(node), {
		description: { ...description, inputs: [], outputs: [NodeConnectionTypes.AiTool] },
	});
}

/** An agent that calls its only tool, through n8n-core's own wrapping of nodes. */
const agent = (args: IDataObject): INodeType => ({
	description: {
		displayName: 'Agent',
		name: 'agent',
		description: 'Calls its tool',
		group: ['transform'],
		version: 1,
		defaults: { name: 'Agent' },
		inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute(this: IExecuteFunctions) {
		const tools: unknown = await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0);
		const [tool]: AgentTool[] = Array.isArray(tools) ? tools : [];
		const answer = await tool?.invoke(args);
		return [[{ json: { answer, about: tool?.description } }]];
	},
});

/**
 * Has an agent call one of our nodes as its tool.
 *
 * @param name of the node's type; n8n gives the tool the same with `Tool` behind it (its node-types.js)
 * @param args what the model gives
 */
export async function callByAgent(
	lab: Lab,
	name: string,
	node: INodeType,
	parameters: INodeParameters,
	args: IDataObject = {},
): Promise<Called> {
	const type = `n8n-nodes-wechat-marketcode.${name}Tool`;
	const { nodes, connections } = workflowOf(AGENT);
	const [tool] = workflowOf(type, parameters, { credentialId: lab.credentialId }).nodes.slice(1);
	if (!tool) throw new Error('There is no tool');
	const workflow = {
		nodes: [...nodes, { ...tool, id: 'tool', name: 'Tool' }],
		connections: {
			...connections,
			Tool: { ai_tool: [[{ node: 'Node', type: NodeConnectionTypes.AiTool, index: 0 }]] },
		},
	};
	const result = await lab.world.engine.run(workflow, {
		nodeTypes: { [type]: asTool(node), [AGENT]: agent(args) },
	});
	const { about, answer } = result.output('Node')[0]?.json ?? {};
	return { result, about, answer: typeof answer === 'string' ? JSON.parse(answer) : answer };
}
