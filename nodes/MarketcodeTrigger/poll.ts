import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { ParameterError, tell, toNodeError } from '../shared/n8n/errors';
import { applicationIdIn, externalIdIn, wholeNumber } from '../shared/n8n/parameters';
import { nameOf } from '../shared/wechat/applicationAnswer';
import { applicationFields } from '../shared/wechat/applicationFields';
import {
	FINISHED,
	applyCodeQuery,
	type Application,
	type ApplicationRef,
} from '../shared/wechat/calls';
import { WechatClient } from '../shared/wechat/client';
import { WechatError } from '../shared/wechat/errors';
import { pause } from '../shared/wechat/retry';
import { entryKey, memoryIn, remember, storeMemory, type ListName, type Memory } from './memory';

const REQUEST_TIMEOUT_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * How long a poll may take. n8n ends none, and one that hangs would keep out all that follow. An application
 * whose every try is answered by silence takes half of it.
 */
const POLL_LIMIT_MS = 600_000;
const MINUTE_MS = 60_000;

interface Entry {
	/** Names the entry in the memory. */
	readonly key: string;
	/** The application, or why the entry can't be one's ID. */
	readonly ref: ApplicationRef | ParameterError;
}

/** What a look at one entry found: an application, or why it could not be queried. */
type Look =
	| { readonly entry: Entry; readonly application: Application }
	| { readonly entry: Entry; readonly error: unknown };

/**
 * Looks at the listed applications.
 *
 * One that can't be queried holds nobody back: what the others have to tell leaves first; if nothing has,
 * its error is thrown. Either way it is tried again at the next poll.
 *
 * @returns an item for each application that has become finished or overdue; null if none has
 */
export async function pollApplications(
	context: IPollFunctions,
): Promise<INodeExecutionData[][] | null> {
	try {
		return context.getMode() === 'manual' ? await sample(context) : await newsOnce(context);
	} catch (error) {
		throw toNodeError(context.getNode(), error, 0);
	}
}

/** For a test in the editor: the first application that is finished, or else the first that can be queried. */
async function sample(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	const looks = await lookAt(context, entriesIn(context));
	const found = looks.flatMap((look) => ('application' in look ? [look.application] : []));
	const application = found.find(({ status }) => status === FINISHED) ?? found[0];
	if (application === undefined) throw errorOf(looks);
	return [[itemOf(application, false)]];
}

/** The static data of polls that still run. */
const polling = new WeakSet<object>();

/** The entries that the last poll has not come to, by the static data: they are the first of the next one. */
const notReached = new WeakMap<object, ReadonlySet<string>>();

/** n8n begins a poll at its time even if the last one, with a slow WeChat, still runs: that one is enough. */
async function newsOnce(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const state = context.getWorkflowStaticData('node');
	if (polling.has(state)) return null;
	polling.add(state);
	try {
		return await news(context, state);
	} finally {
		polling.delete(state);
	}
}

async function news(
	context: IPollFunctions,
	state: IDataObject,
): Promise<INodeExecutionData[][] | null> {
	const memory = memoryIn(state);
	const overdueMs =
		HOUR_MS * wholeNumber(context.getNodeParameter('overdueHours'), 'Overdue After', 0);
	const entries = entriesIn(context).filter(({ key }) => !memory.done.has(key));
	const looks = await lookAt(context, firstThoseOf(notReached.get(state), entries));
	const reached = new Set(looks.map(({ entry }) => entry.key));
	notReached.set(state, new Set(entries.map(({ key }) => key).filter((key) => !reached.has(key))));
	const items: INodeExecutionData[] = [];
	for (const look of looks) {
		if (!('application' in look)) continue;
		const item = itemFor(look.application, memory, overdueMs);
		if (look.application.status === FINISHED) memory.done.add(look.entry.key);
		if (item) items.push(item);
	}
	if (items.length === 0 && looks.some((look) => 'error' in look)) throw errorOf(looks);
	// Only now: whatever fails above leaves the memory as it was, and the next poll finds the same news.
	storeMemory(state, memory);
	return items.length > 0 ? [items] : null;
}

const firstThoseOf = (
	keys: ReadonlySet<string> | undefined,
	entries: readonly Entry[],
): Entry[] => [
	...entries.filter(({ key }) => keys?.has(key)),
	...entries.filter(({ key }) => !keys?.has(key)),
];

