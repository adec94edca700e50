import { Activations } from './activations.cts';
import { Applications, type ApplicationDefaults } from './applications.cts';
import { Clock } from './clock.cts';
import { Faults } from './faults.cts';
import { Packages } from './packages.cts';
import { Tokens, type TokenSettings } from './tokens.cts';
import type { Account, Authorizer, RequestRecord } from './types.cts';

/** The third-party platform that merchants may authorise, and the company's own token server. */
export interface Surroundings {
	readonly platform: { readonly appId: string; readonly accessToken: string };
	readonly tokenServer: {
		readonly path: string;
		readonly headerName: string;
		readonly headerValue: string;
	};
}

interface StateSettings extends TokenSettings, Surroundings {
	readonly account: Account;
	readonly applications: ApplicationDefaults;
	readonly allowedIps: readonly string[] | undefined;
	readonly generationMs: number;
}

/** All that the sandbox remembers. */
export class State {
	readonly clock = new Clock();
	readonly accounts: Account[];
	readonly authorizers: Authorizer[] = [];
	readonly tokens: Tokens;
	readonly applications: Applications;
	readonly activations = new Activations();
	readonly packages = new Packages();
	readonly faults = new Faults();
	readonly requests: RequestRecord[] = [];
	/** Ends what slow answers wait for. */
	released = new AbortController();
	allowedIps: readonly string[] | undefined;
	/** How long an application that was applied for takes until it is FINISH. */
	generationMs: number;

	constructor(readonly settings: StateSettings) {
		this.accounts = [settings.account];
		this.tokens = new Tokens(this.clock, settings);
		this.applications = new Applications(this.clock, settings.applications);
		this.allowedIps = settings.allowedIps;
		this.generationMs = settings.generationMs;
	}

	/** Forgets everything but the settings. */
	reset(): void {
		this.clock.reset();
		this.accounts.splice(0, Infinity, this.settings.account);
		this.authorizers.length = 0;
		this.requests.length = 0;
		for (const part of [
			this.tokens,
			this.applications,
			this.activations,
			this.packages,
			this.faults,
		]) {
			part.clear();
		}
		this.allowedIps = this.settings.allowedIps;
		this.generationMs = this.settings.generationMs;
	}
}
