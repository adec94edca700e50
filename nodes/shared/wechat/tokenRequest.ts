import type { ICredentialDataDecryptedObject, IDataObject, IHttpRequestHelper } from 'n8n-workflow';
import { TOKEN_CHOSEN, toCredential, type MarketcodeCredential } from './credentials';
import { failureOf, noToken, type WechatError } from './wechatErrors';
import { asEntered } from './expressions';
import { fetchToken, type TokenFields } from './tokenSource';

const REQUEST = Symbol('token request');
const RESOLVED = Symbol('resolved credential');

/**
 * What a node asks of the credential's `preAuthentication`, and what became of it. n8n hands on the very
 * object that it was given as the credential; but up to some n8n 2 it also stores that object, whole, and
 * n8n 1 takes the cause off an error. So questions and answers go by a symbol, which is never stored.
 */
export class TokenRequest {
	/** The token, once it is there. */
	fetched: TokenFields | undefined;
	/** Why there is no token. */
	failure: WechatError | undefined;
	/** Whether n8n has stored the token. */
	isStored = false;

	/**
	 * @param rejected the token that WeChat has just rejected; empty if there is none
	 * @param baseUrl where WeChat is asked; undefined for the credential's own host
	 * @param signal ends the request, unless that could lose a refresh token
	 */
	constructor(
		readonly rejected: string,
		readonly baseUrl?: string,
		readonly signal?: AbortSignal,
	) {}

	/** A credential without a token, with this request in it. */
	in(data: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject {
		const empty = { accessToken: '', accessTokenOwner: '', accessTokenExpires: '' };
		return Object.assign({ ...data, ...empty }, { [REQUEST]: this });
	}
}

function requestIn(data: ICredentialDataDecryptedObject): TokenRequest | undefined {
	const request: unknown = Reflect.get(data, REQUEST);
	return request instanceof TokenRequest ? request : undefined;
}

/** A credential before its expressions were put back, and these expressions. */
class Resolved {
	constructor(
		readonly credential: MarketcodeCredential,
		readonly entered: IDataObject,
	) {}
}

function resolvedIn(data: ICredentialDataDecryptedObject): Resolved | undefined {
	const resolved: unknown = Reflect.get(data, RESOLVED);
	return resolved instanceof Resolved ? resolved : undefined;
}

/**
 * The credential's fields, with values. What n8n stores as a token's credential it also goes on with: from
 * then on, `data` holds the expressions themselves.
 */
export const credentialIn = (data: ICredentialDataDecryptedObject): MarketcodeCredential =>
	resolvedIn(data)?.credential ?? toCredential(data);

/**
 * What n8n has to store for a credential: the token, and every field that is an expression as it was
 * entered. Beside it, never stored, what the present request goes out with.
 *
 * @throws WechatError if there is no token to be had; what is stored then still stands
 */
export async function answerTokenRequest(
	this: IHttpRequestHelper,
	data: ICredentialDataDecryptedObject,
): Promise<IDataObject> {
	const request = requestIn(data) ?? new TokenRequest('');
	try {
		const credential = credentialIn(data);
		const entered = resolvedIn(data)?.entered ?? asEntered(data);
		// A token that n8n failed to store is not asked for again: it may have cost a refresh token.
		request.fetched ??= await fetchToken.call(this, credential, request);
		const resolved = new Resolved({ ...credential, ...request.fetched }, entered);
		return Object.assign(
			{ ...entered, ...request.fetched },
			{ [TOKEN_CHOSEN]: true, [RESOLVED]: resolved },
		);
	} catch (error) {
		request.failure = failureOf(error);
		throw request.failure;
	}
}

/**
 * Ends a request that a node has made for the sake of the token alone. n8n signs a request after it has
 * stored the token, so the token is stored now, and nothing has to be sent.
 *
 * @throws WechatError if the credential holds a `TokenRequest`
 */
export function endTokenRequest(data: ICredentialDataDecryptedObject): void {
	const request = requestIn(data);
	if (request === undefined) return;
	request.isStored = request.fetched !== undefined;
	throw noToken('The access token was fetched', 'There is nothing left to send.');
}
