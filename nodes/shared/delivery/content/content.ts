import { joined, type RowWriter } from '../../codePackage/parts';
import type { CheckedPart } from '../checked';
import { isCounted, type PlannedFile } from '../cut';
import { fileHead } from '../format/format';
import { mustFit } from '../parameters/label';
import { labelWriter, labelsIn } from './labelRows';
import type { FileSettings } from '../parameters/fileSettings';
import { rowWriter } from '../format/rowWriter';
import { labelPages, type Label } from '../../symbols/label';
import type { LabelSettings } from '../../symbols/labelLayout';

/** What is known of a file once all of its codes are in it. */
export interface Told {
	count: number;
	latticeWidth: number | undefined;
	readonly warnings: string[];
}

const noText: RowWriter = () => Buffer.alloc(0);

/** How rows are written; undefined: as they stand in the package. */
export function writerOf(
	{ output, format }: FileSettings,
	applicationId: string | undefined,
): RowWriter | undefined {
	if (output === 'items') return noText;
	if (output === 'pdf') return labelWriter;
	return format && rowWriter(format, { applicationId });
}

/** Takes a file's parts of the segments and gives the file; adds up what is to be said of it. */
export async function* chunksOf(
	parts: AsyncGenerator<CheckedPart, void, void>,
	{ segments }: PlannedFile,
	{ format, label, division }: FileSettings,
	told: Told,
): AsyncGenerator<Buffer, void, void> {
	if (label) {
		const labels = labelsOf(parts, segments.length, label, told);
		for await (const pages of labelPages(labels, label)) yield pages;
		return;
	}
	if (format) yield fileHead(format);
	for (let position = 0; position < segments.length; position++) {
		const part = await nextPart(parts, told);
		// Files that are counted out begin alike, whether or not a package with a byte order mark begins there.
		const isFirst = position === 0 && !isCounted(division);
		yield* joined(part, { isFirst, isLast: position === segments.length - 1 });
	}
}

async function* labelsOf(
	parts: AsyncGenerator<CheckedPart, void, void>,
	count: number,
	label: LabelSettings,
	told: Told,
): AsyncGenerator<Label, void, void> {
	for (let position = 0; position < count; position++) {
		const { pieces, text } = await nextPart(parts, told);
		const { layout } = text;
		if (!layout) continue;
		mustFit(label, layout.latticeWidth);
		yield* labelsIn(pieces, layout.latticeWidth);
	}
}

async function nextPart(
	parts: AsyncGenerator<CheckedPart, void, void>,
	told: Told,
): Promise<CheckedPart> {
	const next = await parts.next();
	if (next.done) throw new Error('There are fewer codes than were planned');
	const { count, text } = next.value;
	told.count += count;
	told.latticeWidth ??= text.layout?.latticeWidth;
	told.warnings.push(...text.warnings);
	return next.value;
}
