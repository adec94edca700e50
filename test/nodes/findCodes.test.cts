import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { manifestText } from '../../nodes/shared/delivery/manifest/manifest';
import { workflowOf, type WorkflowJson } from '../engine/engine.cts';
import { listed, manifestWith, sha256Of } from '../unit/manifests.cts';
import { encrypt, rowsOf, textOf, type Row } from '../unit/packages.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();
const chosen = { resource: 'package', operation: 'findCodes' };

const ROWS = rowsOf({ start: 0, end: 999 }, 20_000);
const rowAt = (at: number): Row => ROWS[at] ?? { url: '', code: '', index: '', lattice: '' };
const listOf = (rows: readonly Row[]) => rows.map(({ url }) => `${url}\n`).join('');

const itemOf = (
	fileName: string,
	content: string | Buffer,
	json: IDataObject = {},
	field = 'data',
): INodeExecutionData => ({
	json,
	binary: {
		[field]: {
			data: Buffer.from(content).toString('base64'),
			mimeType: 'application/octet-stream',
			fileName,
		},
	},
});

async function run(input: INodeExecutionData[], parameters: INodeParameters) {
	const { credentialId } = lab;
	const workflow = workflowOf('marketcode', { ...chosen, ...parameters }, { credentialId });
	return await lab.world.engine.run(workflow, { input });
}

async function find(input: INodeExecutionData[], parameters: INodeParameters) {
	const result = await run(input, parameters);
	if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
	const items = result.output('Node');
	return {
		items,
		json: items.map(({ json }) => json),
		hints: result.hints('Node').map(({ message }) => message),
	};
}

async function fail(input: INodeExecutionData[], parameters: INodeParameters) {
	const { error, output } = await run(input, parameters);
	if (!error || output('Node').length > 0) throw new Error('The node did not fail');
	return { message: error.message, description: error.description ?? '' };
}

const scan = ({ url }: Row) => `http://p.url.cn${url.slice(8)}`;
const lines = (...texts: string[]) => texts.join('\n');

