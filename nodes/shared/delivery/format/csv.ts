import type { FileColumn } from './format';
import type { Piece } from './pieces';

/**
 * What a row of CSV consists of, without its line end. As RFC 4180 says, a field that holds a delimiter, a
 * quote or a line end stands between quotes. So does one that begins or ends with a space, which many
 * programs strip otherwise: every url has 28 characters, and some of them end in a space.
 */
export function csvPieces(columns: readonly FileColumn[], delimiter: string): Piece[] {
	const isAlone = columns.length === 1;
	return columns.flatMap((column, position) => [
		position > 0 ? delimiter : '',
		pieceOf(column, delimiter, isAlone),
	]);
}

/** @returns the names between delimiters, without a line end */
export const csvLine = (names: readonly string[], delimiter: string): string =>
	names.map((name) => csvText(name, delimiter, names.length === 1)).join(delimiter);

function pieceOf({ source, value }: FileColumn, delimiter: string, isAlone: boolean): Piece {
	switch (source) {
		case 'code':
		case 'url':
			return { column: source, quoting: 'csv' };
		case 'index':
		case 'lattice':
			return { column: source, quoting: 'never' };
		case 'rowNumber':
			return { number: 'row' };
		case 'fileNumber':
			return { number: 'file' };
		case 'constant':
		case 'applicationId':
			return csvText(value, delimiter, isAlone);
	}
}

/** @param isAlone an empty field that is alone would make a blank line, which programs skip */
function csvText(text: string, delimiter: string, isAlone: boolean): string {
	const isQuoted =
		/["\r\n]|^\s|\s$/.test(text) || text.includes(delimiter) || (isAlone && text === '');
	return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
}
