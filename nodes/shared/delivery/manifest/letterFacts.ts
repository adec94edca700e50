import type { Manifest, ManifestFile } from './manifest';

/** How the files travel. */
export type LetterArchive = 'none' | 'zip' | 'zipPassword';

/** Files that a letter lists; of more, `manifest.json` has the list. */
const MOST_FILES = 50;

/** The files that a letter lists, and how many it leaves out. */
export function listedFiles({ files }: Manifest): {
	readonly listed: readonly ManifestFile[];
	readonly left: number;
} {
	const listed = files.length > MOST_FILES ? files.slice(0, MOST_FILES - 1) : files;
	return { listed, left: files.length - listed.length };
}

/** Whether line n of a file has the index of its first code + n − 1 (a header not counted). */
export const hasRunningIndexes = ({ output, files }: Manifest): boolean =>
	['urlList', 'csv', 'jsonLines'].includes(output) &&
	files.every(({ code_start, code_end, code_count }) => code_end - code_start + 1 === code_count);

/**
 * Prints the lines of a URL list that do not have 28 characters. Windows' line ends and the byte order mark
 * count to awk as characters; without LC_ALL=C it may count characters of its own. undefined: awk reads no
 * UTF-16.
 */
export function lengthCheck({ output, encoding, line_ending }: Manifest): string | undefined {
	if (output !== 'urlList' || encoding === null || encoding === 'utf16le') return undefined;
	const mark = encoding === 'utf8Bom' ? 'NR==1{sub(/^\\xef\\xbb\\xbf/,"")} ' : '';
	const carriageReturn = line_ending === 'lf' ? '' : '{sub(/\\r$/,"")} ';
	return `${mark === '' ? '' : 'LC_ALL=C '}awk '${mark}${carriageReturn}length != 28'`;
}

/**
 * A name in a command on Linux and macOS: most names need no quotes. awk takes n=1.txt for a variable, unless it has
 * a folder.
 */
export function shellName(name: string): string {
	const path = /^-|=/.test(name) ? `./${name}` : name;
	return /^[\w.@%+=:,/-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/**
 * A name in a command on Windows, where a name can't hold the quotes. What cmd (%) or PowerShell ($, `) would fill
 * in or run between them is left to the reader, and so are quotes that only PowerShell takes for such.
 */
export function windowsName(name: string): string {
	if (/[%$`“”„]/.test(name)) return 'FILE';
	const path = name.startsWith('-') ? `.\\${name}` : name;
	return /^[\w.\\-]+$/.test(path) ? path : `"${path}"`;
}
