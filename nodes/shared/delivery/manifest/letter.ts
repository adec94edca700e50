import { letterEn } from './letter.en';
import { letterZhCN } from './letter.zhCN';
import type { LetterArchive } from './letterFacts';
import type { Manifest } from './manifest';

/**
 * The letter for the mail that goes with the files to the printer, as plain text. It holds no code and no
 * password.
 */
export const letterOf = (
	manifest: Manifest,
	archive: LetterArchive,
): { readonly en: string; readonly zh: string } => ({
	en: letterEn(manifest, archive),
	zh: letterZhCN(manifest, archive),
});
