import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Manifest } from '../../shared/delivery/manifest/manifest';
import { digestOf, fileChunks } from '../../shared/n8n/binaryFiles';
import { textIn } from '../../shared/n8n/parameters';
import type { CodeFile, CodeFiles } from './codeFiles';

/** Where the codes of a file come from. */
interface Origin {
	readonly applicationId: string | null;
	readonly isvApplicationId: string | null;
	/** Index of the first code, where all codes behind it follow without a gap; undefined: not known. */
	readonly start: number | undefined;
	readonly indexesFrom: Manifest['indexes_from'];
}

/**
 * Tells of files where their codes come from: by the manifest that lists the very file, else by the item that
 * brought it, if Marketcode Download made it of this very file, or of the ZIP that it is alone in.
 *
 * @param field the binary field of the files
 */
export async function originsIn(
	context: IExecuteFunctions,
	field: string,
	{ files, manifests }: Pick<CodeFiles, 'files' | 'manifests'>,
): Promise<(file: CodeFile) => Origin> {
	const input = context.getInputData();
	const jsonOf = ({ itemIndex }: CodeFile): IDataObject => input[itemIndex]?.json ?? {};
	const listed = listedIn(manifests);
	/** By item: what it brought, if that matters. */
	const brought = new Map<number, string>();
	for (const file of files) {
		const { itemIndex, archive } = file;
		if (listed.has(file.sha256) || brought.has(itemIndex)) continue;
		if (!isRange(jsonOf(file), file.count)) continue;
		const { sha256 } = archive === undefined ? file : await digestOf(open(itemIndex), () => {});
		brought.set(itemIndex, sha256);
	}
	return (file) => {
		const json = jsonOf(file);
		const isOfFile = json.sha256 === brought.get(file.itemIndex) && isRange(json, file.count);
		return (
			listed.get(file.sha256) ?? {
				applicationId: idOf(json.application_id),
				isvApplicationId: idOf(json.isv_application_id),
				start: isOfFile ? Number(json.code_start) : undefined,
				indexesFrom: isOfFile && json.indexes_from === 'segment' ? 'segment' : null,
			}
		);
	};

	function open(itemIndex: number): AsyncGenerator<Buffer, void, void> {
		return fileChunks(context, itemIndex, field);
	}
}

/** By the SHA-256 of a file; of a file in several manifests, that of the newest. */
function listedIn(manifests: readonly Manifest[]): Map<string, Origin> {
	const listed = new Map<string, Origin>();
	for (const manifest of [...manifests].reverse()) {
		for (const file of manifest.files) {
			listed.set(file.sha256, {
				applicationId: manifest.application_id,
				isvApplicationId: manifest.isv_application_id,
				start: isRange(file, file.code_count) ? file.code_start : undefined,
				indexesFrom: manifest.indexes_from,
			});
		}
	}
	return listed;
}

/** Whether there is a code for each index: only then does a place tell one. */
const isRange = (
	{ code_start, code_end }: { readonly code_start?: unknown; readonly code_end?: unknown },
	count: number,
): boolean =>
	typeof code_start === 'number' &&
	typeof code_end === 'number' &&
	code_end - code_start + 1 === count;

const idOf = (value: unknown): string | null => textIn(value, 'The application ID') || null;

/**
 * The index of a code in its application, or in words why it is not known.
 *
 * @param row 0-based number among the file's codes
 * @param told what the file's index column says
 */
export function indexOf(
	{ start, indexesFrom }: Origin,
	row: number,
	told: number | undefined,
): number | string {
	if (start === undefined) return told ?? UNKNOWN;
	const counted = start + row;
	const agrees = told === undefined || told === counted || indexesFrom === 'segment';
	return agrees ? counted : CONTRADICTION;
}

const UNKNOWN =
	'The index is not known: pass on the manifest too, or the items of Marketcode Download as they are';

const CONTRADICTION =
	'The index column says another index than the place in the file: look into the file and its manifest';
