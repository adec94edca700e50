import { createCipheriv } from 'node:crypto';
import { inspect } from 'node:util';
import { PackageError } from '../../nodes/shared/codePackage/packageError';
import { COLUMNS, type Column } from '../../nodes/shared/codePackage/layout';
import type { Bounds, PlannedSegment } from '../../nodes/shared/codePackage/segments';
import { codeAt } from '../sandbox/codes.cts';
import { changedForm, GUIDE_FORM, type PackageForm } from '../sandbox/form.cts';

export type Row = Readonly<Record<Column, string>>;

/** How the text of a package is written; what is left out is as WeChat writes it. */
export interface Writing {
	/** A tab, a comma, or one space or several. */
	readonly delimiter?: string;
	readonly order?: readonly Column[];
	readonly lineEnding?: '\n' | '\r\n';
	readonly endsLine?: boolean;
	readonly byteOrderMark?: boolean;
}

/** Rows of invented codes, one for each code of the range. */
export function rowsOf(
	bounds: Bounds,
	firstIndex = bounds.start,
	form: Partial<PackageForm> = {},
): Row[] {
	const whole = changedForm(GUIDE_FORM, form);
	return Array.from({ length: bounds.end - bounds.start + 1 }, (_, row) => ({
		...codeAt('700000001', bounds.start + row, whole),
		index: String(firstIndex + row),
	}));
}

/** One of them. */
export function rowOf(index: number, form: Partial<PackageForm> = {}): Row {
	const [row] = rowsOf({ start: index, end: index }, index, form);
	if (!row) throw new Error('No row');
	return row;
}

/** The text of a package with these rows. */
export function textOf(rows: readonly Row[], writing: Writing = {}): Buffer {
	const { delimiter = '\t', order = COLUMNS, lineEnding = '\n' } = writing;
	const lines = rows.map((row) => order.map((column) => row[column]).join(delimiter));
	const end = writing.endsLine === false || lines.length === 0 ? '' : lineEnding;
	const mark = writing.byteOrderMark ? '\ufeff' : '';
	return Buffer.from(mark + lines.join(lineEnding) + end);
}

export function encrypt(text: Buffer, key: string | Buffer): Buffer {
	const cipher = createCipheriv('aes-128-cbc', key, key);
	return Buffer.concat([cipher.update(text), cipher.final()]);
}

/** A segment of which everything is wanted, or only a part. */
export const planned = (bounds: Bounds, wanted = bounds, segment = 1): PlannedSegment => ({
	segment,
	bounds,
	wanted,
});

/** A changed copy of a list. */
export const withItem = <Item,>(items: readonly Item[], at: number, item: Item): Item[] =>
	items.map((own, position) => (position === at ? item : own));

/**
 * The error that `work` throws: a PackageError that says what is wrong and what to do about it.
 *
 * @param secrets texts that must not be in it anywhere
 */
export function packageErrorOf(work: () => unknown, secrets: readonly string[] = []): PackageError {
	try {
		work();
	} catch (error) {
		if (!(error instanceof PackageError)) throw error;
		expect(error.message).not.toBe('');
		expect(error.description).toMatch(/\.$/);
		const shown = inspect(error, { depth: null, showHidden: true });
		for (const secret of secrets.filter((text) => text !== '')) {
			expect(shown).not.toContain(secret);
		}
		return error;
	}
	throw new Error('No error was thrown');
}
