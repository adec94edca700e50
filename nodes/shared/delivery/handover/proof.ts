import { sleep, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import type { PickedRow } from '../../codePackage/picked';
import { storeFile } from '../../n8n/files';
import { proofSheet } from '../../symbols/sheet';
import type { Sample, SheetFacts } from '../../symbols/sheetFacts';
import type { Manifest } from '../manifest/manifest';
import { only } from './storing';

/**
 * The codes that a proof sheet shows.
 *
 * @typeParam Row with an index that grows within a segment
 */
export class Samples<Row extends Pick<PickedRow, 'index' | 'url'> = PickedRow> {
	private readonly rows: Row[] = [];
	private spaced: Row | undefined;
	/** How many of `rows` come before `spaced`. */
	private before = 0;

	/** Takes what was picked of the next segment, or the next file. */
	add({ rows, spaced }: { readonly rows: readonly Row[]; readonly spaced: Row | undefined }): void {
		if (spaced && !this.spaced) {
			this.spaced = spaced;
			// In another segment indexes may begin anew.
			const earlier = rows.filter(({ index }) => index < spaced.index);
			this.before = this.rows.length + earlier.length;
		}
		for (const row of rows) this.rows.push(row);
	}

	/**
	 * In their order. One has a url that begins or ends with a space, if there is any: that is what programs
	 * get wrong.
	 */
	get shown(): readonly Row[] {
		const { rows, spaced, before } = this;
		if (!spaced || rows.some(({ url }) => url !== url.trim())) return rows;
		// The first and the last one stay, where there are so many.
		const left = rows[Math.min(1, rows.length - 1)];
		const all = [...rows.slice(0, before), spaced, ...rows.slice(before)];
		return all.filter((row) => row !== left);
	}
}

/**
 * Evenly spaced codes out of segments, the first and the last one among them.
 *
 * @param counts codes of each segment
 * @param wanted how many to choose, at least 1; all of them if there are fewer
 * @returns for each segment the 0-based numbers of its codes, ascending
 */
export function evenlySpaced(counts: readonly number[], wanted: number): number[][] {
	const total = counts.reduce((sum, count) => sum + count, 0);
	const chosen = Math.min(wanted, total);
	const step = chosen > 1 ? (total - 1) / (chosen - 1) : 0;
	const places = Array.from({ length: chosen }, (_, at) => Math.round(at * step));
	let before = 0;
	let next = 0;
	return counts.map((count) => {
		const own: number[] = [];
		for (let place = places[next]; place !== undefined && place < before + count; ) {
			own.push(place - before);
			place = places[++next];
		}
		before += count;
		return own;
	});
}

/** What a proof sheet says of a delivery, as its manifest says it. */
export const sheetFactsOf = (
	{ application_id, isv_application_id, created, totals, files }: Manifest,
	samples: readonly Sample[],
): SheetFacts => ({
	applicationId: application_id,
	isvApplicationId: isv_application_id,
	created,
	codeCount: totals.code_count,
	fileCount: totals.files,
	files: files.map((file) => ({
		name: file.name,
		codeCount: file.code_count,
		sha256: file.sha256,
	})),
	samples,
});

/**
 * The item with a delivery's proof sheet: a PDF to print, the same as SVG, and as PNG, which n8n shows.
 * It is not paired yet.
 *
 * @param name what the files' names begin with
 */
export async function proofItem(
	context: IExecuteFunctions,
	facts: SheetFacts,
	name: string,
): Promise<INodeExecutionData> {
	const { pdf, svg, png } = await proofSheet(facts, async () => await sleep(0));
	const store = async (content: Buffer, extension: string, mimeType: string) =>
		await storeFile(context, only(content), `${name}_proof.${extension}`, mimeType);
	const proof = await store(pdf, 'pdf', 'application/pdf');
	const preview = await store(Buffer.from(svg), 'svg', 'image/svg+xml');
	// n8n's panel refuses to show PDF and SVG (`ViewableMimeTypes` in @n8n/api-types).
	const picture = await store(png, 'png', 'image/png');
	return {
		json: {
			is_proof: true,
			application_id: facts.applicationId,
			isv_application_id: facts.isvApplicationId,
			code_count: facts.codeCount,
			proof_codes: facts.samples.length,
			file_name: `${name}_proof.pdf`,
			bytes: proof.bytes,
			sha256: proof.sha256,
		},
		binary: { proof: proof.binary, preview: preview.binary, picture: picture.binary },
	};
}
