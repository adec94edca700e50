import type { INodeParameters } from 'n8n-workflow';
import { decrypt } from '../sandbox/client.cts';
import { useLab, type Row } from './lab.cts';

const lab = useLab();

const range = (codeStart: number | string, codeEnd: number | string): INodeParameters => ({
	codes: 'range',
	codeStart,
	codeEnd,
});

/** The bounds that were asked for, in the order of the codes. */
const requested = () =>
	lab
		.requests('applycodedownload')
		.map(({ body }) => [Number(body.code_start), Number(body.code_end)])
		.sort(([one = 0], [other = 0]) => one - other);

const WRITTEN: Readonly<Record<string, (row: Row) => string>> = {
	package: ({ line }) => line,
	urlList: ({ url }) => url,
	csv: ({ code, index, url }) => [code, index, /^ | $/.test(url) ? `"${url}"` : url].join(','),
};

describe('a range that crosses segments', () => {
	const cases = Object.keys(WRITTEN).flatMap((output) =>
		(['application', 'segment'] as const).map((indexesFrom) => ({ output, indexesFrom })),
	);
	const linesOf = (file: Buffer | undefined, output: string) => {
		const lines = file?.toString('utf8').split('\n').slice(0, -1) ?? [];
		return output === 'csv' ? lines.slice(1) : lines;
	};

	it.each(cases)(
		'is cut out of exactly the segments that hold it: $output, indexes from the $indexesFrom',
		async ({ output, indexesFrom }) => {
			const application = lab.application({ codeCount: 5_000, indexesFrom });
			const parameters = { output, ...range(1_500, 3_200) };
			const { files, json, hints } = await lab.download(application, parameters);
			const parts = [
				[1500, 1999],
				[2000, 2999],
				[3000, 3200],
			];
			expect(requested()).toEqual([
				[1000, 1999],
				[2000, 2999],
				[3000, 3999],
			]);
			expect(files.map((file) => linesOf(file, output))).toEqual(
				parts.map(([start = 0, end = 0]) =>
					lab.rows(application, start, end).map((row) => WRITTEN[output]?.(row)),
				),
			);
			expect(json).toMatchObject(
				parts.map(([code_start = 0, code_end = 0], n) => ({
					code_start,
					code_end,
					code_count: code_end - code_start + 1,
					segment: n + 2,
					segments: 5,
				})),
			);
			expect(hints).toEqual(['Codes 1500–3200 were cut out of 3 downloaded segment(s).']);
		},
	);

	it.each(Object.keys(WRITTEN))('goes into a single file: %s', async (output) => {
		const application = lab.application({ codeCount: 5_000 });
		const parameters = { output, files: 'single', ...range(1_999, 3_000) };
		const { files, json } = await lab.download(application, parameters);
		expect(files.map((file) => linesOf(file, output))).toEqual([
			lab.rows(application, 1999, 3000).map((row) => WRITTEN[output]?.(row)),
		]);
		expect(json).toMatchObject([
			{
				code_start: 1999,
				code_end: 3000,
				code_count: 1002,
				segment: null,
				file_name: expect.stringContaining('_1999-3000.'),
			},
		]);
	});

	it('is handed on as whole segments, and said so, if it stays encrypted', async () => {
		const application = lab.application({ codeCount: 5_000 });
		const parameters = { output: 'encrypted', ...range(1_500, 2_000) };
		const { files, json, hints } = await lab.download(application, parameters);
		expect(requested()).toEqual([
			[1000, 1999],
			[2000, 2999],
		]);
		const plain = files.map((file) =>
			decrypt(file.toString('base64'), lab.sandbox.account.packageKey),
		);
		expect(lab.isPackage(application.applicationId, plain, 1000, 2999)).toBe(true);
		expect(json).toMatchObject([
			{ code_start: 1000, code_end: 1999, code_count: 1000, segment: 2 },
			{ code_start: 2000, code_end: 2999, code_count: 1000, segment: 3 },
		]);
		expect(hints).toEqual(["Encrypted packages can't be cut: the files hold codes 1000–2999."]);
	});
});

