import type { IConnections, INode, INodeParameters, IWorkflowBase, OnError } from 'n8n-workflow';

const PACKAGE_NAME = 'n8n-nodes-wechat-marketcode';

/** A workflow as n8n's editor exports it. What the engine doesn't use (tags, meta …) may be there. */
export type WorkflowJson = Pick<IWorkflowBase, 'nodes' | 'connections'> &
	Partial<Pick<IWorkflowBase, 'id' | 'name' | 'settings' | 'pinData'>>;

export interface OneNodeOptions {
	/** The id that `addCredential` returned. */
	credentialId?: string;
	/** Default: the package's own credential type. */
	credentialType?: string;
	/** What a failed item does: stop the workflow (default), or go on by the named output. */
	onError?: OnError;
}

/**
 * The workflow "Start" (a manual trigger) → "Node".
 *
 * @param nodeType full type name; a name without a dot is one of this package's nodes
 */
export function workflowOf(
	nodeType: string,
	parameters: INodeParameters = {},
	options: OneNodeOptions = {},
): WorkflowJson {
	const { credentialId, credentialType = 'wechatMarketcodeApi', onError } = options;
	const start: INode = {
		id: 'start',
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const node: INode = {
		id: 'node',
		name: 'Node',
		type: nodeType.includes('.') ? nodeType : `${PACKAGE_NAME}.${nodeType}`,
		typeVersion: 1,
		position: [220, 0],
		parameters,
		...(onError && { onError }),
		...(credentialId && {
			credentials: { [credentialType]: { id: credentialId, name: credentialType } },
		}),
	};
	const connections: IConnections = {
		Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] },
	};
	return { name: nodeType, nodes: [start, node], connections, settings: { executionOrder: 'v1' } };
}
