import { createHash } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import type { Application } from '../sandbox/sandbox.cts';
import {
	NODES,
	handedOn,
	manifestIn,
	runNode,
	unpacked,
	type HandedOn,
	type NodeName,
} from './handover.cts';
import { useLab } from './lab.cts';

const lab = useLab();

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

let application: Application;
beforeEach(() => {
	application = lab.application({ codeCount: 1_000 });
});

const run = async (
	node: NodeName,
	parameters: INodeParameters,
	options: INodeParameters = {},
): Promise<HandedOn> =>
	await handedOn(
		lab,
		await runNode(lab, node, application, {
			...parameters,
			options: { manifest: true, ...options },
		}),
	);

/** Each code, its url and its lattice. */
const secretsOf = ({ codeCount }: Application) =>
	lab.rows(application, 0, codeCount - 1).flatMap(({ code, url, lattice }) => [code, url, lattice]);

/** 4 rolls of 300 codes at most. */
const ROLLS = { files: 'perCount', codesPerFile: 300 };
const BOUNDS = [
	[0, 299],
	[300, 599],
	[600, 899],
	[900, 999],
];

describe.each(NODES)('the manifest of %s', (node) => {
	it('is the last item, with its binary files and the letter', async () => {
		const handed = await run(node, { ...ROLLS, output: 'urlList' }, { proofCodes: 5 });
		expect(handed.items.map(({ json }) => [json.is_proof, json.is_manifest])).toEqual([
			...handed.files.map(() => [undefined, undefined]),
			[true, undefined],
			[undefined, true],
		]);
		const item = handed.items.at(-1);
		const { text = '', sums = '' } = handed.manifest ?? {};
		expect(item?.pairedItem).toEqual({ item: 0 });
		expect(item?.json).toEqual({
			is_manifest: true,
			application_id: application.applicationId,
			isv_application_id: application.isvApplicationId,
			code_start: 0,
			code_end: 999,
			code_count: 1_000,
			files: 4,
			file_name: 'manifest.json',
			bytes: Buffer.byteLength(text),
			sha256: sha256(text),
			letter: {
				en: expect.stringContaining(application.isvApplicationId),
				zh: expect.stringContaining(application.isvApplicationId),
			},
		});
		expect(item?.binary).toMatchObject({
			manifest: { fileName: 'manifest.json', mimeType: 'application/json' },
			sha256sums: { fileName: 'SHA256SUMS', mimeType: 'text/plain' },
		});
		expect(Object.keys(item?.binary ?? {})).toHaveLength(2);
		expect(sums.split('\n')).toEqual([
			...handed.files.map(({ name, content }) => `${sha256(content)}  ${name}`),
			`${sha256(text)}  manifest.json`,
			'',
		]);
	});

	it.each([
		['urlList', {}, { encoding: 'utf8', line_ending: 'lf', delimiter: null, header: null }],
		[
			'urlList',
			{ encoding: 'utf8Bom', lineEnding: 'crlf' },
			{ encoding: 'utf8Bom', line_ending: 'crlf', delimiter: null, header: null },
		],
		[
			'csv',
			{},
			{ encoding: 'utf8', line_ending: 'lf', delimiter: ',', header: ['code', 'index', 'url'] },
		],
		[
			'csv',
			{ header: false, delimiter: ';', encoding: 'utf16le' },
			{ encoding: 'utf16le', line_ending: 'lf', delimiter: ';', header: null },
		],
		['jsonLines', {}, { encoding: 'utf8', line_ending: 'lf', delimiter: null, header: null }],
		['package', {}, { encoding: null, line_ending: null, delimiter: null, header: null }],
	])('says what is in the files: %s %j', async (output, options, format) => {
		const started = Date.now();
		const handed = await run(node, { ...ROLLS, output }, options);
		const manifest = manifestIn(handed);
		const files = handed.files.map(({ name, content }, at) => ({
			file: at + 1,
			name,
			bytes: content.length,
			code_count: at === 3 ? 100 : 300,
			code_start: BOUNDS[at]?.[0],
			code_end: BOUNDS[at]?.[1],
			sha256: sha256(content),
			archive: null,
		}));
		expect(manifest).toEqual({
			kind: 'wechat-marketcode-manifest',
			version: 1,
			created: expect.any(String),
			application_id: application.applicationId,
			isv_application_id: application.isvApplicationId,
			app_id: lab.sandbox.account.appId,
			code_start: 0,
			code_end: 999,
			code_count: 1_000,
			// One segment that begins at 0 does not tell.
			indexes_from: null,
			compared: 'application',
			lattice_width: 361,
			output,
			...format,
			qr_code: {
				version: 2,
				error_correction: 'Q',
				mode: 'alphanumeric',
				characters: 28,
				quiet_zone_modules: 4,
			},
			micro_code: { modules_a_side: 19, smallest_print_mm: 5 },
			files,
			totals: {
				files: 4,
				bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
				code_count: 1_000,
			},
			warnings: [],
		});
		const created = Date.parse(manifest.created);
		expect(created).toBeGreaterThanOrEqual(started);
		expect(created).toBeLessThanOrEqual(Date.now());
	});

	it('lists the archives, and the sums are those of what is stored', async () => {
		const handed = await run(node, { ...ROLLS, output: 'urlList' }, { archive: 'zip' });
		const { files, totals } = manifestIn(handed);
		const inner = await Promise.all(
			handed.files.map(async ({ content }) => (await unpacked(content))[0]),
		);
		expect(files).toEqual(
			handed.files.map(({ name, content }, at) =>
				expect.objectContaining({
					name: inner[at]?.name,
					bytes: inner[at]?.content.length,
					sha256: sha256(inner[at]?.content ?? ''),
					archive: { name, bytes: content.length, sha256: sha256(content) },
				}),
			),
		);
		expect(totals).toEqual({ files: 4, bytes: 29_000, code_count: 1_000 });
		expect(handed.manifest?.sums).toBe(
			[...handed.files, { name: 'manifest.json', content: handed.manifest?.text ?? '' }]
				.map(({ name, content }) => `${sha256(content)}  ${name}\n`)
				.join(''),
		);
	});

	it('of encrypted packages says what is known of them', async () => {
		const handed = await run(node, { output: 'encrypted' });
		expect(manifestIn(handed)).toMatchObject({
			output: 'encrypted',
			code_count: 1_000,
			indexes_from: null,
			compared: 'none',
			lattice_width: null,
			micro_code: null,
			files: [{ bytes: handed.files[0]?.content.length, code_count: 1_000 }],
		});
	});

	it.each(['none', 'zip', 'zipPassword'])(
		'holds no code, nor does the letter (%s)',
		async (archive) => {
			const secrets = secretsOf(application);
			for (const output of ['package', 'urlList', 'csv', 'jsonLines', 'encrypted']) {
				const handed = await run(node, { output }, { archive, proofCodes: 2 });
				const { manifest, proof, items, result } = handed;
				const json = items.map((item) => item.json);
				const hints = result.hints('Node');
				const said = [manifest?.text, manifest?.sums, JSON.stringify([json, hints, proof?.json])];
				expect(secrets.filter((secret) => said.join().includes(secret))).toEqual([]);
				// It says that a password comes by another way, if there is one.
				const { en, zh } = { en: '', zh: '', ...Object(manifest?.json.letter) };
				const isProtected = archive === 'zipPassword';
				expect([en.includes('AES-256'), zh.includes('AES-256')]).toEqual([
					isProtected,
					isProtected,
				]);
			}
		},
	);

	it('is not there unless it is asked for, nor with items', async () => {
		const handed = await run(node, ROLLS, { manifest: false });
		expect([handed.items.length, handed.manifest]).toEqual([4, undefined]);
		const items = await runNode(lab, node, application, {
			output: 'items',
			options: { manifest: true },
		});
		expect(items.output('Node').filter(({ json }) => json.is_manifest)).toEqual([]);
		expect(items.output('Node')).toHaveLength(1_000);
	});

	it.each(['warn', 'off'])('names what is wrong with the codes (verify: %s)', async (verify) => {
		if (node === 'Package: Decrypt') return;
		lab.sandbox.inject({ call: 'applycodedownload', times: Infinity, kind: 'duplicateUrl' });
		const handed = await run(node, { output: 'package', files: 'single' }, { verify });
		const { warnings, compared } = manifestIn(handed);
		expect(warnings).toEqual(
			verify === 'warn' ? [expect.stringMatching(/^Segment 1: .*repeats the url/)] : [],
		);
		expect(handed.files[0]?.json.warnings).toEqual(warnings);
		expect(compared).toBe(verify === 'warn' ? 'application' : 'none');
	});
});

