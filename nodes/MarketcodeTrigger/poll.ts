import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { ParameterError, tell, toNodeError } from '../shared/n8n/errors';
import { applicationIdIn, externalIdIn, wholeNumber } from '../shared/n8n/parameters';
import { applicationFields } from '../shared/wechat/applicationFields';
import {
	FINISHED,
	applyCodeQuery,
	type Application,
	type ApplicationRef,
} from '../shared/wechat/calls';
import { WechatClient } from '../shared/wechat/client';

const REQUEST_TIMEOUT_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * What the trigger remembers between polls. It is never forgotten: an application that is taken off the
 * list and put back is still emitted once.
 */
interface Memory {
	/** Applications emitted as finished, by application ID. */
	readonly finished: Set<string>;
	/** Applications emitted as overdue, by application ID. */
	readonly overdue: Set<string>;
	/** The entries of the list whose application is in `finished`: they need no query any more. */
	readonly done: Set<string>;
}

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

/** The memories of polls that still run. */
const polling = new WeakSet<object>();

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
	const looks = await lookAt(context, entries);
	const items: INodeExecutionData[] = [];
	for (const look of looks) {
		if (!('application' in look)) continue;
		const item = itemFor(look.application, memory, overdueMs);
		if (look.application.status === FINISHED) memory.done.add(look.entry.key);
		if (item) items.push(item);
	}
	if (items.length === 0 && looks.some((look) => 'error' in look)) throw errorOf(looks);
	// Only now: whatever fails above leaves the memory as it was, and the next poll finds the same news.
	Object.assign(state, {
		finished: [...memory.finished],
		overdue: [...memory.overdue],
		done: [...memory.done],
	});
	return items.length > 0 ? [items] : null;
}

/** The item that an application is worth now, noted in the memory; undefined if there is no news. */
function itemFor(
	application: Application,
	{ finished, overdue }: Memory,
	overdueMs: number,
): INodeExecutionData | undefined {
	const { application_id, status } = application;
	const memory = status === FINISHED ? finished : overdue;
	if (memory.has(application_id)) return undefined;
	if (status !== FINISHED && !isOverdue(application, overdueMs)) return undefined;
	memory.add(application_id);
	return itemOf(application, status !== FINISHED);
}

function isOverdue({ create_time }: Application, overdueMs: number): boolean {
	return overdueMs > 0 && create_time !== undefined && Date.now() - create_time * 1000 >= overdueMs;
}

const itemOf = (application: Application, isOverdue: boolean): INodeExecutionData => ({
	json: { ...applicationFields(application), is_overdue: isOverdue },
});

async function lookAt(context: IPollFunctions, entries: readonly Entry[]): Promise<Look[]> {
	const { signal } = new AbortController();
	const client = await WechatClient.open(context, 0, { timeoutMs: REQUEST_TIMEOUT_MS, signal });
	const looks: Look[] = [];
	for (const entry of entries) {
		const { ref } = entry;
		if (ref instanceof ParameterError) {
			looks.push({ entry, error: ref });
			continue;
		}
		looks.push(
			await applyCodeQuery(client, ref).then(
				(application) => ({ entry, application }),
				(error: unknown) => ({ entry, error }),
			),
		);
	}
	return looks;
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
function entryOf(list: string, line: number, read: () => ApplicationRef): Entry {
	try {
		const ref = read();
		return { key: `${list} ${Object.values(ref).join()}`, ref };
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

function memoryIn(state: IDataObject): Memory {
	const set = (value: unknown) => new Set(Array.isArray(value) ? value.map(String) : []);
	return { finished: set(state.finished), overdue: set(state.overdue), done: set(state.done) };
}
