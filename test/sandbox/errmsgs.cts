import { randomBytes } from 'node:crypto';

/** WeChat's own words with an errcode; what the nodes say of it is in their `errcodes.ts`. */
const MESSAGES: Readonly<Record<number, string>> = {
	[-1]: 'system error',
	40001: 'invalid credential, access_token is invalid or not latest',
	40002: 'invalid grant_type',
	40013: 'invalid appid',
	40014: 'invalid access_token',
	40066: 'invalid url',
	40097: 'invalid args',
	40125: 'invalid appsecret',
	40164: 'invalid ip, not in whitelist',
	40243: 'appsecret is frozen',
	41001: 'access_token missing',
	41002: 'appid missing',
	41004: 'appsecret missing',
	42001: 'access_token expired',
	42007: 'access_token and refreshtoken exception',
	43001: 'require GET method',
	43002: 'require POST method',
	44002: 'empty post data',
	45009: 'reach max api daily quota limit',
	45011: 'api minute-quota reach limit, must slower, retry next minute',
	47001: 'data format error',
	48001: 'api unauthorized',
	48004: 'api forbidden for irregularities',
	50002: 'user limited',
	61003: 'component is not authorized by this account',
	61004: 'access clientip is not registered',
	61005: 'component ticket is expired',
	61006: 'component ticket is invalid',
	61007: 'api is unauthorized to component',
	61023: 'refresh_token is invalid',
	80300: 'application not exist',
	80301: 'no permission of this application',
	80302: 'code range is active already',
	80303: 'code format error',
	80304: 'code is not active',
	80305: 'active fail',
	80306: 'code index out of range',
	80307: 'application exist already',
	80308: 'subtask is not finished',
	80309: 'subtask file expired',
	80310: 'subtask not exist',
	80311: 'get file fail',
	80312: 'encrypt file fail',
	80313: 'no encrypt key',
	89503: 'ip is waiting for the confirmation of an administrator',
};

/** An answer with an errcode; WeChat sends it with HTTP 200. */
export class WechatError extends Error {
	constructor(
		readonly errcode: number,
		message = MESSAGES[errcode] ?? 'error',
	) {
		super(message);
	}

	/** errcode and errmsg as WeChat sends them, with a request id at the end of the errmsg. */
	fields(): { errcode: number; errmsg: string } {
		const errmsg = this.message.includes('rid: ') ? this.message : `${this.message} rid: ${rid()}`;
		return { errcode: this.errcode, errmsg };
	}
}

function rid(): string {
	return Array.from({ length: 3 }, () => randomBytes(4).toString('hex')).join('-');
}
