import type { IExecuteFunctions, IHttpRequestOptions, IPollFunctions } from 'n8n-workflow';
import { responseText } from './answer';
import { CREDENTIAL, toCredential, type MarketcodeCredential } from './credentials';
import { failureOf } from './errors';

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
 * Sends one request, signed with the credential's token. Where that is empty, n8n fetches a token first,
 * stores it, and writes it into `credential`.
 *
 * @returns the text of the answer
 * @throws WechatError if there is none, or its HTTP status is not 200
 */
export async function send(
	context: WechatContext,
	credential: MarketcodeCredential,
	request: IHttpRequestOptions,
): Promise<string> {
	const { id, name } = context.getNode().credentials?.[CREDENTIAL] ?? { id: '', name: '' };
	const response: unknown = await context.helpers.httpRequestWithAuthentication
		.call(
			context,
			CREDENTIAL,
			{
				...request,
				// Parsed here: n8n's own parser would round an application_id beyond 2^53.
				encoding: 'text',
				// A redirect would carry the access token to wherever it points.
				disableFollowRedirect: true,
				ignoreHttpStatusErrors: true,
				returnFullResponse: true,
			},
			{ credentialsDecrypted: { id: id ?? '', name, type: CREDENTIAL, data: credential } },
		)
		.catch(async (error: unknown) => await Promise.reject(failureOf(error)));
	return responseText(response);
}
