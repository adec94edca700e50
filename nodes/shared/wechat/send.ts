import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	IPollFunctions,
} from 'n8n-workflow';
import { CREDENTIAL, toCredential, type MarketcodeCredential } from './credentials';
import { AS_STREAM } from './receive';

/** The n8n contexts from which WeChat is called. */
export type WechatContext = IExecuteFunctions | IPollFunctions;

/**
 * The credential of an item. Always read with the item's index: without it n8n resolves expressions in
 * the credential with the first item, and every merchant's calls go out with the first one's token.
 */
export const readCredential = async (
	context: WechatContext,
	itemIndex: number,
): Promise<MarketcodeCredential> =>
	toCredential(await context.getCredentials(CREDENTIAL, itemIndex));

/**
 * Sends one request, signed with the credential's token. Where that is empty, n8n fetches and stores a token
 * first.
 *
 * @param credential may carry marks that are never stored, such as the request's own signal
 * @returns the response, to be read with `received` or `receivedText`; it rejects with whatever n8n throws
 */
export async function send(
	context: WechatContext,
	credential: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): Promise<unknown> {
	const { id, name } = context.getNode().credentials?.[CREDENTIAL] ?? { id: '', name: '' };
	return await context.helpers.httpRequestWithAuthentication.call(
		context,
		CREDENTIAL,
		{ ...request, ...AS_STREAM },
		{ credentialsDecrypted: { id: id ?? '', name, type: CREDENTIAL, data: credential } },
	);
}
