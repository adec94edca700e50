import type { IHttpRequestHelper, IHttpRequestOptions } from 'n8n-workflow';
import { isFields, parseObject, readAnswer, textField, type WechatAnswer } from './answer';
import { baseUrlOf, ownerOf, secretsOf, type MarketcodeCredential } from './credentials';
import { TOKEN_REJECTED, meaningOf, type ErrcodeMeaning } from './errcodes';
import { noToken } from './wechatErrors';
import { AS_STREAM, receivedText } from './receive';

/** The longest silence of a token source. */
const TOKEN_TIMEOUT_MS = 20_000;

/** The longest access token that WeChat announces. */
const LONGEST_TOKEN = 512;

/**
 * How long a token server's token is kept. Whether its expires_in is the time left or the whole life is
 * anybody's guess, and it is made to be asked.
 */
const TOKEN_SERVER_SECONDS = 600;

const WRONG_SECRET = 40125;

/** On the token call itself, 40001 means a wrong AppSecret; elsewhere, a rejected access token. */
const tokenCallMeaning = (errcode: number): ErrcodeMeaning =>
	meaningOf(errcode === 40001 ? WRONG_SECRET : errcode);

/** How a token is to be fetched. */
interface TokenWish {
	/** The token that WeChat has just rejected; empty if there is none. */
	readonly rejected: string;
	/** Where WeChat is asked; undefined for the credential's own host. */
	readonly baseUrl?: string;
	/** Ends what can be ended without loss. */
	readonly signal?: AbortSignal;
}

/** What n8n stores of a token, by the credential's fields. */
export type TokenFields = Readonly<Record<string, string>>;

/** A token, and how long it lives from now on. */
interface Token {
	readonly accessToken: string;
	/** Undefined if its source does not say. */
	readonly lifetimeSeconds: number | undefined;
}

/**
 * What n8n has to store for a credential: a fresh access token, whose it is and when it expires; of
 * third-party platforms also the refresh token, which WeChat may exchange. Nothing where the user hands
 * the token in.
 *
 * @throws WechatError if there is no token to be had; what is stored then still stands
 */
export async function fetchToken(
	this: IHttpRequestHelper,
	credential: MarketcodeCredential,
	wish: TokenWish,
): Promise<TokenFields> {
	switch (credential.authentication) {
		case 'appSecret':
			return toStore(credential, await stableToken.call(this, credential, wish));
		case 'tokenServer':
			return toStore(credential, await tokenServerToken.call(this, credential, wish));
		case 'componentRefresh': {
			const { authorizerRefreshToken, ...token } = await authorizerToken.call(
				this,
				credential,
				wish,
			);
			return { ...toStore(credential, token), authorizerRefreshToken };
		}
		case 'authorizerToken':
			return {};
	}
}

const toStore = (
	credential: MarketcodeCredential,
	{ accessToken, lifetimeSeconds }: Token,
): TokenFields => ({
	accessToken,
	accessTokenOwner: ownerOf(credential),
	accessTokenExpires:
		lifetimeSeconds === undefined ? '' : String(Date.now() + lifetimeSeconds * 1000),
});

/**
 * A token from stable_token, in normal mode: it hands the same token to every caller, so nobody's token
 * is killed. Only if it hands out the very token that WeChat has just rejected, a new one is forced, which
 * kills the old.
 */
async function stableToken(
	this: IHttpRequestHelper,
	credential: MarketcodeCredential,
	wish: TokenWish,
): Promise<Token> {
	const token = await askWechat.call(this, credential, wish, false);
	return token.accessToken === wish.rejected
		? await askWechat.call(this, credential, wish, true)
		: token;
}

async function askWechat(
	this: IHttpRequestHelper,
	credential: MarketcodeCredential,
	{ baseUrl = baseUrlOf(credential), signal }: TokenWish,
	forceRefresh: boolean,
): Promise<Token> {
	const request: IHttpRequestOptions = {
		method: 'POST',
		url: `${baseUrl}/cgi-bin/stable_token`,
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({
			grant_type: 'client_credential',
			appid: credential.appId,
			secret: credential.appSecret,
			force_refresh: forceRefresh,
		}),
	};
	const text = await send.call(this, 'WeChat', request, signal);
	const answer = readAnswer(text, secretsOf(credential), tokenCallMeaning);
	return tokenOf(answer, 'access_token');
}

/** The token in WeChat's answer. */
function tokenOf(answer: WechatAnswer, field: string): Token {
	const accessToken = textField(answer, field);
	if (accessToken === '') {
		throw noToken(
			'WeChat answered without an access token',
			'Run the node again in a few minutes.',
		);
	}
	return { accessToken, lifetimeSeconds: lifetimeIn(answer) };
}

