/** The columns of a row, in the order in which WeChat documents them. */
export const COLUMNS = ['lattice', 'code', 'index', 'url'] as const;
export type Column = (typeof COLUMNS)[number];

/** Places in `COLUMNS`. */
export const LATTICE = 0;
export const CODE = 1;
export const INDEX = 2;
export const URL = 3;

/** Characters of a url: what a QR code of version 2, level Q holds in alphanumeric mode. */
export const URL_WIDTH = 28;

/** 20,000,000 codes at the most. */
export const INDEX_DIGITS = 8;

/** "Up to 9", says WeChat's guide "Unique Item Code". */
export const MOST_CODE_CHARACTERS = 9;

/** Fewer digits of 0 and 1 could be a code or an index. */
export const LEAST_LATTICE_WIDTH = 16;

/** How all rows of a package are written: learned from its first one. */
export interface Layout {
	/** Between two columns; spaces may be several. */
	readonly delimiter: '\t' | ',' | ' ';
	/** Columns from left to right, as places in `COLUMNS`. */
	readonly order: readonly number[];
	/** Characters of a lattice. */
	readonly latticeWidth: number;
	/** What every url begins with, up to its first slash and with it; empty if the first one has none. */
	readonly host: string;
}

/** What a field of each column looks like; as patterns, to be put together. */
export const SHAPES = ['[01]{16,}', '[\\x20-\\x7e]{1,9}', '\\d{1,8}', '[0-9A-Z $%*+\\-./:]{28}'];
const [LATTICE_SHAPE, CODE_SHAPE, INDEX_SHAPE, URL_SHAPE] = SHAPES;

const DOCUMENTED = [LATTICE, CODE, INDEX, URL];

/**
 * The documented order, by delimiter. The lattice in front and the 28 characters at the end hold a row in
 * place, so that spaces in a url, or the delimiter in a code, mislead nobody. WeChat's guide prints spaces
 * between the columns; public code reads tabs, and one library commas.
 */
const DOCUMENTED_ROWS = (['\t', ',', ' '] as const).map((delimiter) => {
	const between = delimiter === ' ' ? ' +' : delimiter;
	const code = delimiter === ' ' ? '[\\x21-\\x7e]{1,9}' : CODE_SHAPE;
	const row = [LATTICE_SHAPE, code, INDEX_SHAPE, URL_SHAPE].map((shape) => `(${shape})`);
	return { delimiter, pattern: new RegExp(`^${row.join(between)}$`) };
});

/**
 * Learns how rows are written. The documented order of the columns wins; another one counts only where the
 * shapes of the fields leave no doubt: a code of 1 to 8 digits looks like an index.
 *
 * @param line a package's first row in latin1, without its line end
 * @returns undefined if it is not a row
 */
export function learnLayout(line: string): Layout | undefined {
	for (const { delimiter, pattern } of DOCUMENTED_ROWS) {
		const fields = pattern.exec(line)?.slice(1);
		if (fields) return layoutOf(delimiter, DOCUMENTED, fields);
	}
	for (const delimiter of ['\t', ','] as const) {
		const fields = line.split(delimiter);
		const orders = fields.length === COLUMNS.length ? ordersThatFit(fields) : [];
		const [order] = orders;
		if (order && orders.length === 1) return layoutOf(delimiter, order, fields);
	}
	return undefined;
}

function layoutOf(
	delimiter: Layout['delimiter'],
	order: readonly number[],
	fields: readonly string[],
): Layout {
	const field = (column: number) => fields[order.indexOf(column)] ?? '';
	const url = field(URL);
	return {
		delimiter,
		order,
		latticeWidth: field(LATTICE).length,
		host: url.slice(0, url.indexOf('/') + 1),
	};
}

/** Every order of the columns in which all fields have their column's shape. */
function ordersThatFit(fields: readonly string[], taken: readonly number[] = []): number[][] {
	const field = fields[taken.length];
	if (field === undefined) return [[...taken]];
	return SHAPES.flatMap((shape, column) =>
		!taken.includes(column) && new RegExp(`^${shape}$`).test(field)
			? ordersThatFit(fields, [...taken, column])
			: [],
	);
}

const MOST_FIELDS_TOLD = 8;

/**
 * What a line consists of, as kinds and widths: "4 fields: 361 × 0/1, 9 characters, index, 27 characters".
 * Never its content.
 *
 * @param line in latin1, without its line end
 */
export function shapeOf(line: string, delimiter = delimiterIn(line)): string {
	const fields = (delimiter === ' ' && fieldsBetweenSpaces(line)) || line.split(delimiter);
	const told = fields.slice(0, MOST_FIELDS_TOLD).map(kindOf).join(', ');
	const more = fields.length > MOST_FIELDS_TOLD ? ', …' : '';
	return `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}: ${told}${more}`;
}

/** Fields that stand several spaces apart, in front of a url that may hold some; undefined if it can't be one. */
function fieldsBetweenSpaces(line: string): string[] | undefined {
	const before = line.slice(0, -URL_WIDTH);
	const isRow = before.endsWith(' ') && /^[01]{16,} /.test(line);
	return isRow ? [...before.trim().split(/ +/), line.slice(-URL_WIDTH)] : undefined;
}

const delimiterIn = (line: string): Layout['delimiter'] =>
	(['\t', ','] as const).find((delimiter) => line.includes(delimiter)) ?? ' ';

function kindOf(field: string): string {
	if (field === '') return 'empty';
	if (/^[01]{16,}$/.test(field)) return `${field.length} × 0/1`;
	if (/^\d{1,8}$/.test(field)) return 'index';
	return /^[\x20-\x7e]+$/.test(field)
		? `${field.length} ${field.length === 1 ? 'character' : 'characters'}`
		: `${field.length} bytes that are not all text`;
}
