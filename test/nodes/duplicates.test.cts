import type { INodeParameters } from 'n8n-workflow';
import { workflowOf } from '../engine/engine.cts';
import { useLab } from './lab.cts';
import { byId, filesOf } from './world.cts';

const lab = useLab();

/** The last code of the third segment gets the url of the first segment's eighth. */
function repeat(times = Infinity): void {
	const last = { call: 'applycodedownload', segment: 2_000, times } as const;
	lab.sandbox.inject({ ...last, kind: 'repeatedUrl', of: 7 });
}

const PROBLEM = 'its url at index 2999 repeats that of index 7';

describe('a url of the first segment that comes again in the last one', () => {
	it.each([
		['urlList', {}],
		['package', { compare: 'auto' }],
		['csv', { compare: 'application', concurrency: 1 }],
	])('fails the download: %s with %j', async (output, options) => {
		const application = lab.application();
		repeat();
		const { message } = await lab.fail(application, { output, options });
		expect(message).toBe(
			`Application ${application.applicationId}, segment 3 (codes 2000–2999): ${PROBLEM}`,
		);
	});

	it('is a warning with Verify: Warn, and every file is there', async () => {
		repeat();
		const { json, hints } = await lab.download(lab.application(), { options: { verify: 'warn' } });
		expect(json.map(({ warnings, compared }) => ({ warnings, compared }))).toEqual([
			{ warnings: [], compared: 'application' },
			{ warnings: [], compared: 'application' },
			{ warnings: [`Segment 3: ${PROBLEM}`], compared: 'application' },
		]);
		expect(hints).toEqual([`Segment 3: ${PROBLEM}`]);
	});

	it('is found also where only a range was wanted that it is not in', async () => {
		repeat();
		const range = { codes: 'range', codeStart: 500, codeEnd: 2_500 };
		expect((await lab.fail(lab.application(), range)).message).toContain(PROBLEM);
	});

	it.each([
		['segment', { compare: 'segment' }],
		['none', { verify: 'off' }],
		['none', { verify: 'off', compare: 'application' }],
	])('passes where the item says compared: %s', async (compared, options) => {
		repeat();
		const { json, hints } = await lab.download(lab.application(), { options });
		expect(json.map((item) => item.compared)).toEqual([compared, compared, compared]);
		expect(hints).toEqual([]);
	});

	it('passes encrypted, where nobody can look', async () => {
		repeat();
		const parameters = { output: 'encrypted', options: { compare: 'application' } };
		const { json } = await lab.download(lab.application(), parameters);
		expect(json.map(({ compared }) => compared)).toEqual(['none', 'none', 'none']);
	});

	it('is no option that an expression may make up', async () => {
		const { message } = await lab.fail(lab.application(), { options: { compare: 'all' } });
		expect(message).toBe('Compare has a value that it does not offer');
		expect(lab.sandbox.requests).toEqual([]);
	});
});

describe('items of one execution', () => {
	const runTwice = async (id: string, compare = 'auto') =>
		await lab.run(
			{ application: byId(id), options: { compare, concurrency: 1 } },
			{ input: [{}, {}], onError: 'continueRegularOutput' },
		);

	it('may be the same codes', async () => {
		const result = await runTwice(lab.application().applicationId);
		expect(result.output('Node').map(({ json }) => json.compared)).toEqual(
			Array<string>(6).fill('application'),
		);
	});

	it('do not fail for what one brought that failed', async () => {
		const { applicationId } = lab.application();
		repeat(1);
		const items = (await runTwice(applicationId)).output('Node').map(({ json }) => json);
		expect(items[0]?.error).toContain(PROBLEM);
		expect(items.slice(1).map(({ code_start, warnings }) => ({ code_start, warnings }))).toEqual(
			[0, 1_000, 2_000].map((code_start) => ({ code_start, warnings: [] })),
		);
	});
});

describe('packages that are decrypted one by one', () => {
	/** Decrypts the segments of an application, each as an item of its own, as Marketcode Download had them. */
	async function decryptOneByOne(
		isNamed: boolean,
		options: INodeParameters = {},
		bounds: INodeParameters = {},
	) {
		const { items } = await lab.download(lab.application(), { output: 'encrypted' });
		const { engine } = lab.world;
		const input = await Promise.all(
			items.map(async ({ json, binary }) => ({
				json: isNamed ? json : { code_start: json.code_start, code_end: json.code_end },
				binary: {
					data: {
						data: (await filesOf(lab.world, [{ json, binary }]))[0]?.toString('base64') ?? '',
						mimeType: 'application/octet-stream',
					},
				},
			})),
		);
		const parameters = { resource: 'package', operation: 'decrypt', ...bounds, options };
		const { credentialId } = lab;
		return await engine.run(workflowOf('marketcode', parameters, { credentialId }), { input });
	}

	it.each([true, false])(
		'are compared with each other; with application_id: %s',
		async (isNamed) => {
			repeat();
			const result = await decryptOneByOne(isNamed);
			expect(result.error?.message).toBe(`The package of the codes 2000–2999: ${PROBLEM}`);
			expect(result.output('Node')).toEqual([]);
		},
	);

	it('say how far they were compared', async () => {
		const compared = async (options: INodeParameters) =>
			(await decryptOneByOne(true, options)).output('Node').map(({ json }) => json.compared);
		expect(await compared({})).toEqual(['application', 'application', 'application']);
		expect(await compared({ compare: 'segment' })).toEqual(['segment', 'segment', 'segment']);
		expect(await compared({ verify: 'off' })).toEqual(['none', 'none', 'none']);
	});

	it('are compared within segments if they say that they are more than 5,000,000, which a hint tells', async () => {
		const options = { verify: 'warn' };
		const auto = await decryptOneByOne(true, options, { codeStart: 0, codeEnd: 5_000_000 });
		expect(auto.output('Node').map(({ json }) => json.compared)).toEqual(
			Array<string>(3).fill('segment'),
		);
		expect(auto.hints('Node').map(({ message }) => message)).toContain(
			'More than 5,000,000 codes: URLs were compared within each segment. Option Compare: Application compares all.',
		);
		const all = await decryptOneByOne(
			true,
			{ ...options, compare: 'application' },
			{ codeStart: 0, codeEnd: 5_000_000 },
		);
		expect(all.output('Node').map(({ json }) => json.compared)).toEqual(
			Array<string>(3).fill('application'),
		);
		expect(JSON.stringify(all.hints('Node'))).not.toContain('More than');
	});
});