describe('a range', () => {
	it.each([
		['a single code', 1_700, 1_700],
		['the first code', 0, 0],
		['the last code', 2_999, 2_999],
		['within one segment', 1_001, 1_998],
	])('may be %s', async (_what, start, end) => {
		const application = lab.application();
		const { files, json } = await lab.download(application, range(start, end));
		expect(lab.isPackage(application.applicationId, files, start, end)).toBe(true);
		expect(json).toMatchObject([{ code_start: start, code_end: end, code_count: end - start + 1 }]);
		expect(requested()).toHaveLength(1);
	});

	it.each([
		[
			'counted from 1',
			1,
			10_000,
			'Codes are counted from 0: this range leaves out the first one, code 0.',
		],
		['with the next code as its end', 0, 10_000, 'Code End is included: 0–10000 are 10001 codes.'],
		[
			'with the next code as its end, later',
			500,
			20_500,
			'Code End is included: 500–20500 are 20001 codes.',
		],
	])('%s gets a hint', async (_slip, start, end, hint) => {
		const application = lab.application({ codeCount: 30_000, segmentSize: 10_000 });
		const { hints } = await lab.download(application, { output: 'urlList', ...range(start, end) });
		expect(hints).toContain(hint);
		expect(hints.every((text) => text.length <= 120)).toBe(true);
	});

	it.each([
		[0, 9_999],
		[10_000, 29_999],
		[2, 10_001],
	])('of whole lots gets none of these: %s–%s', async (start, end) => {
		const application = lab.application({ codeCount: 30_000, segmentSize: 10_000 });
		const { hints } = await lab.download(application, { output: 'urlList', ...range(start, end) });
		expect(hints.filter((hint) => !hint.includes('were cut out of'))).toEqual([]);
	});

	it('of whole segments needs no cut and no hint', async () => {
		const { json, hints } = await lab.download(lab.application(), range(1_000, 2_999));
		expect(json).toMatchObject([{ segment: 2 }, { segment: 3 }]);
		expect(hints).toEqual([]);
		expect(requested()).toEqual([
			[1000, 1999],
			[2000, 2999],
		]);
	});

	it('may be of text, as expressions often give it', async () => {
		const parameters = range('={{ $json.from }}', ' 1200 ');
		const { json } = await lab.download(lab.application(), parameters, {
			input: [{ from: '1100' }],
		});
		expect(json).toMatchObject([{ code_start: 1100, code_end: 1200 }]);
	});

	it.each([
		[
			'reversed',
			range(2_000, 1_000),
			/^The range is reversed: it starts at 2000 and ends at 1000$/,
		],
		['beyond the end', range(2_000, 3_000), /^The range 2000–3000 is outside the application$/],
		['all beyond the end', range(3_000, 4_000), /^The range 3000–4000 is outside/],
	])('that is %s is an error that says what to choose', async (_what, parameters, message) => {
		const failed = await lab.fail(lab.application(), parameters);
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(/both (are|ends are) included/);
		expect(requested()).toEqual([]);
	});

	it.each([
		['letters', range('abc', 100), 'Code Start'],
		['decimals', range(0, 10.5), 'Code End'],
		['a decimal as text', range(0, '10.5'), 'Code End'],
		['a sign', range(-1, 100), 'Code Start'],
		['a separator', range(0, '1,000'), 'Code End'],
		['an exponent', range(0, '1e3'), 'Code End'],
		['nothing', range('={{ $json.missing }}', 100), 'Code Start'],
		['more digits than are exact', range(0, '99999999999999999999'), 'Code End'],
	])('of %s is an error before any request', async (_what, parameters, name) => {
		const { message, description } = await lab.fail(lab.application(), parameters);
		expect(message).toBe(`${name} is not a whole number from 0`);
		expect(description).toMatch(/^Enter a (whole )?number/);
		expect(lab.sandbox.requests).toEqual([]);
	});
});
