import type { Bounds } from '../../shared/codePackage/segments';
import { ParameterError } from '../../shared/n8n/errors';
import { textIn } from '../../shared/n8n/parameters';

/** An entry of a list of codes, inclusive at both ends. */
export interface ListedRange extends Bounds {
	/** 1-based line of the list that it stands in. */
	readonly line: number;
}

/** Reading a longer list would hold up the editor, which the same process serves; no such list can be sent. */
const MOST_ENTRIES = 20_000;

/** A hyphen, the dashes that office programs make of it, and how ranges are written in Chinese. */
const ENTRY = /^(\d{1,15})(?:\s*(?:[-‐–—−~〜至到]|——)\s*(\d{1,15}))?$/;

/** The word for no codes at all, in English or Chinese. */
export const NONE = /^\s*(none|无)\s*$/i;

/** As in 1,000–1,999: as a list it would be the codes 1, 0–1 and 999. */
const THOUSANDS = /(?<!\d)[1-9]\d{0,2},0\d\d(?!\d)/;

/**
 * The entries of a text: an index or `first-last` a line or between commas, in any order. Blanks and empty
 * entries are nothing; CRLF, full-width characters and leading zeros are fine.
 *
 * @param label the parameter's name as the user sees it
 * @throws ParameterError that names the line, if an entry is neither, or reversed
 */
export function rangesIn(value: unknown, label: string): ListedRange[] {
	// Not what that returns: without the blank lines at its beginning, lines would have other numbers.
	textIn(value, label);
	const lines = String(value ?? '')
		.normalize('NFKC')
		.split(/\r\n|\r|\n/);
	const ranges: ListedRange[] = [];
	for (const [position, text] of lines.entries()) {
		const line = position + 1;
		if (THOUSANDS.test(text)) {
			throw new ParameterError(
				`${label}, line ${line}: a comma stands within a number`,
				'Write numbers without separators: commas stand between entries.',
			);
		}
		for (const entry of text.split(/[,、;]/)) {
			if (entry.trim() !== '') ranges.push({ ...boundsOf(entry.trim(), label, line), line });
		}
		if (ranges.length > MOST_ENTRIES) {
			throw new ParameterError(
				`${label} has more than ${MOST_ENTRIES} entries`,
				'Join neighbouring codes to ranges such as 0-4999, or split the work over several items.',
			);
		}
	}
	return ranges;
}

function boundsOf(entry: string, label: string, line: number): Bounds {
	const match = ENTRY.exec(entry);
	if (!match) {
		throw new ParameterError(
			`${label}, line ${line}: an entry is neither an index nor a range`,
			'An entry is an index such as 17 or a range such as 0-4999, a line or between commas.',
		);
	}
	const start = Number(match[1]);
	const end = Number(match[2] ?? match[1]);
	if (start > end) {
		throw new ParameterError(
			`${label}, line ${line}: the range ${start}–${end} is reversed`,
			'Write the smaller index first; both belong to the range.',
		);
	}
	return { start, end };
}

/**
 * @param last the application's last index; it is the last that may be listed
 * @throws ParameterError that names the line of an entry beyond it
 */
export function requireWithin(ranges: readonly ListedRange[], last: number, label: string): void {
	const beyond = ranges.find(({ end }) => end > last);
	if (beyond === undefined) return;
	throw new ParameterError(
		`${label}, line ${beyond.line}: ${inWords(beyond)} is outside the application`,
		`The application has the codes 0 to ${last}; both ends are included.`,
	);
}

/**
 * Waste outside the codes that become active is a mistake, such as a line's number for an index: what is
 * meant would become active.
 *
 * @throws ParameterError that names the line of an entry that has no code in common with the ranges
 */
export function requireAmong(
	entries: readonly ListedRange[],
	ranges: readonly Bounds[],
	label: string,
): void {
	const chosen = merged(ranges);
	let next = 0;
	for (const entry of [...entries].sort((one, other) => one.start - other.start)) {
		let range = chosen[next];
		while (range && range.end < entry.start) range = chosen[++next];
		if (range && range.start <= entry.end) continue;
		throw new ParameterError(
			`${label}, line ${entry.line}: ${inWords(entry)} is not among the chosen codes`,
			'An entry is an index in the application, not the number of a line in a file. Correct or remove it.',
		);
	}
}

/** The same codes as the fewest ranges, in order: those that overlap or touch are one. */
export function merged(ranges: readonly Bounds[]): Bounds[] {
	const sorted = [...ranges].sort((one, other) => one.start - other.start);
	const whole: Bounds[] = [];
	for (const { start, end } of sorted) {
		const before = whole.at(-1);
		if (before === undefined || start > before.end + 1) whole.push({ start, end });
		else whole[whole.length - 1] = { start: before.start, end: Math.max(before.end, end) };
	}
	return whole;
}

/** The codes of some ranges without those of others, as the fewest ranges, in order. */
export function without(ranges: readonly Bounds[], leftOut: readonly Bounds[]): Bounds[] {
	const holes = merged(leftOut);
	const left: Bounds[] = [];
	let next = 0;
	for (const { start, end } of merged(ranges)) {
		let from = start;
		for (let hole = holes[next]; hole && hole.start <= end; hole = holes[next]) {
			if (hole.start > from) left.push({ start: from, end: hole.start - 1 });
			from = Math.max(from, hole.end + 1);
			// It may reach into the next range.
			if (hole.end > end) break;
			next++;
		}
		if (from <= end) left.push({ start: from, end });
	}
	return left;
}

const inWords = ({ start, end }: Bounds): string =>
	start === end ? `${start}` : `${start}–${end}`;

/** How many ranges an error lists before it counts the others. */
const MOST_LISTED = 20;

/** Ranges as a person reads them: `0–99, 200`; of many, the first ones and how many more there are. */
export function listed(ranges: readonly Bounds[]): string {
	const shown = ranges.slice(0, MOST_LISTED).map(inWords).join(', ');
	const more = ranges.length - MOST_LISTED;
	return more > 0 ? `${shown} and ${more} more` : shown;
}
