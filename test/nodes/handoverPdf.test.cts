import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';
import type { Application } from '../sandbox/sandbox.cts';
import { NODES, handedOn, runNode, type NodeName } from './handover.cts';
import { useLab } from './lab.cts';

const lab = useLab();

let application: Application;
beforeEach(() => {
	application = lab.application({ codeCount: 25 });
});

const LABELS = { output: 'pdf', pageWidth: 60, pageHeight: 30, moduleSize: 0.5 };

const run = async (node: NodeName, parameters: INodeParameters = {}) =>
	await handedOn(lab, await runNode(lab, node, application, { ...LABELS, ...parameters }));

/** The page boxes, and the contents of the pages in the order in which they stand in the file. */
function pagesOf(pdf: Buffer): { boxes: string[]; contents: string[] } {
	const text = pdf.toString('latin1');
	const boxes = [...text.matchAll(/\/MediaBox ?\[([^\]]*)\]/g)].map(([, box = '']) => box);
	const contents = [...text.matchAll(/stream\n/g)].flatMap(({ index }) => {
		if (text.slice(index - 3, index) === 'end') return [];
		const begin = index + 'stream\n'.length;
		const end = pdf.indexOf('\nendstream', begin);
		return [inflateSync(pdf.subarray(begin, end)).toString('latin1')];
	});
	return { boxes, contents };
}
const textsOf = (content: string): string[] =>
	[...content.matchAll(/\((.*)\) Tj/g)].map(([, text = '']) => text);
const countIn = (pdf: Buffer) =>
	Math.max(...[...pdf.toString('latin1').matchAll(/\/Count (\d+)/g)].map(([, n]) => Number(n)));

describe.each(NODES)('labels of %s', (node) => {
	it('are a page a code', async () => {
		const { files, items } = await run(node);
		const [file] = files;
		const name = `marketcode_${application.applicationId}_0-24.pdf`;
		expect(items).toHaveLength(1);
		expect(file?.json).toMatchObject({
			file: 1,
			files: 1,
			code_start: 0,
			code_end: 24,
			code_count: 25,
			lattice_width: 361,
			file_name: name,
			bytes: file?.content.length,
			sha256: createHash('sha256')
				.update(file?.content ?? '')
				.digest('hex'),
			warnings: [],
		});
		expect(items[0]?.binary?.data).toMatchObject({ fileName: name, mimeType: 'application/pdf' });
		const pdf = file?.content ?? Buffer.alloc(0);
		expect(countIn(pdf)).toBe(25);
		const { contents } = pagesOf(pdf);
		expect(contents).toHaveLength(25);
		// No two codes look alike.
		expect(new Set(contents).size).toBe(25);
		expect(contents.flatMap(textsOf)).toEqual([]);
	});

	it('are cut into files as rolls are, with the index below', async () => {
		const division = { files: 'perCount', codesPerFile: 10 };
		const { files } = await run(node, { ...division, options: { showIndex: true } });
		expect(files.map(({ json }) => [json.code_start, json.code_end, json.code_count])).toEqual([
			[0, 9, 10],
			[10, 19, 10],
			[20, 24, 5],
		]);
		const texts = files.map(({ content }) => pagesOf(content).contents.flatMap(textsOf));
		expect(texts).toEqual([0, 10, 20].map((first) => indexes(first, Math.min(first + 10, 25))));
	});

	it.each([
		[30, 30],
		[100, 25.4],
	])('have the page size: %d × %d mm', async (pageWidth, pageHeight) => {
		const { files } = await run(node, { pageWidth, pageHeight });
		const { boxes } = pagesOf(files[0]?.content ?? Buffer.alloc(0));
		expect(boxes.length).toBeGreaterThan(0);
		for (const box of boxes) {
			const [left, bottom, right = 0, top = 0] = box.trim().split(/\s+/).map(Number);
			expect([left, bottom]).toEqual([0, 0]);
			// A point is 1/72 inch.
			expect(right).toBeCloseTo((pageWidth / 25.4) * 72, 2);
			expect(top).toBeCloseTo((pageHeight / 25.4) * 72, 2);
		}
	});

	it('show the symbols that are chosen: both are what each is, together', async () => {
		const contents = async (symbol: string) => {
			const { files } = await run(node, { symbol });
			return pagesOf(files[0]?.content ?? Buffer.alloc(0)).contents;
		};
		// Rectangles of the drawing; a symbol has hundreds.
		const shapes = (content: string | undefined) => content?.match(/ (re|h|l)\n/g)?.length ?? 0;
		const [qr, microCode, both] = [
			await contents('qr'),
			await contents('microCode'),
			await contents('both'),
		];
		for (const at of [0, 24]) {
			expect(shapes(qr[at])).toBeGreaterThan(50);
			expect(shapes(microCode[at])).toBeGreaterThan(50);
			expect(shapes(both[at])).toBe(shapes(qr[at]) + shapes(microCode[at]));
		}
	});

	it('need a square lattice for a micro code, and only for that', async () => {
		application = lab.application({ codeCount: 25, form: { latticeWidth: 68 } });
		for (const symbol of ['microCode', 'both']) {
			const options = { archive: 'zipPassword', manifest: true, proofCodes: 2 };
			const result = await runNode(lab, node, application, { ...LABELS, symbol, options });
			expect(result.error?.message).toBe(
				'The lattice has 68 characters, which is no square, so it makes no micro code',
			);
			expect(result.error?.description).toContain('Print the QR code alone');
			expect([result.output('Node'), result.output('Node', 1)]).toEqual([[], []]);
		}
		const { files } = await run(node, { symbol: 'qr' });
		expect(countIn(files[0]?.content ?? Buffer.alloc(0))).toBe(25);
	});

	it('say it if their lattice is too large for the page', async () => {
		application = lab.application({ codeCount: 25, form: { latticeWidth: 400 } });
		const page = { symbol: 'microCode', pageWidth: 13.5, pageHeight: 13.5 };
		const result = await runNode(lab, node, application, { ...LABELS, ...page });
		expect(result.error?.message).toContain('A label needs 14 × 14 mm');
		expect(result.output('Node')).toEqual([]);
	});

	it.each([
		[{ pageWidth: 16 }, /A label needs 16\.5 × 16\.5 mm .* but the page has 16 × 30 mm/],
		[{ symbol: 'both', pageWidth: 29, pageHeight: 29 }, /A label needs 30 × 16\.5 mm/],
		[
			{ symbol: 'microCode', moduleSize: 0.2 },
			/The micro code would be 3\.8 mm a side; WeChat's smallest print is 5 mm/,
		],
		[{ pageHeight: 16.5, options: { showIndex: true } }, /A label needs 16\.5 × 19\.5 mm/],
		[{ pageWidth: 0 }, /Page Width is not a length/],
		[{ pageHeight: 'high' }, /Page Height is not a length/],
		[{ moduleSize: '' }, /Module Size is not a length/],
		[{ pageWidth: 6_000 }, /at most 5080 mm/],
		[{ symbol: 'bar' }, /Symbol has a value that it does not offer/],
	])(
		'that can not be printed are refused before anything is downloaded: %j',
		async (more, message) => {
			const result = await runNode(lab, node, application, { ...LABELS, ...more });
			expect(result.error?.message).toMatch(message);
			expect(result.error?.description).toBeTruthy();
			expect(result.output('Node')).toEqual([]);
			expect(lab.sandbox.requests).toEqual([]);
		},
	);
});

