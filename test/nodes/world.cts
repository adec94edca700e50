import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
	OnError,
} from 'n8n-workflow';
import { startEngine, workflowOf, type Engine, type RunResult } from '../engine/engine.cts';
import { n8nMajor } from './n8nMajor.cts';
import { startSandbox, type Account, type Sandbox } from '../sandbox/sandbox.cts';

/** What a test of a node needs: the engine with our nodes, a WeChat server, and a credential for it. */
export interface World {
	readonly engine: Engine;
	readonly sandbox: Sandbox;
	readonly credentialId: string;
	/** A credential's fields, as the user would enter them for an account of the sandbox. */
	credentialFor(account: Account): ICredentialDataDecryptedObject;
	/** Runs one of our nodes behind a manual trigger. */
	run(nodeType: string, parameters: INodeParameters, options?: RunNode): Promise<RunResult>;
	end(): Promise<void>;
}

export interface RunNode {
	readonly input?: IDataObject[];
	readonly credentialId?: string;
	readonly onError?: OnError;
	readonly signal?: AbortSignal;
}

export async function createWorld(): Promise<World> {
	// One after the other: a server whose engine has not started would keep the process alive.
	const engine = await startEngine({ n8n: n8nMajor() });
	const sandbox = await startSandbox();
	const credentialFor = ({ appId, appSecret, packageKey }: Account) => ({
		authentication: 'appSecret',
		appId,
		appSecret,
		packageKey,
		host: 'custom',
		customBaseUrl: sandbox.url,
	});
	const { id: credentialId } = engine.addCredential(
		'wechatMarketcodeApi',
		credentialFor(sandbox.account),
	);
	return {
		engine,
		sandbox,
		credentialId,
		credentialFor,
		run: async (nodeType, parameters, options = {}) =>
			await engine.run(
				workflowOf(nodeType, parameters, {
					credentialId: options.credentialId ?? credentialId,
					onError: options.onError,
				}),
				{ input: options.input?.map((json) => ({ json })), signal: options.signal },
			),
		end: async () => {
			await Promise.all([engine.stop(), sandbox.stop()]);
		},
	};
}

/** The resource locator of an application ID. */
export const byId = (value: string | number): INodeParameters => ({
	__rl: true,
	mode: 'id',
	value,
});

/** The resource locator of an external ID. */
export const byExternalId = (value: string): INodeParameters => ({
	__rl: true,
	mode: 'isvId',
	value,
});

/** The files that left the node, in order. */
export async function filesOf(
	{ engine }: World,
	items: INodeExecutionData[],
	field = 'data',
): Promise<Buffer[]> {
	return await Promise.all(
		items.map(async ({ binary }) => {
			const file = binary?.[field];
			if (!file) throw new Error(`The item has no binary field ${field}`);
			return await engine.readBinary(file);
		}),
	);
}
