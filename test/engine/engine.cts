// n8n-core's decorators need it to be there before they run.
import 'reflect-metadata';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { NodeHelpers } from 'n8n-workflow';
import type {
	IBinaryData,
	ICredentialDataDecryptedObject,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { BinaryDataService } from 'n8n-core';
import { CredentialsHelper } from './credentials.cts';
import { CredentialStore } from './credentialStore.cts';
import { testCredential } from './credentialTest.cts';
import { LogRecorder } from './logs.cts';
import type { N8nMajor } from './n8n1.cts';
import { loadPackage, NodeTypes, type NodeTypesByName } from './nodeTypes.cts';
import { activate, type Poller, type PollOptions } from './poll.cts';
import { runWorkflow, type RunOptions, type RunResult } from './run.cts';
import { startServices } from './services.cts';
import type { WorkflowJson } from './workflow.cts';

export type { N8nMajor } from './n8n1.cts';
export type { NodeTypesByName } from './nodeTypes.cts';
export type { Poller, PollOptions } from './poll.cts';
export type { Progress, RunOptions, RunResult } from './run.cts';
export { workflowOf, type OneNodeOptions, type WorkflowJson } from './workflow.cts';

const REPOSITORY_ROOT = resolve(__dirname, '../..');

interface EngineOptions {
	/** Folder of the built package. Default: this repository. */
	packageRoot?: string;
	/** Stand-ins for nodes of other packages, by their full type name. */
	nodeTypes?: NodeTypesByName;
	/**
	 * The n8n whose ways with credentials and errors the engine has. Default 2: as n8n 2.40. With 1, n8n
	 * stores a credential whole and resolved when it stores a token, and an error of a request has no cause.
	 */
	n8n?: N8nMajor;
}

/** n8n-core's engine with the nodes and credentials of one built package. */
export interface Engine {
	/** Stores a credential, as entered: what is missing gets its default when it is used. */
	addCredential(
		type: string,
		data: ICredentialDataDecryptedObject,
		name?: string,
	): { id: string; name: string };
	/** A copy of what is stored, expressions unresolved. Throws for an unknown id. */
	storedCredential(id: string): ICredentialDataDecryptedObject;
	/** Lets the next attempts to store something in a credential fail, as a busy database does. */
	failCredentialWrites(times: number): void;
	/**
	 * Runs a workflow. What fails inside of it is in the result.
	 *
	 * @throws UserError when it can't be run at all: a node type or a start node is missing
	 */
	run(workflow: WorkflowJson, options?: RunOptions): Promise<RunResult>;
	/**
	 * Activates a workflow with a polling trigger. The editor's test of such a trigger is `run`, in
	 * mode `manual`. Throws UserError when there is no such trigger.
	 */
	startPolling(workflow: WorkflowJson, options?: PollOptions): Poller;
	/** Tests a stored credential as the Test button does. Throws for an unknown id. */
	testCredential(id: string): Promise<INodeCredentialTestResult>;
	/** Where n8n's binary storage is. */
	readonly binaryFolder: string;
	/** Paths of all files in it, those of failed runs too. */
	storedFiles(): Promise<string[]>;
	/** A binary file of an item, as a whole. */
	readBinary(binary: IBinaryData): Promise<Buffer>;
	/** A binary file of an item, chunk by chunk. */
	binaryStream(binary: IBinaryData): Promise<Readable>;
	/** Ends the engine and removes its temporary folder, and with it all binary files. */
	stop(): Promise<void>;
}

/**
 * Starts the engine: loads the built package and sets n8n-core up in a temporary folder, with binary
 * data in filesystem mode.
 *
 * @throws Error when the package isn't built, or another engine runs in this process
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
	const { n8n = 2 } = options;
	const recorder = new LogRecorder();
	const { services, binaryFolder, stopServices } = await startServices(recorder.logger);
	const loader = await loadPackage(options.packageRoot ?? REPOSITORY_ROOT).catch(async (error) => {
		await stopServices();
		throw error;
	});
	const stopListening = recorder.listenToConsole();
	const store = new CredentialStore();
	const binaryData = services.get(BinaryDataService);
	let executions = 0;

	const newContext = (additional: NodeTypesByName = {}) => {
		const nodeTypes = new NodeTypes(loader, { ...options.nodeTypes, ...additional }, n8n);
		const credentialsHelper = new CredentialsHelper(loader, store, nodeTypes, n8n);
		return { executionId: String(++executions), nodeTypes, credentialsHelper, services };
	};
	const binaryStream = async (binary: IBinaryData): Promise<Readable> =>
		binary.id
			? await binaryData.getAsStream(binary.id)
			: Readable.from(Buffer.from(binary.data, 'base64'));

	return {
		addCredential: (type, data, name = type) => ({ id: store.add(type, data), name }),
		storedCredential: (id) => store.row(id).data,
		failCredentialWrites: (times) => store.failWrites(times),
		async testCredential(id) {
			const nodes = Object.values(loader.nodeTypes).map(({ type }) =>
				NodeHelpers.getVersionedNodeType(type),
			);
			return await testCredential(id, { ...newContext(), store, nodes, n8n });
		},
		async run(workflow, runOptions = {}) {
			const context = newContext(runOptions.nodeTypes);
			const logs: string[] = [];
			return await recorder.during(logs, () => runWorkflow(workflow, context, runOptions, logs));
		},
		startPolling(workflow, pollOptions = {}) {
			const poller = activate(workflow, newContext(pollOptions.nodeTypes), pollOptions);
			const logs: string[] = [];
			const { reports } = poller;
			return { logs, reports, poll: async () => await recorder.during(logs, poller.poll) };
		},
		binaryFolder,
		storedFiles: async () =>
			(await readdir(binaryFolder, { recursive: true, withFileTypes: true }))
				.filter((entry) => entry.isFile())
				.map((entry) => join(entry.parentPath, entry.name)),
		readBinary: async (binary) => await buffer(await binaryStream(binary)),
		binaryStream,
		async stop() {
			stopListening();
			await stopServices();
		},
	};
}
