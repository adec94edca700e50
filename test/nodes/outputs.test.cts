import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import type { Application, RequestRecord } from '../sandbox/sandbox.cts';
import { decrypt } from '../sandbox/client.cts';
import { useLab, type Row } from './lab.cts';
import { byId } from './world.cts';
import { until } from '../until.cts';

const lab = useLab();

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const texts = (files: Buffer[]) => files.map((file) => file.toString('utf8'));

/** The bounds of 3 segments of 1,000 codes, as one file each or as a single one. */
const BOUNDS = {
	perSegment: [0, 1000, 2000].map((start) => [start, start + 999]),
	single: [[0, 2999]],
};

const CSV_HEADER = 'code,index,url\n';
const csvField = (text: string) => (/^ | $/.test(text) ? `"${text}"` : text);
const WRITTEN: Readonly<Record<string, (row: Row) => string>> = {
	package: ({ line }) => `${line}\n`,
	urlList: ({ url }) => `${url}\n`,
	csv: ({ code, index, url }) => `${code},${index},${csvField(url)}\n`,
	jsonLines: ({ code, index, url }) => `{"code":"${code}","index":${index},"url":"${url}"}\n`,
};

describe('the outputs', () => {
	const cases = Object.keys(WRITTEN).flatMap((output) =>
		(['perSegment', 'single'] as const).map((files) => ({ output, files })),
	);

	it.each(cases)('writes $output into $files files', async ({ output, files: division }) => {
		const application = lab.application();
		const { files, json } = await lab.download(application, { output, files: division });
		const expected = BOUNDS[division].map(([start = 0, end = 0]) => {
			const rows = lab.rows(application, start, end).map((row) => WRITTEN[output]?.(row));
			return (output === 'csv' ? CSV_HEADER : '') + rows.join('');
		});
		expect(texts(files)).toEqual(expected);
		expect(json.map(({ code_start, code_end }) => [code_start, code_end])).toEqual(
			BOUNDS[division],
		);
		expect(json.map(({ code_count }) => code_count)).toEqual(
			BOUNDS[division].map(([start = 0, end = 0]) => end - start + 1),
		);
		expect(json.map(({ segment }) => segment)).toEqual(division === 'single' ? [null] : [1, 2, 3]);
		expect(json.map(({ segments }) => segments)).toEqual(json.map(() => 3));
		expect(json.map(({ bytes }) => bytes)).toEqual(files.map((file) => file.length));
		expect(json.map((item) => item.sha256)).toEqual(files.map(sha256));
	});

	it.each(['perSegment', 'single'])(
		'passes encrypted packages on, decoded, a file a segment, whatever Files says (%s)',
		async (files) => {
			const application = lab.application();
			const { files: packages, json } = await lab.download(application, {
				output: 'encrypted',
				files,
			});
			expect(packages).toHaveLength(3);
			packages.forEach((file, n) => {
				const plain = decrypt(file.toString('base64'), lab.sandbox.account.packageKey);
				const expected = lab.sandbox.plainPackage(
					application.applicationId,
					n * 1000,
					n * 1000 + 999,
				);
				expect(plain.equals(expected)).toBe(true);
				expect(json[n]).toMatchObject({
					bytes: file.length,
					sha256: sha256(file),
					code_count: 1000,
					file_name: `marketcode_${application.applicationId}_${n * 1000}-${n * 1000 + 999}.bin`,
				});
			});
		},
	);

	it.each([
		['package', 'text/plain', 'txt'],
		['urlList', 'text/plain', 'txt'],
		['csv', 'text/csv', 'csv'],
		['jsonLines', 'application/jsonl', 'jsonl'],
		['encrypted', 'application/octet-stream', 'bin'],
	])('gives %s the type %s and the extension .%s', async (output, mimeType, extension) => {
		const application = lab.application({ codeCount: 1_000 });
		const { items } = await lab.download(application, { output });
		const fileName = `marketcode_${application.applicationId}_0-999.${extension}`;
		expect(items[0]?.binary?.data).toMatchObject({ fileName, mimeType, fileExtension: extension });
		expect(items[0]?.json.file_name).toBe(fileName);
	});

	it('puts the file into the field that is asked for', async () => {
		const application = lab.application();
		const { items } = await lab.download(application, { binaryPropertyName: 'rolls' });
		expect(items.map(({ binary }) => Object.keys(binary ?? {}))).toEqual([
			['rolls'],
			['rolls'],
			['rolls'],
		]);
	});
});

