import { entryPoints, packAndInstall, ROOT, type Packed } from './package/tarball.cts';

/** All that users install; a stray file here is published for good. */
const PUBLISHED = /^(dist\/.+|README\.md|LICENSE|package\.json)$/;
const REQUIRED = ['README.md', 'LICENSE', 'package.json'];
const LARGEST_TARBALL_BYTES = 150_000;

/** What the tarball has and should not have, or the other way round. */
async function problemsOf({ paths, size }: Packed): Promise<string[]> {
	const needed = [...REQUIRED, ...(await entryPoints(ROOT))];
	const problems = [
		...paths
			.filter((file) => !PUBLISHED.test(file))
			.map((file) => `${file} is not to be published`),
		...needed.filter((file) => !paths.includes(file)).map((file) => `${file} is missing`),
	];
	if (size >= LARGEST_TARBALL_BYTES) {
		problems.push(
			`it has ${size} bytes, and should have less than ${LARGEST_TARBALL_BYTES}: look for what need not be ` +
				'published, or raise the limit in test/scan.cts and docs/verification.md',
		);
	}
	return problems;
}

async function findings(folder: string, filePatterns?: string[]): Promise<string[]> {
	const { analyzePackage } = await import('@n8n/scan-community-package/scanner/scanner.mjs');
	const { passed, message, details } = await analyzePackage(folder, filePatterns);
	return passed ? [] : [details ?? message ?? 'The scan failed'];
}

function report(what: string, problems: string[]): void {
	console.log(problems.length === 0 ? `✓ ${what}` : `✗ ${what}\n${problems.join('\n')}`);
	if (problems.length > 0) process.exitCode = 1;
}

/** Packs what would be published and holds it to n8n's rules for community packages. */
async function main(): Promise<void> {
	const { SOURCE_FILE_PATTERNS } = await import('@n8n/scan-community-package/scanner/scanner.mjs');
	const packed = await packAndInstall();
	try {
		const size = `${packed.paths.length} files, ${packed.size} bytes`;
		report(`${packed.filename}: ${size}`, await problemsOf(packed));
		report("n8n's scan of the packed tarball", await findings(packed.installed));
		report("n8n's scan of the source", await findings(ROOT, SOURCE_FILE_PATTERNS));
	} finally {
		await packed.remove();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
