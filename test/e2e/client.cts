import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import axios, { type AxiosInstance } from 'axios';
import { parse } from 'flatted';
import type {
	IBinaryData,
	IConnections,
	INode,
	INodeExecutionData,
	INodeTypeDescription,
	IRunExecutionData,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { CELL } from './matrix.cts';
import { until } from '../until.cts';

export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

/** A stored credential: its type, and the id that n8n gave it. */
export interface CredentialReference {
	type: string;
	id: string;
	name: string;
}

export interface WorkflowData {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface SavedWorkflow extends WorkflowData {
	id: string;
	versionId: string;
}

interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** As Settings → Community nodes lists it. */
interface CommunityPackage {
	packageName: string;
	installedVersion: string;
	installedNodes: Array<{ name: string; type: string }>;
	/** Not there in versions that say so only of a package that did fail. */
	failedLoading?: boolean;
}

export type ExecutionStatus =
	| 'canceled'
	| 'crashed'
	| 'error'
	| 'new'
	| 'running'
	| 'success'
	| 'unknown'
	| 'waiting';

/** As the list of executions shows it. */
export interface ExecutionSummary {
	id: string;
	status: ExecutionStatus;
	/** `manual` from the editor, `trigger` by a trigger of the active workflow. */
	mode: WorkflowExecuteMode;
}

export interface Execution {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	data: IRunExecutionData;
}

const UNFINISHED: readonly ExecutionStatus[] = ['new', 'running', 'unknown', 'waiting'];

/** n8n's editor API, as the editor uses it: a session cookie, every answer wrapped in `data`. */
export class N8nClient {
	private readonly http: AxiosInstance;

	constructor(readonly url: string) {
		this.http = axios.create({
			baseURL: `${url}/rest`,
			// The editor names its browser and its tab; n8n ties the session to the one and pushes to the other.
			headers: { 'browser-id': randomUUID(), 'push-ref': randomUUID() },
			validateStatus: () => true,
			// A connection that n8n closes while it is idle would fail the next request.
			httpAgent: new Agent({ keepAlive: false }),
		});
	}

	/** @throws Error with n8n's own message for any status but 2xx */
	private async call<T>(
		method: 'get' | 'post' | 'patch',
		path: string,
		data?: unknown,
	): Promise<T> {
		const answer = await this.http.request({ method, url: path, data });
		if (answer.status >= 300) {
			const said = answer.data?.message ?? JSON.stringify(answer.data);
			throw new Error(`n8n answered ${method} ${path} with ${answer.status}: ${said}`);
		}
		const [cookie] = answer.headers['set-cookie'] ?? [];
		if (cookie !== undefined) this.http.defaults.headers.common['Cookie'] = cookie.split(';')[0];
		return answer.data.data;
	}

	/** Makes the owner's account on a new n8n, or logs in on one that has it. */
	async signIn(owner: Owner): Promise<void> {
		const { userManagement } = await this.call<{
			userManagement: { showSetupOnFirstLoad: boolean };
		}>('get', '/settings');
		if (userManagement.showSetupOnFirstLoad) await this.call('post', '/owner/setup', owner);
		else
			await this.call('post', '/login', {
				emailOrLdapLoginId: owner.email,
				password: owner.password,
			});
	}

	/** @returns the id of the new credential */
	async createCredential(name: string, type: string, data: object): Promise<string> {
		const { id } = await this.call<{ id: string }>('post', '/credentials', { name, type, data });
		return id;
	}

	async updateCredential(id: string, name: string, type: string, data: object): Promise<void> {
		await this.call('patch', `/credentials/${id}`, { name, type, data });
	}

	/** Tests data for a stored credential, as the dialog's Retry does. */
	testCredential(stored: CredentialReference, data: object): Promise<CredentialTestResult> {
		return this.call('post', '/credentials/test', { credentials: { ...stored, data } });
	}

	listCredentials(): Promise<Array<{ id: string; name: string; type: string }>> {
		return this.call('get', '/credentials');
	}

	listWorkflows(): Promise<Array<{ id: string; name: string }>> {
		return this.call('get', '/workflows');
	}

	createWorkflow(workflow: WorkflowData): Promise<SavedWorkflow> {
		const body = { settings: {}, ...CELL.version.newWorkflow, ...workflow };
		return this.call('post', '/workflows', body);
	}

	/** Stores changed nodes; what runs in production changes when the returned version is activated. */
	updateWorkflow(id: string, nodes: INode[]): Promise<SavedWorkflow> {
		return this.call('patch', `/workflows/${id}`, { nodes });
	}

	async activateWorkflow({ id, versionId }: SavedWorkflow): Promise<void> {
		await this.call('post', `/workflows/${id}/activate`, { versionId });
	}

	async deactivateWorkflow(id: string): Promise<void> {
		await this.call('post', `/workflows/${id}/deactivate`, {});
	}

	/**
	 * Starts a stored workflow as the editor's button does.
	 * @param trigger name of the node to start from
	 * @returns the execution's id
	 */
	async runWorkflow(id: string, trigger: string): Promise<string> {
		const workflowData = CELL.version.runsWhatItIsSent
			? await this.call<SavedWorkflow>('get', `/workflows/${id}`)
			: undefined;
		const body = { triggerToStartFrom: { name: trigger }, workflowData };
		const answer = await this.call<{ executionId: string }>('post', `/workflows/${id}/run`, body);
		return answer.executionId;
	}

	/** A workflow's executions, newest first. */
	async listExecutions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const path = `/executions?filter=${filter}`;
		return (await this.call<{ results: ExecutionSummary[] }>('get', path)).results;
	}

	async readExecution(id: string): Promise<Execution> {
		type Stored = { id: string; workflowId: string; status: ExecutionStatus; data: string };
		const stored = await this.call<Stored>('get', `/executions/${id}`);
		// n8n stores run data flattened, so that items that appear twice are kept once.
		return { ...stored, data: parse(stored.data) };
	}

	/** @throws Error when the execution hasn't ended after `timeoutMs` */
	async waitForExecution(id: string, timeoutMs = 120_000): Promise<Execution> {
		const ended = async () => {
			const execution = await this.readExecution(id);
			return !UNFINISHED.includes(execution.status) && execution;
		};
		return await until(`the end of execution ${id}`, ended, timeoutMs);
	}

	/** Runs a stored workflow by hand and waits for its end. */
	async run(id: string, trigger: string, timeoutMs?: number): Promise<Execution> {
		return await this.waitForExecution(await this.runWorkflow(id, trigger), timeoutMs);
	}

	async downloadBinary(binary: IBinaryData): Promise<Buffer> {
		if (binary.id === undefined) return Buffer.from(binary.data, 'base64');
		const { fileName, mimeType } = binary;
		const answer = await this.http.get('/binary-data', {
			params: { id: binary.id, action: 'download', fileName, mimeType },
			responseType: 'arraybuffer',
		});
		if (answer.status !== 200) throw new Error(`binary ${binary.id}: HTTP ${answer.status}`);
		return Buffer.from(answer.data);
	}

	/** Every node type that n8n offers in its node panel. */
	async nodeTypes(): Promise<INodeTypeDescription[]> {
		return (await this.http.get(`${this.url}/types/nodes.json`)).data;
	}

	communityPackages(): Promise<CommunityPackage[]> {
		return this.call('get', '/community-packages');
	}

	/** A file that n8n serves, such as an icon, by the path that a node type names. */
	async file(path: string): Promise<{ status: number; type: string; body: string }> {
		const answer = await this.http.get(`${this.url}/${path}`, { responseType: 'text' });
		return {
			status: answer.status,
			type: String(answer.headers['content-type']),
			body: answer.data,
		};
	}
}

/** The items that a node gave out on one of its outputs in its last run; none if it didn't run. */
export function outputOf(execution: Execution, node: string, output = 0): INodeExecutionData[] {
	return execution.data.resultData.runData[node]?.at(-1)?.data?.['main']?.[output] ?? [];
}

/** The items that a node gave out on one of its outputs in all its runs, as in a loop. */
export function itemsOf(execution: Execution, node: string, output = 0): INodeExecutionData[] {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap(({ data }) => data?.['main']?.[output] ?? []);
}
