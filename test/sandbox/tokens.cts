import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from './clock.cts';
import { WechatError } from './errmsgs.cts';
import type { Account, Authorizer, Fields } from './types.cts';

const FORCED_REFRESHES_A_DAY = 20;
const FORCED_REFRESH_INTERVAL_MS = 30_000;
const DAY_MS = 86_400_000;
const TOKEN = /^SANDBOX_[A-Za-z0-9_-]{128}$/;

/** Who a token belongs to. stable_token and cgi-bin/token don't know of each other's tokens. */
type Owner = Account | Authorizer;
type Chain = 'stable' | 'classic';

interface Token {
	readonly value: string;
	readonly owner: Owner;
	/** Milliseconds since 1970 on the sandbox's clock. */
	expiresAt: number;
	superseded: boolean;
}

export interface TokenSettings {
	readonly tokenLifetimeSeconds: number;
	readonly tokenOverlapSeconds: number;
}

/** All access tokens that the sandbox has handed out, and the rules by which it does. */
export class Tokens {
	private readonly byValue = new Map<string, Token>();
	private readonly current: Record<Chain, Map<Owner, Token>> = {
		stable: new Map(),
		classic: new Map(),
	};
	private readonly forcedAt = new Map<Account, number[]>();

	constructor(
		private readonly clock: Clock,
		private readonly settings: TokenSettings,
	) {}

	/**
	 * stable_token in normal mode: the present token until it nears its end.
	 * @param stale hand out the last token whatever has become of it
	 */
	normal(account: Account, stale = false): Fields {
		const present = this.current.stable.get(account);
		if (present && (stale || this.isLasting(present))) return this.answer(present);
		return this.answer(this.renew('stable', account));
	}

	/** stable_token with force_refresh: a new token; the old one is dead at once. */
	forced(account: Account): Fields {
		const now = this.clock.now();
		const times = (this.forcedAt.get(account) ?? []).filter((time) => now - time < DAY_MS);
		const last = times.at(-1);
		if (last !== undefined && now - last < FORCED_REFRESH_INTERVAL_MS) throw new WechatError(45011);
		if (times.length >= FORCED_REFRESHES_A_DAY) throw new WechatError(45009);
		this.forcedAt.set(account, [...times, now]);
		this.kill(account);
		return this.answer(this.renew('stable', account));
	}

	/** cgi-bin/token: a new token each call, which kills the previous one of this call. */
	classic(account: Account): Fields {
		const previous = this.current.classic.get(account);
		if (previous) previous.superseded = true;
		return this.answer(this.renew('classic', account));
	}

	/** A new token for a merchant; `value` to name it. The one before lives until its own end. */
	forAuthorizer(authorizer: Authorizer, value?: string): string {
		return this.renew('stable', authorizer, value).value;
	}

	/** The owner of a token that may be used now. Throws 41001, 40014, 40001, 42001. */
	owner(value: string | undefined): Owner {
		if (value === undefined || value === '') throw new WechatError(41001);
		const token = this.byValue.get(value);
		if (!token) throw new WechatError(TOKEN.test(value) ? 40001 : 40014);
		if (token.superseded) throw new WechatError(40001);
		if (token.expiresAt <= this.clock.now()) throw new WechatError(42001);
		return token.owner;
	}

	/** The present token is rejected with 40001 from now on. */
	kill(owner: Owner): void {
		const present = this.current.stable.get(owner);
		if (present) present.superseded = true;
	}

	/** The present token is rejected with 42001 from now on. */
	expire(owner: Owner): void {
		const present = this.current.stable.get(owner);
		if (present) present.expiresAt = this.clock.now();
	}

	/** The last token that was handed out, dead or alive. */
	last(owner: Owner): string | undefined {
		return this.current.stable.get(owner)?.value;
	}

	clear(): void {
		this.byValue.clear();
		this.current.stable.clear();
		this.current.classic.clear();
		this.forcedAt.clear();
	}

	private isLasting(token: Token): boolean {
		const left = token.expiresAt - this.clock.now();
		return !token.superseded && left > this.settings.tokenOverlapSeconds * 1000;
	}

	private renew(chain: Chain, owner: Owner, value = newToken()): Token {
		const expiresAt = this.clock.now() + this.settings.tokenLifetimeSeconds * 1000;
		const token = { value, owner, expiresAt, superseded: false };
		this.byValue.set(value, token);
		this.current[chain].set(owner, token);
		return token;
	}

	private answer(token: Token): Fields {
		const left = Math.max(0, token.expiresAt - this.clock.now());
		return { access_token: token.value, expires_in: Math.ceil(left / 1000) };
	}
}

/** As long as WeChat's own (it may be up to 512 characters), and nothing that looks like one. */
function newToken(): string {
	return `SANDBOX_${randomBytes(96).toString('base64url')}`;
}

/** An account of the sandbox's own invention, always the same for a name. */
export function inventAccount(name: string): Account {
	const hash = createHash('sha256').update(`sandbox account ${name}`).digest();
	return {
		appId: `wx${hash.toString('hex', 0, 8)}`,
		appSecret: hash.toString('hex', 8, 24),
		packageKey: hash.toString('base64', 20).slice(0, 15).padEnd(16, '+'),
	};
}
