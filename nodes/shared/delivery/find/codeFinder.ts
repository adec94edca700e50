import { ParameterError } from '../../n8n/errors';
import type { DeliveredCode } from '../readBack/codeReader';
import { formsOf, type WrittenForm } from './writtenForms';

/** Where a code is, and what the file says of it. */
export interface FoundCode {
	/** Of its file, as `look` was told. */
	readonly place: number;
	/** 0-based number among the file's codes. */
	readonly row: number;
	/** 1-based. */
	readonly line: number;
	/** Of the file's index column; undefined: it has none. */
	readonly index: number | undefined;
	readonly url: string;
	/** undefined: the file has no such column. */
	readonly code: string | undefined;
}

/** More places than that are a mistake: the same files many times over. */
const MOST_FOUND = 500_000;

/**
 * Finds codes in files that flow by. What it holds is what is looked for and where that was found, whatever the
 * size of the files.
 */
export class CodeFinder {
	/** Files of which only the urls are known. */
	readonly withoutCodes = new Set<number>();
	private count = 0;
	private readonly found = {
		url: new Map<string, FoundCode[] | undefined>(),
		code: new Map<string, FoundCode[] | undefined>(),
	};
	private place = -1;
	private row = 0;

	/**
	 * Looks for a text from now on, however it is written.
	 *
	 * @returns false if it can be no code
	 */
	seek(text: string): boolean {
		const forms = formsOf(text);
		for (const form of forms) this.found[form.column].set(form.text, undefined);
		return forms.length > 0;
	}

	/**
	 * Takes the next codes of a file. Files come one after the other.
	 *
	 * @param place tells the file from all others
	 * @throws ParameterError beyond `MOST_FOUND` places
	 */
	look(codes: readonly DeliveredCode[], place: number): void {
		if (place !== this.place) this.row = 0;
		this.place = place;
		const { url: urls, code: ownCodes } = this.found;
		if (codes.some(({ code }) => code === undefined)) this.withoutCodes.add(place);
		for (const code of codes) {
			if (urls.has(code.url)) this.note('url', code.url, code);
			if (code.code !== undefined && ownCodes.has(code.code)) this.note('code', code.code, code);
			this.row++;
		}
	}

	/** Where a text was found, in the order of the files: as what it likeliest stands for of all that is there. */
	of(text: string): readonly FoundCode[] {
		for (const { column, text: own } of formsOf(text)) {
			const found = this.found[column].get(own);
			if (found) return found;
		}
		return [];
	}

	private note(
		column: WrittenForm['column'],
		key: string,
		{ url, code, index, line }: DeliveredCode,
	): void {
		const found = {
			place: this.place,
			row: this.row,
			line,
			index: index === undefined ? undefined : Number(index),
			url: copyOf(url),
			code: code === undefined ? undefined : copyOf(code),
		};
		const known = this.found[column].get(key);
		if (known) known.push(found);
		// The map keeps the key that it has.
		else this.found[column].set(key, [found]);
		this.count++;
		if (this.count > MOST_FOUND) throw tooMany();
	}
}

/** Text that is cut out of a chunk would keep the whole chunk. */
const copyOf = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

const tooMany = (): ParameterError =>
	new ParameterError(
		`The codes were found in more than ${MOST_FOUND} places`,
		'The same files seem to be among the input many times. Pass on one delivery at a time.',
	);
