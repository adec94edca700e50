import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { COLUMNS } from '../../codePackage/layout';
import { ParameterError } from '../../n8n/errors';
import { booleanIn, oneOf, textIn } from '../../n8n/parameters';
import { ENCODINGS } from '../format/encoding';
import { OTHER_SOURCES, type FileColumn, type TextFormat, type TextOutput } from '../format/format';

const SOURCES = [...COLUMNS, ...OTHER_SOURCES] as const;
const DELIMITERS = [',', ';', '\t'] as const;
const LINE_ENDINGS = ['lf', 'crlf'] as const;
const DEFAULT_COLUMNS = ['code', 'index', 'url'] as const;

const COLUMN_OPTIONS: INodePropertyOptions[] = [
	{ name: 'Code', value: 'code', description: 'Up to 9 characters; always text' },
	{ name: 'Index', value: 'index', description: "The code's place in the application" },
	{
		name: 'Lattice',
		value: 'lattice',
		description: "The dots of WeChat's own micro code; 1 is black (361 digits are 19 × 19)",
	},
	{ name: 'URL', value: 'url', description: '28 characters; what is printed as a QR code' },
];

const OTHER_COLUMN_OPTIONS: INodePropertyOptions[] = [
	{ name: 'Application ID', value: 'applicationId', description: 'Empty if it is not known' },
	{ name: 'Constant', value: 'constant', description: 'The same text in every row, such as a SKU' },
	{ name: 'File Number', value: 'fileNumber', description: 'Which of the files it is, from 1' },
	{ name: 'Row Number', value: 'rowNumber', description: 'The place in its file, from 1' },
];

const byName = (one: INodePropertyOptions, other: INodePropertyOptions): number =>
	one.name.localeCompare(other.name);

/** How rows are written, for the collection `options`. */
export const formatOptions: INodeProperties[] = [
	{
		displayName: 'Columns',
		name: 'columns',
		type: 'multiOptions',
		options: COLUMN_OPTIONS,
		default: [...DEFAULT_COLUMNS],
		description: 'Which columns the file has, in this order',
		displayOptions: { show: { '/output': ['csv', 'items', 'jsonLines'] } },
	},
	{
		displayName: 'Custom Columns',
		name: 'customColumns',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Column',
		default: {},
		description:
			'Columns under names of your own, from left to right; they take the place of those chosen in Columns',
		displayOptions: { show: { '/output': ['csv', 'items', 'jsonLines'] } },
		options: [
			{
				displayName: 'Column',
				name: 'column',
				values: [
					{
						displayName: 'Source',
						name: 'source',
						type: 'options',
						options: [...COLUMN_OPTIONS, ...OTHER_COLUMN_OPTIONS].sort(byName),
						default: 'url',
						description: 'What the column is filled with',
					},
					{
						displayName: 'Header',
						name: 'header',
						type: 'string',
						default: '',
						placeholder: 'e.g. QR_Code',
						description: 'The name of the column, or the key in JSON Lines. Empty: as its source.',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. SKU-0815',
						description: 'What stands in every row',
						displayOptions: { show: { source: ['constant'] } },
					},
				],
			},
		],
	},
	{
		displayName: 'Delimiter',
		name: 'delimiter',
		type: 'options',
		options: [
			{ name: 'Comma', value: ',' },
			{ name: 'Semicolon', value: ';' },
			{ name: 'Tab', value: '\t' },
		],
		default: ',',
		description: 'What stands between two columns of the CSV file',
		displayOptions: { show: { '/output': ['csv'] } },
	},
	{
		displayName: 'Encoding',
		name: 'encoding',
		type: 'options',
		options: [
			{
				name: 'UTF-16LE',
				value: 'utf16le',
				description: 'Two bytes a character, with a byte order mark (FF FE)',
			},
			{ name: 'UTF-8', value: 'utf8', description: 'What most programs expect' },
			{
				name: 'UTF-8 with Byte Order Mark',
				value: 'utf8Bom',
				description:
					'With EF BB BF in front, without which some Windows programs show Chinese wrong',
			},
		],
		default: 'utf8',
		description:
			'How characters become bytes. Codes are ASCII; it matters for names and constants.',
		displayOptions: { show: { '/output': ['csv', 'urlList'] } },
	},
	{
		displayName: 'Header',
		name: 'header',
		type: 'boolean',
		default: true,
		description: 'Whether the first line of a CSV file names its columns',
		displayOptions: { show: { '/output': ['csv'] } },
	},
	{
		displayName: 'Line Ending',
		name: 'lineEnding',
		type: 'options',
		options: [
			{ name: 'LF (Linux, macOS)', value: 'lf' },
			{ name: 'CRLF (Windows)', value: 'crlf' },
		],
		default: 'lf',
		description: 'What ends each line of the file; the printer may ask for CRLF',
		displayOptions: { show: { '/output': ['csv', 'urlList'] } },
	},
];

