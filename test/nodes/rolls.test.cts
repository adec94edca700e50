import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Application, FaultKind } from '../sandbox/sandbox.cts';
import { useLab, type Row } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

const perCount = (codesPerFile: number | string, more: INodeParameters = {}): INodeParameters => ({
	files: 'perCount',
	codesPerFile,
	...more,
});
const spoil = (fault: FaultKind, segment: number) =>
	lab.sandbox.inject({ call: 'applycodedownload', times: Infinity, segment, ...fault });

/** First and last code of each roll, counted out. */
function rollsOf(start: number, end: number, size: number): Array<[number, number]> {
	const rolls: Array<[number, number]> = [];
	for (let first = start; first <= end; first += size) {
		rolls.push([first, Math.min(first + size - 1, end)]);
	}
	return rolls;
}

/** How a file is read back, and what has to be in it of a row. */
const OUTPUTS = {
	package: {
		read: (file: Buffer): unknown[] => file.toString().split('\n').slice(0, -1),
		row: ({ line }: Row): unknown => line,
	},
	urlList: {
		read: (file: Buffer): unknown[] => file.toString().split('\n').slice(0, -1),
		row: ({ url }: Row): unknown => url,
	},
	csv: {
		read: (file: Buffer): unknown[] => parse(file, { columns: true }),
		row: ({ code, index, url }: Row): unknown => ({ code, index, url }),
	},
} as const;
const outputs = Object.keys(OUTPUTS) as Array<keyof typeof OUTPUTS>;

const expectedOf = (application: Application, output: keyof typeof OUTPUTS, rolls: number[][]) =>
	rolls.map(([start = 0, end = 0]) => lab.rows(application, start, end).map(OUTPUTS[output].row));

/** Segments of 1,000 codes that were asked for, in their order. */
const requested = () =>
	lab
		.requests('applycodedownload')
		.map(({ body }) => Number(body.code_start))
		.sort((one, other) => one - other);

describe('files of as many codes as the printer wants', () => {
	const sizes = [1, 300, 999, 1_000, 1_001, 1_500, 2_999, 3_000, 20_000].map((size) => [size]);
	const cases = outputs.flatMap((output) =>
		([300, 1_000, 1_700] as const).flatMap((size) =>
			(['application', 'segment'] as const).map((indexesFrom) => ({ output, size, indexesFrom })),
		),
	);

	it.each(cases)(
		'hold each code once and in order: $output, $size a file, indexes from the $indexesFrom',
		async ({ output, size, indexesFrom }) => {
			const application = lab.application({ indexesFrom });
			const { files, json } = await lab.download(application, perCount(size, { output }));
			const rolls = rollsOf(0, 2_999, size);
			expect(files.map(OUTPUTS[output].read)).toEqual(expectedOf(application, output, rolls));
			expect(json.map(({ indexes_from }) => indexes_from).at(-1)).toBe(indexesFrom);
			expect(requested()).toEqual([0, 1_000, 2_000]);
		},
	);

	it.each(sizes.slice(1))('say what is in them: %d a file', async (size) => {
		const application = lab.application();
		const { files, json, items, hints } = await lab.download(application, perCount(size));
		const rolls = rollsOf(0, 2_999, size);
		expect(json).toEqual(
			rolls.map(
				([start, end], at): IDataObject =>
					expect.objectContaining({
						application_id: application.applicationId,
						status: 'FINISH',
						file: at + 1,
						files: rolls.length,
						code_start: start,
						code_end: end,
						code_count: end - start + 1,
						segments: 3,
						segment:
							Math.floor(start / 1_000) === Math.floor(end / 1_000)
								? Math.floor(start / 1_000) + 1
								: null,
						lattice_width: 361,
						bytes: files[at]?.length,
						sha256: createHash('sha256')
							.update(files[at] ?? '')
							.digest('hex'),
						warnings: [],
					}),
			),
		);
		expect(new Set(json.map(({ file_name }) => file_name)).size).toBe(rolls.length);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(rolls.map(() => ({ item: 0 })));
		expect(hints).toEqual([]);
	});

	it.each(outputs)('are, one behind the other, the single file: %s', async (output) => {
		const application = lab.application();
		const parameters = { output, options: { header: false } };
		const single = await lab.download(application, { ...parameters, files: 'single' });
		for (const size of [7, 999, 1_001, 2_500]) {
			const rolls = await lab.download(application, perCount(size, parameters));
			expect(Buffer.concat(rolls.files).equals(single.files[0] ?? Buffer.alloc(0))).toBe(true);
		}
	});

	it('have each its header, and its byte order mark', async () => {
		const options = { columns: ['index', 'url'], encoding: 'utf8Bom', lineEnding: 'crlf' };
		const application = lab.application();
		const { files } = await lab.download(application, perCount(1_250, { output: 'csv', options }));
		expect(files.map((file) => file.toString())).toEqual(
			rollsOf(0, 2_999, 1_250).map(([start, end]) => {
				const rows = lab.rows(application, start, end);
				const lines = rows.map(
					({ index, url }) => `${index},${/^ | $/.test(url) ? `"${url}"` : url}\r\n`,
				);
				return `\ufeffindex,url\r\n${lines.join('')}`;
			}),
		);
	});

	it.each([1, 4])('come the same with so many segments at once: %d', async (concurrency) => {
		const application = lab.application({ codeCount: 9_500 });
		const { files } = await lab.download(
			application,
			perCount(1_900, { options: { concurrency } }),
		);
		expect(files.map(({ length }) => length > 0)).toEqual([true, true, true, true, true]);
		expect(lab.isWhole(application, files)).toBe(true);
		expect(requested()).toEqual(Array.from({ length: 10 }, (_, at) => at * 1_000));
	});

	it.each(outputs)('begin where a range does: %s', async (output) => {
		const application = lab.application({ codeCount: 6_000 });
		const range = { codes: 'range', codeStart: 1_500, codeEnd: 4_100 };
		const parameters = perCount(800, { output, ...range });
		const { files, json } = await lab.download(application, parameters);
		const rolls = rollsOf(1_500, 4_100, 800);
		expect(rolls).toHaveLength(4);
		expect(files.map(OUTPUTS[output].read)).toEqual(expectedOf(application, output, rolls));
		expect(json.map(({ code_start, code_end }) => [code_start, code_end])).toEqual(rolls);
		expect(requested()).toEqual([1_000, 2_000, 3_000, 4_000]);
	});

	it.each(['crlf', 'noFinalLineFeed', 'comma', 'loneCarriageReturn'] as const)(
		'hold whole lines however the packages are written: %s',
		async (kind) => {
			lab.sandbox.inject({ call: 'applycodedownload', times: Infinity, kind });
			const application = lab.application();
			const { files } = await lab.download(application, perCount(700));
			expect(
				files.map((file) => file.toString().replaceAll('\r', '').replace(/\n$/, '').split('\n')),
			).toEqual(
				expectedOf(application, 'package', rollsOf(0, 2_999, 700)).map((lines) =>
					lines.map((line) => (kind === 'comma' ? String(line).replaceAll('\t', ',') : line)),
				),
			);
		},
	);

	it('may be given as text, as expressions often do', async () => {
		const { json } = await lab.download(lab.application(), perCount('={{ $json.roll }}'), {
			input: [{ roll: ' 1500 ' }],
		});
		expect(json.map(({ code_count }) => code_count)).toEqual([1_500, 1_500]);
	});

	it('are counted for each item by itself', async () => {
		const applications = [lab.application(), lab.application({ codeCount: 1_000 })];
		const input = applications.map(({ applicationId }, at) => ({ applicationId, roll: 600 + at }));
		const application = byId('={{ $json.applicationId }}');
		const result = await lab.run({ application, ...perCount('={{ $json.roll }}') }, { input });
		expect(result.error).toBeUndefined();
		expect(
			result.output('Node').map(({ json }) => [json.file, json.files, json.code_count]),
		).toEqual([...[1, 2, 3, 4, 5].map((file) => [file, 5, 600]), [1, 2, 601], [2, 2, 399]]);
	});
});

