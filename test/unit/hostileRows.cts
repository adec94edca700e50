import { rowsOf, type Row } from './packages.cts';

/** Codes that a program may take for a number, a date or a formula, or that a CSV file has to quote. */
const CODES = [
	'000000012',
	'0441E1234',
	'+15AB3C7D',
	'-98B7C6D5',
	'+12345678',
	'-12345678',
	'12E3',
	'1/2',
	'=1+1',
	'@SUM(A1)',
	"'0123",
	'"',
	'"quoted"',
	'a,b;c',
	'"a","b";"',
	' lead',
	'trail ',
	'\\"',
	'TRUE',
	'1.50',
];

/** Urls of a package may begin or end with a space; where the first one has no slash, none has to. */
const URLS = [
	' 0123456789 $%*+-.: ABCDEF  ',
	'P.URL.CN/0 $%*+-./:ABCDEF   ',
	'P.URL.CN/0+-*/  E12345678901',
];

/** Rows with codes that try what reads them. */
export const HOSTILE_ROWS: readonly Row[] = rowsOf({ start: 0, end: CODES.length - 1 }).map(
	(row, at) => ({
		...row,
		code: CODES[at] ?? '',
		index: at === 3 ? '0007' : row.index,
		url: URLS[at % 5] ?? row.url,
	}),
);
