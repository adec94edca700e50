import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { noToken } from './errors';

export const CREDENTIAL = 'wechatMarketcodeApi';
export const DEFAULT_HOST = 'https://api.weixin.qq.com';

/** WeChat's host for disaster recovery. */
export const FALLBACK_HOST = 'https://api2.weixin.qq.com';

export type Authentication = 'appSecret' | 'authorizerToken' | 'tokenServer';

/** The fields of the credential, as n8n decrypts them. */
export interface MarketcodeCredential extends ICredentialDataDecryptedObject {
	authentication: Authentication;
	appId: string;
	appSecret: string;
	authorizerAccessToken: string;
	tokenServerUrl: string;
	tokenServerHeaderName: string;
	tokenServerHeaderValue: string;
	packageKey: string;
	host: string;
	customBaseUrl: string;
	/** The token of the stored session; empty before the first request. */
	accessToken: string;
}

/** The credential's fields; a field that an expression left without a value becomes an empty text. */
export function toCredential(data: ICredentialDataDecryptedObject): MarketcodeCredential {
	const text = (name: string) =>
		data[name] === undefined || data[name] === null ? '' : String(data[name]);
	return {
		authentication: isAuthentication(data.authentication) ? data.authentication : 'appSecret',
		appId: text('appId'),
		appSecret: text('appSecret'),
		authorizerAccessToken: text('authorizerAccessToken'),
		tokenServerUrl: text('tokenServerUrl'),
		tokenServerHeaderName: text('tokenServerHeaderName'),
		tokenServerHeaderValue: text('tokenServerHeaderValue'),
		packageKey: text('packageKey'),
		host: text('host'),
		customBaseUrl: text('customBaseUrl'),
		accessToken: text('accessToken'),
	};
}

const isAuthentication = (value: unknown): value is Authentication =>
	value === 'appSecret' || value === 'authorizerToken' || value === 'tokenServer';

/**
 * Where requests go.
 *
 * @throws WechatError if a custom address would carry secrets in the clear over a network
 */
export function baseUrlOf(credential: MarketcodeCredential): string {
	if (credential.host !== 'custom') return credential.host;
	const address = credential.customBaseUrl.trim().replace(/\/+$/, '');
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
	credential.packageKey,
];
