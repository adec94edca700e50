import type { INodeParameters } from 'n8n-workflow';
import { FORMS, bytesOf } from '../unit/fixtures.cts';
import { useLab } from './lab.cts';

const lab = useLab();

/** What the text says at which column, for forms that differ from the documented order. */
const URL_AT: Readonly<Record<string, (row: string) => string>> = {
	'other-order': (row) => row.split('\t').find((field) => field.startsWith('P.URL.CN/')) ?? '',
};

/** The rows of a plain text that the shell wrote, as lines. */
const linesOf = (text: Buffer): string[] =>
	text
		.toString('latin1')
		.replace(/^\xef\xbb\xbf/, '')
		.split(/\r?\n/)
		.filter((line) => line !== '');

/** Has WeChat answer with a package that openssl made, and downloads it. */
async function download(name: string, parameters: INodeParameters) {
	const { start = 0, codes = 20 } = FORMS[name] ?? {};
	const application = lab.application({ codeCount: start + codes, segmentSize: codes });
	const fields = { buffer: bytesOf(`${name}.b64`).toString('latin1') };
	lab.sandbox.inject({ call: 'applycodedownload', segment: start, kind: 'fields', fields });
	const range = { codes: 'range', codeStart: start, codeEnd: start + codes - 1 };
	const credentialId = lab.credential({ packageKey: bytesOf('package-key.txt').toString() });
	return await lab.download(application, { ...range, ...parameters }, { credentialId });
}

describe.each(Object.keys(FORMS))('a package that openssl made: %s', (name) => {
	const text = bytesOf(`${name}.txt`);
	const { codes = 0, latticeWidth = 0, indexesFrom } = FORMS[name] ?? {};

	it('is handed on byte for byte', async () => {
		const { files, json } = await download(name, {});
		expect(files.map((file) => file.equals(text))).toEqual([true]);
		expect(json).toMatchObject([
			{
				code_count: codes,
				compared: 'application',
				lattice_width: latticeWidth,
				indexes_from: indexesFrom ?? null,
				bytes: text.length,
			},
		]);
	});

	it('gives the urls as they stand in it, spaces included', async () => {
		const { files } = await download(name, { output: 'urlList' });
		const urlOf = URL_AT[name] ?? ((row: string) => row.slice(-28));
		const urls = linesOf(text).map((row) => `${urlOf(row)}\n`);
		expect(urls).toHaveLength(codes);
		expect(files[0]?.toString()).toBe(urls.join(''));
	});
});
