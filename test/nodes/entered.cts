import { NodeHelpers } from 'n8n-workflow';
import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import { WechatMarketcodeApi } from '../../credentials/WechatMarketcodeApi.credentials';

/** What n8n may write into a credential by itself. */
const TOKEN_FIELDS = [
	'accessToken',
	'accessTokenOwner',
	'accessTokenExpires',
	'authorizerRefreshToken',
];

/**
 * What the user has entered of a stored credential: without the tokens, and like the editor saves it, without
 * defaults and what is not displayed. n8n 1 stores those too, when it stores a token.
 */
export function entered(data: ICredentialDataDecryptedObject): INodeParameters | null {
	const { properties } = new WechatMarketcodeApi();
	const fields = Object.entries(data).filter(([name]) => !TOKEN_FIELDS.includes(name));
	const values = Object.fromEntries(fields) as INodeParameters;
	return NodeHelpers.getNodeParameters(properties, values, false, false, null, null);
}
