import { ParameterError } from './errors';

/** What the placeholders of a file name stand for. */
export interface FileNameParts {
	readonly application_id: string;
	readonly code_start: number;
	readonly code_end: number;
	/** 1-based place of the file's segment; undefined for a file of several. */
	readonly segment: number | undefined;
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
	 * Names files.
	 *
	 * @param owner what the codes are of: the same codes may have the same name again
	 * @throws ParameterError if other codes have the name: the next node would write one over the other
	 */
	claim(template: string, files: readonly FileNameParts[], owner: string): string[] {
		return files.map((parts) => {
			const name = fileNameOf(template, parts);
			const codes = `${owner} ${parts.code_start}-${parts.code_end}`;
			if ((this.owners.get(name) ?? codes) !== codes) {
				throw new ParameterError(
					'The option File Name gives the same name to several files',
					'Storage nodes would write one over the other. Add the placeholders {application_id} and {segment}, or {code_start}.',
				);
			}
			this.owners.set(name, codes);
			return name;
		});
	}
}
