import type { Column } from '../../codePackage/layout';

/** When a field stands between quotes: never, where CSV needs them, always as a JSON string does. */
type Quoting = 'never' | 'csv' | 'json';

/** A number that is counted, not copied. */
export type Counted = 'row' | 'file' | 'index';

/** A part of every row: text that is always the same, a field of the package, or a number. */
export type Piece =
	| string
	| { readonly column: Column; readonly quoting: Quoting }
	| { readonly number: Counted };
