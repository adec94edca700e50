declare module '@n8n/scan-community-package/scanner/scanner.mjs' {
	/** `details`: ESLint's report, where rules are broken. */
	export interface Analysis {
		passed: boolean;
		message?: string;
		details?: string;
	}

	/** Lints a folder with n8n's rules for published packages, inline comments that disable rules off. */
	export function analyzePackage(folder: string, filePatterns?: string[]): Promise<Analysis>;

	/** What n8n lints in the repository that a package was published from. */
	export const SOURCE_FILE_PATTERNS: string[];
}
