import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { manifestText } from '../../nodes/shared/delivery/manifest/manifest';
import { workflowOf, type WorkflowJson } from '../engine/engine.cts';
import { listed, manifestWith, sha256Of } from '../unit/manifests.cts';
import { encrypt, rowsOf, textOf, type Row } from '../unit/packages.cts';
import { byId } from './world.cts';
import { useLab } from './lab.cts';

const lab = useLab();
const chosen = { resource: 'package', operation: 'proofSheet' };

/** Codes of which only one has a url with a space at its end; it is none that is evenly spaced. */
const ROWS: readonly Row[] = rowsOf({ start: 0, end: 999 }, 20_000).map((row, at) => ({
	...row,
	url:
		at === 500
			? `${row.url.trimEnd().slice(0, 27).padEnd(27, 'X')} `
			: row.url.replaceAll(' ', '$'),
}));
const urlsOf = (rows: readonly Row[]) => rows.map(({ url }) => `${url}\n`).join('');
const LIST = urlsOf(ROWS);

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

async function run(input: INodeExecutionData[], parameters: INodeParameters = {}) {
	const workflow = workflowOf(
		'marketcode',
		{ ...chosen, ...parameters },
		{ credentialId: lab.credentialId },
	);
	return await lab.world.engine.run(workflow, { input });
}

interface Sheet {
	readonly json: IDataObject;
	readonly hints: string[];
	/** The texts on it. */
	readonly texts: string[];
	readonly item: INodeExecutionData;
}

async function sheetOf(item: INodeExecutionData | undefined, hints: string[] = []): Promise<Sheet> {
	if (!item?.binary) throw new Error('There is no sheet');
	const [pdf, svg] = await Promise.all(
		['proof', 'preview'].map(async (field) => {
			const file = item.binary?.[field];
			if (!file) throw new Error(`There is no ${field}`);
			return await lab.world.engine.readBinary(file);
		}),
	);
	expect(pdf?.toString('latin1', 0, 5)).toBe('%PDF-');
	expect(item.json.sha256).toBe(sha256Of(pdf ?? ''));
	expect(item.json.bytes).toBe(pdf?.length);
	const texts = [...String(svg).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
		([, text = '']) => text,
	);
	return { json: item.json, hints, texts, item };
}

async function sheet(input: INodeExecutionData[], parameters: INodeParameters = {}) {
	const result = await run(input, parameters);
	if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
	const [item, ...others] = result.output('Node');
	expect(others).toEqual([]);
	expect(item?.pairedItem).toEqual(input.map((_, n) => ({ item: n })));
	return await sheetOf(
		item,
		result.hints('Node').map(({ message }) => message),
	);
}

async function fail(input: INodeExecutionData[], parameters: INodeParameters = {}) {
	const { error, output } = await run(input, parameters);
	if (!error || output('Node').length > 0) throw new Error('The node did not fail');
	return { message: error.message, description: error.description ?? '' };
}

const at = (...places: number[]) => places.map((place) => ROWS[place]?.url);
const urlsOn = ({ texts }: Sheet) =>
	texts.filter((text) => /^.{28}$/.test(text) && text.includes('/'));

