import { createHash } from 'crypto';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { noToken } from './wechatErrors';

export const CREDENTIAL = 'wechatMarketcodeApi';
export const DEFAULT_HOST = 'https://api.weixin.qq.com';

/** WeChat's host for disaster recovery. */
export const FALLBACK_HOST = 'https://api2.weixin.qq.com';

const AUTHENTICATIONS = [
	'appSecret',
	'authorizerToken',
	'tokenServer',
	'componentRefresh',
] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** The fields of the credential, as n8n decrypts them. */
export interface MarketcodeCredential extends ICredentialDataDecryptedObject {
	authentication: Authentication;
	appId: string;
	appSecret: string;
	authorizerAccessToken: string;
	tokenServerUrl: string;
	tokenServerHeaderName: string;
	tokenServerHeaderValue: string;
	componentAppId: string;
	componentAccessToken: string;
	componentTokenUrl: string;
	authorizerAppId: string;
	authorizerRefreshToken: string;
	packageKey: string;
	host: string;
	customBaseUrl: string;
	/** The token of the stored session; empty before the first request. */
	accessToken: string;
	/** Whose token `accessToken` is, as `ownerOf` names it. */
	accessTokenOwner: string;
	/** When it expires, in Unix milliseconds; empty if its source did not say. */
	accessTokenExpires: string;
}

/** The credential's fields; a field that an expression left without a value becomes an empty text. */
export function toCredential(data: ICredentialDataDecryptedObject): MarketcodeCredential {
	const text = (name: string) =>
		data[name] === undefined || data[name] === null ? '' : String(data[name]);
	return {
		authentication: AUTHENTICATIONS.find((way) => way === data.authentication) ?? 'appSecret',
		appId: text('appId'),
		appSecret: text('appSecret'),
		authorizerAccessToken: text('authorizerAccessToken'),
		tokenServerUrl: text('tokenServerUrl'),
		tokenServerHeaderName: text('tokenServerHeaderName'),
		tokenServerHeaderValue: text('tokenServerHeaderValue'),
		componentAppId: text('componentAppId'),
		componentAccessToken: text('componentAccessToken'),
		componentTokenUrl: text('componentTokenUrl'),
		authorizerAppId: text('authorizerAppId'),
		authorizerRefreshToken: text('authorizerRefreshToken'),
		packageKey: text('packageKey'),
		host: text('host'),
		customBaseUrl: text('customBaseUrl'),
		accessToken: text('accessToken'),
		accessTokenOwner: text('accessTokenOwner'),
		accessTokenExpires: text('accessTokenExpires'),
	};
}

/** The AppID of the account whose codes the credential reaches; undefined if it does not say. */
export function accountOf(credential: MarketcodeCredential): string | undefined {
	const accounts = {
		appSecret: credential.appId,
		authorizerToken: '',
		tokenServer: '',
		componentRefresh: credential.authorizerAppId,
	};
	return accounts[credential.authentication] || undefined;
}

/**
 * Names whose token the credential asks for, and by which secret; shows neither. n8n stores one token a
 * credential, but an expression can make the credential another account's for every item, and a user can
 * edit it: a token is used only for what it was fetched with.
 */
export function ownerOf(credential: MarketcodeCredential): string {
	const { tokenServerHeaderName, tokenServerHeaderValue } = credential;
	const owners = {
		appSecret: [credential.appId, credential.appSecret],
		authorizerToken: [],
		tokenServer: [credential.tokenServerUrl, tokenServerHeaderName, tokenServerHeaderValue],
		componentRefresh: [credential.componentAppId, credential.authorizerAppId],
	};
	const parts = [credential.authentication, ...owners[credential.authentication]];
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Marks a credential whose token is the one to use for this very request, whatever its date: it was just
 * fetched, or chosen by a node that renews tokens by itself. As a symbol it is never stored.
 */
export const TOKEN_CHOSEN = Symbol('token chosen');

/**
 * Holds the signal that ends the request of a credential. n8n gives each request the signal of its execution,
 * and takes no other: the credential puts this one in its place. As a symbol it is never stored.
 */
export const REQUEST_SIGNAL = Symbol('request signal');

/** A token is not used in the last minute of its life: it would expire on its way. */
const LAST_MINUTE_MS = 60_000;

/** Tells whether there is a stored token, of the account that the credential names. */
export const isOwnToken = (credential: MarketcodeCredential): boolean =>
	credential.accessToken !== '' && credential.accessTokenOwner === ownerOf(credential);

/** Tells whether such a token is there and alive by its own date. */
export const hasToken = (credential: MarketcodeCredential): boolean =>
	isOwnToken(credential) &&
	(credential.accessTokenExpires === '' ||
		Date.now() < Number(credential.accessTokenExpires) - LAST_MINUTE_MS);

/**
 * Where requests go.
 *
 * @throws WechatError if a custom address would carry secrets in the clear over a network
 */
export function baseUrlOf(credential: MarketcodeCredential): string {
	const { host, customBaseUrl } = credential;
	const address = (host === 'custom' ? customBaseUrl : host).trim().replace(/\/+$/, '');
	if (!isSafeBaseUrl(address)) {
		throw noToken(
			'The custom base URL in the credential can not be used',
			'It has to start with https://, or with http:// on a loopback address such as http://127.0.0.1:8080, so that no secret crosses a network unencrypted.',
		);
	}
	return address;
}

/** Tells whether an address is https, or http on a loopback address. */
export function isSafeBaseUrl(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname } = new URL(address);
	const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
	return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

/** All texts of a credential that must never show. */
export const secretsOf = (credential: MarketcodeCredential): string[] => [
	credential.accessToken,
	credential.appSecret,
	credential.authorizerAccessToken,
	credential.tokenServerHeaderValue,
	credential.componentAccessToken,
	credential.authorizerRefreshToken,
	credential.packageKey,
];
