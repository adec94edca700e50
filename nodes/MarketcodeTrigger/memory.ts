import type { IDataObject } from 'n8n-workflow';
import { ParameterError } from '../shared/n8n/errors';
import type { Application } from '../shared/wechat/calls';

/** The two lists of the trigger, as the user sees them. */
export type ListName = 'Application IDs' | 'External IDs';

/**
 * What the trigger remembers between polls. What was emitted is never forgotten: an application that is
 * taken off the list and put back is still emitted once.
 */
export interface Memory {
	/** Applications emitted as finished, by each ID that WeChat ever told of them. */
	readonly finished: Set<string>;
	/** Applications emitted as overdue, by each ID that WeChat ever told of them. */
	readonly overdue: Set<string>;
	/** The entries of the lists whose application is in `finished`: they need no query any more. */
	readonly done: Set<string>;
	/** The entries that were reported as unknown since the lists were edited. */
	readonly unknown: Set<string>;
	/** The text of the lists that `unknown` is about. */
	readonly lists: string;
}

/** The key of a list's entry in the memory. */
export const entryKey = (list: ListName, id: string): string => `${list} ${id}`;

/**
 * Reads the memory from n8n's static data of the node; the names that earlier versions wrote are application
 * IDs only.
 *
 * @param state without any of our fields: nothing was emitted yet
 * @param lists the text of the lists as they are now
 * @throws ParameterError if it is damaged: an empty memory in its place would emit all once more
 */
export function memoryIn(state: unknown, lists: string): Memory {
	const stored = fieldsOf(state);
	// Every version has stored these three together.
	const isNew = ![stored.finished, stored.overdue, stored.done].some((set) => set !== undefined);
	const emitted = (name: string) => (isNew ? new Set<string>() : setIn(stored, name));
	const [finished, overdue, done] = [emitted('finished'), emitted('overdue'), emitted('done')];
	if (done.size > 0 && finished.size === 0) throw damaged('"finished" has lost what is in "done"');
	const isOfLists = stored.unknown !== undefined && stored.lists === lists;
	const unknown = isOfLists ? setIn(stored, 'unknown') : new Set<string>();
	return { finished, overdue, done, unknown, lists };
}

function fieldsOf(state: unknown): Readonly<Record<string, unknown>> {
	if (typeof state === 'object' && state !== null && !Array.isArray(state)) return { ...state };
	throw damaged('it is not an object');
}

function setIn(stored: Readonly<Record<string, unknown>>, name: string): Set<string> {
	const value = stored[name];
	const names: unknown[] | undefined = Array.isArray(value) ? value : undefined;
	const texts = names?.filter((text) => typeof text === 'string');
	if (texts === undefined || texts.length !== names?.length) {
		throw damaged(`"${name}" is not a list of texts`);
	}
	return new Set(texts);
}

const damaged = (how: string): ParameterError =>
	new ParameterError(
		'The memory of what this trigger has emitted is damaged',
		`Nothing was asked for and nothing emitted: some applications could have started the workflow twice. Delete this node and put a new WeChat Marketcode Trigger with another name in its place (n8n keeps the memory by the node's name); list in it only applications that have not started the workflow yet, and publish the workflow. Or restore n8n's database from a backup. (The node's static data in n8n: ${how}.)`,
	);

export function storeMemory(state: IDataObject, memory: Memory): void {
	const { finished, overdue, done, unknown, lists } = memory;
	Object.assign(state, { finished: [...finished], overdue: [...overdue], done: [...done] });
	Object.assign(state, { unknown: [...unknown], lists });
}

/**
 * Remembers an application by all of its names: another answer may tell but one of them.
 *
 * @returns whether it is new
 */
export function remember(emitted: Set<string>, application: Application): boolean {
	const names = namesOf(application);
	const isNew = !names.some((name) => emitted.has(name));
	for (const name of names) emitted.add(name);
	return isNew;
}

/** The application ID, as earlier versions knew it, and the external ID as the key of its entry. */
function namesOf({ application_id, isv_application_id }: Application): string[] {
	const external =
		isv_application_id === undefined ? undefined : entryKey('External IDs', isv_application_id);
	return [application_id, external].filter((name) => name !== undefined);
}
