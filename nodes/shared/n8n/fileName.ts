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

/**
 * The names of all files of an application.
 *
 * @throws ParameterError if two would be the same: the next node would write one over the other
 */
export function fileNamesOf(template: string, files: readonly FileNameParts[]): string[] {
	const names = files.map((parts) => fileNameOf(template, parts));
	if (new Set(names).size < names.length) {
		throw new ParameterError(
			`The option File Name gives the same name to ${names.length} files`,
			'Storage nodes would write one over the other. Add a placeholder such as {segment} or {code_start}.',
		);
	}
	return names;
}
