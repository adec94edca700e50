import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '..');

/** All that users install; a stray file here is published for good. */
const PUBLISHED = /^(dist\/.+|README\.md|LICENSE|package\.json)$/;
const REQUIRED = ['README.md', 'LICENSE', 'package.json'];
const LARGEST_TARBALL_BYTES = 160_000;

interface Tarball {
	/** Of the tarball, inside the folder it was packed into. */
	readonly filename: string;
	/** Bytes, compressed. */
	readonly size: number;
	readonly files: ReadonlyArray<{ readonly path: string }>;
}

/** Scripts stay off: a script's output would get into npm's own, and the caller has built already. */
async function npm(args: string[], cwd: string): Promise<string> {
	const shell = process.platform === 'win32';
	const { stdout } = await promisify(execFile)('npm', ['--ignore-scripts', ...args], {
		cwd,
		shell,
	});
	return stdout;
}

async function pack(folder: string): Promise<Tarball> {
	const answer: Tarball[] = JSON.parse(
		await npm(['pack', '--json', '--pack-destination', folder], ROOT),
	);
	const [tarball] = answer;
	if (!tarball) throw new Error('npm pack made no tarball');
	return tarball;
}

/** Unpacks as n8n does, by installing; npm's own unpacking needs no `tar` on the machine. */
async function unpack(tarball: Tarball, folder: string): Promise<string> {
	const quietly = ['--offline', '--legacy-peer-deps', '--no-save', '--no-package-lock'];
	await npm(['install', ...quietly, path.join(folder, tarball.filename)], folder);
	return path.join(folder, 'node_modules', 'n8n-nodes-wechat-marketcode');
}

/** What the tarball has and should not have, or the other way round. */
async function problemsOf({ files, size }: Tarball): Promise<string[]> {
	const paths = files.map((file) => file.path);
	const needed = [...REQUIRED, ...(await entryPoints())];
	const problems = [
		...paths
			.filter((file) => !PUBLISHED.test(file))
			.map((file) => `${file} is not to be published`),
		...needed.filter((file) => !paths.includes(file)).map((file) => `${file} is missing`),
	];
	if (size >= LARGEST_TARBALL_BYTES) {
		problems.push(`it has ${size} bytes, ${LARGEST_TARBALL_BYTES} are too many`);
	}
	return problems;
}

/** The files that n8n loads. */
async function entryPoints(): Promise<string[]> {
	const { n8n } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
	return [...n8n.nodes, ...n8n.credentials];
}

/** Draws with the installed package, in a process of its own that finds no devDependencies. */
const DRAW = `
const [symbols, url] = process.argv.slice(1);
const { labelPages } = require(symbols + '/label.js');
const { SymbolError } = require(symbols + '/symbolError.js');
const { qrCodeOf } = require(symbols + '/qrCode.js');
const settings = { symbol: 'qr', pageWidth: 20, pageHeight: 20, moduleSize: 0.5, showIndex: true };
(async () => {
	let bytes = 0;
	for await (const chunk of labelPages([{ index: 0, url, lattice: '' }], settings)) bytes += chunk.length;
	if (bytes < 1000) throw new Error('The PDF has ' + bytes + ' bytes');
	try {
		qrCodeOf('');
	} catch (error) {
		if (!(error instanceof SymbolError)) throw error;
	}
})();
`;

/** The modules that users have without this package: Node's and n8n's. */
const THERE = ['crypto', 'n8n-workflow'];

/** What keeps the installed package from running where only it is. */
async function missing(installed: string, { files }: Tarball): Promise<string[]> {
	const scripts = files.map((file) => file.path).filter((file) => file.endsWith('.js'));
	const problems: string[] = [];
	for (const script of scripts) {
		const text = await readFile(path.join(installed, script), 'utf8');
		for (const [, name = ''] of text.matchAll(/\brequire\(["']([^"']+)["']\)/g)) {
			if (!name.startsWith('.') && !THERE.includes(name)) problems.push(`${script} needs ${name}`);
		}
	}
	const symbols = path.join(installed, 'dist', 'nodes', 'shared', 'symbols');
	const license = await readFile(path.join(symbols, 'qrCode.js'), 'utf8');
	if (!license.includes('MIT License') || !license.includes('David Evans')) {
		problems.push("qrCode.js holds lean-qr without its license's text");
	}
	const arguments_ = ['-e', DRAW, symbols, 'P.URL.CN/0ABCDEFGHIJKLMNOPQR'];
	await promisify(execFile)(process.execPath, arguments_, { cwd: installed }).catch(
		(error: unknown) => problems.push(String(error)),
	);
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
	const folder = await mkdtemp(path.join(tmpdir(), 'marketcode-scan-'));
	try {
		const tarball = await pack(folder);
		const size = `${tarball.files.length} files, ${tarball.size} bytes`;
		report(`${tarball.filename}: ${size}`, await problemsOf(tarball));
		const installed = await unpack(tarball, folder);
		report('it runs without devDependencies', await missing(installed, tarball));
		report("n8n's scan of the packed tarball", await findings(installed));
		report("n8n's scan of the source", await findings(ROOT, SOURCE_FILE_PATTERNS));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
