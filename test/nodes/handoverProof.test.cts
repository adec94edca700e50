import { createHash } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import type { Application } from '../sandbox/sandbox.cts';
import { NODES, handedOn, runNode, type HandedOn, type NodeName } from './handover.cts';
import { useLab, type Row } from './lab.cts';

const lab = useLab();

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

let application: Application;
beforeEach(() => {
	application = lab.application({ codeCount: 1_000 });
});

const run = async (
	node: NodeName,
	options: INodeParameters,
	parameters: INodeParameters = { output: 'urlList' },
): Promise<HandedOn> =>
	await handedOn(lab, await runNode(lab, node, application, { ...parameters, options }));

const textsIn = (svg: string): string[] =>
	[...svg.matchAll(/>([^<]*)<\/text>/g)].map(([, text = '']) => text);
const urlsIn = ({ proof }: HandedOn): string[] =>
	textsIn(proof?.svg ?? '').filter((text) => text.length === 28 && text.includes('URL.CN/'));

const rowsOf = ({ codeCount }: Application): Row[] => lab.rows(application, 0, codeCount - 1);
const isSpaced = ({ url }: Row): boolean => url.startsWith(' ') || url.endsWith(' ');
/** The codes in these places, and for the second one the first whose url has a space at its edge. */
function shownOf(places: readonly number[]): string[] {
	const rows = rowsOf(application);
	const even = places.flatMap((place) => rows.slice(place, place + 1));
	const spaced = rows.find(isSpaced);
	if (!spaced || even.some(isSpaced)) return even.map(({ url }) => url);
	const left = even.filter((_, at) => at !== Math.min(1, even.length - 1));
	return rows.filter((row) => [...left, spaced].includes(row)).map(({ url }) => url);
}

describe.each(NODES)('the proof sheet of %s', (node) => {
	it.each(['package', 'urlList', 'csv', 'jsonLines'])('comes with %s', async (output) => {
		const handed = await run(node, { proofCodes: 5 }, { output });
		const [, item] = handed.items;
		expect(handed.items).toHaveLength(2);
		const { proof } = handed;
		const name = `marketcode_${application.applicationId}_0-999_proof`;
		expect(item?.pairedItem).toEqual({ item: 0 });
		expect(item?.json).toEqual({
			is_proof: true,
			application_id: application.applicationId,
			isv_application_id: application.isvApplicationId,
			code_count: 1_000,
			proof_codes: 5,
			file_name: `${name}.pdf`,
			bytes: proof?.pdf.length,
			sha256: sha256(proof?.pdf ?? ''),
		});
		expect(item?.binary).toMatchObject({
			proof: { fileName: `${name}.pdf`, mimeType: 'application/pdf' },
			picture: { fileName: `${name}.png`, mimeType: 'image/png' },
			preview: { fileName: `${name}.svg`, mimeType: 'image/svg+xml' },
		});
		expect(proof?.pdf.toString('latin1')).toMatch(/^%PDF-[^]*%%EOF\n$/);
		expect(urlsIn(handed)).toEqual(shownOf([0, 250, 500, 749, 999]));
		const text = textsIn(proof?.svg ?? '').join('\n');
		for (const known of [
			application.applicationId,
			application.isvApplicationId,
			'5 of 1,000 codes',
		]) {
			expect(text).toContain(known);
		}
		expect(text).toContain(sha256(handed.files[0]?.content ?? ''));
	});

	it('comes with a PDF of labels', async () => {
		application = lab.application({ codeCount: 30 });
		const handed = await run(node, { proofCodes: 3 }, { output: 'pdf' });
		expect(urlsIn(handed)).toEqual(shownOf([0, 15, 29]));
	});

	it.each([1, 2, 7, 60])('shows %d codes, one of them with a space at its edge', async (count) => {
		const handed = await run(node, { proofCodes: count });
		const urls = urlsIn(handed);
		expect(urls).toHaveLength(count);
		expect(new Set(urls).size).toBe(count);
		expect(urls.some((url) => url.endsWith(' '))).toBe(true);
		// In the order of the codes.
		const order = rowsOf(application).map(({ url }) => url);
		const places = urls.map((url) => order.indexOf(url));
		expect(places).toEqual([...places].sort((one, other) => one - other));
		expect(places.includes(-1)).toBe(false);
	});

	it('shows all codes where there are fewer', async () => {
		application = lab.application({ codeCount: 4 });
		const handed = await run(node, { proofCodes: 20 });
		expect(urlsIn(handed)).toEqual(rowsOf(application).map(({ url }) => url));
		expect(handed.proof?.json.proof_codes).toBe(4);
	});

	it.each(['zip', 'zipPassword'])('lies beside archives, unprotected: %s', async (archive) => {
		for (const archivePer of ['file', 'delivery']) {
			const handed = await run(node, { archive, archivePer, proofCodes: 2 });
			expect(urlsIn(handed)).toHaveLength(2);
		}
	});

	it.each([
		[{ output: 'urlList' }, { proofCodes: 0 }],
		[{ output: 'urlList' }, {}],
		[{ output: 'encrypted' }, { proofCodes: 5 }],
		// By an expression n8n leaves options in that are not shown.
		[{ output: '={{ "encrypted" }}' }, { proofCodes: 5 }],
	])('is none with %j %j', async (parameters, options) => {
		const handed = await run(node, options, parameters);
		expect(handed.items.map(({ json }) => json.is_proof)).toEqual([undefined]);
	});

	it.each(['items', '={{ "items" }}'])('is none with %s, nor is anything else', async (output) => {
		const options = { proofCodes: 5, manifest: true, archive: 'zipPassword', password: 'x' };
		const result = await runNode(lab, node, application, { output, options });
		expect(result.error).toBeUndefined();
		const items = result.output('Node');
		expect(items.filter(({ json, binary }) => json.code === undefined || binary)).toEqual([]);
		expect(items).toHaveLength(1_000);
		expect(result.output('Node', 1)).toEqual([]);
	});

	it.each([-1, 61, 2.5, 'many'])('can not show %j codes', async (proofCodes) => {
		const result = await runNode(lab, node, application, { options: { proofCodes } });
		expect(result.error?.message).toBe('Proof Codes is not a whole number from 0 to 60');
		expect(lab.requests('applycodedownload')).toEqual([]);
	});
});

