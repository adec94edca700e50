import { ExternalSecretsProxy, ExecutionLifecycleHooks } from 'n8n-core';
import { UnexpectedError } from 'n8n-workflow';
import type {
	ICredentialsHelper,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { ServiceContainer } from './services.cts';
import type { WorkflowJson } from './workflow.cts';

// Nothing listens there: nodes only build links from it.
const BASE_URL = 'http://127.0.0.1:5678';

interface ExecutionParts {
	executionId: string;
	mode: WorkflowExecuteMode;
	json: WorkflowJson;
	workflow: Workflow;
	credentialsHelper: ICredentialsHelper;
	services: ServiceContainer;
}

/** What n8n's server hands to the engine for one execution; parts that no node of ours uses throw. */
export function additionalDataFor(
	parts: ExecutionParts,
): IWorkflowExecuteAdditionalData & { hooks: ExecutionLifecycleHooks } {
	const { executionId, mode, workflow, credentialsHelper, services } = parts;
	return {
		executionId,
		workflowId: workflow.id,
		credentialsHelper,
		hooks: new ExecutionLifecycleHooks(mode, executionId, storedWorkflow(parts)),
		externalSecretsProxy: services.get(ExternalSecretsProxy),
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: `${BASE_URL}/rest`,
		instanceBaseUrl: `${BASE_URL}/`,
		formBaseUrl: `${BASE_URL}/form`,
		formWaitingBaseUrl: `${BASE_URL}/form-waiting`,
		formTestBaseUrl: `${BASE_URL}/form-test`,
		webhookBaseUrl: `${BASE_URL}/webhook`,
		webhookWaitingBaseUrl: `${BASE_URL}/webhook-waiting`,
		webhookTestBaseUrl: `${BASE_URL}/webhook-test`,
		mcpBaseUrl: `${BASE_URL}/mcp`,
		mcpTestBaseUrl: `${BASE_URL}/mcp-test`,
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		executeWorkflow: async () => await notPartOfThisEngine('Sub-workflows'),
		startRunnerTask: async () => await notPartOfThisEngine('Task runners'),
	};
}

function notPartOfThisEngine(what: string): never {
	throw new UnexpectedError(`${what} are not part of this engine`);
}

function storedWorkflow({ json, workflow }: ExecutionParts): IWorkflowBase {
	const createdAt = new Date();
	return {
		...json,
		id: workflow.id,
		name: workflow.name ?? '',
		active: false,
		activeVersionId: null,
		isArchived: false,
		createdAt,
		updatedAt: createdAt,
	};
}