function lifetimeIn(answer: WechatAnswer): number | undefined {
	const seconds = Number(answer.expires_in);
	return seconds > 0 ? seconds : undefined;
}

/** A token from the company's own token server. */
async function tokenServerToken(
	this: IHttpRequestHelper,
	credential: MarketcodeCredential,
	{ rejected, signal }: TokenWish,
): Promise<Token> {
	const accessToken = await askForToken.call(this, credential, credential.tokenServerUrl, signal);
	if (accessToken === rejected) {
		throw noToken(
			'The token server still hands out the access token that WeChat rejects',
			'Make the token server take a new token from WeChat (stable_token), and check that it serves the right account.',
		);
	}
	return { accessToken, lifetimeSeconds: TOKEN_SERVER_SECONDS };
}

async function askForToken(
	this: IHttpRequestHelper,
	credential: MarketcodeCredential,
	url: string,
	signal: AbortSignal | undefined,
): Promise<string> {
	const { tokenServerHeaderName, tokenServerHeaderValue } = credential;
	if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
		throw noToken(
			'The URL of the token server in the credential is not an address',
			'It has to begin with https:// or http://.',
		);
	}
	const headers = tokenServerHeaderName ? { [tokenServerHeaderName]: tokenServerHeaderValue } : {};
	const text = await send.call(this, 'The token server', { method: 'GET', url, headers }, signal);
	const token = tokenIn(text);
	if (token === undefined) {
		throw noToken(
			'The token server answered without an access token',
			'It has to answer {"access_token": "…"}, the same inside "data", or the bare token.',
		);
	}
	return token;
}

/**
 * A merchant's access token, by the refresh token that the merchant's authorisation gave the third-party
 * platform (api_authorizer_token); and the refresh token to keep from now on.
 */
async function authorizerToken(
	this: IHttpRequestHelper,
	credential: MarketcodeCredential,
	{ baseUrl = baseUrlOf(credential), signal }: TokenWish,
): Promise<Token & { readonly authorizerRefreshToken: string }> {
	const componentToken = await componentTokenOf.call(this, credential, signal);
	// No signal: an answer that nobody waits for takes the refresh token with it.
	const text = await send.call(this, 'WeChat', {
		method: 'POST',
		url: `${baseUrl}/cgi-bin/component/api_authorizer_token`,
		qs: { component_access_token: componentToken },
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({
			component_appid: credential.componentAppId,
			authorizer_appid: credential.authorizerAppId,
			authorizer_refresh_token: credential.authorizerRefreshToken,
		}),
	});
	const secrets = [...secretsOf(credential), componentToken];
	const answer = readAnswer(text, secrets, componentCallMeaning);
	const refreshToken = textField(answer, 'authorizer_refresh_token');
	return {
		...tokenOf(answer, 'authorizer_access_token'),
		authorizerRefreshToken: refreshToken || credential.authorizerRefreshToken,
	};
}

async function componentTokenOf(
	this: IHttpRequestHelper,
	credential: MarketcodeCredential,
	signal: AbortSignal | undefined,
): Promise<string> {
	const { componentTokenUrl, componentAccessToken } = credential;
	if (componentTokenUrl === '') return componentAccessToken;
	return await askForToken.call(this, credential, componentTokenUrl, signal);
}

/** On this call, a rejected token is the platform's own. */
const componentCallMeaning = (errcode: number): ErrcodeMeaning =>
	TOKEN_REJECTED.has(errcode)
		? {
				meaning: "WeChat rejects the third-party platform's component access token",
				fix: 'Check the expression or the URL in the credential that gives it; it lives for 2 hours.',
			}
		: meaningOf(errcode);

/** The token in a token server's answer: a JSON field, or the whole text. */
export function tokenIn(text: string): string | undefined {
	const answer = parseObject(text);
	const fields: WechatAnswer | undefined = isFields(answer?.data) ? answer.data : answer;
	const token =
		fields === undefined
			? text.trim()
			: textField(fields, 'access_token') || textField(fields, 'component_access_token');
	return /^[\x21-\x7e]+$/.test(token) && !/[<>"]/.test(token) && token.length <= LONGEST_TOKEN
		? token
		: undefined;
}

async function send(
	this: IHttpRequestHelper,
	who: string,
	request: IHttpRequestOptions,
	signal?: AbortSignal,
): Promise<string> {
	const ask = async (abortSignal: AbortSignal): Promise<unknown> =>
		await this.helpers.httpRequest({
			...request,
			...AS_STREAM,
			timeout: TOKEN_TIMEOUT_MS,
			abortSignal,
		});
	return await receivedText(ask, { silenceMs: TOKEN_TIMEOUT_MS, signal, who });
}
