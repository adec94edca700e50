import { FONTS, POINTS_A_MM } from './pdfContent';
import { decimal } from './drawing';

/** Kids of a node of the page tree: a reader finds page 100,000 in three steps. */
const MOST_KIDS = 64;

/** Lines of the cross-reference table in a chunk, each of 20 bytes. */
const XREF_LINES = 2_000;

/** A node of the page tree that still takes kids. */
interface OpenNode {
	readonly id: number;
	readonly kids: number[];
	/** Pages below it. */
	count: number;
}

/**
 * Writes a PDF 1.4 (ISO 32000-1) of pages of one size as it goes: `start()`, then `page()` for each, then `end()`.
 * What they give, joined, is the file. Keeps 16 bytes a page, where its objects begin; the same pages give
 * the same bytes.
 */
export class PdfWriter {
	/** Of each object from number 1 on: where it begins, in bytes from the beginning of the file. */
	private readonly offsets: number[] = [];
	private position = 0;
	/** Of the page tree, from the leaves up, where one has kids already; the last one becomes the root. */
	private readonly open: (OpenNode | undefined)[] = [];

	/** Width and height of all pages are in mm. */
	constructor(
		private readonly width: number,
		private readonly height: number,
	) {}

	/** What comes before the first page. */
	start(): Buffer {
		// The bytes above 127 tell transfer programs that the file is not text (ISO 32000-1, 7.5.2).
		return this.written('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n');
	}

	/** One page more; its content is deflated (zlib format) already. */
	page(content: Uint8Array): Buffer {
		const leaf = this.nodeAt(0);
		const page = this.newId();
		const stream = this.newId();
		const chunks = [
			this.object(page, `<</Type/Page/Parent ${leaf.id} 0 R/Contents ${stream} 0 R>>`),
			this.object(stream, `<</Length ${content.length}/Filter/FlateDecode>>stream\n`, content),
		];
		leaf.kids.push(page);
		leaf.count++;
		for (let level = 0; this.open[level]?.kids.length === MOST_KIDS; level++) {
			chunks.push(this.close(level));
		}
		return Buffer.concat(chunks);
	}

	/** What comes behind the last page. */
	*end(): Generator<Buffer, void, undefined> {
		for (let level = 0; level < this.open.length - 1; level++) {
			if (this.open[level]) yield this.close(level);
		}
		const root = this.nodeAt(Math.max(0, this.open.length - 1));
		yield this.node(root, this.inherited());
		const catalog = this.newId();
		yield this.object(catalog, `<</Type/Catalog/Pages ${root.id} 0 R>>`);
		yield* this.crossReferences(catalog);
	}

	/** What all pages have from the root. */
	private inherited(): string {
		const fonts = Object.values(FONTS).map(
			({ resource, baseFont }) =>
				`/${resource}<</Type/Font/Subtype/Type1/BaseFont/${baseFont}/Encoding/WinAnsiEncoding>>`,
		);
		const box = `${decimal(this.width * POINTS_A_MM)} ${decimal(this.height * POINTS_A_MM)}`;
		return `/MediaBox[0 0 ${box}]/Resources<</Font<<${fonts.join('')}>>>>`;
	}

	private nodeAt(level: number): OpenNode {
		return (this.open[level] ??= { id: this.newId(), kids: [], count: 0 });
	}

	/** Writes a node that has its parent above it, and makes room for the next one. */
	private close(level: number): Buffer {
		const node = this.nodeAt(level);
		const parent = this.nodeAt(level + 1);
		parent.kids.push(node.id);
		parent.count += node.count;
		this.open[level] = undefined;
		return this.node(node, `/Parent ${parent.id} 0 R`);
	}

	private node({ id, kids, count }: OpenNode, more: string): Buffer {
		const references = kids.map((kid) => `${kid} 0 R`).join(' ');
		return this.object(id, `<</Type/Pages/Count ${count}/Kids[${references}]${more}>>`);
	}

	/** The next object's number. */
	private newId(): number {
		return this.offsets.push(0);
	}

	private object(id: number, dictionary: string, stream?: Uint8Array): Buffer {
		this.offsets[id - 1] = this.position;
		const head = this.written(`${id} 0 obj${dictionary}`);
		if (!stream) return Buffer.concat([head, this.written('endobj\n')]);
		this.position += stream.length;
		return Buffer.concat([head, stream, this.written('\nendstream endobj\n')]);
	}

	private *crossReferences(catalog: number): Generator<Buffer, void, undefined> {
		const begin = this.position;
		const size = this.offsets.length + 1;
		yield this.written(`xref\n0 ${size}\n0000000000 65535 f \n`);
		for (let from = 0; from < this.offsets.length; from += XREF_LINES) {
			const lines = this.offsets
				.slice(from, from + XREF_LINES)
				.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
			yield this.written(lines.join(''));
		}
		yield this.written(
			`trailer<</Size ${size}/Root ${catalog} 0 R>>\nstartxref\n${begin}\n%%EOF\n`,
		);
	}

	private written(text: string): Buffer {
		const bytes = Buffer.from(text, 'latin1');
		this.position += bytes.length;
		return bytes;
	}
}
