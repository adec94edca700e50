import { ParameterError } from '../n8n/errors';

/** What the placeholders of a file name stand for. */
export interface FileNameParts {
	readonly application_id: string;
	readonly code_start: number;
	readonly code_end: number;
	/** 1-based place of the file's segment; undefined for a file of several. */
	readonly segment: number | undefined;
	readonly isv_application_id: string | undefined;
	readonly file: number;
	readonly files: number;
	readonly count: number;
	readonly date: string;
}

/** Characters that some storage or operating system does not take in a file name. */
const UNSAFE = /[\\/:*?"<>|\p{Cc}]/gu;

/** The name of a file: placeholders filled in, characters that storage nodes trip over replaced. */
export function fileNameOf(template: string, parts: FileNameParts): string {
	return template
		.replaceAll('{application_id}', parts.application_id)
		.replaceAll('{code_start}', String(parts.code_start))
		.replaceAll('{code_end}', String(parts.code_end))
		.replaceAll('{segment}', String(parts.segment ?? 'all'))
		.replace(UNSAFE, '_')
		.replace(/^\.+/, '_');
}

/** The file names of one execution, over all of its items. */
export class FileNames {
	/** By file name: whose codes are in it. */
	private readonly owners = new Map<string, string>();

	/**
	 * Names the files of one item.
	 *
	 * @param owner what the files are of: the same codes in the same form may have the same name again
	 * @returns the names, and whether files of another item have one of them too: a folder an item is fine,
	 *   one folder for all is not
	 * @throws ParameterError if two files of the item would have the same name: the next node would write
	 *   one over the other
	 */
	claim(
		template: string,
		files: readonly FileNameParts[],
		owner: string,
	): { names: string[]; areShared: boolean } {
		const names = files.map((parts) => fileNameOf(template, parts));
		if (new Set(names).size < names.length) {
			throw new ParameterError(
				`The option File Name gives the same name to ${names.length} files`,
				'Storage nodes would write one over the other. Add a placeholder such as {segment} or {code_start}.',
			);
		}
		let areShared = false;
		for (const [position, name] of names.entries()) {
			const { code_start, code_end } = files[position] ?? {};
			const codes = `${owner} ${code_start}-${code_end}`;
			areShared ||= (this.owners.get(name) ?? codes) !== codes;
			this.owners.set(name, codes);
		}
		return { names, areShared };
	}
}

/** What to tell the user of shared names. */
export const SHARED_NAMES =
	'Files of several items have the same names: give each item a folder, or add {application_id} to File Name.';
