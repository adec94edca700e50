import { COLUMNS, SHAPES, learnLayout, type Column, type Layout } from '../../codePackage/layout';
import {
	csvRecords,
	isBlank,
	entriesOf,
	jsonRecords,
	lineAt,
	packageRecords,
	type RecordReader,
	type TextRecord,
} from './records';

/** The places of the columns among a row's fields; -1: there is no such column, or none without doubt. */
export type Places = Readonly<Record<Column, number>>;

/** How a delivered file is written. */
export interface CodeForm {
	readonly read: RecordReader;
	/** Whether its first record names the columns. */
	readonly hasHeader: boolean;
	/** Fields of every row. */
	readonly width: number;
	/** The url has one. */
	readonly places: Places;
	readonly latticeWidth: number;
}

const DELIMITERS = [',', ';', '\t'];
const PATTERNS = SHAPES.map((shape) => new RegExp(`^${shape}$`));

/** Whether a field has its column's shape. */
export const hasShape = (column: Column, field: string): boolean =>
	PATTERNS[COLUMNS.indexOf(column)]?.test(field) ?? false;

/**
 * Finds out how a file is written, by the shapes of its first row. A comma, a semicolon or a tab that stands
 * beside a url is the delimiter: no url has one.
 *
 * @param text the file's beginning: two rows and a header, or all it has
 * @returns undefined if it is no file of codes, or not without doubt
 */
export function learnForm(text: string): CodeForm | undefined {
	const line = lineAt(text, 0)?.text ?? '';
	const layout = learnLayout(line);
	const form = layout && packageForm(layout, text);
	if (form) return form;
	const keys = entriesOf(line).map(([key]) => key);
	if (keys.length > 0) return formOf(jsonRecords(keys), text, keys);
	for (const delimiter of DELIMITERS) {
		const read = csvRecords(delimiter);
		const csv = formOf(read, text) ?? formOf(read, text, read(text, 0)?.fields, true);
		if (csv) return csv;
	}
	return undefined;
}

/** @returns undefined if the second row is none, as where the first line is only the beginning of CSV's first row */
function packageForm(layout: Layout, text: string): CodeForm | undefined {
	const read = packageRecords(layout);
	const placeOf = (column: Column) => layout.order.indexOf(COLUMNS.indexOf(column));
	const places = {
		lattice: placeOf('lattice'),
		code: placeOf('code'),
		index: placeOf('index'),
		url: placeOf('url'),
	};
	const [, second] = firstRecords(read, text, 2);
	const isRow = ({ fields }: TextRecord) =>
		COLUMNS.every((column) => hasShape(column, fields[places[column]] ?? ''));
	if (second && !isBlank(second) && !isRow(second)) return undefined;
	const { latticeWidth } = layout;
	return { read, hasHeader: false, width: COLUMNS.length, places, latticeWidth };
}

function formOf(
	read: RecordReader,
	text: string,
	names: readonly string[] = [],
	hasHeader = false,
): CodeForm | undefined {
	const records = firstRecords(read, text, hasHeader ? 3 : 2);
	const [first = [], second] = records.slice(hasHeader ? 1 : 0).map(({ fields }) => fields);
	if (names.length > 0 && names.length !== first.length) return undefined;
	const places = placesIn(first, second?.length === first.length ? second : undefined, names);
	if (places.url === -1) return undefined;
	const latticeWidth = first[places.lattice]?.length ?? 0;
	return { read, hasHeader, width: first.length, places, latticeWidth };
}

function firstRecords(read: RecordReader, text: string, most: number): TextRecord[] {
	const records: TextRecord[] = [];
	for (let at = 0; records.length < most; ) {
		const record = read(text, at);
		if (!record) break;
		records.push(record);
		at = record.next;
	}
	return records;
}

/**
 * Tells the columns by the shapes of the first row, and by what changes to the second. A header or a key that
 * is the name which we give a column decides where several fields have its shape; without one, no doubt is
 * allowed.
 */
function placesIn(
	first: readonly string[],
	second: readonly string[] | undefined,
	names: readonly string[],
): Places {
	const taken = new Set<number>();
	const named = COLUMNS.map((column) =>
		names.findIndex((name) => name.trim().toLowerCase() === column),
	);
	const place = (column: Column, isLikely: (own: string, next: string | undefined) => boolean) => {
		const fitting = [...first.keys()].filter(
			(at) => !taken.has(at) && hasShape(column, first[at] ?? ''),
		);
		const own = named[COLUMNS.indexOf(column)] ?? -1;
		const isLone = column === 'url' && fitting.length === 1;
		const likely = fitting.filter(
			(at) => isLone || (!named.includes(at) && isLikely(first[at] ?? '', second?.[at])),
		);
		const [only = -1, ...others] = fitting.includes(own) ? [own] : likely;
		if (others.length > 0) return -1;
		taken.add(only);
		return only;
	};
	const lattice = place('lattice', () => true);
	const url = place('url', (own, next) => own !== next);
	// The running number of a roll begins at 1, the index of an application at 0.
	const index = place('index', (own, next) => own !== '1' && Number(next) === Number(own) + 1);
	const code = place(
		'code',
		(own, next = own) => own !== next && [own, next].some((field) => !hasShape('index', field)),
	);
	return { url, lattice, index, code };
}
