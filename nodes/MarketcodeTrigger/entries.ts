import type { IPollFunctions } from 'n8n-workflow';
import { ParameterError, tell } from '../shared/n8n/errors';
import { applicationIdIn, externalIdIn } from '../shared/n8n/parameters';
import type { ApplicationRef } from '../shared/wechat/calls';
import { entryKey, type ListName } from './memory';

/** An entry of the lists. */
export interface Entry {
	/** Names the entry in the memory. */
	readonly key: string;
	/** The application, or why the entry can't be one's ID. */
	readonly ref: ApplicationRef | ParameterError;
}

/** The lists of the trigger. */
interface Lists {
	/** Their entries in order, each once. */
	readonly entries: readonly Entry[];
	/** What the user has written into them: it is another text once a line is changed. */
	readonly text: string;
}

/** @throws ParameterError if there is nothing in the lists */
export function listsIn(context: IPollFunctions): Lists {
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
	return {
		entries: [...new Map(entries.map((entry) => [entry.key, entry])).values()],
		text: JSON.stringify([ids, externalIds].map((lines) => lines.map(String))),
	};
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
