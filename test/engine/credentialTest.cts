import { CredentialTestContext, ExecuteContext, RoutingNode } from 'n8n-core';
import { createRunExecutionData, NodeConnectionTypes, Workflow } from 'n8n-workflow';
import type {
	ICredentialsDecrypted,
	ICredentialTestFunction,
	ICredentialTestRequest,
	ICredentialType,
	INode,
	INodeCredentialTestResult,
	INodeType,
} from 'n8n-workflow';
import { additionalDataFor } from './additionalData.cts';
import type { CredentialsHelper } from './credentials.cts';
import type { CredentialStore } from './credentialStore.cts';
import { withoutCauses, type N8nMajor } from './n8n1.cts';
import type { RunContext } from './run.cts';

interface TestContext extends RunContext {
	credentialsHelper: CredentialsHelper;
	store: CredentialStore;
	/** The package's nodes: the credential's test may be a function of one of them. */
	nodes: INodeType[];
	n8n: N8nMajor;
}

/** What n8n reads of a request that failed: an axios error is the cause. */
interface RequestFailure {
	message: string;
	cause?: { code?: string; response?: { status: number; statusText: string } };
}

/**
 * The Test button of a stored credential: the request or function that its type or a node declares.
 *
 * @throws UserError for an unknown id
 */
export async function testCredential(
	id: string,
	context: TestContext,
): Promise<INodeCredentialTestResult> {
	const { credentialsHelper, store, nodes, n8n } = context;
	const { type, data } = store.row(id);
	const credentialType = credentialsHelper.typeOf(type);
	const test = declaredTest(credentialType, nodes);
	if (test === undefined) return { status: 'Error', message: 'The credential has no test' };

	const nodeType = nodeThatRequests(type, typeof test === 'function' ? undefined : test);
	const { node, workflow } = workflowOfTest(id, type, nodeType);
	const json = { nodes: [node], connections: {} };
	const additionalData = additionalDataFor({ ...context, mode: 'internal', json, workflow });
	additionalData.currentNodeParameters = node.parameters;
	const credential: ICredentialsDecrypted = { id, name: type, type };
	try {
		credential.data = credentialsHelper.resolve(additionalData, data, type, 'internal');
	} catch (error) {
		// An expression that needs an item: there is none here.
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
	if (typeof test === 'function') {
		return await test.call(new CredentialTestContext(additionalData), credential);
	}
	const execution = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	if (n8n === 1) withoutCauses(execution);
	return await new RoutingNode(execution, nodeType, credential).runNode().then(
		(outputs) => judgeAnswer(outputs?.[0]?.[0]?.json ?? {}, test.rules),
		(failure: RequestFailure) => judgeFailure(failure, test.rules),
	);
}

function declaredTest(
	credentialType: ICredentialType,
	nodes: INodeType[],
): ICredentialTestRequest | ICredentialTestFunction | undefined {
	if (credentialType.test) return credentialType.test;
	for (const { description, methods } of nodes) {
		const use = description.credentials?.find(({ name }) => name === credentialType.name);
		if (typeof use?.testedBy === 'string') return methods?.credentialTest?.[use.testedBy];
		if (use?.testedBy) return use.testedBy;
	}
	return undefined;
}

/** n8n makes a declarative node of the test's request: its only parameter sends it. */
function nodeThatRequests(type: string, test: ICredentialTestRequest | undefined): INodeType {
	return {
		description: {
			// Since n8n 2, the name without its package, so that preAuthentication isn't forced by a test.
			name: 'noOp',
			displayName: 'Temp',
			description: 'Tests a credential',
			group: ['organization'],
			version: 1,
			defaults: {},
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: type, required: true }],
			properties: [
				{
					displayName: 'Temp',
					name: 'temp',
					type: 'string',
					default: '',
					routing: { request: test?.request },
				},
			],
		},
	};
}

function workflowOfTest(
	id: string,
	type: string,
	nodeType: INodeType,
): { node: INode; workflow: Workflow } {
	const node: INode = {
		id: 'temp',
		name: 'Temp-Node',
		type: nodeType.description.name,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [type]: { id, name: type } },
	};
	const nodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	return {
		node,
		workflow: new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes }),
	};
}

/** A rule names a value that a bad credential has: equality is failure. */
function judgeAnswer(
	answer: object,
	rules: ICredentialTestRequest['rules'] = [],
): INodeCredentialTestResult {
	for (const { type, properties } of rules) {
		if (type !== 'responseSuccessBody') continue;
		const value: unknown = Reflect.get(answer, properties.key);
		if (value === properties.value) return { status: 'Error', message: properties.message };
	}
	return { status: 'OK', message: 'Connection successful!' };
}

function judgeFailure(
	{ message, cause }: RequestFailure,
	rules: ICredentialTestRequest['rules'] = [],
): INodeCredentialTestResult {
	const response = cause?.response;
	if (!response) return { status: 'Error', message: cause?.code ?? message };
	for (const { type, properties } of rules) {
		if (type === 'responseCode' && properties.value === response.status) {
			return { status: 'Error', message: properties.message };
		}
	}
	return {
		status: 'Error',
		message: response.statusText || `Received HTTP status code: ${response.status}`,
	};
}
