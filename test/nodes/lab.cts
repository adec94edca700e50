import { setTimeout as sleep } from 'node:timers/promises';
import type {
	ExecutionError,
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';
import type { RunResult } from '../engine/engine.cts';
import type {
	Account,
	Application,
	ApplicationSettings,
	RequestRecord,
	Sandbox,
} from '../sandbox/sandbox.cts';
import { byId, createWorld, filesOf, type RunNode, type World } from './world.cts';
import { until } from '../until.cts';

/** What a successful download handed on. */
interface Downloaded {
	readonly items: INodeExecutionData[];
	readonly json: IDataObject[];
	readonly files: Buffer[];
	readonly hints: string[];
	readonly result: RunResult;
}

/** What the user is told of a failed one. */
export interface Failed {
	readonly message: string;
	readonly description: string;
	readonly error: ExecutionError;
	readonly result: RunResult;
}

/** Codes as items, manifest and proof have no file of codes. */
const hasFile = ({ json }: INodeExecutionData): boolean =>
	json['sha256'] !== undefined && json['is_manifest'] !== true && json['is_proof'] !== true;

/** A world for the tests of one file: before each of them, all is as after the start. */
export function useLab(): Lab {
	const lab = new Lab();
	beforeAll(async () => await lab.start());
	beforeEach(() => lab.reset());
	afterAll(async () => await lab.end());
	return lab;
}

/** Marketcode Download in a world of its own. */
export class Lab {
	private present: World | undefined;
	private presentCredential = '';

	async start(): Promise<void> {
		this.present = await createWorld();
	}

	/** A sandbox that has seen nothing, and a credential that has no token. */
	reset(): void {
		this.sandbox.reset();
		this.presentCredential = this.credential();
	}

	async end(): Promise<void> {
		await this.world.end();
	}

	get world(): World {
		if (!this.present) throw new Error('The lab has not started');
		return this.present;
	}

	get sandbox(): Sandbox {
		return this.world.sandbox;
	}

	/** The credential that downloads use unless they name another. */
	get credentialId(): string {
		return this.presentCredential;
	}

	get stored(): ICredentialDataDecryptedObject {
		return this.world.engine.storedCredential(this.credentialId);
	}

	/** Stores a credential for an account, with some fields changed, and returns its id. */
	credential(
		changes: ICredentialDataDecryptedObject = {},
		account: Account = this.sandbox.account,
	): string {
		const data = { ...this.world.credentialFor(account), ...changes };
		return this.world.engine.addCredential('wechatMarketcodeApi', data).id;
	}

	/** An application of 3 segments with 1,000 codes each, unless told otherwise. */
	application(settings: Partial<ApplicationSettings> = {}): Application {
		return this.sandbox.addApplication({ codeCount: 3_000, segmentSize: 1_000, ...settings });
	}

	async run(parameters: INodeParameters, options: RunNode = {}): Promise<RunResult> {
		return await this.world.run('marketcodeDownload', parameters, {
			credentialId: this.credentialId,
			...options,
		});
	}

	/** Downloads an application (its parameter may be overruled). Throws if the node fails. */
	async download(
		application: Application,
		parameters: INodeParameters = {},
		options: RunNode = {},
	): Promise<Downloaded> {
		const { applicationId } = application;
		const result = await this.run({ application: byId(applicationId), ...parameters }, options);
		if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
		const items = result.output('Node');
		const field = parameters.binaryPropertyName;
		return {
			items,
			json: items.map(({ json }) => json),
			files: await filesOf(
				this.world,
				items.filter(hasFile),
				typeof field === 'string' ? field : 'data',
			),
			hints: result.hints('Node').map(({ message }) => message),
			result,
		};
	}

	/** Downloads what can't be downloaded. Throws if the node succeeds or hands anything on. */
	async fail(
		application: Application | undefined,
		parameters: INodeParameters = {},
		options: RunNode = {},
	): Promise<Failed> {
		const named = application && { application: byId(application.applicationId) };
		const result = await this.run({ ...named, ...parameters }, options);
		const { error } = result;
		if (!error) throw new Error('The node did not fail');
		if (result.output('Node').length > 0) throw new Error('The node handed items on');
		await this.quiet();
		const { message, description } = error;
		return { message, description: description ?? '', error, result };
	}

	/** The requests of a call, oldest first. */
	requests(call: string): RequestRecord[] {
		return this.sandbox.requests.filter((request) => request.call === call);
	}

	/** Waits for the segments that were under way when another one failed: n8n can't take them back. */
	private async quiet(): Promise<void> {
		if (this.sandbox.count('applycodedownload') === 0) return;
		for (let seen = -1; seen < this.sandbox.requests.length; await sleep(15)) {
			seen = this.sandbox.requests.length;
		}
	}

	/** Waits until that many requests of a call have come in. */
	async untilRequests(call: string, count: number): Promise<void> {
		await until(`${count} requests of ${call}`, () => this.sandbox.count(call) >= count);
	}

	/** Waits until the connections of all requests of a call have ended. */
	async untilEnded(call: string): Promise<void> {
		const isOpen = () => this.requests(call).some(({ endedAt }) => endedAt === undefined);
		await until(`the end of ${call}`, () => !isOpen());
	}

	/** Whether the files hold every code of the application, byte for byte and in order. */
	isWhole({ applicationId, codeCount }: Application, files: readonly Buffer[]): boolean {
		return this.isPackage(applicationId, files, 0, codeCount - 1);
	}

	/** Whether the files hold exactly these codes of the application; both bounds inclusive. */
	isPackage(id: string, files: readonly Buffer[], start: number, end: number): boolean {
		// A Buffer in jest's own comparison takes a hundred times as long.
		return Buffer.concat(files).equals(this.sandbox.plainPackage(id, start, end));
	}

	/** Rows of an application's package, both bounds inclusive. */
	rows(application: Application, start: number, end: number): Row[] {
		return this.sandbox
			.plainPackage(application.applicationId, start, end)
			.toString('latin1')
			.split('\n')
			.slice(0, -1)
			.map((line) => {
				const [lattice = '', code = '', index = '', url = ''] = line.split('\t');
				return { line, lattice, code, index, url };
			});
	}
}

export interface Row {
	readonly line: string;
	readonly lattice: string;
	readonly code: string;
	readonly index: string;
	readonly url: string;
}
