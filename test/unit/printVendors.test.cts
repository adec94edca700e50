import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { fileHead } from '../../nodes/shared/delivery/format/format';
import { readTextFormat } from '../../nodes/shared/delivery/parameters/format';
import { rowWriter } from '../../nodes/shared/delivery/format/rowWriter';
import {
	PRINT_VENDORS,
	cellsOf,
	headersOf,
	optionsOf,
	sourcesOf,
	type PrintVendor,
} from '../nodes/printVendors.cts';
import { HOSTILE_ROWS } from './hostileRows.cts';
import { textOf } from './packages.cts';

const DOCS = join(__dirname, '../../docs');

/** The last row is no program's name, so the Chinese guide has it in Chinese. */
const OTHERS = { 'Anything that reads a line a label': '其他逐行读取的软件' };
const inChinese = (program: string): string =>
	Object.entries(OTHERS).find(([english]) => english === program)?.[1] ?? program;

/** The third roll, with its rows in two slices. */
function fileFor(vendor: PrintVendor): Buffer {
	const options = optionsOf(vendor);
	const format = readTextFormat(vendor.output, (name, fallback) => options[name] ?? fallback);
	const rows = new RowReader().push(textOf(HOSTILE_ROWS));
	const write = rowWriter(format, { applicationId: '700000001' });
	return Buffer.concat([
		fileHead(format),
		write(rows, { first: 0, end: 5 }, { file: 3, row: 1 }),
		write(rows, { first: 5, end: rows.count }, { file: 3, row: 6 }),
	]);
}

/** What the columns have to hold. */
const expectedOf = (vendor: PrintVendor): string[][] =>
	HOSTILE_ROWS.map((row, at) => {
		const values: Readonly<Record<string, string>> = {
			...row,
			rowNumber: String(at + 1),
			fileNumber: '3',
		};
		return sourcesOf(vendor).map((source) => values[source] ?? '');
	});

describe.each(PRINT_VENDORS)('a file for $program', (vendor) => {
	const file = fileFor(vendor);

	it('holds every code as it is', () => {
		const lineEnd = vendor.lineEnding === 'lf' ? '\n' : '\r\n';
		if (vendor.output === 'urlList') {
			const lines = file.toString('latin1').split(lineEnd);
			expect(lines).toEqual([...HOSTILE_ROWS.map(({ url }) => url), '']);
			return;
		}
		const { delimiter } = vendor;
		const read = parse(file, { bom: true, delimiter, record_delimiter: lineEnd });
		expect(read).toEqual([headersOf(vendor), ...expectedOf(vendor)]);
	});

	it('begins with a byte order mark if the table says so', () => {
		const hasMark = file.toString('hex').startsWith('efbbbf');
		expect(hasMark).toBe(vendor.encoding === 'utf8Bom');
	});

	it.each([
		['print-vendors.md', 'as the roll', vendor.program],
		['zh-CN/print-vendors.md', '每卷的数量', inChinese(vendor.program)],
	])('is made with the settings of %s', (guide, perRoll, name) => {
		const rows = readFileSync(join(DOCS, guide), 'utf8')
			.split('\n')
			.filter((line) => line.startsWith('| '))
			.map((line) =>
				line
					.split('|')
					.slice(1, -1)
					.map((cell) => cell.trim()),
			);
		expect(rows.filter(([program]) => program === name)).toEqual([
			cellsOf({ ...vendor, program: name }, perRoll),
		]);
	});
});

it('PrintShop Mail takes names of letters, digits and underscores only', () => {
	const vendor = PRINT_VENDORS.find(({ program }) => program === 'PrintShop Mail');
	expect(vendor && headersOf(vendor).join('')).toMatch(/^[A-Za-z0-9_]+$/);
});

it('the guides have no row that is not tested', () => {
	const programs = PRINT_VENDORS.map(({ program }) => program);
	for (const [guide, expected] of [
		['print-vendors.md', programs],
		['zh-CN/print-vendors.md', programs.map(inChinese)],
	] as const) {
		const text = readFileSync(join(DOCS, guide), 'utf8');
		const table = text.slice(text.indexOf('| Output')).split('\n\n')[0] ?? '';
		const named = table
			.split('\n')
			.slice(2)
			.map((line) => line.split('|')[1]?.trim());
		expect(named).toEqual(expected);
	}
});
