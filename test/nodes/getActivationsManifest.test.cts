import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { workflowOf, type RunResult } from '../engine/engine.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { activateAll } from './activity.cts';
import { useLab } from './lab.cts';
import { standIns } from './standIns.cts';
import { byId } from './world.cts';

const lab = useLab();

/** Rolls of a delivery; with the manifest, and what else is wished. */
const rolls = (codesPerFile: number, options: INodeParameters = {}): INodeParameters => ({
	output: 'urlList',
	files: 'perCount',
	codesPerFile,
	options: { manifest: true, ...options },
});

/** Delivers codes of an application: the names of the files, and the item with the manifest. */
async function deliver(application: Application, parameters: INodeParameters) {
	const { items } = await lab.download(application, parameters);
	const [manifest] = items.filter(({ json }) => json.is_manifest);
	const names = items.filter((item) => item !== manifest).map(({ json }) => json.file_name);
	if (!manifest) throw new Error('There is no manifest');
	return { manifest, names };
}

interface ManifestText extends IDataObject {
	files: IDataObject[];
	totals: IDataObject;
}

/** The same manifest as somebody has changed it. */
async function changed(
	item: INodeExecutionData,
	change: (text: ManifestText) => void,
): Promise<INodeExecutionData> {
	const file = item.binary?.manifest;
	if (!file) throw new Error('There is no manifest');
	const text: ManifestText = JSON.parse((await lab.world.engine.readBinary(file)).toString());
	change(text);
	return itemOf(JSON.stringify(text));
}

const itemOf = (text: string): INodeExecutionData => ({
	json: {},
	binary: { manifest: { data: Buffer.from(text).toString('base64'), mimeType: 'text/plain' } },
});

interface Wanted {
	readonly application?: INodeParameters;
	readonly step?: number;
	readonly options?: INodeParameters;
}

const MANIFEST = { manifestBinaryField: 'manifest' };

const workflowFor = ({ application, step = 1_000, options = MANIFEST }: Wanted) =>
	workflowOf(
		'marketcode',
		{
			...{ resource: 'code', operation: 'getActivations' },
			...(application && { application }),
			step,
			options,
		},
		{ credentialId: lab.credentialId },
	);

const run = async (input: INodeExecutionData[], wanted: Wanted = {}): Promise<RunResult> =>
	await lab.world.engine.run(workflowFor(wanted), { input });

async function map(input: INodeExecutionData | INodeExecutionData[], wanted: Wanted = {}) {
	const result = await run([input].flat(), wanted);
	if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
	return result.output('Node');
}

const mapped = async (input: INodeExecutionData, wanted: Wanted = {}) =>
	(await map(input, wanted)).map(({ json }) => json);

/** The codes of the stretches that are so. */
const codes = (items: readonly IDataObject[], isSo: (item: IDataObject) => unknown) =>
	items.filter(isSo).map(({ code_start, code_end }) => [code_start, code_end]);

const differs = (item: IDataObject) => item.differs;

async function failure(input: INodeExecutionData, wanted: Wanted = {}) {
	const result = await run([input], wanted);
	expect(result.output('Node')).toEqual([]);
	expect(lab.requests('codeactivequery')).toEqual([]);
	const { message, description } = result.error ?? {};
	return `${message ?? 'no error'} | ${description ?? ''}`;
}

const activate = async ({ applicationId }: Application, codeStart: number, codeEnd: number) => {
	await activateAll(lab, applicationId, { codes: 'range', codeStart, codeEnd });
	lab.sandbox.clearRequests();
};

