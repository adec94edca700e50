import { sleep, type IHttpRequestOptions } from 'n8n-workflow';
import { hasToken, isOwnToken, type MarketcodeCredential } from './credentials';
import { TAKEN_BY_ANOTHER } from './errcodes';
import { WechatError, hasErrcode, noToken } from './errors';
import { receivedText } from './receive';
import { readCredential, send, type WechatContext } from './send';

const ANY_CALL_TIMEOUT_MS = 20_000;

/** A cheap call that any token may make: n8n fetches and stores a token only along with a request. */
const ANY_CALL: IHttpRequestOptions = {
	method: 'GET',
	url: '/cgi-bin/get_api_domain_ip',
	timeout: ANY_CALL_TIMEOUT_MS,
};

/** How long another execution's answer may be on its way. */
const WAITS_FOR_OTHER_MS: readonly number[] = [0, 1_000, 3_000];

/** Keeps the access token of one item's credential. */
export interface TokenKeeper {
	/** The credential, with a token in it. */
	current(baseUrl: string): Promise<MarketcodeCredential>;

	/**
	 * The credential with another token than the one that WeChat rejected.
	 *
	 * @param used the credential that carried the rejected token
	 * @param rejection WeChat's answer
	 * @throws WechatError if there is no other token
	 */
	replace(
		used: MarketcodeCredential,
		rejection: WechatError,
		baseUrl: string,
	): Promise<MarketcodeCredential>;
}

/** The keeper that suits a credential: whether a token can be replaced is a question of its type. */
export const keeperOf = (
	context: WechatContext,
	itemIndex: number,
	credential: MarketcodeCredential,
): TokenKeeper =>
	credential.authentication === 'authorizerToken'
		? new FixedToken(credential)
		: new StoredToken(context, itemIndex, credential);

/** A token that the user hands in. */
class FixedToken implements TokenKeeper {
	constructor(private readonly credential: MarketcodeCredential) {}

	async current(): Promise<MarketcodeCredential> {
		const accessToken = this.credential.authorizerAccessToken;
		if (accessToken === '') {
			throw noToken(
				'The authorizer access token is empty',
				'Enter it in the credential, or check the expression there that should give it for this item.',
			);
		}
		return { ...this.credential, accessToken };
	}

	async replace(_used: MarketcodeCredential, rejection: WechatError): Promise<never> {
		throw new WechatError(
			`The authorizer access token is no longer valid: ${rejection.message}`,
			`Get a new one from your third-party platform (api_authorizer_token; it lives for 2 hours) and hand it to the credential. ${rejection.description}`,
			rejection.failure,
		);
	}
}

/** A token that n8n fetches and stores in the credential, where all workers read it. */
class StoredToken implements TokenKeeper {
	private fetching: Promise<MarketcodeCredential> | undefined;

	constructor(
		private readonly context: WechatContext,
		private readonly itemIndex: number,
		private credential: MarketcodeCredential,
	) {}

	async current(baseUrl: string): Promise<MarketcodeCredential> {
		if (hasToken(this.credential)) return this.credential;
		return await this.fetchOnce('', baseUrl).catch(async (error: unknown) =>
			// A token server's token has no date of its own: while the server is down, the last one may serve.
			isOwnToken(this.credential) && this.credential.authentication === 'tokenServer'
				? this.credential
				: await Promise.reject<never>(error),
		);
	}

	async replace(
		used: MarketcodeCredential,
		_rejection: WechatError,
		baseUrl: string,
	): Promise<MarketcodeCredential> {
		const rejected = used.accessToken;
		if (this.credential.accessToken !== rejected) return this.credential;
		const fetched = await this.fetchOnce(rejected, baseUrl);
		// A fetch that was under way already did not know of the rejection.
		return fetched.accessToken === rejected ? await this.fetchOnce(rejected, baseUrl) : fetched;
	}

	/** Requests that are rejected together share one fetch. */
	private async fetchOnce(rejected: string, baseUrl: string): Promise<MarketcodeCredential> {
		this.fetching ??= this.fetch(rejected, baseUrl).finally(() => {
			this.fetching = undefined;
		});
		return await this.fetching;
	}

	private async fetch(rejected: string, baseUrl: string): Promise<MarketcodeCredential> {
		const stored = await readCredential(this.context, this.itemIndex);
		const isRenewed = hasToken(stored) && stored.accessToken !== rejected;
		this.credential = isRenewed ? stored : await this.fetchNew(stored, rejected, baseUrl);
		return this.credential;
	}

	private async fetchNew(
		stored: MarketcodeCredential,
		rejected: string,
		baseUrl: string,
	): Promise<MarketcodeCredential> {
		const emptied: MarketcodeCredential = {
			...stored,
			host: 'custom',
			customBaseUrl: baseUrl,
			accessToken: '',
			accessTokenOwner: '',
			accessTokenExpires: '',
			rejectedToken: rejected,
		};
		// Whether this call itself succeeds says nothing about the one that needs the token.
		const response = send(this.context, emptied, { ...ANY_CALL, baseURL: baseUrl });
		const failure = await receivedText(response, { silenceMs: ANY_CALL_TIMEOUT_MS }).then(
			() => undefined,
			(error: unknown) => error,
		);
		if (emptied.accessToken !== '') {
			const { accessToken, accessTokenOwner, accessTokenExpires } = emptied;
			return { ...stored, accessToken, accessTokenOwner, accessTokenExpires };
		}
		// Another execution may have been first: with a refresh token that is good for one refresh, or with
		// a forced one, of which WeChat grants one in 30 seconds. It stores what it was given as soon as its
		// answer has arrived.
		for (const wait of hasErrcode(failure, TAKEN_BY_ANOTHER) ? WAITS_FOR_OTHER_MS : [0]) {
			await sleep(wait);
			const other = await readCredential(this.context, this.itemIndex);
			if (hasToken(other) && other.accessToken !== rejected) return other;
		}
		throw failure instanceof Error
			? failure
			: noToken('n8n did not fetch an access token', 'Check the credential with its Test button.');
	}
}
