import type { HandoverSettings } from '../parameters/handover';
import type { Manifest, ManifestFile } from './manifest';

/** How the files travel. */
export type Travel = Pick<HandoverSettings, 'archive' | 'isTogether' | 'proofCodes'>;

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

/** "Line n has the index of the file's first code + n − `less`", and an example. */
export interface Counted {
	readonly unit: 'line' | 'page';
	readonly less: 1 | 2;
	/** Whether a column may have the index. */
	readonly hasColumn: boolean;
	readonly name: string;
	/** The last line or page. */
	readonly at: number;
	readonly index: number;
}

const WITH_COLUMNS: readonly Manifest['output'][] = ['csv', 'jsonLines', 'package'];

/** Whether a column of indexes may hold others than the application's. */
export const mayCountAnew = ({ output, indexes_from }: Manifest): boolean =>
	WITH_COLUMNS.includes(output) && indexes_from !== 'application';

/** How an index follows from a line; undefined: it does not, or stands beside every code. */
export function countedIn(manifest: Manifest): Counted | undefined {
	const { output, files, header } = manifest;
	const [first] = files;
	const isRunning = files.every((it) => it.code_end - it.code_start + 1 === it.code_count);
	const isTold = output === 'package' && !mayCountAnew(manifest);
	if (!first || !isRunning || isTold || output === 'encrypted') return undefined;
	const less = header ? 2 : 1;
	return {
		unit: output === 'pdf' ? 'page' : 'line',
		less,
		hasColumn: WITH_COLUMNS.includes(output) && !mayCountAnew(manifest),
		name: first.name,
		at: first.code_count + less - 1,
		index: first.code_end,
	};
}

/** Windows PowerShell reads UTF-8 only where it is told to; -eq takes small letters for capital ones. */
export const SUMS_CHECKS = [
	'  Linux: sha256sum -c SHA256SUMS',
	'  macOS: shasum -a 256 -c SHA256SUMS',
	`  Windows PowerShell: Get-Content SHA256SUMS -Encoding UTF8 | ForEach-Object { $h,$f = $_ -split '  ',2; if ((Get-FileHash -LiteralPath $f -Algorithm SHA256).Hash -eq $h) { "OK $f" } else { "FAILED $f" } }`,
] as const;

/**
 * Print the lines of URL lists that do not have 28 characters. Windows' line ends and the byte order mark
 * count to awk as characters; without LC_ALL=C it may count characters of its own. It reads no UTF-16.
 */
export function lengthChecks({ output, encoding, line_ending, files }: Manifest): string[] {
	const pattern = patternOf(files.map(({ name }) => name));
	if (output !== 'urlList' || pattern === undefined) return [];
	const mark = encoding === 'utf8Bom' ? 'FNR==1{sub(/^\\xef\\xbb\\xbf/,"")} ' : '';
	const carriageReturn = line_ending === 'crlf' ? '{sub(/\\r$/,"")} ' : '';
	const awk = `${mark && 'LC_ALL=C '}awk '${mark}${carriageReturn}length != 28' ${pattern}`;
	const read = { utf8Bom: ' -Encoding UTF8', utf16le: ' -Encoding Unicode', utf8: '' };
	return [
		...(encoding === 'utf16le' ? [] : [`  Linux, macOS: ${awk}`]),
		`  Windows PowerShell: Select-String -Path ${pattern} -Pattern '^.{28}$' -NotMatch${read[encoding ?? 'utf8']}`,
	];
}

/**
 * What the shells take for all of these files. From the first character on that is special to one of them,
 * or not ASCII, * stands for it. The folder keeps awk from taking -n.txt and n=1.txt for what they are not.
 *
 * @returns undefined: it would be files of any kind
 */
function patternOf(names: readonly string[]): string | undefined {
	const [first = ''] = names;
	let [start] = /^[\w-]*/.exec(first) ?? [''];
	while (!names.every((name) => name.startsWith(start))) start = start.slice(0, -1);
	const [last] = /\.\w+$/.exec(first) ?? [''];
	const ending = names.every((name) => name.endsWith(last)) ? last : '';
	return ending === '' ? undefined : `./${start}*${ending}`;
}