/**
 * What the options above say; of items, which fields they have.
 *
 * @param option the value of an option, or what stands for it where it was not added
 * @throws ParameterError if one can't be used
 */
export function readTextFormat(
	chosen: TextOutput | 'items',
	option: (name: string, fallback: unknown) => unknown,
): TextFormat {
	const output = chosen === 'items' ? 'jsonLines' : chosen;
	const isText = output !== 'jsonLines';
	const isCsv = output === 'csv';
	const format: TextFormat = {
		output,
		columns: output === 'urlList' ? [columnOf('url')] : columnsIn(option, chosen === 'items'),
		delimiter: isCsv ? oneOf(DELIMITERS, option('delimiter', ','), 'Delimiter') : ',',
		hasHeader: isCsv && booleanIn(option('header', true), 'Header'),
		lineEnding: isText ? oneOf(LINE_ENDINGS, option('lineEnding', 'lf'), 'Line Ending') : 'lf',
		encoding: isText ? oneOf(ENCODINGS, option('encoding', 'utf8'), 'Encoding') : 'utf8',
	};
	if (format.hasHeader || output === 'jsonLines') mustDiffer(format.columns);
	return format;
}

/** @param areItems items stand without a file name beside them, so they tell whose codes they are */
function columnsIn(
	option: (name: string, fallback: unknown) => unknown,
	areItems: boolean,
): FileColumn[] {
	const custom = customColumnsIn(option('customColumns', {}));
	if (custom.length > 0) return custom;
	const value = option('columns', [...DEFAULT_COLUMNS]);
	const columns: unknown[] = Array.isArray(value) ? value : [value];
	if (columns.length === 0) {
		throw new ParameterError('No columns are chosen', 'Choose at least one column for the file.');
	}
	return [
		...(areItems ? [APPLICATION] : []),
		...columns.map((column) => columnOf(oneOf(COLUMNS, column, 'Columns'))),
	];
}

const APPLICATION: FileColumn = {
	source: 'applicationId',
	header: 'application_id',
	value: '',
};

const columnOf = (source: FileColumn['source']): FileColumn => ({
	source,
	header: source,
	value: '',
});

/** @param value as n8n gives a fixed collection: `{ column: [{ source, header, value }] }` */
function customColumnsIn(value: unknown): FileColumn[] {
	if (!isRecord(value) || !Array.isArray(value.column)) return [];
	return value.column.map((column: unknown, position) => customColumnOf(column, position + 1));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;

/** @param place 1-based, from the left */
function customColumnOf(column: unknown, place: number): FileColumn {
	const given: Record<string, unknown> = isRecord(column) ? column : {};
	const source = oneOf(SOURCES, given.source, `The Source of custom column ${place}`);
	const header = textIn(given.header, `The Header of custom column ${place}`) || source;
	if (source !== 'constant') return { source, header, value: '' };
	const label = `The Value of custom column ${place}`;
	const value = textIn(given.value, label);
	if (value === '') {
		throw new ParameterError(
			`${label} is missing`,
			'Enter what stands in every row. If it is an expression, it gives nothing for this item.',
		);
	}
	// As it was given: a space at either end may be wanted.
	return { source, header, value: typeof given.value === 'string' ? given.value : value };
}

/** @throws ParameterError if two columns have the same name */
function mustDiffer(columns: readonly FileColumn[]): void {
	const names = columns.map(({ header }) => header.toLowerCase());
	const place = names.findIndex((name, position) => names.indexOf(name) < position);
	if (place === -1) return;
	throw new ParameterError(
		`Columns ${names.indexOf(names[place] ?? '') + 1} and ${place + 1} of the file have the same name`,
		'Programs take one for the other; most do not tell capital from small letters. Give each of the Custom Columns a Header of its own.',
	);
}