describe('Package: Proof Sheet', () => {
	it('shows evenly spaced codes of all files, and one whose url ends in a space', async () => {
		const files = [ROWS.slice(0, 600), ROWS.slice(600, 601), ROWS.slice(601)].map(urlsOf);
		const input = files.map((content, n) => itemOf(`roll_${n + 1}.txt`, content));
		const made = await sheet(input, { proofCodes: 4 });
		expect(made.json).toEqual({
			is_proof: true,
			application_id: null,
			isv_application_id: null,
			code_count: 1_000,
			proof_codes: 4,
			file_name: 'marketcode_package_proof.pdf',
			bytes: made.json.bytes,
			sha256: made.json.sha256,
			warnings: [],
		});
		expect(made.item.binary?.proof?.fileName).toBe('marketcode_package_proof.pdf');
		expect(made.item.binary?.picture?.mimeType).toBe('image/png');
		expect(made.item.binary?.preview?.mimeType).toBe('image/svg+xml');
		expect(made.hints).toEqual([]);
		expect(urlsOn(made)).toEqual(at(0, 500, 666, 999));
		for (const text of [
			'file 1, line 1',
			'file 1, line 501   space last',
			'file 3, line 66',
			'file 3, line 399',
			...files.map(sha256Of),
			'roll_2.txt',
		]) {
			expect(made.texts.map((own) => own.trim())).toContain(text);
		}
	});

	it('shows what the index column says, of a package', async () => {
		const made = await sheet([itemOf('p.txt', textOf(ROWS))], { proofCodes: 3 });
		expect(urlsOn(made)).toEqual(at(0, 500, 999));
		expect(made.texts).toEqual(expect.arrayContaining(['20000', '20500   space last', '20999']));
		// A micro code shows only where there is a lattice.
		expect(made.texts.join('\n')).toContain('19 × 19 modules');
	});

	it('takes the delivery from a manifest, and the indexes of lists', async () => {
		const manifest = manifestWith({ files: [listed('roll.txt', LIST, 20_000, 20_999)] });
		const input = [
			itemOf('other name.txt', LIST, { application_id: '4711' }),
			itemOf('m.json', manifestText(manifest), {}, 'manifest'),
			itemOf('SHA256SUMS', 'x', {}, 'sha256sums'),
		];
		const made = await sheet(input, { proofCodes: 2 });
		expect(made.json).toMatchObject({
			application_id: '700000001',
			isv_application_id: 'order-2026-001',
			file_name: 'marketcode_700000001_20000-20999_proof.pdf',
			warnings: [],
		});
		expect(made.texts).toEqual(
			expect.arrayContaining([
				'order-2026-001',
				'2026-11-25 02:58 UTC',
				'20000',
				'20500   space last',
			]),
		);
	});

	it('says so where the files are others than those of the manifest', async () => {
		const manifest = manifestWith({ files: [listed('roll.txt', LIST, 20_000, 20_999)] });
		const input = [itemOf('roll.txt', urlsOf(ROWS.slice(1))), itemOf('m', manifestText(manifest))];
		const made = await sheet(input, { proofCodes: 2 });
		expect(made.json.warnings).toEqual([
			expect.stringMatching(/not exactly those of the manifest/),
		]);
		expect(made.hints).toHaveLength(1);
		expect(made.texts).toContain('line 1');
		const two = [listed('roll.txt', LIST, 0, 999), listed('b.txt', 'b', 1_000, 1_000)];
		const few = [itemOf('roll.txt', LIST), itemOf('m', manifestText(manifestWith({ files: two })))];
		expect((await sheet(few)).json.warnings).toHaveLength(1);
	});

	it('tells of files without codes, and passes over what belongs to a delivery', async () => {
		const input = [
			itemOf('a.txt', LIST, { code_start: 5, sha256: sha256Of('another') }),
			itemOf('notes.txt', 'hello'),
			itemOf('labels.pdf', '%PDF-1.7\n'),
			itemOf('SHA256SUMS', 'sum  a.txt\n'),
			itemOf('x_proof.pdf', '%PDF-1.7\n'),
			{ json: {} },
		];
		const made = await sheet(input);
		expect(made.json.proof_codes).toBe(12);
		expect(made.texts).toContain('line 1');
		expect(made.json.warnings).toEqual([
			expect.stringMatching(/^notes\.txt: It holds no codes/),
			expect.stringMatching(/^labels\.pdf: The codes of a PDF can not be read back/),
		]);
		expect(made.hints[0]).toMatch(/^notes\.txt/);
	});

	it('looks into ZIPs, each with its own password', async () => {
		const input = await Promise.all(
			[ROWS.slice(0, 400), ROWS.slice(400)].map(async (rows, n) => {
				const zip = new ZipWriter(new BlobWriter(), {
					password: `secret ${n}`,
					encryptionStrength: 3,
				});
				await zip.add(`${n}.txt`, new TextReader(urlsOf(rows)));
				await zip.add('proof.svg', new TextReader('<svg/>'));
				const content = Buffer.from(await (await zip.close()).arrayBuffer());
				return itemOf(`${n}.zip`, content, { password: `secret ${n}` });
			}),
		);
		const password = '={{ $json.password }}';
		const made = await sheet(input, { proofCodes: 3, password });
		expect(urlsOn(made)).toEqual(at(0, 500, 999));
		expect(made.texts.map((text) => text.trim())).toContain('1.txt');
		expect(made.json.warnings).toEqual([]);
		expect((await fail(input)).message).toMatch(/0\.txt.*password/);
	});
});

