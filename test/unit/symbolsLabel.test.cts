import { setImmediate as turn } from 'node:timers/promises';
import { labelPages, type Label } from '../../nodes/shared/symbols/label';
import { checkLabel, type LabelSettings } from '../../nodes/shared/symbols/labelLayout';
import { codeAt } from '../sandbox/codes.cts';

const SETTINGS: LabelSettings = {
	symbol: 'both',
	pageWidth: 30,
	pageHeight: 16.5,
	moduleSize: 0.5,
	showIndex: false,
};

const labelAt = (index: number): Label => codeAt('700000001', index);

async function fileOf(labels: Label[], settings = SETTINGS): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of labelPages(labels, settings)) chunks.push(chunk);
	return Buffer.concat(chunks);
}

describe('checkLabel', () => {
	it.each<[string, Partial<LabelSettings>, number | undefined]>([
		['both side by side, on a page that is as large as they', {}, 361],
		['both one above the other', { pageWidth: 16.5, pageHeight: 30 }, 361],
		['the QR code alone', { symbol: 'qr', pageWidth: 16.5 }, 361],
		['the QR code alone of a lattice that is no square', { symbol: 'qr' }, 68],
		['the micro code alone', { symbol: 'microCode', pageWidth: 13.5, pageHeight: 13.5 }, 361],
		['a lattice that is not known yet', {}, undefined],
		['the smallest micro code', { moduleSize: 5 / 19 }, 361],
		['an index below', { showIndex: true, pageHeight: 19.5 }, 361],
		[
			'sizes whose product is no round number',
			{ symbol: 'qr', moduleSize: 0.3, pageWidth: 9.9, pageHeight: 9.9 },
			361,
		],
	])('has nothing against %s', (_, settings, latticeWidth) => {
		expect(checkLabel({ ...SETTINGS, ...settings }, latticeWidth)).toBeUndefined();
	});

	it.each<[Partial<LabelSettings>, number | undefined, string]>([
		[
			{ pageWidth: 29.9 },
			361,
			'needs 30 × 16.5 mm with its quiet zones, but the page has 29.9 × 16.5 mm',
		],
		[{ pageHeight: 16.4 }, 361, 'but the page has 30 × 16.4 mm'],
		[{ showIndex: true }, 361, 'needs 30 × 19.5 mm'],
		[{ symbol: 'qr', pageWidth: 16 }, 361, 'needs 16.5 × 16.5 mm'],
		[{ symbol: 'microCode', pageWidth: 13 }, 361, 'needs 13.5 × 13.5 mm'],
		[{}, 400, 'needs 30.5 × 16.5 mm'],
		[{}, 68, 'The lattice has 68 characters, which is no square'],
		[{ symbol: 'microCode' }, 0, 'The lattice has 0 characters, which is no square'],
		[{ moduleSize: 0.26 }, 361, "would be 4.94 mm a side; WeChat's smallest print is 5 mm"],
		[{ pageWidth: 0 }, 361, 'larger than 0 mm'],
		[{ pageHeight: -1 }, 361, 'larger than 0 mm'],
		[{ moduleSize: NaN }, 361, 'larger than 0 mm'],
		[{ pageWidth: 6_000 }, 361, 'at most 5080 mm'],
		[{ symbol: 'qr', moduleSize: 0.1, showIndex: true, pageWidth: 10 }, 361, 'needs 12 × 6.3 mm'],
	])('of %j with a lattice of %j says: %s', (settings, latticeWidth, message) => {
		const problem = checkLabel({ ...SETTINGS, ...settings }, latticeWidth);
		expect(problem?.message).toContain(message);
		expect(problem?.description).toMatch(/\.$/);
	});

	it('names a module size that is large enough', () => {
		const small = checkLabel({ ...SETTINGS, moduleSize: 0.2 }, 361);
		const least = Number(/at least ([\d.]+) mm/.exec(small?.description ?? '')?.[1]);
		expect(checkLabel({ ...SETTINGS, moduleSize: least }, 361)).toBeUndefined();
		expect(least).toBeLessThan(0.2642);
	});
});

describe('labelPages', () => {
	it('lets the event loop turn, and takes labels only as it writes them', async () => {
		let turns = 0;
		let isDone = false;
		const counting = (async () => {
			for (; !isDone; turns++) await turn();
		})();
		let taken = 0;
		let isClosed = false;
		function* labels() {
			try {
				for (; taken < 400; taken++) yield labelAt(taken);
			} finally {
				isClosed = true;
			}
		}
		let chunks = 0;
		for await (const chunk of labelPages(labels(), SETTINGS)) {
			expect(chunk.length).toBeLessThan(50_000);
			expect(taken).toBeLessThanOrEqual(8 * chunks);
			if (++chunks === 30) break;
		}
		isDone = true;
		await counting;
		expect(isClosed).toBe(true);
		expect(turns).toBeGreaterThan(25);
	});

	it('is a file also for one label, and for a number that is no multiple of a chunk', async () => {
		for (const count of [1, 8, 9]) {
			const labels = Array.from({ length: count }, (_, index) => labelAt(index));
			const text = (await fileOf(labels)).toString('latin1');
			expect(text.match(/\/Type\/Page\//g)).toHaveLength(count);
			expect(text).toMatch(/^%PDF-1\.4\n[^]*%%EOF\n$/);
		}
	});

	it.each<[string, Partial<Label>, Partial<LabelSettings>, RegExp]>([
		['a url without its last space', { url: 'P.URL.CN/0ABCDEFGHIJKLMNOPQ' }, {}, /28 characters/],
		['a lattice that is no square', { lattice: '01' }, {}, /no square/],
		['another lattice', { lattice: '0'.repeat(360) + 'x' }, { symbol: 'microCode' }, /0 and 1/],
	])('says which code has %s, and not the code', async (_, wrong, settings, message) => {
		const labels = [labelAt(0), { ...labelAt(7), ...wrong }];
		const run = fileOf(labels, { ...SETTINGS, ...settings });
		await expect(run).rejects.toThrow(/^Code with index 7: /);
		await expect(run).rejects.toThrow(message);
		await expect(run).rejects.not.toThrow(/P\.URL|0000/);
	});

	it('looks at what it prints alone', async () => {
		const qr = { ...SETTINGS, symbol: 'qr' } as const;
		const microCode = { ...SETTINGS, symbol: 'microCode' } as const;
		await fileOf([{ ...labelAt(1), lattice: '' }], qr);
		await fileOf([{ ...labelAt(1), url: '' }], microCode);
	});
});
