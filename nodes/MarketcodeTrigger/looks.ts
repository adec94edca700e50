import type { IPollFunctions } from 'n8n-workflow';
import { ParameterError, tell } from '../shared/n8n/errors';
import { nameOf } from '../shared/wechat/applicationAnswer';
import { applyCodeQuery, type Application } from '../shared/wechat/calls';
import { WechatClient } from '../shared/wechat/client';
import { NO_SUCH_APPLICATION, OUT_OF_CALLS } from '../shared/wechat/errcodes';
import { WechatError, hasErrcode } from '../shared/wechat/wechatErrors';
import { pause } from '../shared/wechat/retry';
import type { Entry } from './entries';

const REQUEST_TIMEOUT_MS = 60_000;

/**
 * How long a poll may take, also where n8n sets no limit or a later one: one that hangs keeps out all that
 * follow. An application whose every try is answered by silence takes most of it.
 */
const POLL_LIMIT_MS = 300_000;
const SECOND_MS = 1_000;

export interface FailedLook {
	readonly entry: Entry;
	readonly error: unknown;
}

/** What a look at one entry found: an application, or why it could not be queried. */
export type Look = FailedLook | { readonly entry: Entry; readonly application: Application };

export interface Looks {
	/** A look at each of the first entries, as far as the poll came; at least one. */
	readonly looks: readonly Look[];
	/** The key of the entry that the next poll begins with; undefined: the first one. */
	readonly next: string | undefined;
}

/** Tells whether the entry will fail until somebody corrects the list, or applies for the codes. */
export const isUnknown = ({ error }: FailedLook): boolean =>
	error instanceof ParameterError || hasErrcode(error, NO_SUCH_APPLICATION);

/**
 * Queries the applications one after the other, but no longer than a poll may take, and none after WeChat
 * has said that there were too many calls. That is a failure only if it is the first that the poll hears;
 * else the next one goes on from there.
 */
export async function lookAt(context: IPollFunctions, entries: readonly Entry[]): Promise<Looks> {
	const limitMs = pollLimitMs(context);
	const stop = new AbortController();
	const { signal } = stop;
	const looks: Look[] = [];
	const lookAtAll = async (): Promise<Look | undefined> => {
		const client = await WechatClient.open(context, 0, {
			timeoutMs: REQUEST_TIMEOUT_MS,
			waitsForMinute: false,
			signal,
		});
		for (const entry of entries) {
			if (signal.aborted) return undefined;
			const look = await lookAtOne(client, entry);
			if ('error' in look && hasErrcode(look.error, OUT_OF_CALLS)) return look;
			looks.push(look);
		}
		return undefined;
	};
	try {
		const refused = await Promise.race([lookAtAll(), pause(limitMs, signal)]);
		// Copies: what still arrives belongs to no poll any more.
		if (refused)
			return { looks: looks.length > 0 ? [...looks] : [refused], next: refused.entry.key };
		const cutOff = entries[looks.length];
		if (!cutOff) return { looks: [...looks], next: undefined };
		const next = entries[looks.length + 1]?.key;
		return { looks: [...looks, { entry: cutOff, error: tookTooLong(cutOff, limitMs) }], next };
	} finally {
		stop.abort();
	}
}

/** n8n 1 sets no limit, and has no such function. */
function pollLimitMs(context: Partial<Pick<IPollFunctions, 'getPollBudgetMs'>>): number {
	return Math.min(POLL_LIMIT_MS, context.getPollBudgetMs?.() ?? POLL_LIMIT_MS);
}

async function lookAtOne(client: WechatClient, entry: Entry): Promise<Look> {
	const { ref } = entry;
	if (ref instanceof ParameterError) return { entry, error: ref };
	return await applyCodeQuery(client, ref).then(
		(application) => ({ entry, application }),
		(error: unknown) => ({ entry, error }),
	);
}

function tookTooLong({ ref }: Entry, limitMs: number): unknown {
	if (ref instanceof ParameterError) return ref;
	return new WechatError(
		`${nameOf(ref)}: WeChat did not answer within the ${Math.round(limitMs / SECOND_MS)} seconds that a poll may take`,
		"It is tried again at the next poll, which begins with those that this one has not come to. If it stays so, check this server's network and proxy, and the host in the credential.",
		{ kind: 'network', code: 'ETIMEDOUT' },
	);
}

/** Why applications could not be queried: the first reason, and how many there are. */
export function errorOf(looks: readonly Look[]): unknown {
	const [first, ...others] = looks.flatMap((look) => ('error' in look ? [look.error] : []));
	if (others.length === 0) return first;
	const { message, description } = tell(first);
	return new ParameterError(
		`${others.length + 1} applications can't be queried: ${message}`,
		description,
	);
}

const ONCE =
	'This is reported once, and again after the lists have been edited; all other applications are watched meanwhile.';

/** Why entries can't be queried that will not be reported at the next poll again. */
export function errorOnce(looks: readonly FailedLook[]): unknown {
	const error = errorOf(looks);
	if (error instanceof WechatError) return error.withNote(ONCE);
	const { message, description } = tell(error);
	return new ParameterError(message, `${ONCE} ${description}`);
}