describe('against the manifest of a delivery', () => {
	it('says of each file what is active, and what is active without being delivered', async () => {
		const application = lab.application();
		const { manifest, names } = await deliver(application, {
			...{ codes: 'range', codeStart: 500, codeEnd: 2_499 },
			...rolls(600),
		});
		await activate(application, 0, 99);
		// From one file into the next, a piece of one, and out of the last one.
		await activate(application, 500, 1_199);
		await activate(application, 1_600, 1_649);
		await activate(application, 2_400, 2_600);

		const items = await mapped(manifest, {
			application: byId(application.applicationId),
			step: 10,
		});
		const told = items.map((item) => [
			...[item.code_start, item.code_end, item.is_active],
			...[item.expected, item.differs, item.file_name],
		]);
		const [first, second, third, fourth] = names;
		expect(names).toHaveLength(4);
		expect(told).toEqual([
			[0, 99, true, false, true, null],
			[100, 499, false, false, false, null],
			[500, 1_099, true, true, false, first],
			[1_100, 1_199, true, true, false, second],
			[1_200, 1_599, false, true, true, second],
			[1_600, 1_649, true, true, false, second],
			[1_650, 1_699, false, true, true, second],
			[1_700, 2_299, false, true, true, third],
			[2_300, 2_399, false, true, true, fourth],
			[2_400, 2_499, true, true, false, fourth],
			[2_500, 2_600, true, false, true, null],
			[2_601, 2_999, false, false, false, null],
		]);
	});

	it('says whose delivery it is, and when it was made', async () => {
		const application = lab.application({ isvApplicationId: 'order-7' });
		const before = new Date().toISOString();
		const { manifest, names } = await deliver(application, rolls(3_000));
		const [item] = await map(manifest);
		expect(item?.json).toEqual({
			application_id: application.applicationId,
			isv_application_id: 'order-7',
			...{ code_start: 0, code_end: 2_999, code_count: 3_000 },
			...{ is_active: false, is_exact: false, expected: true, differs: true },
			created: expect.stringMatching(/^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
			file_name: names[0],
		});
		expect(item?.pairedItem).toEqual({ item: 0 });
		expect(String(item?.json.created) >= before).toBe(true);
	});

	it('asks about both ends of each file: what is shorter than the step is no alarm', async () => {
		const application = lab.application();
		const { manifest } = await deliver(application, rolls(100));
		for (const start of [100, 700, 2_300]) await activate(application, start, start + 99);
		const items = await mapped(manifest);
		expect(codes(items, ({ is_active }) => is_active)).toEqual([
			[100, 199],
			[700, 799],
			[2_300, 2_399],
		]);
		expect(items).toHaveLength(30);
	});

	it('is silent where all that was delivered is active, and asks little', async () => {
		const application = lab.application();
		const { manifest } = await deliver(application, rolls(100));
		await activate(application, 0, 1_499);
		await activate(application, 1_500, 2_999);
		expect(codes(await mapped(manifest), differs)).toEqual([]);
		expect(lab.requests('codeactivequery')).toHaveLength(2);
	});

	it.each([
		['not active', false, []],
		[
			'active',
			true,
			[
				[150, 150],
				[280, 299],
				[300, 310],
			],
		],
	])('knows waste, which is %s', async (_what, isActive, expected) => {
		const application = lab.application({ codeCount: 1_000 });
		const { manifest } = await deliver(application, rolls(300));
		const ranges = isActive ? '0-999' : '0-149, 151-279, 311-999';
		await activateAll(lab, application.applicationId, { codes: 'ranges', rangeList: ranges });
		const options = { ...MANIFEST, leftOut: '150\n280-310' };
		expect(codes(await mapped(manifest, { options }), differs)).toEqual(expected);
	});

	it('counts from the application where the indexes in the package count from the segment', async () => {
		const application = lab.application({ indexesFrom: 'segment' });
		const { manifest } = await deliver(application, {
			...{ codes: 'range', codeStart: 1_500, codeEnd: 2_999 },
			...rolls(500),
		});
		await changed(manifest, ({ indexes_from }) => expect(indexes_from).toBe('segment'));
		await activate(application, 2_000, 2_999);
		expect(codes(await mapped(manifest), differs)).toEqual([[1_500, 1_999]]);
	});

	it.each<[string, INodeParameters]>([
		['encrypted segments', { output: 'encrypted', options: { manifest: true } }],
		['ZIPs', rolls(1_000, { archive: 'zip' })],
		['a ZIP of all files', rolls(1_000, { archive: 'zip', archivePer: 'delivery' })],
		['one file', { output: 'csv', files: 'single', options: { manifest: true } }],
	])('takes that of %s', async (_what, parameters) => {
		const application = lab.application();
		const { manifest } = await deliver(application, parameters);
		await activate(application, 0, 1_999);
		expect(codes(await mapped(manifest), differs)).toEqual([[2_000, 2_999]]);
	});
});

describe('the application', () => {
	it.each([
		['empty', undefined],
		['given by an expression that gives nothing', byId('={{ $json.none }}')],
	])('is that of the manifest where it is %s', async (_what, application) => {
		const one = lab.application();
		const other = lab.application({ codeCount: 2_000 });
		await activate(one, 0, 2_999);
		const input = [await deliver(one, rolls(3_000)), await deliver(other, rolls(3_000))];
		const items = await map(
			input.map(({ manifest }) => ({ ...manifest, json: {} })),
			{ application },
		);
		expect(
			items.map(({ json, pairedItem }) => [json.application_id, json.differs, pairedItem]),
		).toEqual([
			[one.applicationId, false, { item: 0 }],
			[other.applicationId, true, { item: 1 }],
		]);
	});

	it('has to be that of the manifest', async () => {
		const one = lab.application();
		const other = lab.application();
		const { manifest } = await deliver(one, rolls(1_000));
		expect(await failure(manifest, { application: byId(other.applicationId) })).toMatch(
			new RegExp(
				`^The manifest is that of application ${one.applicationId}, not of ${other.applicationId} \\| Pass`,
			),
		);
	});

	it('is missing where there is no manifest to tell it', async () => {
		const text = await failure({ json: {} }, { options: { expected: '0' } });
		expect(text).toMatch(/^The application is missing/);
	});
});

describe('a manifest is refused', () => {
	it.each<[string, (text: ManifestText) => void, string]>([
		[
			'that does not say whose codes it is about',
			(text) => (text.application_id = null),
			'The manifest does not say which application its codes are of',
		],
		[
			'whose sums contradict it',
			(text) => (text.code_end = 5),
			'The manifest says code_end 5, but its files make it 2999',
		],
		[
			'of a later version',
			(text) => (text.version = 2),
			"manifest: The manifest can't be used: version is not 1",
		],
		[
			'with a file of which codes are missing',
			(text) => {
				Object.assign(text.files[1] ?? {}, { code_count: 998, name: 'two.txt' });
				text.totals.code_count = 2_998;
				text.code_count = 2_998;
			},
			'The manifest does not tell which codes two.txt holds: 998 of 1000–1999',
		],
		[
			'with a code in two files',
			(text) => {
				Object.assign(text.files[0] ?? {}, { name: 'one.txt', code_end: 1_000, code_count: 1_001 });
				Object.assign(text.files[1] ?? {}, { name: 'two.txt' });
				text.totals.code_count = 3_001;
				text.code_count = 3_001;
			},
			'The manifest has the code 1000 in two files: one.txt and two.txt',
		],
		[
			'with codes beyond the application',
			(text) => {
				Object.assign(text.files[2] ?? {}, {
					...{ name: 'three.txt', code_end: 3_000, code_count: 1_001 },
				});
				text.totals.code_count = 3_001;
				text.code_count = 3_001;
				text.code_end = 3_000;
			},
			"The manifest's file three.txt has codes up to 3000, which are outside the application",
		],
	])('%s', async (_what, change, message) => {
		const { manifest } = await deliver(lab.application(), rolls(1_000));
		expect(await failure(await changed(manifest, change))).toContain(`${message} |`);
	});

	it.each<[string, string, INodeParameters, string]>([
		['that is another file', '{"kind": "a list"}', MANIFEST, 'is not the manifest of a delivery'],
		['that is not there', '', { manifestBinaryField: 'data' }, "no binary field 'data'"],
		[
			'whose field is not named',
			'',
			{ manifestBinaryField: '={{ $json.none }}' },
			'Manifest Binary Field is missing',
		],
		['beside a list', '', { ...MANIFEST, expected: '0' }, 'both say what should be active'],
	])('%s', async (_what, text, options, message) => {
		expect(await failure(itemOf(text), { options })).toContain(message);
	});
});

describe('waste', () => {
	const wanted = { application: byId('9007199254740993') };

	it('is left out of a list, too', async () => {
		const application = lab.application({ applicationId: '9007199254740993' });
		await activate(application, 0, 99);
		const options = { expected: '0-199', leftOut: '50-59\n150' };
		const items = await mapped({ json: {} }, { ...wanted, step: 10, options });
		expect(codes(items, differs)).toEqual([
			[50, 59],
			[100, 149],
			[151, 199],
		]);
	});

	it.each([
		[
			'without anything to leave it out of',
			{ leftOut: '5' },
			'Left Out has nothing to leave out of',
		],
		[
			'whose expression gives nothing',
			{ expected: '0-99', leftOut: '={{ $json.none }}' },
			'Left Out is missing',
		],
		['beyond the application', { expected: '0-99', leftOut: '3000' }, 'Left Out, line 1: 3000 is'],
	])('is refused %s', async (_what, options, message) => {
		lab.application({ applicationId: '9007199254740993' });
		expect(await failure({ json: {} }, { ...wanted, options })).toContain(message);
	});
});

describe('a list that an expression gives', () => {
	const options = { expected: '={{ $json.list }}' };
	const wantedOf = ({ applicationId }: Application) => ({
		application: byId(applicationId),
		step: 10,
		options,
	});

	it('holds ranges as the nodes hand them on, and indexes and ranges as text', async () => {
		const application = lab.application();
		await activate(application, 0, 299);
		const list = [
			{ code_start: 0, code_end: 99, is_found: true },
			{ code_start: '100', code_end: '149' },
			200,
			'250-349',
		];
		const items = await mapped({ json: { list } }, wantedOf(application));
		expect(codes(items, differs)).toEqual([
			[150, 199],
			[201, 249],
			[300, 349],
		]);
	});

	it.each<[string, IDataObject['list'], string]>([
		['no end', [{ code_start: 0 }], 'Expected Active, entry 1: code_end is not a whole number'],
		['nothing', ['1', null], 'Expected Active, entry 2 is missing'],
		['a range that is reversed', ['1', { code_start: 5, code_end: 4 }], 'line 2: the range 5–4'],
	])('is refused with an entry that has %s', async (_what, list, message) => {
		const wanted = wantedOf(lab.application());
		expect(await failure({ json: { list } }, wanted)).toContain(message);
	});
});

describe('the nightly alarm, as the docs describe it', () => {
	const pages = ['activation.md', 'zh-CN/activation.md'].map((file) =>
		readFileSync(resolve(__dirname, '../../docs', file), 'utf8'),
	);
	const [condition = ''] = pages.map((page) => /\{\{ \$json\.expected && .*? \}\}/.exec(page)?.[0]);

	/** Get Activations → Filter, which lets the alarms through. */
	async function alarms(input: INodeExecutionData[], options: INodeParameters = MANIFEST) {
		const { nodes, connections, settings } = workflowFor({ options });
		const filter = workflowOf('n8n-nodes-base.filter', {
			conditions: { conditions: [{ leftValue: `=${condition}` }] },
		}).nodes[1];
		if (!filter) throw new Error('There is no filter');
		const workflow = {
			...{ settings, nodes: [...nodes, { ...filter, id: 'filter', name: 'Filter' }] },
			connections: {
				...connections,
				Node: { main: [[{ node: 'Filter', type: 'main' as const, index: 0 }]] },
			},
		};
		const nodeTypes = standIns({ uploads: [], mails: [], responses: [], waits: [] });
		const result = await lab.world.engine.run(workflow, { input, nodeTypes });
		if (result.error) throw result.error;
		return result.output('Filter').map(({ json }) => json);
	}

	/** A delivery of three rolls that was made so many days ago, and its application. */
	async function deliveredAgo(days: number) {
		const application = lab.application();
		const { manifest } = await deliver(application, rolls(1_000));
		const created = new Date(Date.now() - days * 86_400_000).toISOString();
		return { application, manifest: await changed(manifest, (text) => (text.created = created)) };
	}

	it('is on both pages', () => {
		expect(condition).not.toBe('');
		for (const page of pages) expect(page).toContain(condition);
	});

	it('rings for what was delivered 14 days ago and is not active, and for nothing else', async () => {
		const old = await deliveredAgo(15);
		const done = await deliveredAgo(15);
		const young = await deliveredAgo(13);
		await activate(old.application, 0, 999);
		await activate(old.application, 2_000, 2_999);
		await activate(done.application, 0, 2_999);
		const rings = await alarms([old.manifest, done.manifest, young.manifest]);
		expect(rings).toMatchObject([
			{
				application_id: old.application.applicationId,
				...{ code_start: 1_000, code_end: 1_999, file_name: expect.stringContaining('1000-1999') },
			},
		]);
		expect(rings).toHaveLength(1);
	});

	it('rings for what is not known', async () => {
		const { application, manifest } = await deliveredAgo(15);
		await activate(application, 0, 999);
		await activate(application, 1_000, 2_999);
		const rings = await alarms([manifest], { ...MANIFEST, maxCalls: 1 });
		expect(rings.map(({ code_start, is_active }) => [code_start, is_active])).toEqual([
			[1_000, null],
			[2_000, null],
		]);
	});

	it('does not ring for what another delivery of the application has', async () => {
		const application = lab.application();
		await activate(application, 0, 2_999);
		const part = await deliver(application, {
			...{ codes: 'range', codeStart: 0, codeEnd: 999 },
			...rolls(1_000),
		});
		const old = await changed(part.manifest, (text) => (text.created = '2026-01-31T08:00:00.000Z'));
		expect(codes(await mapped(old), differs)).toEqual([[1_000, 2_999]]);
		expect(await alarms([old])).toEqual([]);
	});
});
