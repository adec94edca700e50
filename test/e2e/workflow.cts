import { randomUUID } from 'node:crypto';
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';
import type { CredentialReference, WorkflowData } from './client.cts';

export const PACKAGE = 'n8n-nodes-wechat-marketcode';
export const CREDENTIAL = 'wechatMarketcodeApi';
export const TRIGGER = 'When clicking ‘Execute workflow’';

type NodeSettings = Partial<Pick<INode, 'onError' | 'webhookId'>> & { typeVersion?: number };

/** @param type with the package's name in front */
export function node(
	name: string,
	type: string,
	parameters: INodeParameters = {},
	credential?: CredentialReference,
	settings: NodeSettings = {},
): INode {
	return {
		id: randomUUID(),
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...(credential && {
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
		...settings,
	};
}

export const manualTrigger = () => node(TRIGGER, 'n8n-nodes-base.manualTrigger');

/** A webhook that answers with what the last node gave out. */
export const webhook = (path: string) =>
	node(
		'Webhook',
		'n8n-nodes-base.webhook',
		{ path, httpMethod: 'POST', responseMode: 'lastNode', responseData: 'allEntries' },
		undefined,
		{ typeVersion: 2, webhookId: randomUUID() },
	);

export const noOp = (name: string) => node(name, 'n8n-nodes-base.noOp');

export function download(
	applicationId: string,
	credential: CredentialReference,
	parameters: INodeParameters = {},
	settings: NodeSettings = {},
): INode {
	const application = { __rl: true, mode: 'id', value: applicationId };
	const all = { application, ...parameters };
	return node('Marketcode Download', `${PACKAGE}.marketcodeDownload`, all, credential, settings);
}

const to = (target: INode) => ({ node: target.name, type: 'main' as const, index: 0 });

/**
 * Nodes in a row, each connected to the next by its first output.
 * @param branches what follows the last node, one node an output
 */
export function chain(name: string, nodes: INode[], branches: INode[] = []): WorkflowData {
	const connections: IConnections = {};
	nodes.forEach((source, i) => {
		const next = nodes[i + 1];
		if (next !== undefined) connections[source.name] = { main: [[to(next)]] };
		else if (branches.length > 0)
			connections[source.name] = { main: branches.map((branch) => [to(branch)]) };
	});
	const inRow = nodes.map((it, i) => ({
		...it,
		position: [i * 240, 0] satisfies [number, number],
	}));
	const below = branches.map((it, i) => ({
		...it,
		position: [nodes.length * 240, i * 180 - 90] satisfies [number, number],
	}));
	return { name, nodes: [...inRow, ...below], connections };
}
