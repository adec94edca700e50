import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import express from 'express';
import { addAuthorizer } from './authorizers.cts';
import { CALL_NAMES } from './calls.cts';
import { codeAt, type Code } from './codes.cts';
import { controlRoutes } from './control.cts';
import type { Fault } from './faults.cts';
import { changedForm, GUIDE_FORM, type PackageForm } from './form.cts';
import { plainPackage } from './packageText.cts';
import { serveCalls } from './server.cts';
import { State, type Surroundings } from './state.cts';
import { inventAccount } from './tokens.cts';
import type {
	Account,
	Application,
	ApplicationSettings,
	Authorizer,
	AuthorizerSettings,
	RequestRecord,
} from './types.cts';

export type { Code } from './codes.cts';
export type { Fault, FaultKind } from './faults.cts';
export type { Column, PackageForm } from './form.cts';
export type * from './types.cts';

interface SandboxOptions {
	/** 0 (default) = any free port. */
	port?: number;
	/** Default 7200. */
	tokenLifetimeSeconds?: number;
	/** How long before its end a token is renewed, while the old one lives on; default 300. */
	tokenOverlapSeconds?: number;
	/** IPv4 addresses that may ask for tokens; default: all. */
	allowedIps?: readonly string[];
	/** How long an application made by applycode takes until it is FINISH; default 0. */
	generationMs?: number;
	/** How packages are written if an application's own settings don't say; default: as the guide. */
	form?: Partial<PackageForm>;
	/** What applications have unless their own settings say otherwise; default false. */
	sparseAnswers?: boolean;
}

/** Starts a WeChat server on 127.0.0.1. Rejects if the port is taken or there is no such form. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const state = new State({
		account: inventAccount('1'),
		applications: {
			form: changedForm(GUIDE_FORM, options.form ?? {}),
			sparseAnswers: options.sparseAnswers ?? false,
		},
		tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 7200,
		tokenOverlapSeconds: options.tokenOverlapSeconds ?? 300,
		allowedIps: options.allowedIps,
		generationMs: options.generationMs ?? 0,
		platform: {
			appId: inventAccount('platform').appId,
			accessToken: 'SANDBOX_COMPONENT_ACCESS_TOKEN',
		},
		tokenServer: {
			path: '/token-server',
			headerName: 'X-Sandbox-Key',
			headerValue: 'sandbox-token-server-key',
		},
	});
	const app = express();
	app.disable('x-powered-by');
	app.set('json replacer', (_name: string, value: unknown) =>
		typeof value === 'bigint' ? value.toString() : value,
	);
	const server = createServer(app);
	server.listen(options.port ?? 0, '127.0.0.1');
	await once(server, 'listening');
	const sandbox = new Sandbox(state, server);
	app.use('/_sandbox', controlRoutes(sandbox));
	serveCalls(app, state);
	return sandbox;
}

/** A WeChat server, and the strings that move it. Start it with `startSandbox`. */
export class Sandbox {
	/** `http://127.0.0.1:port`, no slash at the end. */
	readonly url: string;

	constructor(
		private readonly state: State,
		private readonly server: Server,
	) {
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('The server has no port');
		this.url = `http://127.0.0.1:${address.port}`;
	}

	/** The account that is there from the start. */
	get account(): Account {
		return this.state.settings.account;
	}

	/** The third-party platform whose api_authorizer_token calls are answered. */
	get platform(): Surroundings['platform'] {
		return this.state.settings.platform;
	}

	/** The company's own token server: its URL and the header that it wants. */
	get tokenServer(): { url: string; headerName: string; headerValue: string } {
		const { path, headerName, headerValue } = this.state.settings.tokenServer;
		return { url: this.url + path, headerName, headerValue };
	}

	/** Newest last. */
	get requests(): readonly RequestRecord[] {
		return this.state.requests;
	}

	get accounts(): readonly Account[] {
		return this.state.accounts;
	}

