import { WechatError } from './errmsgs.cts';
import { PlainAnswer, type Incoming } from './incoming.cts';
import type { State } from './state.cts';
import { refreshAuthorizer } from './authorizers.cts';
import type { Account, Fields } from './types.cts';
import { isAbsent, text } from './validation.cts';

const GRANT_TYPE = 'client_credential';
const APP_SECRET = /^[0-9a-f]{32}$/;

export function stableToken(incoming: Incoming): Fields {
	const { body, state, faults } = incoming;
	const { grant_type, appid, secret } = body;
	const force_refresh = isAbsent(body.force_refresh) ? false : body.force_refresh;
	if (typeof force_refresh !== 'boolean') throw new WechatError(47001);
	const account = requireAccount(state, grant_type, appid, secret);
	requireAllowedIp(incoming);
	if (force_refresh) return state.tokens.forced(account);
	return state.tokens.normal(account, hasStaleToken(faults));
}

/** The older call: each answer is a new token, the one before is dead. */
export function classicToken(incoming: Incoming): Fields {
	const { query, state } = incoming;
	const account = requireAccount(state, query('grant_type'), query('appid'), query('secret'));
	requireAllowedIp(incoming);
	return state.tokens.classic(account);
}

/** Throws 40002, 41002, 41004, 40013, 40125 (not the shape of a secret), 40001 (a wrong one). */
function requireAccount(
	state: State,
	grantType: unknown,
	appId: unknown,
	secret: unknown,
): Account {
	if (grantType !== GRANT_TYPE) throw new WechatError(40002);
	if (isAbsent(appId)) throw new WechatError(41002);
	if (isAbsent(secret)) throw new WechatError(41004);
	const account = state.accounts.find((candidate) => candidate.appId === appId);
	if (!account) throw new WechatError(40013);
	if (secret === account.appSecret) return account;
	throw new WechatError(typeof secret === 'string' && APP_SECRET.test(secret) ? 40001 : 40125);
}

function requireAllowedIp({ ip, state }: Incoming): void {
	if (state.allowedIps === undefined || state.allowedIps.includes(ip)) return;
	throw new WechatError(40164, `invalid ip ${ip} ipv6 ::ffff:${ip}, not in whitelist`);
}

/** Third-party platform: a merchant's refresh token for a new access token. */
export function apiAuthorizerToken({ body, ip, query, state }: Incoming): Fields {
	const { platform } = state.settings;
	const componentToken = query('component_access_token');
	if (componentToken === undefined || componentToken === '') throw new WechatError(41001);
	if (componentToken !== platform.accessToken) throw new WechatError(40001);
	if (state.allowedIps && !state.allowedIps.includes(ip)) throw new WechatError(61004);
	if (text(body, 'component_appid') !== platform.appId) throw new WechatError(40013);
	const authorizer = refreshAuthorizer(
		state,
		text(body, 'authorizer_appid'),
		text(body, 'authorizer_refresh_token'),
	);
	return {
		authorizer_access_token: authorizer.accessToken,
		expires_in: state.settings.tokenLifetimeSeconds,
		authorizer_refresh_token: authorizer.refreshToken,
	};
}

/** A company's own token server; `?format=text` gives the bare token, `?appid=` another account. */
export function tokenServer({ faults, header, query, state }: Incoming): Fields | PlainAnswer {
	const { headerName, headerValue } = state.settings.tokenServer;
	if (header(headerName) !== headerValue) return new PlainAnswer(401, 'Unauthorized');
	const appId = query('appid') ?? state.settings.account.appId;
	const account = state.accounts.find((candidate) => candidate.appId === appId);
	if (!account) return new PlainAnswer(404, 'Unknown account');
	const answer = state.tokens.normal(account, hasStaleToken(faults));
	if (query('format') === 'text') return new PlainAnswer(200, String(answer.access_token));
	return answer;
}

function hasStaleToken(faults: Incoming['faults']): boolean {
	return faults.some((fault) => fault.kind === 'staleToken');
}
