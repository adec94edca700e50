import type { IHttpRequestOptions } from 'n8n-workflow';
import { readAnswer, type WechatAnswer } from './answer';
import {
	DEFAULT_HOST,
	FALLBACK_HOST,
	REQUEST_SIGNAL,
	TOKEN_CHOSEN,
	baseUrlOf,
	secretsOf,
	type MarketcodeCredential,
} from './credentials';
import { TOKEN_REJECTED } from './errcodes';
import { hasErrcode } from './wechatErrors';
import { readLongText, type TextReader } from './longText';
import { received, receivedText, type Ask, type ReceiveLimits } from './receive';
import { withRetries, type Tried } from './retry';
import { readCredential, send, type WechatContext } from './send';
import { keeperOf, type TokenKeeper } from './tokens';

/** One of the marketcode calls. */
interface WechatCall {
	/** Its name in the address, `/intp/marketcode/<name>`. */
	readonly name: string;
	/** Whether it may be sent again when it is unknown if WeChat has carried it out. */
	readonly repeatable: boolean;
	/** Whether it changes something at WeChat. */
	readonly hasEffect?: boolean;
	/** Texts of its body that no error may show, should WeChat quote them. */
	readonly hidden?: readonly string[];
}

interface ClientOptions {
	/** The longest silence of WeChat within one request. */
	readonly timeoutMs: number;
	/** Whether it waits for the next minute where there were too many calls in this one; default true. */
	readonly waitsForMinute?: boolean;
	/** Ends requests that are under way, or wait for their next try. */
	readonly signal: AbortSignal;
}

/** Reads the response to one request. */
type Reading<T> = (
	ask: Ask,
	limits: Pick<ReceiveLimits, 'silenceMs' | 'signal'>,
	secrets: readonly string[],
) => Promise<T>;

/** Calls WeChat for one item: retries what may be retried and replaces a rejected token, once. */
export class WechatClient {
	private constructor(
		private readonly context: WechatContext,
		private readonly tokens: TokenKeeper,
		private readonly baseUrl: string,
		private readonly options: ClientOptions,
	) {}

	/** @throws WechatError if the credential's address can't be used */
	static async open(
		context: WechatContext,
		itemIndex: number,
		options: ClientOptions,
	): Promise<WechatClient> {
		const credential = await readCredential(context, itemIndex);
		const tokens = keeperOf(context, itemIndex, credential, options.signal);
		return new WechatClient(context, tokens, baseUrlOf(credential), options);
	}

	/**
	 * Makes a call.
	 *
	 * @param body JSON text
	 * @throws WechatError
	 */
	async call(call: WechatCall, body: string): Promise<WechatAnswer> {
		return await this.withToken(call, body, async (ask, limits, secrets) =>
			readAnswer(await receivedText(ask, limits), secrets),
		);
	}

	/**
	 * Makes a call whose answer holds one long text, and hands that on as it arrives.
	 *
	 * @param body JSON text
	 * @param field the text's name in the answer
	 * @param mostBytes the longest answer; inclusive
	 * @param open makes a new reader for each try; what a failed try has read is dropped
	 * @returns what the reader made of the text, once WeChat has said that all is well
	 * @throws WechatError; whatever the reader throws, unless the answer holds an errcode
	 */
	async stream<T>(
		call: WechatCall,
		body: string,
		{ field, mostBytes }: { readonly field: string; readonly mostBytes: number },
		open: () => TextReader<T>,
	): Promise<T> {
		return await this.withToken(call, body, async (ask, limits, secrets) => {
			const chunks = received(ask, { ...limits, mostBytes });
			return await readLongText(chunks, field, open(), secrets);
		});
	}

	private async withToken<T>(call: WechatCall, body: string, read: Reading<T>): Promise<T> {
		const { waitsForMinute, signal } = this.options;
		const tokenRetries = { repeatable: true, waitsForMinute, signal };
		const credential = await withRetries(
			async (tried) => await this.tokens.current(hostFor(this.baseUrl, tried)),
			tokenRetries,
		);
		return await this.post(credential, call, body, read).catch(async (error: unknown) => {
			if (!hasErrcode(error, TOKEN_REJECTED)) return await Promise.reject<never>(error);
			const replaced = await withRetries(
				async (tried) => await this.tokens.replace(credential, error, hostFor(this.baseUrl, tried)),
				tokenRetries,
			);
			return await this.post(replaced, call, body, read);
		});
	}

	private async post<T>(
		credential: MarketcodeCredential,
		{ name, repeatable, hasEffect, hidden = [] }: WechatCall,
		body: string,
		read: Reading<T>,
	): Promise<T> {
		const { signal, timeoutMs, waitsForMinute } = this.options;
		const secrets = [...secretsOf(credential), ...hidden];
		return await withRetries(
			async (tried) => {
				const request: IHttpRequestOptions = {
					method: 'POST',
					baseURL: hostFor(this.baseUrl, tried),
					url: `/intp/marketcode/${name}`,
					headers: { 'Content-Type': 'application/json' },
					body,
					timeout: timeoutMs,
				};
				const ask: Ask = async (connection) => {
					const marks = { [TOKEN_CHOSEN]: true, [REQUEST_SIGNAL]: connection };
					return await send(this.context, Object.assign({ ...credential }, marks), request);
				};
				return await read(ask, { silenceMs: timeoutMs, signal }, secrets);
			},
			{ repeatable, hasEffect, waitsForMinute, signal },
		);
	}
}

/** From the third try on, WeChat's second host, if the first could not be reached. */
export const hostFor = (baseUrl: string, { tries, networkFailed }: Tried): string =>
	baseUrl === DEFAULT_HOST && tries >= 2 && networkFailed ? FALLBACK_HOST : baseUrl;
