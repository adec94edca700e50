import type { IDataObject } from 'n8n-workflow';
import type { Application } from '../shared/wechat/calls';

/** The two lists of the trigger, as the user sees them. */
export type ListName = 'Application IDs' | 'External IDs';

/**
 * What the trigger remembers between polls. It is never forgotten: an application that is taken off the
 * list and put back is still emitted once.
 */
export interface Memory {
	/** Applications emitted as finished, by each ID that WeChat ever told of them. */
	readonly finished: Set<string>;
	/** Applications emitted as overdue, by each ID that WeChat ever told of them. */
	readonly overdue: Set<string>;
	/** The entries of the lists whose application is in `finished`: they need no query any more. */
	readonly done: Set<string>;
}

/** The key of a list's entry in the memory. */
export const entryKey = (list: ListName, id: string): string => `${list} ${id}`;

/** Reads the memory from n8n's static data; earlier versions wrote names that are application IDs only. */
export function memoryIn(state: IDataObject): Memory {
	const set = (value: unknown) => new Set(Array.isArray(value) ? value.map(String) : []);
	return { finished: set(state.finished), overdue: set(state.overdue), done: set(state.done) };
}

export function storeMemory(state: IDataObject, { finished, overdue, done }: Memory): void {
	Object.assign(state, { finished: [...finished], overdue: [...overdue], done: [...done] });
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
