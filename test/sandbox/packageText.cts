import { codeAt, maxRowBytes, rowWriter, SPARE_BYTES } from './codes.cts';
import { delimiterOf, lineEndOf, type Column, type PackageForm } from './form.cts';
import type { Application, Segment } from './types.cts';

const BYTE_ORDER_MARK = '\ufeff';
/** A byte order mark, or a carriage return too many, and what a changed row may be longer. */
const CHANGES_BYTES = 64;

/** Where a package's rows come from. */
type RowSource = Pick<Application, 'applicationId' | 'segmentSize' | 'indexesFrom' | 'form'>;

type Cells = Readonly<Record<Column, string>>;

/** The row of the code at this index, a row with other cells, or an empty line. */
export type Row = number | Cells | 'blank';

/** A row for each code, whatever the segments are. */
export function rowsOf({ code_start, code_end }: Segment): Row[] {
	return Array.from({ length: code_end - code_start + 1 }, (_, row) => code_start + row);
}

/** The cells of a row; undefined if it is an empty line or there is none. */
export function cellsOf(source: RowSource, row: Row | undefined): Cells | undefined {
	if (typeof row !== 'number') return row === 'blank' ? undefined : row;
	const code = codeAt(source.applicationId, row, source.form);
	return { ...code, index: printedIndex(source, row).toString() };
}

function printedIndex({ indexesFrom, segmentSize }: RowSource, index: number): number {
	return indexesFrom === 'segment' ? index % segmentSize : index;
}

/** The rows as the text of a package. */
export function packageText(source: RowSource, rows: readonly Row[]): Buffer {
	const { form } = source;
	const writeRow = rowWriter(source.applicationId, form);
	const lineEnd = lineEndOf(form);
	const bytes = rows.length * maxRowBytes(form) + form.blankLinesAtEnd * lineEnd.length;
	const target = Buffer.allocUnsafe(bytes + SPARE_BYTES + CHANGES_BYTES);
	let end = form.byteOrderMark ? target.write(BYTE_ORDER_MARK, 'utf8') : 0;
	for (const row of rows) {
		end =
			typeof row === 'number'
				? writeRow(target, end, row, printedIndex(source, row))
				: end + target.write(lineOf(row, form) + lineEnd, end, 'latin1');
	}
	end += target.write(lineEnd.repeat(form.blankLinesAtEnd), end, 'latin1');
	return target.subarray(0, form.finalLineEnd ? end : end - lineEnd.length);
}

function lineOf(row: Cells | 'blank', form: PackageForm): string {
	if (row === 'blank') return '';
	return form.columns.map((column) => row[column]).join(delimiterOf(form));
}

/** The text of a package without faults. */
export function plainPackage(application: RowSource, segment: Segment): Buffer {
	return packageText(application, rowsOf(segment));
}