	get authorizers(): readonly Authorizer[] {
		return this.state.authorizers;
	}

	get applications(): readonly Application[] {
		return this.state.applications.all();
	}

	/** Another Service Account; what is not given is invented. */
	addAccount(account: Partial<Account> = {}): Account {
		const invented = inventAccount(String(this.state.accounts.length + 1));
		const added = { ...invented, ...account };
		if (this.state.accounts.some(({ appId }) => appId === added.appId)) {
			throw new Error(`There is an account ${added.appId} already`);
		}
		this.state.accounts.push(added);
		return added;
	}

	/** The account authorises the third-party platform: an access token and a refresh token. */
	addAuthorizer(account: Account, settings: AuthorizerSettings = {}): Authorizer {
		return addAuthorizer(this.state, account, settings);
	}

	/** Throws if the application or external id is taken. */
	addApplication({ account = this.account, ...settings }: ApplicationSettings): Application {
		return this.state.applications.add(settings, account);
	}

	/**
	 * What a package must be once decrypted, in the application's form; both bounds inclusive, of one
	 * segment or several (a byte order mark then stands before the first row only).
	 */
	plainPackage(applicationId: string, codeStart: number, codeEnd: number): Buffer {
		const application = this.state.applications.get(applicationId);
		return plainPackage(application, { code_start: codeStart, code_end: codeEnd });
	}

	/** The code at an index of an application. */
	code(applicationId: string, index: number): Code {
		return codeAt(applicationId, index, this.state.applications.get(applicationId).form);
	}

	/** The code_ticket that a mini program gets when this user scans that code; good once. */
	issueTicket(openid: string, applicationId: string, index: number): string {
		const application = this.state.applications.get(applicationId);
		return this.state.activations.issueTicket({ openid, application, index });
	}

	/** Throws if the fault's kind, call or other application is none that there is. */
	inject(fault: Fault): void {
		if (!CALL_NAMES.includes(fault.call)) throw new Error(`There is no call ${fault.call}`);
		if (fault.kind === 'twinOf') this.state.applications.get(fault.applicationId);
		this.state.faults.inject(fault);
	}

	clearFaults(): void {
		this.state.faults.clear();
	}

	/** The slow answers that are waited for come now. */
	releaseAnswers(): void {
		this.state.released.abort();
		this.state.released = new AbortController();
	}

	/** How many requests of a call there were since the start or the last clearRequests. */
	count(call: string): number {
		return this.state.requests.filter((request) => request.call === call).length;
	}

	clearRequests(): void {
		this.state.requests.length = 0;
	}

	/** The present token is rejected with 40001 from now on, as if another system had renewed it. */
	killToken(owner: Account | Authorizer = this.account): void {
		this.state.tokens.kill(owner);
	}

	/** The present token is rejected with 42001 from now on. */
	expireToken(owner: Account | Authorizer = this.account): void {
		this.state.tokens.expire(owner);
	}

	/** The token that was handed out last, dead or alive. */
	currentToken(owner: Account | Authorizer = this.account): string | undefined {
		return this.state.tokens.last(owner);
	}

	/** Moves the sandbox's clock forward: tokens expire, applications become FINISH. */
	advanceTime(seconds: number): void {
		this.state.clock.advance(seconds);
	}

	/** From now on only these IPv4 addresses may ask for tokens; undefined = all. */
	allowIps(ips: readonly string[] | undefined): void {
		this.state.allowedIps = ips;
	}

	/** From now on an application made by applycode takes this long until it is FINISH. */
	setGenerationTime(ms: number): void {
		this.state.generationMs = ms;
	}

	/** As after the start: no tokens, applications, authorizers, faults, requests; same account. */
	reset(): void {
		this.state.reset();
	}

	/** Ends open connections too. */
	async stop(): Promise<void> {
		const closed = once(this.server, 'close');
		this.server.close();
		this.server.closeAllConnections();
		await closed;
	}
}
