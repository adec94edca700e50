import { letterEn } from './letter.en';
import { letterZhCN } from './letter.zhCN';
import type { Travel } from './letterFacts';
import type { Manifest } from './manifest';

/**
 * The letter for the mail that goes with the files to the printer, as plain text. It holds no code and no
 * password.
 */
export const letterOf = (
	manifest: Manifest,
	travel: Travel,
): { readonly en: string; readonly zh: string } => ({
	en: letterEn(manifest, travel),
	zh: letterZhCN(manifest, travel),
});
