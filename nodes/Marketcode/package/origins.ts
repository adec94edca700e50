import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { Manifest } from '../../shared/delivery/manifest/manifest';
import { textIn } from '../../shared/n8n/parameters';
import type { CodeFile } from './codeFiles';

/** Where the codes of a file come from. */
export interface Origin {
	readonly applicationId: string | null;
	readonly isvApplicationId: string | null;
	/** Index of the first code, where all codes behind it follow without a gap; undefined: not known. */
	readonly start: number | undefined;
	readonly indexesFrom: Manifest['indexes_from'];
}

/**
 * Tells of files where their codes come from: by the manifest that lists the very file, else by the item that
 * brought it, if Marketcode Download made it of this very file.
 *
 * @param manifests the newest first
 */
export function originsIn(
	context: IExecuteFunctions,
	manifests: readonly Manifest[],
): (file: CodeFile) => Origin {
	const input = context.getInputData();
	const listed = new Map<string, Origin>();
	for (const manifest of [...manifests].reverse()) {
		for (const { sha256, code_start, code_end, code_count } of manifest.files) {
			listed.set(sha256, {
				applicationId: manifest.application_id,
				isvApplicationId: manifest.isv_application_id,
				start: code_end - code_start + 1 === code_count ? code_start : undefined,
				indexesFrom: manifest.indexes_from,
			});
		}
	}
	return (file) => {
		const { application_id, isv_application_id, ...json }: IDataObject =
			input[file.itemIndex]?.json ?? {};
		const { sha256, code_start, code_end, indexes_from } = json;
		const isOfFile =
			sha256 === file.sha256 &&
			typeof code_start === 'number' &&
			typeof code_end === 'number' &&
			code_end - code_start + 1 === file.count;
		return (
			listed.get(file.sha256) ?? {
				applicationId: idOf(application_id),
				isvApplicationId: idOf(isv_application_id),
				start: isOfFile ? code_start : undefined,
				indexesFrom: isOfFile && indexes_from === 'segment' ? 'segment' : null,
			}
		);
	};
}

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
