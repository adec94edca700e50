import type { INodeProperties } from 'n8n-workflow';

/** What it takes to renew a merchant's token with the refresh token of its authorisation. */
export const thirdPartyFields: INodeProperties[] = [
	{
		displayName: 'Component AppID',
		name: 'componentAppId',
		type: 'string',
		default: '',
		required: true,
		description: 'AppID of the third-party platform (component_appid)',
		displayOptions: { show: { authentication: ['componentRefresh'] } },
	},
	{
		displayName: 'Component Access Token',
		name: 'componentAccessToken',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description: 'component_access_token, mostly an expression. Leave empty if a URL gives it.',
		displayOptions: { show: { authentication: ['componentRefresh'] } },
	},
	{
		displayName: 'Component Token URL',
		name: 'componentTokenUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://tokens.example.com/component',
		description:
			'Is asked with GET for the component access token and answers like a token server; goes before the field above',
		displayOptions: { show: { authentication: ['componentRefresh'] } },
	},
	{
		displayName: 'Authorizer AppID',
		name: 'authorizerAppId',
		type: 'string',
		default: '',
		required: true,
		description: "AppID of the merchant's Service Account (authorizer_appid)",
		displayOptions: { show: { authentication: ['componentRefresh'] } },
	},
	{
		displayName: 'Authorizer Refresh Token',
		name: 'authorizerRefreshToken',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		required: true,
		noDataExpression: true,
		description:
			'authorizer_refresh_token from the authorisation. WeChat may exchange it: n8n then stores the new one here. One credential a merchant.',
		displayOptions: { show: { authentication: ['componentRefresh'] } },
	},
];
