import { randomBytes } from 'node:crypto';
import { WechatError } from './errmsgs.cts';
import type { State } from './state.cts';
import type { Account, Authorizer, AuthorizerSettings } from './types.cts';

/** A merchant authorises the platform. Throws if the state knows the access token already. */
export function addAuthorizer(
	state: State,
	account: Account,
	settings: AuthorizerSettings,
): Authorizer {
	const authorizer: Authorizer = {
		account,
		accessToken: '',
		refreshToken: settings.refreshToken ?? newRefreshToken(),
		permissionSets: settings.permissionSets ?? [46],
		keepsRefreshToken: settings.keepsRefreshToken ?? false,
		revoked: false,
	};
	authorizer.accessToken = state.tokens.forAuthorizer(authorizer, settings.accessToken);
	state.authorizers.push(authorizer);
	return authorizer;
}

/** Renews a merchant's tokens. Throws 61003 (no such merchant), 61023 (refresh token, revoked). */
export function refreshAuthorizer(state: State, appId: string, refreshToken: string): Authorizer {
	const merchant = state.authorizers.filter(({ account }) => account.appId === appId);
	if (merchant.length === 0) throw new WechatError(61003);
	const authorizer = merchant.find((candidate) => candidate.refreshToken === refreshToken);
	if (!authorizer || authorizer.revoked) throw new WechatError(61023);
	authorizer.accessToken = state.tokens.forAuthorizer(authorizer);
	if (!authorizer.keepsRefreshToken) authorizer.refreshToken = newRefreshToken();
	return authorizer;
}

function newRefreshToken(): string {
	return `SANDBOX_REFRESH_${randomBytes(24).toString('base64url')}`;
}