const indexes = (first: number, end: number): string[] =>
	Array.from({ length: end - first }, (_, at) => String(first + at));

describe('labels of several segments', () => {
	it('are in order, in rolls across their borders', async () => {
		application = lab.application({ codeCount: 50, segmentSize: 15 });
		const options = { showIndex: true };
		const range = { codes: 'range', codeStart: 3, codeEnd: 48 };
		const { files } = await run('Marketcode Download', {
			...{ ...range, files: 'perCount', codesPerFile: 20, options },
		});
		const texts = files.map(({ content }) => pagesOf(content).contents.flatMap(textsOf));
		expect(texts).toEqual([indexes(3, 23), indexes(23, 43), indexes(43, 49)]);
	});

	it.each([
		[50_001, ['Drawing 50001 labels takes minutes.']],
		[50_000, []],
	])('take a while: %d', async (codeCount, said) => {
		application = lab.application({ codeCount, segmentSize: 50_001 });
		// Nothing is drawn: the hint comes before that.
		const fault = { kind: 'errcode', errcode: 80309 } as const;
		lab.sandbox.inject({ call: 'applycodedownload', times: Infinity, ...fault });
		const onError = 'continueRegularOutput';
		for (const output of ['pdf', 'urlList']) {
			const parameters = { ...LABELS, output };
			const result = await runNode(lab, 'Marketcode Download', application, parameters, {
				onError,
			});
			const hints = result.hints('Node').map(({ message }) => message);
			const expected = output === 'pdf' ? said : [];
			expect(hints).toEqual(expected.map((start) => expect.stringContaining(start)));
			expect(hints.every((hint) => hint.length <= 120)).toBe(true);
		}
	});
});

it('refuses a PDF that no reader would take before it downloads one code', async () => {
	const application = lab.application({ codeCount: 2_000_001, segmentSize: 50_000 });
	const parameters = { output: 'pdf', files: 'single' };
	const { message, description } = await lab.fail(application, parameters);
	expect(message).toBe('2000001 labels are too many for one PDF');
	expect(description).toContain('Per Count');
	expect(lab.requests('applycodedownload')).toEqual([]);
});