describe('the options of CSV', () => {
	const first = async (options: INodeParameters, output = 'csv') => {
		const application = lab.application({ codeCount: 20, segmentSize: 20 });
		const { files } = await lab.download(application, { output, options });
		return { text: files[0]?.toString('utf8') ?? '', rows: lab.rows(application, 0, 19) };
	};

	it('columns: which ones and in which order', async () => {
		const { text, rows } = await first({ columns: ['url', 'code'] });
		expect(text).toBe(
			`url,code\n${rows.map(({ url, code }) => `${csvField(url)},${code}\n`).join('')}`,
		);
	});

	it.each([';', '\t', ','])('delimiter %j', async (delimiter) => {
		const { text, rows } = await first({ delimiter, columns: ['index', 'code'] });
		const lines = rows.map(({ index, code }) => `${index}${delimiter}${code}\n`);
		expect(text).toBe(`index${delimiter}code\n${lines.join('')}`);
	});

	it('header: left out', async () => {
		const { text, rows } = await first({ header: false, columns: ['code'] });
		expect(text).toBe(rows.map(({ code }) => `${code}\n`).join(''));
	});

	it('lineEnding: CRLF, behind the header and the last row too', async () => {
		const { text, rows } = await first({ lineEnding: 'crlf', columns: ['code'] });
		expect(text).toBe(`code\r\n${rows.map(({ code }) => `${code}\r\n`).join('')}`);
	});

	it('lineEnding: also that of a URL list', async () => {
		const { text, rows } = await first({ lineEnding: 'crlf' }, 'urlList');
		expect(text).toBe(rows.map(({ url }) => `${url}\r\n`).join(''));
	});

	it.each([
		['utf8Bom', 'efbbbf', 'utf8'],
		['utf16le', 'fffe', 'utf16le'],
	] as const)('encoding %s: behind its byte order mark', async (encoding, mark, decoding) => {
		const application = lab.application({ codeCount: 20, segmentSize: 20 });
		const rows = lab.rows(application, 0, 19);
		for (const [output, text] of [
			['csv', `批次,index\n${rows.map(({ index }) => `一,${index}\n`).join('')}`],
			['urlList', rows.map(({ url }) => `${url}\n`).join('')],
		] as const) {
			const column = [{ source: 'constant', header: '批次', value: '一' }, { source: 'index' }];
			const options = { encoding, customColumns: { column } };
			const { files } = await lab.download(application, { output, options });
			const bytes = Buffer.concat([Buffer.from(mark, 'hex'), Buffer.from(text, decoding)]);
			expect(files).toEqual([bytes]);
		}
	});

	it('customColumns: names, constants and numbers, instead of the columns', async () => {
		const column = [
			{ source: 'applicationId' },
			{ source: 'url', header: 'QR_Code' },
			{ source: 'constant', header: 'SKU', value: '={{ $json.sku }}' },
			{ source: 'fileNumber', header: 'roll' },
			{ source: 'rowNumber', header: 'n' },
		];
		const application = lab.application({ codeCount: 20, segmentSize: 20 });
		const parameters = { output: 'csv', options: { columns: ['code'], customColumns: { column } } };
		const { files } = await lab.download(application, parameters, {
			input: [{ sku: 'A, "红"' }],
		});
		const lines = lab
			.rows(application, 0, 19)
			.map(
				({ url }, at) => `${application.applicationId},${csvField(url)},"A, ""红""",1,${at + 1}\n`,
			);
		expect(texts(files)).toEqual([`applicationId,QR_Code,SKU,roll,n\n${lines.join('')}`]);
	});

	it('header and byte order mark stand once in a single file, and in each of several', async () => {
		const application = lab.application();
		const options = { encoding: 'utf8Bom', columns: ['code'] };
		const single = await lab.download(application, { output: 'csv', files: 'single', options });
		expect(single.files[0]?.toString('utf8').match(/\ufeffcode\n/g)).toHaveLength(1);
		const several = await lab.download(application, { output: 'csv', options });
		for (const text of texts(several.files)) expect(text.match(/\ufeffcode\n/g)).toHaveLength(1);
	});

	it('do nothing to a package', async () => {
		const application = lab.application({ codeCount: 20, segmentSize: 20 });
		const options = { header: true, encoding: 'utf16le', delimiter: ';', lineEnding: 'crlf' };
		const { files } = await lab.download(application, { options });
		expect(files).toEqual([lab.sandbox.plainPackage(application.applicationId, 0, 19)]);
	});

	it.each([
		[{ columns: [] }, 'No columns are chosen'],
		[{ columns: ['sku'] }, 'Columns has a value that it does not offer'],
		[{ delimiter: '|' }, 'Delimiter has a value that it does not offer'],
	])('%j is refused before any request', async (options, message) => {
		const failed = await lab.fail(lab.application(), { output: 'csv', options });
		expect(failed.message).toBe(message);
		expect(lab.sandbox.requests).toEqual([]);
	});
});