describe('rolls that can not be made', () => {
	it.each([0, -1, 1.5, 'many', '', 20_000_001])('of %j codes a file', async (size) => {
		const { message } = await lab.fail(lab.application(), perCount(size));
		expect(message).toContain('Codes per File');
		expect(lab.requests('applycodedownload')).toEqual([]);
	});

	it('of so few codes that n8n could not carry the files: said before anything is downloaded', async () => {
		const application = lab.application({ codeCount: 20_001, segmentSize: 10_000 });
		const { message, description } = await lab.fail(application, perCount(2));
		expect(message).toContain('20001 codes with 2 a file would be 10001 files');
		expect(description).toContain('at least 3:');
		expect(lab.requests('applycodedownload')).toEqual([]);
	});

	it.each(['fail', 'warn', 'off'])(
		'of a segment with a row missing (verify: %s): nothing is handed on',
		async (verify) => {
			for (const output of outputs) {
				lab.sandbox.clearFaults();
				spoil({ kind: 'rowMissing' }, 1_000);
				const application = lab.application();
				const failed = await lab.fail(application, perCount(300, { output, options: { verify } }));
				expect(failed.message).toMatch(
					/segment 2 \(codes 1000–1999\): .*did not pass verification.*: 999 rows instead of 1000/,
				);
			}
		},
	);

	it.each([
		[{ kind: 'errcode', errcode: 80309 }],
		[{ kind: 'cutBuffer' }],
		[{ kind: 'duplicateUrl' }],
		[{ kind: 'otherSegment' }],
	] as const)('of segments the last of which fails (%j): nothing is handed on', async (fault) => {
		spoil(fault, 2_000);
		const { message } = await lab.fail(lab.application(), perCount(100));
		expect(message).toContain('segment 3 (codes 2000–2999): ');
	});

	it('leave the other items alone', async () => {
		spoil({ kind: 'rowMissing' }, 1_000);
		const applications = [lab.application(), lab.application({ codeCount: 1_000 })];
		const input = applications.map(({ applicationId }) => ({ applicationId }));
		const result = await lab.run(
			{ application: byId('={{ $json.applicationId }}'), ...perCount(400) },
			{ input, onError: 'continueRegularOutput' },
		);
		const json = result.output('Node').map((item) => item.json);
		expect(json[0]?.error).toMatch(/999 rows instead of 1000/);
		expect(json.slice(1).map(({ code_count }) => code_count)).toEqual([400, 400, 200]);
	});
});

describe('encrypted packages', () => {
	it('stay a file a segment, whatever Files was before', async () => {
		const { json } = await lab.download(lab.application(), perCount(10, { output: 'encrypted' }));
		expect(json.map(({ code_count, file, files }) => [code_count, file, files])).toEqual([
			[1_000, 1, 3],
			[1_000, 2, 3],
			[1_000, 3, 3],
		]);
	});
});
