/** Not the nodes' own list of them: a mistake that both shared would not show. */
export const COLUMNS = ['lattice', 'code', 'index', 'url'] as const;
export type Column = (typeof COLUMNS)[number];

export const DELIMITERS = ['tab', 'spaces', 'comma'] as const;

/** How the text of an application's packages is written. */
export interface PackageForm {
	/** Characters 0 and 1 a row; the guide's micro code has 19 × 19. */
	readonly latticeWidth: number;
	readonly delimiter: (typeof DELIMITERS)[number];
	/** How many spaces stand between two columns if `delimiter` is 'spaces'. */
	readonly spaces: number;
	/** Characters a code, 1 to 9; `codesOfLength` says how many different ones there are. */
	readonly codeLength: number;
	/** All four, from left to right. */
	readonly columns: readonly Column[];
	readonly lineEnd: 'lf' | 'crlf';
	/** Whether the last row has its line end too. */
	readonly finalLineEnd: boolean;
	/** Line ends behind the last row's own one; without that one there can be none. */
	readonly blankLinesAtEnd: number;
	readonly byteOrderMark: boolean;
}

/** As the official guide describes a package; the tabs are what public code splits at. */
export const GUIDE_FORM: PackageForm = {
	latticeWidth: 361,
	delimiter: 'tab',
	spaces: 1,
	codeLength: 9,
	columns: COLUMNS,
	lineEnd: 'lf',
	finalLineEnd: true,
	blankLinesAtEnd: 0,
	byteOrderMark: false,
};

const LATTICE_WIDTH_MAX = 10_000;
const SPACES_MAX = 100;
const CODE_LENGTH_MAX = 9;
const BLANK_LINES_MAX = 100;

/** A form with some options of another. Throws if it names something that there is not. */
export function changedForm(form: PackageForm, changes: Partial<PackageForm>): PackageForm {
	const changed = { ...form, ...changes };
	for (const name of Object.keys(changes)) {
		if (!Object.hasOwn(GUIDE_FORM, name)) throw new Error(`A form has no ${name}`);
	}
	requireWhole(changed, 'latticeWidth', 1, LATTICE_WIDTH_MAX);
	requireWhole(changed, 'spaces', 1, SPACES_MAX);
	requireWhole(changed, 'codeLength', 1, CODE_LENGTH_MAX);
	requireWhole(changed, 'blankLinesAtEnd', 0, BLANK_LINES_MAX);
	requireOneOf(changed, 'delimiter', DELIMITERS);
	requireOneOf(changed, 'lineEnd', ['lf', 'crlf']);
	requireOneOf(changed, 'finalLineEnd', [true, false]);
	requireOneOf(changed, 'byteOrderMark', [true, false]);
	if ([...changed.columns].sort().join() !== [...COLUMNS].sort().join()) {
		throw new Error(`columns must be ${COLUMNS.join(', ')} in any order`);
	}
	if (changed.blankLinesAtEnd > 0 && !changed.finalLineEnd) {
		throw new Error('Blank lines at the end stand behind a final line end');
	}
	return changed;
}

function requireWhole<Name extends keyof PackageForm>(
	form: Pick<PackageForm, Name>,
	name: Name,
	least: number,
	most: number,
): void {
	const value = form[name];
	const isRight = typeof value === 'number' && Number.isInteger(value);
	if (isRight && least <= value && value <= most) return;
	throw new Error(`${name} must be a whole number from ${least} to ${most}`);
}

function requireOneOf<Name extends keyof PackageForm>(
	form: Pick<PackageForm, Name>,
	name: Name,
	values: ReadonlyArray<PackageForm[Name]>,
): void {
	if (!values.includes(form[name])) throw new Error(`${name} must be ${values.join(' or ')}`);
}

const LINE_ENDS = { lf: '\n', crlf: '\r\n' } as const;

/** What stands between two columns. */
export function delimiterOf({ delimiter, spaces }: PackageForm): string {
	if (delimiter === 'spaces') return ' '.repeat(spaces);
	return delimiter === 'tab' ? '\t' : ',';
}

/** What stands behind a row. */
export function lineEndOf({ lineEnd }: PackageForm): string {
	return LINE_ENDS[lineEnd];
}
