import { sleep, type ICredentialDataDecryptedObject } from 'n8n-workflow';
import { CREDENTIAL, hasToken, isOwnToken, toCredential } from './credentials';
import type { MarketcodeCredential } from './credentials';
import { TAKEN_BY_ANOTHER } from './errcodes';
import { WechatError, hasErrcode, noToken } from './wechatErrors';
import { pause } from './retry';
import { readCredential, send, type WechatContext } from './send';
import { TokenRequest } from './tokenRequest';

/** How long another execution's answer may be on its way. */
const WAITS_FOR_OTHER_MS: readonly number[] = [0, 1_000, 3_000];

/** How long n8n's database may be busy. */
const WAITS_FOR_DATABASE_MS: readonly number[] = [0, 1_000, 3_000];

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
	signal: AbortSignal,
): TokenKeeper =>
	credential.authentication === 'authorizerToken'
		? new FixedToken(credential)
		: new StoredToken(context, itemIndex, credential, signal);

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
		private readonly signal: AbortSignal,
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
		const data = await this.context.getCredentials(CREDENTIAL, this.itemIndex);
		const stored = toCredential(data);
		const isRenewed = hasToken(stored) && stored.accessToken !== rejected;
		this.credential = isRenewed ? stored : await this.fetchNew(data, rejected, baseUrl);
		return this.credential;
	}

	private async fetchNew(
		data: ICredentialDataDecryptedObject,
		rejected: string,
		baseUrl: string,
	): Promise<MarketcodeCredential> {
		const request = new TokenRequest(rejected, baseUrl, this.signal);
		await this.haveStored(data, request);
		if (request.fetched !== undefined) {
			if (request.isStored) return toCredential({ ...data, ...request.fetched });
			throw noToken(
				'n8n could not store the access token that it fetched',
				"Check n8n's database and run the node again. With an Authorizer Refresh Token, the new one may be lost: if WeChat then rejects the old one (61023), have the merchant authorise again.",
			);
		}
		// Another execution may have been first: with a refresh token that is good for one refresh, or with
		// a forced one, of which WeChat grants one in 30 seconds. It stores what it was given as soon as its
		// answer has arrived.
		for (const wait of hasErrcode(request.failure, TAKEN_BY_ANOTHER) ? WAITS_FOR_OTHER_MS : [0]) {
			await pause(wait, this.signal);
			const other = await readCredential(this.context, this.itemIndex);
			if (hasToken(other) && other.accessToken !== rejected) return other;
		}
		throw (
			request.failure ??
			noToken(
				'n8n did not fetch an access token',
				'Open the credential and press Save or Retry, which tests it.',
			)
		);
	}

	/**
	 * Has n8n fetch and store a token, which it does on its way to a request. That one is never sent: how
	 * it fails tells whether the token was stored. Stop ends no waiting for the database: a refresh token
	 * that was exchanged would be lost.
	 */
	private async haveStored(
		data: ICredentialDataDecryptedObject,
		request: TokenRequest,
	): Promise<void> {
		for (const wait of WAITS_FOR_DATABASE_MS) {
			await sleep(wait);
			await send(this.context, request.in(data), { url: request.baseUrl ?? '' }).catch(() => {});
			if (request.isStored || request.fetched === undefined) return;
		}
	}
}
