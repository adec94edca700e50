import { createDecipheriv } from 'node:crypto';
import { Agent } from 'node:http';
import axios, { type AxiosInstance } from 'axios';
import type { Account, Sandbox } from './sandbox.cts';

/** What came back; `json` is the parsed text, `{}` if it is no JSON object. */
export interface Answer {
	readonly status: number;
	readonly text: string;
	readonly json: Readonly<Record<string, unknown>>;
	readonly contentType: string;
}

/** A plain caller for tests of the sandbox: no retries, no refresh, answers as they are. */
export class Client {
	private readonly http: AxiosInstance;

	constructor(
		sandbox: Sandbox,
		private readonly account: Account = sandbox.account,
	) {
		this.http = axios.create({
			baseURL: sandbox.url,
			responseType: 'text',
			transformResponse: (text: string) => text,
			transformRequest: (body: unknown) => body,
			validateStatus: () => true,
			maxContentLength: Infinity,
			// A connection that the server closes while it is idle would fail the next request.
			httpAgent: new Agent({ keepAlive: false }),
		});
	}

	/** A body that is a string is sent as it is. */
	async request(
		method: 'GET' | 'POST',
		path: string,
		options: {
			body?: unknown;
			query?: Record<string, string>;
			headers?: Record<string, string>;
			timeout?: number;
		} = {},
	): Promise<Answer> {
		const { body, query, headers, timeout } = options;
		const {
			status,
			data,
			headers: answered,
		} = await this.http.request<string>({
			method,
			url: path,
			params: query,
			data: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
			headers: { 'Content-Type': 'application/json', ...headers },
			timeout,
		});
		return {
			status,
			text: data,
			json: asObject(data),
			contentType: String(answered['content-type']),
		};
	}

	/** stable_token, with the account's own AppID and secret unless they are given. */
	async stableToken(fields: Record<string, unknown> = {}): Promise<Answer> {
		const { appId, appSecret } = this.account;
		return await this.request('POST', '/cgi-bin/stable_token', {
			body: { grant_type: 'client_credential', appid: appId, secret: appSecret, ...fields },
		});
	}

	/** The account's present access token. Throws if there is none to have. */
	async token(): Promise<string> {
		const { json, text } = await this.stableToken();
		if (typeof json.access_token !== 'string') throw new Error(`No token: ${text}`);
		return json.access_token;
	}

	/** One of the six marketcode calls, with a fresh token unless one is given. */
	async call(name: string, body: unknown, token?: string, timeout?: number): Promise<Answer> {
		return await this.request('POST', `/intp/marketcode/${name}`, {
			body,
			query: { access_token: token ?? (await this.token()) },
			timeout,
		});
	}

	/** Downloads a segment; the application id is written without losing a digit. */
	async download(applicationId: string, start: number, end: number, timeout?: number) {
		const body = `{"application_id":${applicationId},"code_start":${start},"code_end":${end}}`;
		return await this.call('applycodedownload', body, undefined, timeout);
	}
}

function asObject(text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? { ...value } : {};
	} catch {
		return {};
	}
}

/** The text of a package. Throws if key or padding are wrong. */
export function decrypt(buffer: unknown, packageKey: string): Buffer {
	const decipher = createDecipheriv('aes-128-cbc', packageKey, packageKey);
	return Buffer.concat([decipher.update(String(buffer), 'base64'), decipher.final()]);
}