describe('in one workflow with Marketcode Download', () => {
	const downloadThenProof = (parameters: INodeParameters): WorkflowJson => {
		const options = { credentialId: lab.credentialId };
		const first = workflowOf('marketcodeDownload', parameters, options);
		const second = workflowOf('marketcode', { ...chosen, proofCodes: 5 }, options).nodes.slice(1);
		return {
			...first,
			nodes: [...first.nodes, ...second.map((node) => ({ ...node, name: 'Proof' }))],
			connections: {
				...first.connections,
				Node: { main: [[{ node: 'Proof', type: 'main', index: 0 }]] },
			},
		};
	};

	it.each([
		['package', {}],
		['urlList', {}],
		['csv', { encoding: 'utf16le', delimiter: ';', columns: ['url', 'code'] }],
		['jsonLines', {}],
	])('it is the sheet that goes with the files, of %s', async (output, options) => {
		const application = lab.application();
		const download = {
			application: byId(application.applicationId),
			output,
			files: 'perCount',
			codesPerFile: 700,
		};
		for (const manifest of [true, false]) {
			const settings = { ...download, options: { ...options, proofCodes: 5, manifest } };
			const result = await lab.world.engine.run(downloadThenProof(settings));
			expect(result.error).toBeUndefined();
			const own = await sheetOf(result.output('Node').find(({ json }) => json.is_proof));
			const made = await sheetOf(result.output('Proof')[0]);
			// The time is that of the manifest, or of now; without a lattice there is no micro code.
			const isTimeless = (text: string) =>
				!text.endsWith(' UTC') && !/^Micro code|modules, at/.test(text);
			expect(made.texts.filter(isTimeless)).toEqual(own.texts.filter(isTimeless));
			expect(urlsOn(made)).toHaveLength(5);
			expect(made.json).toMatchObject({
				application_id: application.applicationId,
				isv_application_id: application.isvApplicationId,
				code_count: 3_000,
				warnings: [],
			});
			if (manifest)
				expect(made.texts.filter((text) => text.endsWith(' UTC'))).toEqual(
					own.texts.filter((text) => text.endsWith(' UTC')),
				);
		}
	});
});

describe('what makes no sheet is an error', () => {
	it.each([
		[
			'no file in the field',
			[itemOf('a.txt', LIST, {}, 'file')],
			/^No input item .* field data$/,
			/Input Binary Field/,
		],
		[
			'no codes',
			[itemOf('a.txt', 'hello')],
			/^No codes were found in any file \(a\.txt: It holds/,
			/URL list/,
		],
		[
			'a package that is encrypted',
			[itemOf('a.txt', encrypt(textOf(ROWS), '0123456789abcdef').toString('base64'))],
			/^a\.txt: .*encrypted/,
			/Package → Decrypt/,
		],
		[
			'bytes',
			[itemOf('a.bin', encrypt(textOf(ROWS), '0123456789abcdef'))],
			/Package → Decrypt/,
			/decrypted/,
		],
		[
			'a url that lost its space',
			[itemOf('b.txt', LIST.replace(/ $/m, ''))],
			/^b\.txt: Line 501 does not fit: its url .*27 characters/,
			/strip/,
		],
	])('%s', async (_, input, message, description) => {
		const error = await fail(input);
		expect(error.message).toMatch(message);
		expect(error.description).toMatch(description);
		expect(JSON.stringify(error)).not.toContain(ROWS[0]?.url);
	});

	it.each([0, 61, 1.5, ''])('%p codes', async (proofCodes) => {
		expect((await fail([itemOf('a', LIST)], { proofCodes })).message).toMatch(/^Proof Codes/);
	});
});
