import { WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	deepCopy,
	UnexpectedError,
	UserError,
	Workflow,
	WorkflowOperationError,
} from 'n8n-workflow';
import type {
	ExecutionError,
	ExecutionStatus,
	ICredentialsHelper,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeTypes,
	IRun,
	ITaskData,
	NodeExecutionHint,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { additionalDataFor } from './additionalData.cts';
import type { NodeTypesByName } from './nodeTypes.cts';
import type { ServiceContainer } from './services.cts';
import type { WorkflowJson } from './workflow.cts';

export interface Progress {
	nodeName: string;
	/** `running` before a node's run, the others after it. */
	status: 'running' | 'success' | 'error';
}

export interface RunOptions {
	/** The items that the start node gets and, if it is a trigger, emits. Default: one empty item. */
	input?: INodeExecutionData[];
	/** `manual` (default) is the editor's Execute button, `trigger` an active workflow. */
	mode?: 'manual' | 'trigger';
	/** Name of the node to start from, where the workflow has several triggers. */
	startNode?: string;
	onProgress?: (progress: Progress) => void;
	/** Cancels the execution as n8n's Stop button does; the run ends when its node has returned. */
	signal?: AbortSignal;
	/**
	 * The workflow's static data as stored in the database. As in n8n, a run in `trigger` mode stores
	 * its changes (in this very object), a manual one doesn't.
	 */
	staticData?: IDataObject;
	/**
	 * By credential type, what every node that takes that type gets: a workflow from a file names
	 * credentials of the n8n that it was exported from.
	 */
	credentials?: Record<string, { id: string; name: string }>;
	/** Stand-ins for this run, besides those of `startEngine`. */
	nodeTypes?: NodeTypesByName;
}

export interface RunResult {
	status: 'success' | 'error' | 'canceled';
	/** What ended the workflow. A plain object, as n8n stores it: ask for its `name`, not its class. */
	error?: ExecutionError;
	/**
	 * The items of one output (0-based) of a node, of all its runs in a loop; none if it didn't run.
	 *
	 * @throws Error for a node that the workflow doesn't have
	 */
	output(nodeName: string, outputIndex?: number): INodeExecutionData[];
	/** The execution hints of a node, of all its runs. Throws as `output` does. */
	hints(nodeName: string): NodeExecutionHint[];
	/** The error of a node's last run, also of one that continued on fail. Throws as `output` does. */
	nodeError(nodeName: string): ExecutionError | undefined;
	run: IRun;
	/** Everything that n8n-core logged, or that went to the console, during the run. */
	logs: string[];
}

/** What an engine lends to its runs. */
export interface RunContext {
	executionId: string;
	nodeTypes: INodeTypes;
	credentialsHelper: ICredentialsHelper;
	services: ServiceContainer;
}

/** The n8n-workflow object of a JSON, which stays as it is. */
export function workflowFrom(
	json: WorkflowJson,
	{ nodeTypes }: Pick<RunContext, 'nodeTypes'>,
	{ credentials = {}, staticData = {} }: Pick<RunOptions, 'credentials' | 'staticData'>,
): Workflow {
	const nodes = deepCopy(json.nodes);
	for (const node of nodes) giveCredentials(node, nodeTypes, credentials);
	return new Workflow({
		id: json.id ?? 'workflow',
		name: json.name,
		nodes,
		connections: deepCopy(json.connections),
		settings: json.settings,
		active: false,
		nodeTypes,
		staticData: deepCopy(staticData),
	});
}

/** Stores changed static data: `stored` gets the workflow's, by value. */
export function storeStaticData(stored: IDataObject | undefined, changed: IDataObject): void {
	if (!stored) return;
	for (const key of Object.keys(stored)) delete stored[key];
	Object.assign(stored, deepCopy(changed));
}

/** Runs a workflow to its end. Failures of the workflow are in the result, never thrown. */
export async function runWorkflow(
	json: WorkflowJson,
	context: RunContext,
	options: RunOptions,
	logs: string[],
): Promise<RunResult> {
	const { mode = 'manual' } = options;
	const workflow = workflowFrom(json, context, options);
	const startNode = startNodeOf(workflow, options.startNode);
	const additionalData = additionalDataFor({ ...context, mode, json, workflow });
	additionalData.hooks.addHandler('nodeExecuteBefore', (nodeName) =>
		options.onProgress?.({ nodeName, status: 'running' }),
	);
	additionalData.hooks.addHandler('nodeExecuteAfter', (nodeName, { executionStatus }) =>
		options.onProgress?.({ nodeName, status: executionStatus === 'error' ? 'error' : 'success' }),
	);
	let storedStatus: ExecutionStatus | undefined;
	additionalData.hooks.addHandler('workflowExecuteAfter', ({ status }, newStaticData) => {
		// On Stop, n8n stores the execution at once; how its node then fails changes nothing.
		storedStatus ??= status;
		if (mode !== 'manual' && newStaticData) storeStaticData(options.staticData, newStaticData);
	});

	const start = {
		node: startNode,
		data: { main: [options.input ? deepCopy(options.input) : [{ json: {} }]] },
		source: null,
	};
	const runData = createRunExecutionData({
		executionData: { nodeExecutionStack: [start] },
		resultData: { pinData: mode === 'manual' ? json.pinData : undefined },
	});
	const startedAt = new Date();
	const run = await execute(
		() => new WorkflowExecute(additionalData, mode, runData).processRunExecutionData(workflow),
		options.signal,
	).catch((error: Error) => failedRun(error, mode, startedAt));
	return resultOf({ ...run, status: storedStatus ?? run.status }, json, logs);
}

function giveCredentials(
	node: INode,
	nodeTypes: INodeTypes,
	credentials: NonNullable<RunOptions['credentials']>,
): void {
	const { description } = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	for (const { name } of description.credentials ?? []) {
		const given = credentials[name];
		if (given) node.credentials = { ...node.credentials, [name]: given };
	}
}

function startNodeOf(workflow: Workflow, name: string | undefined): INode {
	const node = name === undefined ? workflow.getStartNode() : workflow.getNode(name);
	if (node) return node;
	throw new UserError(name === undefined ? 'No node to start from' : `No node "${name}"`);
}

interface Cancelable extends Promise<IRun> {
	cancel(): void;
}

async function execute(begin: () => Cancelable, signal: AbortSignal | undefined): Promise<IRun> {
	const execution = begin();
	const cancel = () => execution.cancel();
	if (signal?.aborted) cancel();
	signal?.addEventListener('abort', cancel, { once: true });
	try {
		return await execution;
	} finally {
		signal?.removeEventListener('abort', cancel);
	}
}

/** What n8n stores when a workflow doesn't even begin, such as for a required parameter left empty. */
function failedRun(error: Error, mode: WorkflowExecuteMode, startedAt: Date): IRun {
	return {
		data: createRunExecutionData({
			resultData: { error: new WorkflowOperationError(error.message), runData: {} },
		}),
		mode,
		startedAt,
		stoppedAt: new Date(),
		storedAt: 'db',
		status: 'error',
	};
}

/** n8n's own rule: what was neither cancelled nor left with an error has succeeded. */
function finalStatus(run: IRun): RunResult['status'] {
	if (run.waitTill) throw new UnexpectedError('Waiting executions are not part of this engine');
	if (run.status === 'canceled') return 'canceled';
	return run.status === 'error' || run.data.resultData.error ? 'error' : 'success';
}

function resultOf(run: IRun, json: WorkflowJson, logs: string[]): RunResult {
	const tasksOf = (nodeName: string): ITaskData[] => {
		if (!json.nodes.some(({ name }) => name === nodeName)) {
			throw new Error(`The workflow has no node "${nodeName}"`);
		}
		return run.data.resultData.runData[nodeName] ?? [];
	};
	return {
		status: finalStatus(run),
		error: run.data.resultData.error,
		output: (nodeName, outputIndex = 0) =>
			tasksOf(nodeName).flatMap(({ data }) => data?.main?.[outputIndex] ?? []),
		hints: (nodeName) => tasksOf(nodeName).flatMap(({ hints }) => hints ?? []),
		nodeError: (nodeName) => tasksOf(nodeName).at(-1)?.error,
		run,
		logs,
	};
}
