import { WechatError } from './errmsgs.cts';
import type { Call, CallHandler, Incoming, IncomingHandler } from './incoming.cts';
import { MARKETCODE_CALLS } from './marketcodeCalls.cts';
import { apiAuthorizerToken, classicToken, stableToken, tokenServer } from './tokenCalls.cts';
import type { Account } from './types.cts';

const MARKETCODE_PERMISSION_SET = 46;
/** From the range that is kept for documentation. */
const API_DOMAIN_IPS = ['203.0.113.10', '203.0.113.11'];

function post(handle: IncomingHandler): IncomingHandler {
	return (incoming) => {
		if (incoming.method !== 'POST') throw new WechatError(43002);
		return handle(incoming);
	};
}

function get(handle: IncomingHandler): IncomingHandler {
	return (incoming) => {
		if (incoming.method !== 'GET') throw new WechatError(43001);
		return handle(incoming);
	};
}

function withBody(handle: IncomingHandler): IncomingHandler {
	return (incoming) => {
		requireBody(incoming);
		return handle(incoming);
	};
}

function requireBody({ bodyError }: Incoming): void {
	if (bodyError) throw bodyError;
}

/** Whose access token it is. Throws what is wrong with it, or what the merchant has not allowed. */
function authorised({ state, query }: Incoming, permissionSet?: number): Account {
	const owner = state.tokens.owner(query('access_token'));
	if (!('permissionSets' in owner)) return owner;
	if (owner.revoked) throw new WechatError(61003);
	if (permissionSet !== undefined && !owner.permissionSets.includes(permissionSet)) {
		throw new WechatError(61007);
	}
	return owner.account;
}

function marketcode(handle: CallHandler): IncomingHandler {
	return post((incoming) => {
		const account = authorised(incoming, MARKETCODE_PERMISSION_SET);
		requireBody(incoming);
		const call: Call = { ...incoming, account };
		return handle(call);
	});
}

/** WeChat sends no errcode with this one. */
const getApiDomainIp: IncomingHandler = (incoming) => {
	authorised(incoming);
	return { ip_list: API_DOMAIN_IPS };
};

/** What is served, by path. */
export const CALLS: ReadonlyMap<string, IncomingHandler> = new Map([
	['/cgi-bin/stable_token', post(withBody(stableToken))],
	['/cgi-bin/token', get(classicToken)],
	['/cgi-bin/get_api_domain_ip', get(getApiDomainIp)],
	['/cgi-bin/component/api_authorizer_token', post(withBody(apiAuthorizerToken))],
	['/token-server', get(tokenServer)],
	...Object.entries(MARKETCODE_CALLS).map(
		([name, handle]) => [`/intp/marketcode/${name}`, marketcode(handle)] as const,
	),
]);

export const CALL_NAMES: readonly string[] = [...CALLS.keys()].map(callName);

/** The last part of a call's path. */
export function callName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
