import { proofSheet } from '../../nodes/shared/symbols/sheet';
import type { SheetFacts } from '../../nodes/shared/symbols/sheetFacts';
import { cellsOf, shortened } from '../../nodes/shared/symbols/sheetText';
import { codeAt } from '../sandbox/codes.cts';

const samplesOf = (count: number) =>
	Array.from({ length: count }, (_, at) => codeAt('700000001', at * 97));

const filesOf = (count: number) =>
	Array.from({ length: count }, (_, at) => ({
		name: `roll_${at + 1}.csv`,
		codeCount: 20_000,
		sha256: at.toString(16).padStart(64, '0'),
	}));

const FACTS: SheetFacts = {
	applicationId: '700000001',
	isvApplicationId: '订单 & <1>',
	created: '2026-11-25T03:04:05.678Z',
	codeCount: 1_234_567,
	fileCount: 2,
	files: filesOf(2),
	samples: samplesOf(12),
};

const NO_PAUSE = async () => {};
const textsOf = (svg: string) => [...svg.matchAll(/>([^<]*)<\/text>/g)].map(([, text]) => text);
const sheetOf = async (facts: Partial<SheetFacts>) => {
	const { svg } = await proofSheet({ ...FACTS, ...facts }, NO_PAUSE);
	return textsOf(svg);
};

describe('a proof sheet', () => {
	it('says whose codes they are, how many, and how they are to be printed', async () => {
		const texts = await sheetOf({});
		for (const text of [
			'订单 &amp; &lt;1&gt;',
			'700000001',
			'1,234,567',
			'2026-11-25 03:04 UTC',
			'version 2 (25 × 25), level Q, alphanumeric',
			'exactly 28 characters, spaces included: do not trim',
			'4 modules on every side',
			'19 × 19 modules, at least 5 mm a side, here 9.5 mm',
			'12 of 1,234,567 codes: scan them before printing',
			...FACTS.samples.map(({ url }) => url),
			...FACTS.files.flatMap(({ name, sha256 }) => [name, sha256]),
		]) {
			expect(texts).toContain(text);
		}
	});

	it('says at which end a url has a space', async () => {
		const url = 'P.URL.CN/0ABCDEFGHIJKLMNOPQR';
		const texts = await sheetOf({
			samples: [
				{ index: 9901, url },
				{ index: 9902, url: ` ${url.slice(1)}` },
				{ index: 9903, url: `${url.slice(1)} ` },
				{ index: 9904, url: ` ${url.slice(2)} ` },
			],
		});
		expect(texts.filter((text) => /^990/.test(text ?? ''))).toEqual([
			'9901',
			'9902   space first',
			'9903   space last',
			'9904   space first and last',
		]);
		expect(texts).toContain(` ${url.slice(2)} `);
	});

	it('has no micro code, and no word of it, where lattices are no square', async () => {
		const samples = samplesOf(3).map((sample) => ({ ...sample, lattice: '01'.repeat(34) }));
		const { svg } = await proofSheet({ ...FACTS, samples }, NO_PAUSE);
		expect(textsOf(svg)).not.toContain('Micro code');
		const withThem = await proofSheet({ ...FACTS, samples: samplesOf(3) }, NO_PAUSE);
		const paths = (text: string) => text.match(/<path /g)?.length;
		expect(paths(withThem.svg)).toBe((paths(svg) ?? 0) + 3);
	});

	it.each([1, 20, 21, 35, 36, 60])('of %i codes is one page with all inside', async (count) => {
		const facts = { ...FACTS, samples: samplesOf(count), fileCount: 1_000, files: filesOf(1_000) };
		const { pdf, svg } = await proofSheet(facts, NO_PAUSE);
		expect(pdf.toString('latin1').match(/\/Type\/Page\//g)).toHaveLength(1);
		const heights = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"/g)].map(([, , y]) =>
			Number(y),
		);
		expect(Math.max(...heights)).toBeLessThan(297 - 10);
		const shown = textsOf(svg).filter((text) => text?.startsWith('roll_')).length;
		expect(shown).toBeGreaterThan(2);
		expect(textsOf(svg)).toContain(`and ${1_000 - shown} more, see SHA256SUMS`);
	});

	it('counts files that it was not given', async () => {
		const texts = await sheetOf({ fileCount: 1_002 });
		expect(texts).toContain('and 1,000 more, see SHA256SUMS');
	});

	it.each([0, 61])('of %i codes is refused', async (count) => {
		await expect(proofSheet({ ...FACTS, samples: samplesOf(count) }, NO_PAUSE)).rejects.toThrow(
			`A proof sheet shows 1 to 60 codes, not ${count}`,
		);
	});

	it('pauses after each code', async () => {
		let pauses = 0;
		await proofSheet(FACTS, async () => void pauses++);
		expect(pauses).toBeGreaterThanOrEqual(12);
	});
});

describe('a file name', () => {
	it.each([
		['marketcode.csv', 20, 'marketcode.csv'],
		['marketcode_0_1.csv', 17, 'marketc...0_1.csv'],
		['订单二〇二六.csv', 11, '订单....csv'],
	])('%s in the room of %i is %s', (name, room, shown) => {
		expect(shortened(name, room)).toBe(shown);
		expect(cellsOf(shown)).toBeLessThanOrEqual(room);
	});
});