describe('the letter, where the indexes of the package count from the segment', () => {
	const spoiled = 998;

	it.each(['csv', 'jsonLines', 'package'])(
		'leads to the index in the application: %s',
		async (output) => {
			application = lab.application({ codeCount: 1_000, segmentSize: 500, indexesFrom: 'segment' });
			const handed = await run('Marketcode Download', { output, files: 'perSegment' });
			const { en, zh } = { en: '', zh: '', ...Object(handed.manifest?.json.letter) };
			const [, less = 'none'] = /first index of its file \+ line number − (\d)\./.exec(en) ?? [];
			const [url = 'none'] = lab.rows(application, spoiled, spoiled).map((row) => row.url);
			const lines = String(handed.files[1]?.content).split('\n');
			// As the printer does: the line of the label that was spoiled, and the first index from the list of files.
			const at = lines.findIndex((line) => line.includes(url)) + 1;
			const [, first] = /codes, index (500) to 999/.exec(en) ?? [];
			expect(Number(first) + at - Number(less)).toBe(spoiled);
			expect(lines[at - 1]).toMatch(/\b498\b/);
			for (const letter of [en, zh]) expect(letter).not.toMatch(/in its column|看该列/);
			expect([en, zh].map((letter) => /Do not report indexes|请勿回报列中/.test(letter))).toEqual([
				true,
				true,
			]);
		},
	);
});
