import { sleep, type IExecuteFunctions } from 'n8n-workflow';
import { CodeFinder, type FoundCode } from '../../shared/delivery/find/codeFinder';
import type { LocatedCode } from '../../shared/delivery/find/rollBetween';
import { isOnlyCode } from '../../shared/delivery/find/writtenForms';
import { findCodeFiles, type CodeFile } from './codeFiles';
import { indexOf, originsIn } from './origins';
import type { Sought } from './soughtCodes';

/** A code that was found, with all that is known of where. */
interface SearchedCode extends LocatedCode {
	readonly isvApplicationId: string | null;
	readonly file: CodeFile;
}

/** What came of reading the files. */
export interface Search {
	/** Which files hold no codes, and why. */
	readonly warnings: readonly string[];
	/** Where a text was found, in the order of the files. */
	of(text: string): SearchedCode[];
	/** Why a text was not found; `is_found` is null if that can't be told. */
	whyNot(text: string): { readonly is_found: false | null; readonly note: string };
}

/** Texts that are prepared in one go: a few milliseconds. */
const TEXTS_AT_ONCE = 250;

/**
 * Looks for texts in all input files, reading each once.
 *
 * @param field the binary field of the files with codes
 * @throws as `findCodeFiles`
 */
export async function searchFor(
	context: IExecuteFunctions,
	sought: readonly Sought[],
	field: string,
): Promise<Search> {
	const finder = new CodeFinder();
	const misfits = new Set<string>();
	for (const [at, { text }] of sought.entries()) {
		if (!finder.seek(text)) misfits.add(text);
		if (at % TEXTS_AT_ONCE === 0) await sleep(0);
	}
	const found = await findCodeFiles(context, field, (codes, place) => finder.look(codes, place));
	const { files, warnings } = found;
	const originOf = await originsIn(context, field, found);
	const known = new Map(files.map((file) => [file.place, { file, origin: originOf(file) }]));
	const locate = (code: FoundCode): SearchedCode[] => {
		const { file, origin } = known.get(code.place) ?? {};
		if (!file || !origin) return [];
		const { applicationId, isvApplicationId } = origin;
		const index = indexOf(origin, code.row, code.index);
		const [codeIndex, problem] = typeof index === 'number' ? [index, null] : [null, index];
		return [{ ...code, applicationId, isvApplicationId, codeIndex, problem, file }];
	};
	const without = finder.withoutCodes.size;
	return {
		warnings,
		of: (text) => finder.of(text).flatMap(locate),
		whyNot(text) {
			if (misfits.has(text)) return { is_found: false, note: NO_CODE };
			if (without === 0 || !isOnlyCode(text)) {
				return { is_found: false, note: 'Not in this delivery' };
			}
			const note = `Not known: ${without} of ${files.length} files have urls only, not the codes of 9 characters`;
			return { is_found: null, note };
		},
	};
}

const NO_CODE =
	'No code can be written like that: a url has 28 characters (capitals, digits, space $ % * + - . / :), a code up to 9';
