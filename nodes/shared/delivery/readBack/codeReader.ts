import { PackageError } from '../../codePackage/packageError';
import { COLUMNS, shapeOf, type Column } from '../../codePackage/layout';
import { Characters } from './characters';
import { hasShape, learnForm, type CodeForm } from './form';
import { isBlank, type TextRecord } from './records';

/** A code as a delivered file has it. */
export interface DeliveredCode {
	/** 28 characters; may begin or end with spaces. */
	readonly url: string;
	/** The other columns, where the file has them; the index in digits. */
	readonly code: string | undefined;
	readonly index: string | undefined;
	readonly lattice: string | undefined;
	/** 1-based number of the line on which its row begins. */
	readonly line: number;
}

/** A row that is longer is none; nor is more than that needed to tell a file. */
const LONGEST_ROW = 64 * 1024;

const AS_DELIVERED =
	'Every url has exactly 28 characters. Spaces at its beginning and end belong to it, and some programs strip them. Take the file as it was delivered.';

/**
 * Reads the codes of a delivered text file as it arrives, whichever way it is written: WeChat's package once it
 * is decrypted, a URL list, CSV (comma, semicolon or tab; with a header or without; also as another program
 * saved it), JSON Lines. Its first row tells which; every further one is held to it.
 */
export class CodeReader {
	/** Codes that were read. */
	count = 0;
	/** What the file is; undefined: its beginning was not read yet. */
	what: 'codes' | 'encrypted' | 'other' | undefined;
	private readonly characters = new Characters();
	private form: CodeForm | undefined;
	/** Of a row whose end has not arrived yet. */
	private text = '';
	private line = 1;
	private blankLine: number | undefined;

	/**
	 * @returns the codes that a further piece of the file completes, in their order
	 * @throws PackageError if the file holds no codes, or a row does not fit
	 */
	push(chunk: Buffer): DeliveredCode[] {
		this.text += this.characters.push(chunk);
		return this.form || this.text.length >= LONGEST_ROW ? this.read() : [];
	}

	/** The same for what is left. */
	end(): DeliveredCode[] {
		this.text += this.characters.end();
		if (this.text !== '' && !this.text.endsWith('\n')) this.text += '\n';
		const codes = this.read();
		if (this.text !== '') throw this.misfit('a quote opens in it that nothing closes');
		return codes;
	}

	private read(): DeliveredCode[] {
		const codes: DeliveredCode[] = [];
		let at = 0;
		const form = (this.form ??= this.learn());
		for (let record = this.next(form, at); record; record = this.next(form, at)) {
			const code = this.codeOf(record, form);
			if (code) codes.push(code);
			this.line += record.lines;
			at = record.next;
		}
		this.text = this.text.slice(at);
		if (this.text.length > LONGEST_ROW) {
			throw this.misfit(`it is longer than ${LONGEST_ROW} characters, or a quote is not closed`);
		}
		this.count += codes.length;
		return codes;
	}

	private next({ read }: CodeForm, at: number): TextRecord | undefined {
		return at < this.text.length ? read(this.text, at) : undefined;
	}

	private learn(): CodeForm {
		const { text } = this;
		const form = learnForm(text);
		this.what = form ? 'codes' : isEncrypted(text) ? 'encrypted' : 'other';
		if (form) return form;
		if (this.what === 'encrypted') {
			throw new PackageError(
				'The file is still encrypted, as WeChat sent it',
				'Pass it through Package → Decrypt first.',
			);
		}
		throw new PackageError(
			`It holds no codes that could be told without doubt (${text === '' ? 'it is empty' : kindOf(text)})`,
			'Pass on the package decrypted, a URL list, CSV or JSON Lines, as Marketcode Download makes them. In CSV with columns of your own, name the column of the urls url.',
		);
	}

	/** @returns undefined for a header or a blank line at the end */
	private codeOf(record: TextRecord, form: CodeForm): DeliveredCode | undefined {
		const { line } = this;
		const { fields } = record;
		if (line === 1 && form.hasHeader) return undefined;
		if (isBlank(record)) {
			this.blankLine ??= line;
			return undefined;
		}
		if (this.blankLine !== undefined) {
			this.line = this.blankLine;
			throw this.misfit('it is empty');
		}
		const field = (column: Column) => fields[form.places[column]];
		const shape = () => shapeOf(fields.join('\t'), '\t');
		if (fields.length !== form.width) {
			throw this.misfit(`it has not the fields of the first row (${shape()})`);
		}
		const wrong = COLUMNS.find((column) => !fits(column));
		if (wrong) throw this.misfit(`its ${wrong} is not like that of the first row (${shape()})`);
		return {
			url: field('url') ?? '',
			code: field('code'),
			index: field('index'),
			lattice: field('lattice'),
			line,
		};

		function fits(column: Column): boolean {
			const own = field(column);
			if (own === undefined) return true;
			return hasShape(column, own) && (column !== 'lattice' || own.length === form.latticeWidth);
		}
	}

	private misfit(reason: string): PackageError {
		return new PackageError(`Line ${this.line} does not fit: ${reason}`, AS_DELIVERED);
	}
}

/** Base64 without the blanks and signs that other text has, or the answer that holds it. */
const isEncrypted = (text: string): boolean =>
	/^\s*\{[^{}]{0,200}"buffer"\s*:/.test(text) || /^[A-Za-z0-9+/=\r\n]{300,}$/.test(text);

/** The kinds of the first lines' fields, never content. */
function kindOf(text: string): string {
	if (/[^\t\r\n\x20-\x7e\x80-\uffff]/.test(text)) {
		return 'it is not text; a package that is still encrypted has to go through Package → Decrypt first';
	}
	const lines = text.split(/\r?\n/, 2).filter((line) => line !== '');
	return `its first lines: ${lines.map((line) => shapeOf(line.replace(/[,;]/g, '\t'), '\t')).join(' / ')}`;
}
