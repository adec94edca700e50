import { json, Router } from 'express';
import type { FaultKind, FaultScope } from './faults.cts';
import type { Sandbox } from './sandbox.cts';
import type { Account, ApplicationSettings, Authorizer, AuthorizerSettings } from './types.cts';

/** JSON has no Infinity: null stands for it. */
type WithNull<Type, Name extends keyof Type> = Omit<Type, Name> & {
	[Key in Name]?: Type[Key] | null;
};

/** An account by its AppID, or a merchant by its access token; neither = the sandbox's account. */
interface OwnerBody {
	appId?: string;
	accessToken?: string;
}

type ApplicationBody = WithNull<Omit<ApplicationSettings, 'account'>, 'finishAfterMs'> & OwnerBody;
type FaultBody = FaultKind & WithNull<FaultScope, 'times'>;
type AuthorizerBody = AuthorizerSettings & Pick<OwnerBody, 'appId'>;
type TicketBody = { openid: string; applicationId: string; index: number };

/** The sandbox's methods over HTTP, for tests that run n8n in a process of its own. */
export function controlRoutes(sandbox: Sandbox): Router {
	const router = Router();
	router.use(json());
	const post = <Body,>(path: string, act: (body: Body) => unknown) =>
		router.post<object, unknown, Body | undefined>(path, ({ body }, response) => {
			try {
				if (body === undefined) throw new Error('Send a JSON object as application/json');
				response.json(act(body) ?? {});
			} catch (error) {
				response.status(400).json({ error: error instanceof Error ? error.message : error });
			}
		});

	router.get('/requests', (_request, response) => {
		response.json(sandbox.requests);
	});
	router.get('/state', (_request, response) => {
		response.json(describe(sandbox));
	});
	post('/faults', (body: FaultBody) => sandbox.inject({ ...body, times: orInfinity(body.times) }));
	post('/applications', ({ appId, finishAfterMs, ...settings }: ApplicationBody) =>
		sandbox.addApplication({
			...settings,
			account: accountOf(sandbox, appId),
			finishAfterMs: orInfinity(finishAfterMs),
		}),
	);
	post('/accounts', (body: Partial<Account>) => sandbox.addAccount(body));
	post('/authorizers', ({ appId, ...settings }: AuthorizerBody) =>
		sandbox.addAuthorizer(accountOf(sandbox, appId), settings),
	);
	post('/tickets', ({ openid, applicationId, index }: TicketBody) => ({
		code_ticket: sandbox.issueTicket(openid, applicationId, index),
	}));
	post('/kill-token', (body: OwnerBody) => sandbox.killToken(ownerOf(sandbox, body)));
	post('/expire-token', (body: OwnerBody) => sandbox.expireToken(ownerOf(sandbox, body)));
	post('/advance-time', (body: { seconds: number }) => sandbox.advanceTime(body.seconds));
	post('/clear', () => sandbox.clearRequests());
	post('/clear-faults', () => sandbox.clearFaults());
	post('/reset', () => sandbox.reset());
	return router;
}

function orInfinity(value: number | null | undefined): number | undefined {
	return value === null ? Infinity : value;
}

function accountOf(sandbox: Sandbox, appId = sandbox.account.appId): Account {
	const account = sandbox.accounts.find((candidate) => candidate.appId === appId);
	if (!account) throw new Error(`The sandbox has no account ${appId}`);
	return account;
}

function ownerOf(sandbox: Sandbox, { appId, accessToken }: OwnerBody): Account | Authorizer {
	if (accessToken === undefined) return accountOf(sandbox, appId);
	const authorizer = sandbox.authorizers.find((candidate) => candidate.accessToken === accessToken);
	if (!authorizer) throw new Error('The sandbox has no merchant with that access token');
	return authorizer;
}

function describe(sandbox: Sandbox) {
	const { url, account, accounts, authorizers, platform, tokenServer, applications } = sandbox;
	const currentToken = sandbox.currentToken();
	return { url, account, accounts, authorizers, platform, tokenServer, applications, currentToken };
}
