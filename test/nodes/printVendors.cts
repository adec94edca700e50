import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { TextOutput } from '../../nodes/shared/delivery/format/format';
import { formatOptions } from '../../nodes/shared/delivery/parameters/format';

/** A row of the table of settings in docs/print-vendors.md: what a program takes. */
export interface PrintVendor {
	/** As the first column names it, in both languages. */
	readonly program: string;
	readonly output: Extract<TextOutput, 'csv' | 'urlList'>;
	/** The most that the program takes in a file; undefined: as many as are on a roll. */
	readonly codesPerFile?: number;
	readonly columns?: readonly string[];
	/** Source and header of each, in order. */
	readonly customColumns?: readonly (readonly [source: string, header: string])[];
	readonly delimiter?: ',' | ';' | '\t';
	readonly encoding: 'utf8' | 'utf8Bom' | 'utf16le';
	readonly lineEnding: 'lf' | 'crlf';
}

export const PRINT_VENDORS: readonly PrintVendor[] = [
	{
		program: 'BarTender',
		output: 'csv',
		columns: ['url', 'index', 'code'],
		delimiter: ',',
		encoding: 'utf8Bom',
		lineEnding: 'crlf',
	},
	{
		program: 'NiceLabel (Loftware)',
		output: 'csv',
		columns: ['url', 'index', 'code'],
		delimiter: ',',
		encoding: 'utf8Bom',
		lineEnding: 'crlf',
	},
	{
		program: 'Konica Minolta Dispatcher Phoenix VDP',
		output: 'csv',
		codesPerFile: 75_000,
		columns: ['url', 'index'],
		delimiter: ',',
		encoding: 'utf8',
		lineEnding: 'crlf',
	},
	{
		program: 'Canon PRISMAprepare',
		output: 'csv',
		columns: ['url', 'index'],
		delimiter: ',',
		encoding: 'utf8',
		lineEnding: 'crlf',
	},
	{
		program: 'Durst Workflow',
		output: 'csv',
		columns: ['url', 'index'],
		delimiter: ',',
		encoding: 'utf8',
		lineEnding: 'crlf',
	},
	{
		program: 'PACKZ, PACKZflow',
		output: 'csv',
		columns: ['url', 'index'],
		delimiter: ',',
		encoding: 'utf8',
		lineEnding: 'crlf',
	},
	{
		program: 'PrintShop Mail',
		output: 'csv',
		customColumns: [
			['url', 'QR_Code'],
			['index', 'Number'],
		],
		delimiter: '\t',
		encoding: 'utf8',
		lineEnding: 'crlf',
	},
	{
		program: 'ScanTrust',
		output: 'csv',
		codesPerFile: 20_000,
		customColumns: [
			['code', 'extended_id'],
			['index', 'serial_number'],
			['rowNumber', 'sequence_number'],
			['fileNumber', 'batch_number'],
			['url', 'full_url'],
		],
		delimiter: ',',
		encoding: 'utf8',
		lineEnding: 'lf',
	},
	{
		program: 'Excel',
		output: 'csv',
		codesPerFile: 1_000_000,
		columns: ['code', 'index', 'url'],
		delimiter: ',',
		encoding: 'utf8Bom',
		lineEnding: 'crlf',
	},
	{
		program: 'LibreOffice Calc',
		output: 'csv',
		codesPerFile: 1_000_000,
		columns: ['code', 'index', 'url'],
		delimiter: ';',
		encoding: 'utf8',
		lineEnding: 'lf',
	},
	{
		program: 'Anything that reads a line a label',
		output: 'urlList',
		encoding: 'utf8',
		lineEnding: 'crlf',
	},
];

/** What the table says as the node's options. */
export function optionsOf(vendor: PrintVendor): IDataObject {
	const { columns, customColumns, delimiter, encoding, lineEnding } = vendor;
	return {
		...(columns && { columns: [...columns] }),
		...(customColumns && {
			customColumns: { column: customColumns.map(([source, header]) => ({ source, header })) },
		}),
		...(delimiter && { delimiter }),
		encoding,
		lineEnding,
	};
}

/** Names of the columns in the file, from left to right. */
export const headersOf = ({ columns = [], customColumns }: PrintVendor): readonly string[] =>
	customColumns?.map(([, header]) => header) ?? columns;

/** What fills the columns, from left to right. */
export const sourcesOf = ({ columns = ['url'], customColumns }: PrintVendor): readonly string[] =>
	customColumns?.map(([source]) => source) ?? columns;

/**
 * The cells of the vendor's row in the guide, with the names that the node's own form shows.
 *
 * @param perRoll what the language says where there is no largest number of codes
 */
export function cellsOf(vendor: PrintVendor, perRoll: string): string[] {
	const { program, output, codesPerFile, columns, customColumns, delimiter } = vendor;
	const custom = customColumns?.map(
		([source, header]) => `${shownName('customColumns', source)} as \`${header}\``,
	);
	const plain = columns?.map((column) => shownName('columns', column));
	return [
		program,
		output === 'csv' ? 'CSV' : 'URL List',
		codesPerFile?.toLocaleString('en-US') ?? perRoll,
		(custom ?? plain)?.join(', ') ?? '–',
		delimiter ? shownName('delimiter', delimiter) : '–',
		shownName('encoding', vendor.encoding),
		shownName('lineEnding', vendor.lineEnding).replace(/ \(.*/, ''),
	];
}

/** The name under which the form offers a value of an option. */
function shownName(option: string, value: string): string {
	const property = formatOptions.find(({ name }) => name === option);
	const names = [...JSON.stringify(property).matchAll(/\{"name":"([^"]*)","value":"([^"]*)"/g)];
	const shown = names.find(([, , offered]) => JSON.parse(`"${offered}"`) === value)?.[1];
	if (shown === undefined) throw new Error(`The option ${option} does not offer ${value}`);
	return shown;
}

/** The node's parameters for a vendor. */
export const parametersOf = (vendor: PrintVendor): INodeParameters => ({
	output: vendor.output,
	files: 'single',
	options: JSON.parse(JSON.stringify(optionsOf(vendor))),
});
