import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { INodeExecutionData } from 'n8n-workflow';
import { CodeReader } from '../../nodes/shared/delivery/readBack/codeReader';
import { workflowOf } from '../engine/engine.cts';
import { useLab } from '../nodes/lab.cts';

const lab = useLab();

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'marketcode-proof-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true, maxRetries: 3 }));

async function run(program: string, ...args: string[]): Promise<string> {
	const { stdout } = await promisify(execFile)(program, args, { cwd: folder });
	return stdout;
}

async function proofOf(input: INodeExecutionData[], proofCodes: number): Promise<void> {
	const parameters = { resource: 'package', operation: 'proofSheet', proofCodes };
	const { credentialId } = lab;
	const workflow = workflowOf('marketcode', parameters, { credentialId });
	const { error, output } = await lab.world.engine.run(workflow, { input });
	if (error) throw new Error(`The node failed: ${JSON.stringify(error)}`);
	const file = output('Node')[0]?.binary?.proof;
	if (!file) throw new Error('There is no sheet');
	await writeFile(path.join(folder, 'proof.pdf'), await lab.world.engine.readBinary(file));
}

/** The texts of the QR codes on the sheet; not a character is trimmed. */
async function scanned(): Promise<string[]> {
	await run('pdftoppm', '-r', '300', '-gray', 'proof.pdf', 'page');
	const pages = (await readdir(folder)).filter((name) => name.endsWith('.pgm'));
	expect(pages).toHaveLength(1);
	const onlyQr = ['-Sdisable', '-Sqrcode.enable'];
	const lines = await run('zbarimg', '--nodbus', '--raw', '-q', ...onlyQr, ...pages);
	return lines.split('\n').slice(0, -1).sort();
}

describe('zbarimg reads a proof sheet', () => {
	it.each([
		['urlList', {}],
		['csv', { encoding: 'utf16le' }],
		['package', { archive: 'zip' }],
	])('made of a delivery of which few urls end in a space: %s', async (output, options) => {
		const application = lab.application({ codeCount: 10_000, segmentSize: 10_000 });
		const rows = lab.rows(application, 0, 9_999);
		const { items } = await lab.download(application, {
			output,
			files: 'perCount',
			codesPerFile: 3_000,
			options,
		});
		await proofOf(items, 12);
		const found = await scanned();
		expect(found).toHaveLength(12);
		const spaced = rows.find(({ url }) => url.trim() !== url);
		// Evenly spaced by hand; the second one makes room for the one with a space, if none of them has any.
		const even = Array.from(
			{ length: 12 },
			(_, n) => rows[Math.round((n * 9_999) / 11)]?.url ?? '',
		);
		const hasSpaced = even.some((url) => url.trim() !== url);
		expect(spaced).toBeDefined();
		const shown = even.map((url, n) => (n === 1 && !hasSpaced ? spaced?.url : url));
		expect(found).toEqual(shown.sort());
		expect(found.some((url) => url.trim() !== url)).toBe(true);
		expect(await run('qpdf', '--check', 'proof.pdf')).toContain(
			'No syntax or stream encoding errors',
		);
	});
});

describe('what LibreOffice saves anew is read back', () => {
	/** Delimiter, encoding (76: UTF-8, 65535: UTF-16) and whether all texts are between quotes. */
	it.each([
		[';', 76, false],
		['\t', 65535, true],
		[',', 76, true],
	])('with %j, character set %d, quotes everywhere: %p', async (delimiter, set, isQuoted) => {
		const application = lab.application();
		const rows = lab.rows(application, 0, 999);
		const columns = ['url', 'code', 'index', 'lattice'];
		const { files } = await lab.download(application, { output: 'csv', options: { columns } });
		await writeFile(path.join(folder, 'own.csv'), files[0] ?? '');
		const calc = 'Text - txt - csv (StarCalc)';
		const shape = `${delimiter.charCodeAt(0)},34,${set},1,,0,${isQuoted},true,false`;
		await run(
			'soffice',
			`-env:UserInstallation=${pathToFileURL(path.join(folder, 'profile')).href}`,
			'--headless',
			`--infilter=${calc}:44,34,76,1,1/2/2/2/3/2/4/2,0,false,false,false`,
			'--convert-to',
			`csv:${calc}:${shape}`,
			'--outdir',
			'saved',
			'own.csv',
		);
		const saved = await readFile(path.join(folder, 'saved', 'own.csv'));
		expect(saved.equals(files[0] ?? saved)).toBe(false);
		const reader = new CodeReader();
		const codes = [...reader.push(saved), ...reader.end()];
		expect(codes).toEqual(
			rows.map(({ url, code, index, lattice }, n) => ({ url, code, index, lattice, line: n + 2 })),
		);
	});
});