describe('Package: Find Codes', () => {
	it('tells of each code where it is, and of others that they are not there', async () => {
		const [first, second, foreign] = [
			rowAt(7),
			rowAt(999),
			rowsOf({ start: 5_000, end: 5_000 })[0],
		];
		if (!foreign) throw new Error('No row');
		const codeList = lines(scan(second), foreign.url, '', first.code, 'no code, is it?');
		const { items, json, hints } = await find([itemOf('p.txt', textOf(ROWS))], { codeList });
		const nowhere = {
			is_found: false,
			matches: 0,
			application_id: null,
			isv_application_id: null,
			code_index: null,
			file_name: null,
			archive: null,
			line: null,
			url: null,
			code: null,
		};
		const there = (row: Row, line: number) => ({
			is_found: true,
			note: null,
			matches: 1,
			application_id: null,
			isv_application_id: null,
			code_index: 20_000 + line - 1,
			file_name: 'p.txt',
			archive: null,
			line,
			url: row.url,
			code: row.code,
		});
		expect(json).toEqual([
			{ looked_for: scan(second), position: 1, ...there(second, 1_000) },
			{ looked_for: foreign.url, position: 2, ...nowhere, note: 'Not in this delivery' },
			{ looked_for: first.code, position: 3, ...there(first, 8) },
			{
				looked_for: 'no code, is it?',
				position: 4,
				...nowhere,
				note: expect.stringMatching(/^No code can be written like that: /),
			},
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			[{ item: 0 }],
			{ item: 0 },
			[{ item: 0 }],
			{ item: 0 },
		]);
		expect(hints).toEqual(['2 of 4 were not found']);
	});

	it('takes the codes from a field of items, which keep their pairs', async () => {
		const input = [
			itemOf('p.txt', textOf(ROWS), { url: null }),
			{ json: { url: rowAt(3).url } },
			{ json: { url: [scan(rowAt(4)), rowAt(5).code] } },
			{ json: {} },
			{ json: { url: rowAt(3).url } },
		];
		const { items } = await find(input, { codesFrom: 'items' });
		expect(items.map(({ json, pairedItem }) => [json.code_index, pairedItem])).toEqual([
			[20_003, [{ item: 1 }, { item: 0 }]],
			[20_004, [{ item: 2 }, { item: 0 }]],
			[20_005, [{ item: 2 }, { item: 0 }]],
			[20_003, [{ item: 4 }, { item: 0 }]],
		]);
	});

	it('takes an expression in the list, that of each item once', async () => {
		const input = [
			itemOf('p.txt', textOf(ROWS), { all: [rowAt(1).url, rowAt(2).url], own: rowAt(3).url }),
			{ json: { all: [rowAt(1).url, rowAt(2).url], own: rowAt(4).url } },
			{ json: { all: [rowAt(1).url, rowAt(2).url] } },
		];
		const indexes = async (codeList: string) =>
			(await find(input, { codeList })).json.map(({ code_index }) => code_index);
		expect(await indexes('={{ $json.all.join("\\n") }}')).toEqual([20_001, 20_002]);
		expect(await indexes('={{ $json.all }}')).toEqual([20_001, 20_002]);
		expect(await indexes('={{ $json.own }}')).toEqual([20_003, 20_004]);
	});

	it.each([
		['UTF-8', (text: string) => Buffer.from(text)],
		['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
		['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
	])('takes them from a file in %s', async (_, encoded) => {
		const [spaced = rowAt(0)] = ROWS.filter(({ url }) => url.endsWith(' '));
		const list = `${scan(rowAt(1))}\r\n${spaced.url}\r\n\r\n${rowAt(2).code}`;
		const input = [itemOf('p.txt', textOf(ROWS)), itemOf('scans.txt', encoded(list), {}, 'scans')];
		const { json } = await find(input, { codesFrom: 'file' });
		expect(json.map(({ code_index }) => code_index)).toEqual([
			20_001,
			Number(spaced.index),
			20_002,
		]);
	});

	it('has the indexes of a list from the manifest that lists the very file', async () => {
		const manifest = manifestWith({ files: [listed('roll.txt', listOf(ROWS), 40_000, 40_999)] });
		const m = itemOf('m.json', manifestText(manifest), {}, 'manifest');
		const codeList = rowAt(9).url;
		const own = await find([itemOf('other.txt', listOf(ROWS), { application_id: '1' }), m], {
			codeList,
		});
		expect(own.json).toEqual([
			expect.objectContaining({
				is_found: true,
				note: null,
				application_id: '700000001',
				isv_application_id: 'order-2026-001',
				code_index: 40_009,
				file_name: 'other.txt',
				line: 10,
				code: null,
			}),
		]);
		const changed = await find([itemOf('roll.txt', listOf(ROWS.slice(1))), m], { codeList });
		expect(changed.json[0]).toMatchObject({
			is_found: true,
			application_id: null,
			code_index: null,
			line: 9,
		});
		expect(changed.json[0]?.note).toMatch(/index is not known.*manifest/);
	});

	it('trusts the place rather than a column that counts from the segment, and else neither', async () => {
		const rolls = [listed('p.txt', textOf(ROWS), 40_000, 40_999)];
		const codeList = rowAt(9).code;
		for (const [indexes_from, index] of [
			['segment', 40_009],
			['application', null],
		] as const) {
			const manifest = manifestWith({ files: rolls, indexes_from });
			const input = [itemOf('p.txt', textOf(ROWS)), itemOf('m', manifestText(manifest))];
			const { json } = await find(input, { codeList });
			expect(json[0]).toMatchObject({ is_found: true, code_index: index });
			if (index === null) expect(json[0]?.note).toMatch(/another index than the place/);
		}
		// With gaps, a place says nothing.
		const [roll] = rolls;
		const gaps = manifestWith({ files: roll ? [{ ...roll, code_end: 50_000 }] : [] });
		const { json } = await find([itemOf('p.txt', textOf(ROWS)), itemOf('m', manifestText(gaps))], {
			codeList,
		});
		expect(json[0]?.code_index).toBe(20_009);
	});

	it('takes the start of a file from its item only if it is of this very file', async () => {
		const list = listOf(ROWS);
		const json = { code_start: 5, code_end: 1_004, code_count: 1_000, sha256: sha256Of(list) };
		const codeList = rowAt(9).url;
		const indexOf = async (changes: IDataObject) =>
			(await find([itemOf('a.txt', list, { ...json, ...changes })], { codeList })).json[0]
				?.code_index;
		expect(await indexOf({})).toBe(14);
		expect(await indexOf({ sha256: sha256Of('another') })).toBeNull();
		expect(await indexOf({ code_end: 1_005 })).toBeNull();
	});

	it('lists every place of a code that several files have', async () => {
		const again = ROWS.slice(10, 20).map((row) => ({ ...row, url: row.url.replace('/0', '/1') }));
		const input = [
			itemOf('a.txt', textOf(ROWS), { application_id: '1' }),
			itemOf('b.txt', textOf(again), { application_id: '2' }),
		];
		const { json, items } = await find(input, { codeList: lines(rowAt(12).code, rowAt(12).url) });
		expect(
			json.map(({ position, matches, file_name, line, application_id }) => [
				position,
				matches,
				file_name,
				line,
				application_id,
			]),
		).toEqual([
			[1, 2, 'a.txt', 13, '1'],
			[1, 2, 'b.txt', 3, '2'],
			[2, 1, 'a.txt', 13, '1'],
		]);
		expect(items[1]?.pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
	});

	it('does not say that a code is not there where nobody can know', async () => {
		const codeList = lines(rowAt(7).code, rowAt(0).code, 'P.URL.CN/0123456789012345678');
		const input = [itemOf('a.txt', listOf(ROWS)), itemOf('b.txt', textOf(ROWS.slice(0, 5)))];
		const { json } = await find(input, { codeList });
		expect(json.map(({ is_found, note }) => [is_found, note])).toEqual([
			[null, expect.stringMatching(/^Not known: 1 of 2 files have urls only/)],
			[true, null],
			[false, 'Not in this delivery'],
		]);
	});

	it('takes the newest of manifests that list a file, and no file of another field', async () => {
		const list = listOf(ROWS);
		const manifests = [10, 30, 20].map((day, at) =>
			itemOf(
				'm',
				manifestText(
					manifestWith({
						created: new Date(`2026-11-${day}T00:00:00Z`),
						files: [listed('a.txt', list, at * 10_000, at * 10_000 + 999)],
					}),
				),
			),
		);
		const { json } = await find([itemOf('a.txt', list), ...manifests], { codeList: rowAt(0).url });
		expect(json.map(({ code_index }) => code_index)).toEqual([10_000]);

		const two = [itemOf('a.txt', textOf(ROWS.slice(9))), itemOf('b.txt', list, {}, 'other')];
		const other = await find(two, { codeList: lines(rowAt(0).code, rowAt(9).url) });
		expect(other.json.map(({ is_found, matches }) => [is_found, matches])).toEqual([
			[false, 0],
			[true, 1],
		]);
	});

	it('shows what was looked for as it was given', async () => {
		const codeList = '\ufeff 1 \r\n\t P.URL.CN/0 ';
		const { json } = await find([itemOf('p.txt', textOf(ROWS))], { codeList });
		expect(json.map(({ looked_for }) => looked_for)).toEqual([' 1 ', ' P.URL.CN/0 ']);
	});

	it('tells of files that hold no codes', async () => {
		const input = [itemOf('a.txt', listOf(ROWS)), itemOf('labels.pdf', '%PDF-1.7\n')];
		const { hints } = await find(input, { codeList: rowAt(0).url });
		expect(hints).toEqual([expect.stringMatching(/^labels\.pdf: The codes of a PDF/)]);
	});
});

describe('ranges', () => {
	const range = { result: 'range' };
	const file = itemOf('p.txt', textOf(ROWS), { application_id: '4711' });

	it('are those of rolls, by their first and last code', async () => {
		const codeList = lines(
			`${scan(rowAt(0))}\t${scan(rowAt(199))}`,
			rowAt(999).code,
			rowAt(200).url,
			rowAt(5).url,
			'P.URL.CN/0123456789012345678',
		);
		const { json, hints, items } = await find([file], { ...range, codeList });
		const common = { application_id: '4711', isv_application_id: null, archive: null };
		expect(json).toEqual([
			{
				looked_for_first: scan(rowAt(0)),
				looked_for_last: scan(rowAt(199)),
				position: 1,
				is_found: true,
				note: null,
				...common,
				code_start: 20_000,
				code_end: 20_199,
				code_count: 200,
				file_name: 'p.txt',
				line_start: 1,
				line_end: 200,
			},
			expect.objectContaining({
				position: 2,
				is_found: true,
				code_start: 20_200,
				code_end: 20_999,
				code_count: 800,
			}),
			expect.objectContaining({
				position: 3,
				is_found: false,
				note: 'The second: Not in this delivery',
				application_id: null,
				code_start: null,
				code_end: null,
			}),
		]);
		expect(Object.keys(json[2] ?? {}).sort()).toEqual(Object.keys(json[0] ?? {}).sort());
		expect(hints).toEqual(['1 of 3 were not found']);
		expect(items[0]?.pairedItem).toEqual([{ item: 0 }]);
	});

	it('are none across files or gaps, or where no index is known', async () => {
		const codeList = lines(rowAt(0).url, rowAt(9).url);
		const noteOf = async (...input: INodeExecutionData[]) => {
			const { json } = await find(input, { ...range, codeList });
			expect(json[0]).toMatchObject({ is_found: false, code_start: null });
			return json[0]?.note;
		};
		const halves = [ROWS.slice(0, 5), ROWS.slice(5)].map((rows, n) => itemOf(`${n}`, textOf(rows)));
		expect(await noteOf(...halves)).toBe('The two are in different files');
		const gap = itemOf('a', textOf(ROWS.filter((_, at) => at !== 5)));
		expect(await noteOf(gap)).toMatch(/gaps/);
		expect(await noteOf(itemOf('a', listOf(ROWS)))).toMatch(/index is not known/);
	});

	it('need two codes each', async () => {
		const error = await fail([file], { ...range, codeList: lines('a', 'b', 'c') });
		expect(error.message).toMatch(/^There are 3 codes: a range needs two/);
	});
});

describe('in one workflow with Marketcode Download', () => {
	const downloadThenFind = (download: INodeParameters, find: INodeParameters): WorkflowJson => {
		const options = { credentialId: lab.credentialId };
		const first = workflowOf('marketcodeDownload', download, options);
		const second = workflowOf('marketcode', { ...chosen, ...find }, options).nodes.slice(1);
		return {
			...first,
			nodes: [...first.nodes, ...second.map((node) => ({ ...node, name: 'Find' }))],
			connections: {
				...first.connections,
				Node: { main: [[{ node: 'Find', type: 'main', index: 0 }]] },
			},
		};
	};
	const PASSWORD = 'Secret of the printer 1';

	// In a ZIP of the whole delivery, there is a manifest anyway.
	it.each([
		['package', {}, true],
		['urlList', {}, false],
		['csv', { encoding: 'utf16le', delimiter: ';', columns: ['url', 'code'] }, true],
		['csv', {}, true],
		['jsonLines', {}, true],
		['urlList', { archive: 'zipPassword', password: PASSWORD }, false],
		['urlList', { archive: 'zipPassword', archivePer: 'delivery', password: PASSWORD }, false],
	])('codes and rolls are found, of %s %j', async (output, options, hasCodes) => {
		const application = lab.application();
		const rows = lab.rows(application, 0, 2_999);
		const sought = [0, 699, 700, 1_234, 2_999].map((index) => rows[index]);
		const codeList = sought.map((row) => `http://${row?.url}`).join('\n');
		for (const manifest of [true, false]) {
			const download = {
				application: byId(application.applicationId),
				output,
				files: 'perCount',
				codesPerFile: 700,
				options: { ...options, manifest, proofCodes: 3 },
			};
			const results = await Promise.all(
				['codes', 'range'].map(async (result) => {
					const list =
						result === 'codes' ? codeList : lines(...ends(rows, 700, 1_399, 2_999, 2_800));
					const own = { codeList: list, result, password: PASSWORD };
					const done = await lab.world.engine.run(downloadThenFind(download, own));
					expect(done.error).toBeUndefined();
					return done.output('Find').map(({ json }) => json);
				}),
			);
			const [codes = [], ranges = []] = results;
			expect(codes).toEqual(
				sought.map((row, n) =>
					expect.objectContaining({
						position: n + 1,
						is_found: true,
						application_id: application.applicationId,
						isv_application_id: application.isvApplicationId,
						code_index: Number(row?.index),
						line: (Number(row?.index) % 700) + 1 + (output === 'csv' ? 1 : 0),
						url: row?.url,
						code: hasCodes ? row?.code : null,
					}),
				),
			);
			expect(new Set(codes.map(({ file_name }) => file_name)).size).toBe(3);
			const found = ranges.map(({ code_start, code_end, code_count }) => [
				code_start,
				code_end,
				code_count,
			]);
			expect(found).toEqual([
				[700, 1_399, 700],
				[2_800, 2_999, 200],
			]);
		}
	});

	const ends = (rows: readonly { readonly url: string }[], ...indexes: number[]) =>
		indexes.map((index) => rows[index]?.url ?? '');
});

describe('what can not be looked for is an error that shows no code', () => {
	const file = itemOf('p.txt', textOf(ROWS));
	const sought = { codeList: rowAt(0).url };
	it.each([
		['nothing to look for', [file], { codeList: ' \n' }, /^There are no codes to look for/],
		['no such field', [file], { codesFrom: 'items', codeField: 'scan' }, /^There are no codes/],
		[
			'an object',
			[{ ...file, json: { scan: { url: rowAt(0).url } } }],
			{ codesFrom: 'items', codeField: 'scan' },
			/^Code Field \(scan\) is not text/,
		],
		[
			'objects as text',
			[{ ...file, json: { scan: {} } }],
			{ codeList: '={{ "" + $json.scan }}' },
			/^Code List is not text/,
		],
		[
			'one field for two things',
			[file],
			{ codesFrom: 'file', listBinaryField: 'data' },
			/are the same$/,
		],
		[
			'a list that is none',
			[file, itemOf('s', Buffer.alloc(200_000, 'x'), {}, 'scans')],
			{ codesFrom: 'file' },
			/^The list is no text/,
		],
		[
			'too many',
			[{ ...file, json: { scan: 'x\n'.repeat(100_001) } }],
			{ codesFrom: 'items', codeField: 'scan' },
			/^More than 100000 codes/,
		],
		['a way that is not offered', [file], { codesFrom: 'x' }, /^Codes From has a value/],
		['no file', [{ json: {} }], sought, /^No input item has a file .* field data$/],
		[
			'a package that is encrypted',
			[itemOf('a', encrypt(textOf(ROWS), '0123456789abcdef').toString('base64'))],
			sought,
			/^a: .*encrypted/,
		],
		[
			'a line that is damaged',
			[itemOf('b', listOf(ROWS).replace(/^(.{28})\n(.{20})/, '$1\n'))],
			sought,
			/^b: Line 2 does not fit/,
		],
	])('%s', async (_, input, parameters, message) => {
		const error = await fail(input, parameters);
		expect(error.message).toMatch(message);
		for (const { url, code } of ROWS.slice(0, 2)) {
			expect(JSON.stringify(error)).not.toContain(url.slice(10, 20));
			expect(JSON.stringify(error)).not.toContain(code);
		}
	});

	it('a ZIP whose password is another', async () => {
		const zip = new ZipWriter(new BlobWriter(), { password: 'one', encryptionStrength: 3 });
		await zip.add('0.txt', new TextReader(listOf(ROWS)));
		const content = Buffer.from(await (await zip.close()).arrayBuffer());
		const input = [itemOf('0.zip', content, { secret: 'one' })];
		expect((await fail(input, { ...sought, password: 'two' })).message).toMatch(/password/);
		const { json } = await find(input, { ...sought, password: '={{ $json.secret }}' });
		expect(json[0]).toMatchObject({
			is_found: true,
			archive: '0.zip',
			file_name: '0.txt',
			line: 1,
		});
	});
});
