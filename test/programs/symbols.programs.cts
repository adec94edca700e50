import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { labelPages } from '../../nodes/shared/symbols/label';
import type { LabelSettings } from '../../nodes/shared/symbols/labelLayout';
import { proofSheet } from '../../nodes/shared/symbols/sheet';
import { launchBrowser } from '../e2e/browser.cts';
import { codeAt, type Code } from '../sandbox/codes.cts';
import { Raster } from './pgm.cts';

const DPI = 300;
const DENSITY = DPI / 25.4;
/** Of CSS, a millimetre. */
const PIXELS = 96 / 25.4;
const APPLICATION = '700000001';

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'marketcode-symbols-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(program: string, ...args: string[]): Promise<string> {
	const { stdout } = await promisify(execFile)(program, args, {
		cwd: folder,
		maxBuffer: 64 * 1024 * 1024,
	});
	return stdout;
}

/** The texts of the QR codes in pictures, in the pictures' order; not a character is trimmed. */
async function qrCodesIn(...pictures: string[]): Promise<string[]> {
	const onlyQr = ['-Sdisable', '-Sqrcode.enable'];
	const lines = (await run('zbarimg', '--nodbus', '--raw', '-q', ...onlyQr, ...pictures)).split(
		'\n',
	);
	expect(lines.pop()).toBe('');
	return lines;
}

/** Pages of a PDF as pictures, in their order. */
async function picturesOf(pdf: string): Promise<string[]> {
	await run('pdftoppm', '-r', String(DPI), '-gray', pdf, 'page');
	return (await readdir(folder)).filter((name) => name.endsWith('.pgm')).sort();
}

const rasterOf = async (picture: string) =>
	new Raster(await readFile(path.join(folder, picture)), DENSITY);

async function labelFile(codes: Iterable<Code>, settings: LabelSettings): Promise<string> {
	const file = createWriteStream(path.join(folder, 'labels.pdf'));
	await pipeline(Readable.from(labelPages(codes, settings)), file);
	return 'labels.pdf';
}

/** qpdf also fails with warnings. */
async function expectSound(pdf: string): Promise<void> {
	expect(await run('qpdf', '--check', pdf)).toContain('No syntax or stream encoding errors found');
}

/** Codes of which every tenth url begins with a space, and every seventh ends with one. */
function codesOf(count: number): Code[] {
	return Array.from({ length: count }, (_, at) => {
		const code = codeAt(APPLICATION, at * 101);
		const first = at % 10 === 0 ? ` ${code.url.slice(0, 27)}` : code.url;
		return { ...code, url: at % 7 === 0 ? `${first.slice(0, 27)} ` : first };
	});
}

describe('labels', () => {
	const codes = codesOf(200);

	it('are 200 pages of which each QR code and each micro code is read back, on their place', async () => {
		const settings = { symbol: 'both', pageWidth: 60, pageHeight: 30, moduleSize: 0.5 } as const;
		const pdf = await labelFile(codes, { ...settings, showIndex: true });
		await expectSound(pdf);
		const pictures = await picturesOf(pdf);
		expect(await qrCodesIn(...pictures)).toEqual(codes.map(({ url }) => url));
		const lattices: string[] = [];
		for (const picture of pictures) {
			const raster = await rasterOf(picture);
			expect(raster.width).toBe(Math.ceil(60 * DENSITY));
			// 16.5 mm and 13.5 mm are in the middle of 60 mm; with 3 mm of index below they are 19.5 mm high.
			lattices.push(raster.modulesAt(15 + 16.5 + 2, 5.25 + 3.5, 0.5, 19));
		}
		expect(lattices).toEqual(codes.map(({ lattice }) => lattice));
		const indexes = (await run('pdftotext', pdf, '-')).split(/\s+/).filter(Boolean);
		expect(indexes).toEqual(codes.map(({ index }) => String(index)));
	});

	it('have QR codes of true size in the middle, and nothing in their quiet zones', async () => {
		const settings = { symbol: 'qr', pageWidth: 10, pageHeight: 10, moduleSize: 0.3 } as const;
		const pdf = await labelFile(codes, { ...settings, showIndex: false });
		const pictures = await picturesOf(pdf);
		expect(await qrCodesIn(...pictures)).toEqual(codes.map(({ url }) => url));
		const { left, top, right, bottom } = (await rasterOf(pictures[0] ?? '')).inked();
		for (const [is, should] of [
			[left, 1.25],
			[top, 1.25],
			[right, 8.75],
			[bottom, 8.75],
		] as const) {
			// A pixel is 0.085 mm.
			expect(Math.abs(is - should)).toBeLessThan(0.1);
		}
	});

	it('have micro codes of the smallest print, one above the other too', async () => {
		const moduleSize = 5 / 19;
		const settings = { symbol: 'both', pageWidth: 9, pageHeight: 20, moduleSize } as const;
		const pdf = await labelFile(codes.slice(0, 20), { ...settings, showIndex: false });
		const pictures = await picturesOf(pdf);
		expect(await qrCodesIn(...pictures)).toEqual(codes.slice(0, 20).map(({ url }) => url));
		const [qrBox, microBox] = [33 * moduleSize, 27 * moduleSize];
		const top = (20 - qrBox - microBox) / 2 + qrBox + 4 * moduleSize;
		for (const [at, picture] of pictures.entries()) {
			const raster = await rasterOf(picture);
			expect(raster.modulesAt(2, top, moduleSize, 19)).toBe(codes[at]?.lattice);
		}
	});

	it('are in order also where the page tree has three levels', async () => {
		function* many() {
			const code = codeAt(APPLICATION, 0);
			for (let index = 0; index < 4_200; index++) yield { ...code, index };
		}
		const settings = { symbol: 'qr', pageWidth: 20, pageHeight: 20, moduleSize: 0.5 } as const;
		const pdf = await labelFile(many(), { ...settings, showIndex: true });
		await expectSound(pdf);
		expect(await run('qpdf', '--show-npages', pdf)).toBe('4200\n');
		const indexes = (await run('pdftotext', pdf, '-')).split(/\s+/).filter(Boolean);
		expect(indexes).toEqual(Array.from({ length: 4_200 }, (_, index) => String(index)));
	});
});

