import { readAnswer, type WechatAnswer } from './answer';
import {
	DEFAULT_HOST,
	FALLBACK_HOST,
	TOKEN_CHOSEN,
	baseUrlOf,
	secretsOf,
	type MarketcodeCredential,
} from './credentials';
import { TOKEN_REJECTED } from './errcodes';
import { hasErrcode } from './errors';
import { receivedText } from './receive';
import { withRetries, type Tried } from './retry';
import { readCredential, send, type WechatContext } from './send';
import { keeperOf, type TokenKeeper } from './tokens';

/** One of the marketcode calls. */
export interface WechatCall {
	/** Its name in the address, `/intp/marketcode/<name>`. */
	readonly name: string;
	/** Whether it may be sent again when it is unknown if WeChat has carried it out. */
	readonly repeatable: boolean;
	/** Whether it changes something at WeChat. */
	readonly hasEffect?: boolean;
	/** Texts of its body that no error may show, should WeChat quote them. */
	readonly hidden?: readonly string[];
}

export interface ClientOptions {
	/** The longest silence of WeChat within one request. */
	readonly timeoutMs: number;
	/** Ends requests that wait for their next try. */
	readonly signal: AbortSignal;
}

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
		const tokenRetries = { repeatable: true, signal: this.options.signal };
		const credential = await withRetries(
			async (tried) => await this.tokens.current(hostFor(this.baseUrl, tried)),
			tokenRetries,
		);
		return await this.post(credential, call, body).catch(async (error: unknown) => {
			if (!hasErrcode(error, TOKEN_REJECTED)) return await Promise.reject<never>(error);
			const replaced = await withRetries(
				async (tried) => await this.tokens.replace(credential, error, hostFor(this.baseUrl, tried)),
				tokenRetries,
			);
			return await this.post(replaced, call, body);
		});
	}

	private async post(
		credential: MarketcodeCredential,
		{ name, repeatable, hasEffect, hidden = [] }: WechatCall,
		body: string,
	): Promise<WechatAnswer> {
		const { signal, timeoutMs } = this.options;
		return await withRetries(
			async (tried) => {
				const chosen = Object.assign({ ...credential }, { [TOKEN_CHOSEN]: true });
				const response = send(this.context, chosen, {
					method: 'POST',
					baseURL: hostFor(this.baseUrl, tried),
					url: `/intp/marketcode/${name}`,
					headers: { 'Content-Type': 'application/json' },
					body,
					timeout: timeoutMs,
				});
				const text = await receivedText(response, { silenceMs: timeoutMs, signal });
				return readAnswer(text, [...secretsOf(credential), ...hidden]);
			},
			{ repeatable, hasEffect, signal },
		);
	}
}

/** From the third try on, WeChat's second host, if the first could not be reached. */
export const hostFor = (baseUrl: string, { tries, networkFailed }: Tried): string =>
	baseUrl === DEFAULT_HOST && tries >= 2 && networkFailed ? FALLBACK_HOST : baseUrl;
