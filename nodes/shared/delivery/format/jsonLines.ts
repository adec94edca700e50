import type { FileColumn } from './format';
import type { Piece } from './pieces';

/** What a line of JSON Lines consists of, without its line end: an object with the columns as keys. */
export function jsonPieces(columns: readonly FileColumn[]): Piece[] {
	const members = columns.flatMap((column, position) => [
		`${position > 0 ? ',' : ''}${JSON.stringify(column.header)}:`,
		...valueOf(column),
	]);
	return ['{', ...members, '}'];
}

function valueOf({ source, value }: FileColumn): Piece[] {
	switch (source) {
		case 'code':
			return [{ column: source, quoting: 'json' }];
		case 'url':
		case 'lattice':
			// Of their characters, none needs an escape.
			return ['"', { column: source, quoting: 'never' }, '"'];
		case 'index':
			// A number may not begin with a zero, which the column of the package may.
			return [{ number: 'index' }];
		case 'rowNumber':
			return [{ number: 'row' }];
		case 'fileNumber':
			return [{ number: 'file' }];
		case 'constant':
		case 'applicationId':
			return [JSON.stringify(value)];
	}
}
