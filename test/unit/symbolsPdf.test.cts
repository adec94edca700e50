import { inflateSync } from 'node:zlib';
import { deflated } from '../../nodes/shared/symbols/deflate';
import { PdfWriter } from '../../nodes/shared/symbols/pdf';

const CONTENT = Buffer.from('content');

function written(pages: number): { pdf: Buffer; largest: number } {
	const writer = new PdfWriter(50, 30);
	const chunks = [writer.start()];
	for (let page = 0; page < pages; page++) chunks.push(writer.page(CONTENT));
	chunks.push(...writer.end());
	return {
		pdf: Buffer.concat(chunks),
		largest: Math.max(...chunks.map(({ length }) => length)),
	};
}

/** What stands at each offset of the cross-reference table, by object number. */
function objectsOf(pdf: Buffer): Map<number, string> {
	const text = pdf.toString('latin1');
	const table = text.slice(numberIn(text, /startxref\n(\d+)\n%%EOF\n$/));
	const lines = table.match(/^.{18} \n/gm) ?? [];
	expect(lines).toHaveLength(numberIn(table, /^xref\n0 (\d+)\n0000000000 65535 f \n/));
	const inUse = lines.slice(1);
	expect(inUse.filter((line) => !/^\d{10} 00000 n \n$/.test(line))).toEqual([]);
	return new Map(
		inUse.map((line, at) => {
			const begin = Number(line.slice(0, 10));
			return [at + 1, text.slice(begin, text.indexOf('endobj', begin))];
		}),
	);
}

const textIn = (text: string, form: RegExp): string => form.exec(text)?.[1] ?? '';
const numberIn = (text: string, form: RegExp): number => Number(textIn(text, form));

/** Walks the page tree down from a node: content objects in page order, and what is wrong on the way. */
function walk(
	objects: ReadonlyMap<number, string>,
	node: number,
): { contents: number[]; depth: number; wrong: string[] } {
	const object = objects.get(node) ?? '';
	if (object.includes('/Type/Page/')) {
		return { contents: [numberIn(object, /\/Contents (\d+) 0 R/)], depth: 0, wrong: [] };
	}
	const kids = [...textIn(object, /\/Kids\[(.*?)\]/).matchAll(/(\d+) 0 R/g)].map(([, id]) =>
		Number(id),
	);
	const below = kids.map((kid) => walk(objects, kid));
	const contents = below.flatMap((kid) => kid.contents);
	const wrong = below.flatMap((kid) => kid.wrong);
	for (const kid of kids) {
		const parent = numberIn(objects.get(kid) ?? '', /\/Parent (\d+) 0 R/);
		if (parent !== node) wrong.push(`${kid} has the parent ${parent} instead of ${node}`);
	}
	if (kids.length > 64) wrong.push(`${node} has ${kids.length} kids`);
	const count = numberIn(object, /\/Count (\d+)/);
	if (count !== contents.length) wrong.push(`${node} counts ${count} pages of ${contents.length}`);
	return { contents, depth: 1 + Math.max(...below.map(({ depth }) => depth)), wrong };
}

describe('a PDF', () => {
	it.each([
		[1, 1],
		[2, 1],
		[63, 1],
		[64, 2],
		[65, 2],
		[64 * 64 - 1, 2],
		[64 * 64, 3],
		[64 * 64 + 1, 3],
		[10_000, 3],
	])('of %i pages has them in order, at most %i nodes below each other', (pages, deepest) => {
		const { pdf } = written(pages);
		const objects = objectsOf(pdf);
		const displaced = [...objects].filter(([id, object]) => !object.startsWith(`${id} 0 obj<<`));
		expect(displaced).toEqual([]);
		const catalog = numberIn(pdf.toString('latin1'), /\/Root (\d+) 0 R/);
		const root = numberIn(objects.get(catalog) ?? '', /\/Type\/Catalog\/Pages (\d+) 0 R/);
		expect(objects.get(root)).not.toContain('/Parent');
		const { contents, depth, wrong } = walk(objects, root);
		expect(wrong).toEqual([]);
		expect(contents).toHaveLength(pages);
		expect(contents).toEqual([...contents].sort((a, b) => a - b));
		expect(depth).toBeLessThanOrEqual(deepest);
		const last = objects.get(contents[pages - 1] ?? 0);
		expect(last).toContain('/Length 7/Filter/FlateDecode>>stream\ncontent\n');
	});

	it('has pages of the size asked for: an inch is 25.4 mm and 72 points', () => {
		const writer = new PdfWriter(25.4, 50.8);
		writer.page(CONTENT);
		expect(Buffer.concat([...writer.end()]).toString('latin1')).toContain('/MediaBox[0 0 72 144]');
	});

	it('comes in small chunks, and always in the same bytes', () => {
		const { pdf, largest } = written(10_000);
		expect(largest).toBeLessThan(50_000);
		expect(pdf.equals(written(10_000).pdf)).toBe(true);
	});
});

it('what is deflated is in the zlib format', async () => {
	const text = 'é'.repeat(100_000);
	expect(inflateSync(await deflated(text)).toString('latin1')).toBe(text);
});