describe('a proof sheet', () => {
	const samples = codesOf(60);
	const facts = {
		applicationId: APPLICATION,
		isvApplicationId: 'order (2026) \\ 订单',
		created: '2026-11-25T03:00:00.000Z',
		codeCount: 6_000,
		fileCount: 1,
		files: [{ name: 'a (1).csv', codeCount: 6_000, sha256: 'ab'.repeat(32) }],
		samples,
	};
	const urls = samples.map(({ url }) => url);
	/** Where each sample's QR code begins with its quiet zone: 6 columns of 31 mm, rows of 20.5 mm. */
	const corners = samples.map((_, at) => ({
		x: 12 + (at % 6) * 31,
		y: 60 + Math.floor(at / 6) * 20.5,
	}));
	const sheet = () => proofSheet(facts, async () => {});

	it('is read back as PDF: each QR code, each micro code, each text', async () => {
		const { pdf, svg } = await sheet();
		await writeFile(path.join(folder, 'proof.pdf'), pdf);
		await expectSound('proof.pdf');
		const [picture = ''] = await picturesOf('proof.pdf');
		const raster = await rasterOf(picture);
		// One by one, as a camera sees them: zbar mistakes corners of one code for another's among so many. Nothing
		// but the quiet zone is left around them.
		const crops = corners.map(({ x, y }) => raster.cropped(x, y, 16.5));
		const names = crops.map((_, at) => `code${at}.pgm`);
		for (const [at, crop] of crops.entries()) {
			await writeFile(path.join(folder, `code${at}.pgm`), crop);
		}
		expect(await qrCodesIn(...names)).toEqual(urls);
		// Beside the 16.5 mm of the QR code the micro code has 2 mm of white.
		const lattices = corners.map(({ x, y }) => raster.modulesAt(x + 18.5, y + 3.5, 0.5, 19));
		expect(lattices).toEqual(samples.map(({ lattice }) => lattice));

		await run('qpdf', '--qdf', 'proof.pdf', 'plain.pdf');
		const plain = await readFile(path.join(folder, 'plain.pdf'), 'latin1');
		const inPdf = [...plain.matchAll(/\((.*)\) Tj/g)].map(([, text = '']) =>
			text.replace(/\\(.)/g, '$1'),
		);
		const inSvg = [...svg.matchAll(/>([^<]*)<\/text>/g)].map(([, text = '']) =>
			text.replace(/[订单]/g, '?'),
		);
		expect(inPdf).toEqual(inSvg);
		for (const { url } of samples) expect(inPdf).toContain(url);
		expect(inPdf).toContain('order (2026) \\ ??');
	});

	it('has the same QR codes as PNG', async () => {
		const { png } = await sheet();
		await writeFile(path.join(folder, 'proof.png'), png);
		expect((await qrCodesIn('proof.png')).sort()).toEqual([...urls].sort());
	});

	it('has the same QR codes in the same place as SVG in a browser', async () => {
		const { svg } = await sheet();
		await writeFile(path.join(folder, 'proof.svg'), svg);
		const browser = await launchBrowser();
		try {
			const page = await browser.newPage({
				viewport: { width: Math.ceil(210 * PIXELS), height: Math.ceil(297 * PIXELS) },
				deviceScaleFactor: DPI / 96,
			});
			await page.goto(`file://${path.join(folder, 'proof.svg')}`);
			for (const [at, { x, y }] of corners.entries()) {
				const clip = { x: x * PIXELS, y: y * PIXELS, width: 16.5 * PIXELS, height: 16.5 * PIXELS };
				await page.screenshot({ clip, path: path.join(folder, `code${at}.png`) });
			}
		} finally {
			await browser.close();
		}
		expect(await qrCodesIn(...corners.map((_, at) => `code${at}.png`))).toEqual(urls);
	});
});
