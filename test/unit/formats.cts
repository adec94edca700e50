import type { RowWriter } from '../../nodes/shared/codePackage/parts';
import type { FileColumn, TextFormat } from '../../nodes/shared/delivery/format/format';
import { rowWriter } from '../../nodes/shared/delivery/format/rowWriter';

/** Of the package or not, under their own names. */
export const columnsOf = (sources: readonly FileColumn['source'][]): FileColumn[] =>
	sources.map((source) => ({ source, header: source, value: '' }));

/** CSV with these columns, as the node writes it unless told otherwise. */
export const csvOf = (
	sources: readonly FileColumn['source'][],
	changes: Partial<TextFormat> = {},
): TextFormat => ({
	output: 'csv',
	columns: columnsOf(sources),
	delimiter: ',',
	hasHeader: true,
	lineEnding: 'lf',
	encoding: 'utf8',
	...changes,
});

/** A writer of such rows. */
export const csvWriter = (
	sources: readonly FileColumn['source'][],
	changes: Partial<TextFormat> = {},
): RowWriter => rowWriter(csvOf(sources, changes), { applicationId: '700000001' });
