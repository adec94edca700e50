import type { IExecuteFunctions } from 'n8n-workflow';
import { evenlySpaced, Samples } from '../../shared/delivery/handover/proof';
import type { DeliveredCode } from '../../shared/delivery/readBack/codeReader';
import type { Sample } from '../../shared/symbols/sheetFacts';
import { codesIn, type CodeFile } from './codeFiles';

/**
 * Evenly spaced codes of all files, as a proof sheet shows them.
 *
 * @param startOf the index of a file's first code; undefined: not known
 */
export async function pickSamples(
	context: IExecuteFunctions,
	files: readonly CodeFile[],
	wanted: number,
	startOf: (file: CodeFile) => number | undefined,
): Promise<Sample[]> {
	const samples = new Samples<Row>();
	const counts = files.map(({ count }) => count);
	const places = evenlySpaced(counts, wanted);
	let before = 0;
	for await (const { file, batches } of codesIn(context, files)) {
		const where = files.length > 1 ? `file ${file.file}, ` : '';
		const start = startOf(file);
		const rowOf = ({ url, lattice, index, line }: DeliveredCode, at: number): Row => {
			const counted = start === undefined ? `${where}line ${line}` : start + at;
			const told = index === undefined ? counted : Number(index);
			return { index: before + at, url, sample: { index: told, url, lattice } };
		};
		samples.add(await picked(batches, new Set(places[file.file - 1]), rowOf));
		before += file.count;
	}
	return samples.shown.map(({ sample }) => sample);
}

/** A code with its 0-based place among all. */
interface Row {
	readonly index: number;
	readonly url: string;
	readonly sample: Sample;
}

/** @param rowOf a code with its 0-based place in the file */
async function picked(
	batches: AsyncIterable<readonly DeliveredCode[]>,
	places: ReadonlySet<number>,
	rowOf: (code: DeliveredCode, at: number) => Row,
): Promise<{ rows: Row[]; spaced: Row | undefined }> {
	const rows: Row[] = [];
	let spaced: Row | undefined;
	let at = 0;
	for await (const codes of batches) {
		for (const code of codes) {
			if (places.has(at)) rows.push(rowOf(code, at));
			if (!spaced && code.url !== code.url.trim()) spaced = rowOf(code, at);
			at++;
		}
	}
	return { rows, spaced };
}
