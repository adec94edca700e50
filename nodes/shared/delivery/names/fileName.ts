import { ParameterError } from '../../n8n/errors';
import { safeName } from './safeName';

/** What the placeholders of a file name stand for. */
export interface FileNameParts {
	/** Undefined if nobody said whose codes these are. */
	readonly application_id: string | undefined;
	readonly isv_application_id: string | undefined;
	/** 1-based place of the file among those of its item. */
	readonly file: number;
	/** How many files the item has. */
	readonly files: number;
	/** Inclusive, as `code_end`. */
	readonly code_start: number;
	readonly code_end: number;
	/** How many codes the file holds. */
	readonly count: number;
	/** `YYYY-MM-DD`, in the workflow's time zone. */
	readonly date: string;
	/** 1-based place of the file's segment; undefined for a file of several. */
	readonly segment: number | undefined;
}

/** How many digits the numbers of a name have at least; none: as many as they have. */
type Digits = Partial<Record<keyof FileNameParts, number>>;

const PLACEHOLDERS: ReadonlyArray<keyof FileNameParts> = [
	'application_id',
	'isv_application_id',
	'file',
	'files',
	'code_start',
	'code_end',
	'count',
	'date',
	'segment',
];

/** Numbers can have zeros in front. */
const TEXTS: ReadonlyArray<keyof FileNameParts> = ['application_id', 'isv_application_id', 'date'];

const MOST_DIGITS = 20;

/** A pair of braces, or one that has no partner. */
const BRACES = /\{([^{}]*)\}|[{}]/gu;

/** What the name of a file begins with if the user gives none. */
export const DEFAULT_STEM = 'marketcode_{application_id}_{code_start}-{code_end}';

/** The name of a file if the user gives none. */
export const defaultFileName = (extension: string): string => `${DEFAULT_STEM}.${extension}`;

/**
 * The name of a file: placeholders filled in, and what operating systems or storage refuse replaced.
 *
 * @param template text with placeholders such as `{file}`, or `{file:4}` for at least four digits
 * @param digits for placeholders that do not say how many
 * @throws ParameterError if a placeholder is none of ours, or stands for what is not known: a slip of the
 *   pen would go to the printer as it is
 */
export function fileNameOf(template: string, parts: FileNameParts, digits: Digits = {}): string {
	// A function, as a text that stands for a placeholder may hold `$&`.
	const name = template.replace(BRACES, (braces: string, inner = '') => {
		const [, word, ownDigits] = /^([a-z_]+)(?::(\d{1,2}))?$/.exec(inner) ?? [];
		const placeholder = PLACEHOLDERS.find((known) => known === word);
		if (!placeholder) throw unusable(braces, 'is no placeholder');
		if (ownDigits === undefined) return textOf(placeholder, parts, digits[placeholder] ?? 1);
		const least = Number(ownDigits);
		if (TEXTS.includes(placeholder)) throw unusable(braces, 'asks for the digits of a text');
		if (least < 1 || least > MOST_DIGITS) {
			throw unusable(braces, `asks for other than 1 to ${MOST_DIGITS} digits`);
		}
		return textOf(placeholder, parts, least);
	});
	return safeName(name);
}

function textOf(placeholder: keyof FileNameParts, parts: FileNameParts, digits: number): string {
	const value = parts[placeholder];
	if (typeof value === 'number') return String(value).padStart(digits, '0');
	if (value) return value;
	if (placeholder === 'application_id') return 'package';
	if (placeholder === 'segment') return 'all';
	throw new ParameterError(
		`The option File Name needs {${placeholder}}, which is not known here`,
		'WeChat does not tell it for every application. Name the application By External ID, or use {application_id}.',
	);
}

const TOLD_CHARACTERS = 40;

function unusable(braces: string, problem: string): ParameterError {
	const known = PLACEHOLDERS.map((name) => `{${name}}`).join(' ');
	return new ParameterError(
		`In the option File Name, ${braces.slice(0, TOLD_CHARACTERS)} ${problem}`,
		`There are ${known}. A number can have zeros in front: {file:4} gives 0001.`,
	);
}

/** How many digits give names that sort as the files do. */
function digitsThatSort(files: readonly FileNameParts[]): Digits {
	const digitsOf = (numberOf: (parts: FileNameParts) => number) =>
		files.reduce((most, parts) => Math.max(most, String(numberOf(parts)).length), 1);
	const codes = digitsOf(({ code_end }) => code_end);
	return {
		file: digitsOf((parts) => parts.files),
		code_start: codes,
		code_end: codes,
		segment: digitsOf(({ segment }) => segment ?? 0),
	};
}

/** The file names of one execution, over all of its items. */
export class FileNames {
	/** By file name, as a system sees it that takes A and a for the same: whose codes are in it. */
	private readonly owners = new Map<string, string>();

	/**
	 * Names the files of one item.
	 *
	 * @param files in their order
	 * @param owner what the files are of: the same codes in the same form may have the same name again
	 * @param isSorted whether numbers get zeros in front so that names sort as the files do
	 * @returns the names, and whether files of another item have one of them too: a folder an item is fine,
	 *   one folder for all is not
	 * @throws ParameterError if two files of the item would have the same name: the next node would write
	 *   one over the other; or as `fileNameOf`
	 */
	claim(
		template: string,
		files: readonly FileNameParts[],
		owner: string,
		isSorted = false,
	): { names: string[]; areShared: boolean } {
		const digits = isSorted ? digitsThatSort(files) : {};
		const names = files.map((parts) => fileNameOf(template, parts, digits));
		const folded = names.map(fold);
		const twins = names.length - new Set(folded).size;
		if (twins > 0) {
			throw new ParameterError(
				`The option File Name gives the same name to ${twins + 1} files`,
				'Storage nodes would write one over the other. Add a placeholder such as {file}, {segment} or {code_start}; of a name that is too long, the middle is left out.',
			);
		}
		let areShared = false;
		for (const [position, name] of folded.entries()) {
			const { code_start, code_end } = files[position] ?? {};
			const codes = `${owner} ${code_start}-${code_end}`;
			areShared ||= (this.owners.get(name) ?? codes) !== codes;
			this.owners.set(name, codes);
		}
		return { names, areShared };
	}
}

/**
 * @param beside names that other files of the delivery have anyway
 * @throws ParameterError if a file would have one of them, too
 */
export function mustDiffer(names: readonly string[], beside: readonly string[]): void {
	const taken = beside.map(fold);
	const twin = names.find((name) => taken.includes(fold(name)));
	if (twin === undefined) return;
	throw new ParameterError(
		`The option File Name gives the name ${twin}, which another file of the delivery has`,
		'Storage nodes would write one over the other. Choose a name of another kind, such as roll_{file}.txt.',
	);
}

/** The same for names that Windows and macOS take for the same. */
const fold = (name: string): string => name.toUpperCase().toLowerCase().normalize('NFC');

/** What to tell the user of shared names. */
export const SHARED_NAMES =
	'Files of several items have the same names: give each item a folder, or add {application_id} to File Name.';

export const SHARED_MANIFESTS =
	'Several items have a manifest.json and SHA256SUMS: give each item a folder, or one is written over the other.';

/** The date of a moment, `YYYY-MM-DD`, where this time zone (`Asia/Shanghai`) is in force. */
export function dateIn(timeZone: string, moment: Date): string {
	const format = new Intl.DateTimeFormat('en-US', {
		calendar: 'gregory',
		numberingSystem: 'latn',
		timeZone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	});
	const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
	return [parts.get('year'), parts.get('month'), parts.get('day')].join('-');
}