describe('the file name', () => {
	it('fills its placeholders in', async () => {
		const application = lab.application();
		const fileName = 'roll_{segment}_{application_id}_{code_start}-{code_end}_{segment}.lst';
		const { json, items } = await lab.download(application, { options: { fileName } });
		const names = [1, 2, 3].map((n) => {
			const start = n * 1000 - 1000;
			return `roll_${n}_${application.applicationId}_${start}-${start + 999}_${n}.lst`;
		});
		expect(json.map(({ file_name }) => file_name)).toEqual(names);
		expect(items.map(({ binary }) => binary?.data?.fileName)).toEqual(names);
	});

	it('says "all" for the segment of a single file', async () => {
		const options = { fileName: 'roll_{segment}.txt' };
		const { json } = await lab.download(lab.application(), { files: 'single', options });
		expect(json[0]?.file_name).toBe('roll_all.txt');
	});

	it('loses what a folder, a drive or a shell would make of it', async () => {
		const options = { fileName: '../../etc/{segment}:a*b?"c"<d>|e\\f\n.txt' };
		const { json } = await lab.download(lab.application({ codeCount: 1_000 }), { options });
		expect(json[0]?.file_name).toBe('__.._etc_1_a_b__c__d__e_f_.txt');
	});

	it('must not be the same for several files: an error before any download', async () => {
		const options = { fileName: 'codes.txt' };
		const { message, description } = await lab.fail(lab.application(), { options });
		expect(message).toBe('The option File Name gives the same name to 3 files');
		expect(description).toContain('{segment}');
		expect(lab.sandbox.count('applycodedownload')).toBe(0);
	});

	it('may be the same for two applications, each with a folder of its own, which a hint tells', async () => {
		const input = [1, 2].map(() => ({ id: lab.application().applicationId }));
		const application = byId('={{ $json.id }}');
		const hintsFor = async (fileName: string) =>
			(await lab.run({ application, options: { fileName } }, { input }))
				.hints('Node')
				.map(({ message }) => message);
		expect(await hintsFor('roll_{segment}.txt')).toEqual([
			expect.stringMatching(/^Files of several items have the same names/),
		]);
		expect(await hintsFor('roll_{application_id}_{segment}.txt')).toEqual([]);
	});

	it('is the usual one where an expression gives none', async () => {
		const options = { fileName: '={{ undefined }}' };
		const { json } = await lab.download(lab.application({ codeCount: 1_000 }), { options });
		expect(json[0]?.file_name).toMatch(/^marketcode_\d+_0-999\.txt$/);
	});

	it('may be the same where there is one file only', async () => {
		const options = { fileName: 'codes.txt' };
		const { json } = await lab.download(lab.application(), { files: 'single', options });
		expect(json[0]?.file_name).toBe('codes.txt');
	});
});

describe('concurrency', () => {
	/** The most requests that were under way at one time. */
	const mostAtOnce = (requests: RequestRecord[]) =>
		Math.max(
			...requests.map(
				({ at }) =>
					requests.filter((other) => other.at <= at && (other.endedAt ?? Infinity) > at).length,
			),
		);

	/** Answers nothing until as many requests have come as may be under way, and none came on top. */
	const heldUp = async (
		concurrency: number,
		application: Application,
		parameters: INodeParameters,
	) => {
		const held = { call: 'applycodedownload', kind: 'slow', ms: Infinity } as const;
		lab.sandbox.inject({ ...held, times: concurrency });
		const downloading = lab.download(application, parameters);
		await lab.untilRequests('applycodedownload', concurrency);
		await sleep(100);
		lab.sandbox.inject({ ...held, ms: 20, times: Infinity });
		lab.sandbox.releaseAnswers();
		await downloading;
	};

	it.each([
		{ concurrency: 1, files: 'single' },
		{ concurrency: 3, files: 'single' },
		{ concurrency: 3, files: 'perSegment' },
	])('is used and never exceeded: $concurrency, $files', async ({ concurrency, files }) => {
		const application = lab.application({ codeCount: 2_400, segmentSize: 200 });
		await heldUp(concurrency, application, { files, options: { concurrency } });
		const requests = lab.requests('applycodedownload');
		expect(requests).toHaveLength(12);
		expect(mostAtOnce(requests)).toBe(concurrency);
	});

	it('is 4 unless chosen', async () => {
		const application = lab.application({ codeCount: 2_000, segmentSize: 200 });
		await heldUp(4, application, {});
		expect(mostAtOnce(lab.requests('applycodedownload'))).toBe(4);
	});

	it.each(['perSegment', 'single'])(
		'does not change the order of the codes, %s, though the first segment is the slowest',
		async (files) => {
			const application = lab.application({ codeCount: 2_000, segmentSize: 200 });
			const held = { call: 'applycodedownload', kind: 'slow', ms: Infinity } as const;
			lab.sandbox.inject({ ...held, segment: 0 });
			const downloading = lab.download(application, { files });
			const isAnswered = ({ endedAt }: RequestRecord) => endedAt !== undefined;
			await until('an answer', () => lab.requests('applycodedownload').some(isAnswered));
			lab.sandbox.releaseAnswers();
			const { files: written } = await downloading;
			const expected = lab.sandbox.plainPackage(application.applicationId, 0, 1_999);
			expect(Buffer.concat(written).equals(expected)).toBe(true);
			expect(lab.requests('applycodedownload')[0]?.body.code_start).toBe(0);
		},
	);

	it.each([0, 'many', 1.5, 17])('can not be %j', async (concurrency) => {
		const { message } = await lab.fail(lab.application(), { options: { concurrency } });
		expect(message).toBe('Concurrency is not a whole number from 1 to 16');
	});
});
