import type { Column } from '../../codePackage/layout';
import { csvLine, csvPieces } from './csv';
import { encoded, markOf, type Encoding } from './encoding';
import { jsonPieces } from './jsonLines';
import type { Piece } from './pieces';

/** What a column is filled with, besides the columns of the package. */
export const OTHER_SOURCES = ['constant', 'rowNumber', 'fileNumber', 'applicationId'] as const;

/** A column of a file, under the name that its header or its JSON key has. */
export interface FileColumn {
	readonly source: Column | (typeof OTHER_SOURCES)[number];
	readonly header: string;
	/** What stands in every row of a constant column; empty for the others. */
	readonly value: string;
}

/** Outputs whose rows are written anew. */
export const TEXT_OUTPUTS = ['urlList', 'csv', 'jsonLines'] as const;
export type TextOutput = (typeof TEXT_OUTPUTS)[number];

/** How rows are written into a file. */
export interface TextFormat {
	readonly output: TextOutput;
	/** From left to right. */
	readonly columns: readonly FileColumn[];
	/** One ASCII character; of CSV only. */
	readonly delimiter: string;
	/** Whether the first line of a CSV file names its columns. */
	readonly hasHeader: boolean;
	/** Ends every row, the last one too. */
	readonly lineEnding: 'lf' | 'crlf';
	readonly encoding: Encoding;
}

/** What a manifest says of how files are written; null: does not apply. */
interface FormatFacts {
	readonly encoding: Encoding | null;
	readonly line_ending: TextFormat['lineEnding'] | null;
	readonly delimiter: string | null;
	/** Names in the first line. */
	readonly header: readonly string[] | null;
}

export const TEXT_EXTENSIONS = {
	urlList: 'txt',
	csv: 'csv',
	jsonLines: 'jsonl',
} as const satisfies Record<TextOutput, string>;

export const TEXT_MIME_TYPES = {
	urlList: 'text/plain',
	csv: 'text/csv',
	// As https://jsonlines.org proposes; none is registered.
	jsonLines: 'application/jsonl',
} as const satisfies Record<TextOutput, string>;

/** @param format undefined: the files are no text of ours */
export function factsOf(format: TextFormat | undefined): FormatFacts {
	if (!format) return { encoding: null, line_ending: null, delimiter: null, header: null };
	return {
		encoding: format.encoding,
		line_ending: format.lineEnding,
		delimiter: format.output === 'csv' ? format.delimiter : null,
		header: headerOf(format) ?? null,
	};
}

/** What begins every file: its byte order mark and its line of column names, each if it has one. */
export function fileHead(format: TextFormat): Buffer {
	const header = headerOf(format);
	const line = header ? csvLine(header, format.delimiter) + lineEndOf(format) : '';
	return Buffer.concat([markOf(format.encoding), encoded(line, format.encoding)]);
}

/**
 * What a row consists of.
 *
 * @param applicationId empty: nobody said whose codes these are
 */
export function piecesOf(format: TextFormat, applicationId: string): Piece[] {
	const { output, columns } = format;
	const filled = columns.map((column) =>
		column.source === 'applicationId' ? { ...column, value: applicationId } : column,
	);
	const pieces = {
		urlList: (): Piece[] => [{ column: 'url', quoting: 'never' }],
		csv: () => csvPieces(filled, format.delimiter),
		jsonLines: () => jsonPieces(filled),
	};
	return [...pieces[output](), lineEndOf(format)];
}

const headerOf = ({ output, hasHeader, columns }: TextFormat): string[] | undefined =>
	output === 'csv' && hasHeader ? columns.map(({ header }) => header) : undefined;

const lineEndOf = ({ lineEnding }: TextFormat): string => (lineEnding === 'crlf' ? '\r\n' : '\n');
