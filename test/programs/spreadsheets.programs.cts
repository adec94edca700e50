import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { ENCODINGS, type Encoding } from '../../nodes/shared/delivery/format/encoding';
import {
	fileHead,
	type FileColumn,
	type TextFormat,
} from '../../nodes/shared/delivery/format/format';
import { rowWriter } from '../../nodes/shared/delivery/format/rowWriter';
import { HOSTILE_ROWS } from '../unit/hostileRows.cts';
import { textOf } from '../unit/packages.cts';

/** A column of the file, and what LibreOffice has to show in it. */
const COLUMNS: readonly (readonly [FileColumn, (row: number) => string])[] = [
	[column('code'), (row) => HOSTILE_ROWS[row]?.code ?? ''],
	[column('index'), (row) => HOSTILE_ROWS[row]?.index ?? ''],
	[column('lattice'), (row) => HOSTILE_ROWS[row]?.lattice ?? ''],
	[column('url', 'QR码'), (row) => HOSTILE_ROWS[row]?.url ?? ''],
	[column('constant', '批次;1,"2"', '=1+1;红,"茶"'), () => '=1+1;红,"茶"'],
	[column('constant', 'lines', '一\n二'), () => '一\n二'],
	[column('rowNumber'), (row) => String(row + 1)],
	[column('applicationId'), () => '0700000001'],
];
const EXPECTED = HOSTILE_ROWS.map((_, row) => COLUMNS.map(([, valueOf]) => valueOf(row)));
const HEADERS = COLUMNS.map(([{ header }]) => header);

/** Numbers that LibreOffice has for encodings. */
const CHARACTER_SETS = { utf8: 76, utf8Bom: 76, utf16le: 65535 } as const;
const CALC = 'Text - txt - csv (StarCalc)';
/** Comma, quote, UTF-8, from line 1; no cell as a formula. */
const EXPORT = `csv:${CALC}:44,34,76,1,,0,false,true,false`;

function column(source: FileColumn['source'], header: string = source, value = ''): FileColumn {
	return { source, header, value };
}

function fileOf(format: TextFormat): Buffer {
	const rows = new RowReader().push(textOf(HOSTILE_ROWS));
	const write = rowWriter(format, { applicationId: '0700000001' });
	const slice = { first: 0, end: rows.count };
	return Buffer.concat([fileHead(format), write(rows, slice, { file: 1, row: 1 })]);
}

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'wechat-marketcode-spreadsheets-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true, maxRetries: 3 }));

/**
 * Opens CSV files in LibreOffice Calc and saves what its cells hold.
 *
 * @param settings of LibreOffice's CSV import, behind delimiter and quote
 * @returns the cells of each file
 */
async function throughCalc(
	files: ReadonlyMap<string, Buffer>,
	delimiter: string,
	settings: string,
): Promise<Map<string, string[][]>> {
	const paths = [...files.keys()].map((name) => join(folder, name));
	for (const path of paths) await writeFile(path, files.get(basename(path)) ?? '');
	const saved = await mkdtemp(join(folder, 'saved-'));
	await promisify(execFile)('soffice', [
		`-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`,
		'--headless',
		`--infilter=${CALC}:${delimiter.charCodeAt(0)},34,${settings}`,
		'--convert-to',
		EXPORT,
		'--outdir',
		saved,
		...paths,
	]);
	const cells = new Map<string, string[][]>();
	for (const name of files.keys()) cells.set(name, parse(await readFile(join(saved, name))));
	return cells;
}

/** Both line endings, with a header and without. */
function variantsOf(delimiter: string, encoding: Encoding): Map<string, Buffer> {
	const files = new Map<string, Buffer>();
	for (const lineEnding of ['lf', 'crlf'] as const) {
		for (const hasHeader of [true, false]) {
			const columns = COLUMNS.map(([own]) => own);
			const form = { output: 'csv' as const, columns, delimiter, hasHeader };
			const name = `${encoding}-${lineEnding}-${hasHeader ? 'header' : 'bare'}.csv`;
			files.set(name, fileOf({ ...form, lineEnding, encoding }));
		}
	}
	return files;
}

describe('LibreOffice Calc', () => {
	const delimiters = { comma: ',', semicolon: ';', tab: '\t' };
	const cases = Object.entries(delimiters).flatMap(([name, delimiter]) =>
		ENCODINGS.map((encoding) => ({ name, delimiter, encoding })),
	);

	it.each(cases)(
		'shows codes as they are, with its columns as Text: $encoding, $name',
		async ({ delimiter, encoding }) => {
			const files = variantsOf(delimiter, encoding);
			// 2 is Text, for each column.
			const asText = COLUMNS.map((_, at) => `${at + 1}/2`).join('/');
			const settings = `${CHARACTER_SETS[encoding]},1,${asText},0,false,false,false`;
			const cells = await throughCalc(files, delimiter, settings);
			expect(cells.size).toBe(4);
			for (const [name, found] of cells) {
				expect([name, ...found]).toEqual([
					name,
					...(name.includes('header') ? [HEADERS] : []),
					...EXPECTED,
				]);
			}
		},
	);

	it('changes codes with its columns as Standard, as docs/print-vendors.md says', async () => {
		const name = 'utf8-lf-bare.csv';
		const file = variantsOf(';', 'utf8').get(name) ?? Buffer.alloc(0);
		const cells = await throughCalc(new Map([[name, file]]), ';', '76,1');
		const codes = cells.get(name)?.map(([code]) => code) ?? [];
		const shown = new Map(HOSTILE_ROWS.map(({ code }, at) => [code, codes[at]]));
		expect(shown.get('000000012')).toBe('12');
		expect(shown.get('+12345678')).toBe('12345678');
		expect(shown.get('12E3')).not.toBe('12E3');
		expect(shown.get('1/2')).not.toBe('1/2');
		expect(shown.get('0441E1234')).not.toBe('0441E1234');
	});

	it('turns a lattice of 68 characters into a rounded number, as docs/print-vendors.md says', async () => {
		const lattice = '10101111001011011001000010100110100110100101101111010110110100111010';
		const cells = await throughCalc(
			new Map([['lattice.csv', Buffer.from(`${lattice}\n`)]]),
			';',
			'76,1',
		);
		expect(cells.get('lattice.csv')).toEqual([['1.0101111001011E+067']]);
	});
});