describe('the proof sheet of several segments', () => {
	it.each(['application', 'segment'] as const)(
		'has codes of each, in their order (indexes from the %s)',
		async (indexesFrom) => {
			application = lab.application({ indexesFrom });
			for (const parameters of [
				{},
				{ files: 'single' },
				{ files: 'perCount', codesPerFile: 700 },
			]) {
				const handed = await run('Marketcode Download', { proofCodes: 4 }, parameters);
				expect(urlsIn(handed)).toEqual(shownOf([0, 1_000, 1_999, 2_999]));
			}
		},
	);

	it('has codes of a range alone, also for the space at an edge', async () => {
		application = lab.application();
		const rows = rowsOf(application);
		// A stretch without a space, and one whose only space is not where a code is chosen anyway.
		const spaced = rows.flatMap((row, at) => (isSpaced(row) ? [at] : []));
		const [before = 0, , after = 0] = spaced.filter((_, at) => at > 5);
		const range = { codes: 'range', codeStart: before + 1, codeEnd: after - 1 };
		const handed = await run('Marketcode Download', { proofCodes: 3 }, range);
		const urls = urlsIn(handed);
		const chosen = rows.slice(before + 1, after).map(({ url }) => url);
		expect(urls).toHaveLength(3);
		expect(urls.every((url) => chosen.includes(url))).toBe(true);
		expect(urls.filter((url) => url.endsWith(' '))).toHaveLength(1);
	});

	it('has the code with a space at its edge in its place, also where indexes begin anew', async () => {
		const spacedPlaces = () =>
			rowsOf(application).flatMap((row, place) => (isSpaced(row) ? [place] : []));
		do {
			application = lab.application({ codeCount: 30, segmentSize: 10, indexesFrom: 'segment' });
		} while (!/^2[1-8]$/.test(spacedPlaces().join()));
		const handed = await run('Marketcode Download', { proofCodes: 4 });
		const rows = rowsOf(application);
		expect(urlsIn(handed)).toEqual([0, 19, ...spacedPlaces(), 29].map((at) => rows[at]?.url));
	});
});
