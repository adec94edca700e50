import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { toNodeError } from '../shared/n8n/errors';
import { wholeNumber } from '../shared/n8n/parameters';
import { applicationFields } from '../shared/wechat/applicationFields';
import { FINISHED, type Application } from '../shared/wechat/calls';
import { listsIn, type Entry } from './entries';
import { errorOf, errorOnce, isUnknown, lookAt, type FailedLook, type Look } from './looks';
import { memoryIn, remember, storeMemory, type Memory } from './memory';

const HOUR_MS = 3_600_000;

/**
 * Looks at the listed applications.
 *
 * One that can't be queried holds nobody back: what the others have to tell leaves first; if nothing has,
 * its error is thrown. Either way it is tried again at the next poll. One that WeChat does not know, or
 * that can't be one, is reported only once.
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
	const { looks } = await lookAt(context, listsIn(context).entries);
	const found = looks.flatMap((look) => ('application' in look ? [look.application] : []));
	const application = found.find(({ status }) => status === FINISHED) ?? found[0];
	if (application === undefined) throw errorOf(looks);
	return [[itemOf(application, false)]];
}

/** The static data of polls that still run. */
const polling = new WeakSet<object>();

/** The key of the entry that the next poll begins with, by the static data. */
const beginnings = new WeakMap<object, string>();

/** n8n begins a poll at its time even if the last one, with a slow WeChat, still runs: that one is enough. */
async function newsOnce(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const state = context.getWorkflowStaticData('node');
	if (polling.has(state)) return null;
	const { entries, text } = listsIn(context);
	const memory = memoryIn(state, text);
	polling.add(state);
	try {
		return await news(context, state, memory, entries);
	} finally {
		polling.delete(state);
	}
}

async function news(
	context: IPollFunctions,
	state: IDataObject,
	memory: Memory,
	listed: readonly Entry[],
): Promise<INodeExecutionData[][] | null> {
	const overdueMs =
		HOUR_MS * wholeNumber(context.getNodeParameter('overdueHours'), 'Overdue After', 0);
	const entries = listed.filter(({ key }) => !memory.done.has(key));
	const { looks, next } = await lookAt(context, begunWith(beginnings.get(state), entries));
	if (next === undefined) beginnings.delete(state);
	else beginnings.set(state, next);
	const items = itemsOf(looks, memory, overdueMs);
	const failed = looks.filter((look) => 'error' in look);
	const untold = failed.filter((look) => isUnknown(look) && !memory.unknown.has(look.entry.key));
	for (const { entry } of untold) memory.unknown.add(entry.key);
	// Only now: whatever fails above leaves the memory as it was, and the next poll finds the same news.
	storeMemory(state, memory);
	// Nothing can be watched: whoever activates the workflow is told at once.
	if (untold.length === listed.length && !isRestart(context)) throw errorOnce(untold);
	if (untold.length > 0) report(context, untold);
	const trouble = failed.filter((look) => !isUnknown(look));
	if (items.length === 0 && trouble.length > 0) throw errorOf(trouble);
	return items.length > 0 ? [items] : null;
}

/** n8n has activated the workflow by itself; a poll that throws now would leave it without its trigger. */
const isRestart = (context: IPollFunctions): boolean =>
	['init', 'leadershipChange'].includes(context.getActivationMode());

/** A failed execution of its own, as n8n makes one of what a poll throws; but this poll goes on. */
function report(context: IPollFunctions, looks: readonly FailedLook[]): void {
	context.__emitError(toNodeError(context.getNode(), errorOnce(looks), 0));
}

/** The same entries in the same order, around the corner, from the one with this key on. */
function begunWith(key: string | undefined, entries: readonly Entry[]): readonly Entry[] {
	const first = entries.findIndex((entry) => entry.key === key);
	return first < 0 ? entries : [...entries.slice(first), ...entries.slice(0, first)];
}

/** An item for each application that is worth one now, noted in the memory. */
function itemsOf(looks: readonly Look[], memory: Memory, overdueMs: number): INodeExecutionData[] {
	return looks.flatMap((look) => {
		if (!('application' in look)) return [];
		const { application, entry } = look;
		memory.unknown.delete(entry.key);
		const item = itemFor(application, memory, overdueMs);
		if (application.status === FINISHED) memory.done.add(entry.key);
		return item ? [item] : [];
	});
}

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