/** The item that an application is worth now, noted in the memory; undefined if there is no news. */
function itemFor(
	application: Application,
	{ finished, overdue }: Memory,
	overdueMs: number,
): INodeExecutionData | undefined {
	const isFinished = application.status === FINISHED;
	if (!isFinished && !isOverdue(application, overdueMs)) return undefined;
	const isNew = remember(isFinished ? finished : overdue, application);
	return isNew ? itemOf(application, !isFinished) : undefined;
}

function isOverdue({ create_time }: Application, overdueMs: number): boolean {
	return overdueMs > 0 && create_time !== undefined && Date.now() - create_time * 1000 >= overdueMs;
}

const itemOf = (application: Application, isOverdue: boolean): INodeExecutionData => ({
	json: { ...applicationFields(application), is_overdue: isOverdue },
});

/**
 * Queries the applications one after the other, but no longer than a poll may take.
 *
 * @returns a look at each of the first entries, as far as it came
 */
async function lookAt(context: IPollFunctions, entries: readonly Entry[]): Promise<Look[]> {
	const stop = new AbortController();
	const { signal } = stop;
	const looks: Look[] = [];
	const lookAtAll = async () => {
		const client = await WechatClient.open(context, 0, { timeoutMs: REQUEST_TIMEOUT_MS, signal });
		for (const entry of entries) {
			if (signal.aborted) return;
			looks.push(await lookAtOne(client, entry));
		}
	};
	try {
		await Promise.race([lookAtAll(), pause(POLL_LIMIT_MS, signal)]);
		const cutOff = entries[looks.length];
		// A copy: what still arrives belongs to no poll any more.
		return cutOff ? [...looks, { entry: cutOff, error: tookTooLong(cutOff) }] : [...looks];
	} finally {
		stop.abort();
	}
}

async function lookAtOne(client: WechatClient, entry: Entry): Promise<Look> {
	const { ref } = entry;
	if (ref instanceof ParameterError) return { entry, error: ref };
	return await applyCodeQuery(client, ref).then(
		(application) => ({ entry, application }),
		(error: unknown) => ({ entry, error }),
	);
}

function tookTooLong({ ref }: Entry): unknown {
	if (ref instanceof ParameterError) return ref;
	return new WechatError(
		`${nameOf(ref)}: WeChat did not answer within the ${POLL_LIMIT_MS / MINUTE_MS} minutes that a poll may take`,
		"It is tried again at the next poll, which begins with those that this one has not come to. If it stays so, check this server's network and proxy, and the host in the credential.",
		{ kind: 'network', code: 'ETIMEDOUT' },
	);
}

/** Why applications could not be queried: the first reason, and how many there are. */
function errorOf(looks: readonly Look[]): unknown {
	const [first, ...others] = looks.flatMap((look) => ('error' in look ? [look.error] : []));
	if (others.length === 0) return first;
	const { message, description } = tell(first);
	return new ParameterError(
		`${others.length + 1} applications can't be queried: ${message}`,
		description,
	);
}

/** @throws ParameterError if the list is empty */
function entriesIn(context: IPollFunctions): Entry[] {
	const ids = linesIn(context.getNodeParameter('applicationIds'));
	const externalIds = linesIn(context.getNodeParameter('isvApplicationIds'));
	const entries = [
		...ids.map((id, line) =>
			entryOf('Application IDs', line, () => ({ application_id: applicationIdIn(id) })),
		),
		...externalIds.map((id, line) =>
			entryOf('External IDs', line, () => ({ isv_application_id: externalIdIn(id) })),
		),
	];
	if (entries.length === 0) {
		throw new ParameterError(
			'There is no application to watch',
			'Enter application IDs or external IDs, one a line.',
		);
	}
	return [...new Map(entries.map((entry) => [entry.key, entry])).values()];
}

/** An entry of the list; one that can't be an ID keeps its error, so that it holds back no other. */
function entryOf(list: ListName, line: number, read: () => ApplicationRef): Entry {
	try {
		const ref = read();
		return { key: entryKey(list, Object.values(ref).join()), ref };
	} catch (error) {
		const { message, description } = tell(error);
		const key = `${list}, entry ${line + 1}`;
		return { key, ref: new ParameterError(`${key}: ${message}`, description) };
	}
}

/** IDs, one a line; an expression may give an array instead. */
function linesIn(value: unknown): unknown[] {
	const list: unknown[] = Array.isArray(value) ? value : String(value ?? '').split(/[\r\n]+/);
	return list.filter((entry) => String(entry ?? '').trim() !== '');
}
