import type { INodeExecutionData, IPairedItemData } from 'n8n-workflow';
import { rollBetween } from '../../shared/delivery/find/rollBetween';
import type { Search } from './codeSearch';
import type { Sought } from './soughtCodes';

/** An item for each place at which the code is; one if it is nowhere. */
export function codeItems(
	search: Search,
	{ text, itemIndex }: Sought,
	position: number,
): INodeExecutionData[] {
	const asked = { looked_for: text, position };
	const found = search.of(text);
	if (found.length === 0) {
		const json = { ...asked, ...search.whyNot(text), matches: 0, ...NOWHERE };
		return [{ json, pairedItem: { item: itemIndex } }];
	}
	return found.map((code) => {
		const { applicationId, isvApplicationId, codeIndex, problem, file, line, url } = code;
		const json = {
			...asked,
			is_found: true,
			note: problem,
			matches: found.length,
			application_id: applicationId,
			isv_application_id: isvApplicationId,
			code_index: codeIndex,
			file_name: file.name,
			archive: file.archive ?? null,
			line,
			url,
			code: code.code ?? null,
		};
		return { json, pairedItem: paired(itemIndex, file.itemIndex) };
	});
}

/** The same fields for all items, as a table wants them. */
const NOWHERE = {
	application_id: null,
	isv_application_id: null,
	code_index: null,
	file_name: null,
	archive: null,
	line: null,
	url: null,
	code: null,
};

/** The codes of a roll, from one scan to the other. */
export function rangeItem(
	search: Search,
	one: Sought,
	other: Sought,
	position: number,
): INodeExecutionData {
	const asked = { looked_for_first: one.text, looked_for_last: other.text, position };
	const roll = rollBetween(search.of(one.text), search.of(other.text));
	if (typeof roll === 'string') {
		const lost = [one, other].find(({ text }) => search.of(text).length === 0);
		const why = lost && search.whyNot(lost.text);
		const which = lost === one ? 'The first' : 'The second';
		const told = why ? { ...why, note: `${which}: ${why.note}` } : { is_found: false, note: roll };
		const json = { ...asked, ...told, ...NO_RANGE };
		return { json, pairedItem: paired(one.itemIndex, other.itemIndex) };
	}
	const { first, last } = roll;
	const json = {
		...asked,
		is_found: true,
		note: null,
		application_id: first.applicationId,
		isv_application_id: first.isvApplicationId,
		code_start: first.codeIndex,
		code_end: last.codeIndex,
		code_count: last.row - first.row + 1,
		file_name: first.file.name,
		archive: first.file.archive ?? null,
		line_start: first.line,
		line_end: last.line,
	};
	return { json, pairedItem: paired(one.itemIndex, other.itemIndex, first.file.itemIndex) };
}

const NO_RANGE = {
	application_id: null,
	isv_application_id: null,
	code_start: null,
	code_end: null,
	code_count: null,
	file_name: null,
	archive: null,
	line_start: null,
	line_end: null,
};

const paired = (...items: readonly number[]): IPairedItemData[] =>
	[...new Set(items)].map((item) => ({ item }));
