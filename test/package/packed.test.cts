import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { entryPoints, packAndInstall, type Packed } from './tarball.cts';

let packed: Packed;

beforeAll(async () => {
	packed = await packAndInstall();
}, 120_000);

afterAll(async () => await packed?.remove());

/** Runs a script in a process of its own that finds no devDependencies, and gives what it prints. */
async function run(script: string, ...args: string[]): Promise<string> {
	const cwd = packed.installed;
	const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, ...args], { cwd });
	return stdout;
}

const LOAD = `
	for (const file of process.argv.slice(1)) {
		const [name] = require('path').basename(file).split('.');
		const loaded = new (require('./' + file)[name])();
		console.log((loaded.description ?? loaded).name);
	}
`;

const REQUIRE_ALL = `
	const files = require('fs').readdirSync('dist', { recursive: true });
	const scripts = files.filter((file) => file.endsWith('.js'));
	for (const script of scripts) require('./dist/' + script);
	console.log(scripts.length);
`;

/** Draws with the installed package. What is bundled has to throw the errors that the others catch. */
const DRAW = `
	const [symbols, ...urls] = process.argv.slice(1);
	const { labelPages } = require(symbols + '/label.js');
	const settings = { symbol: 'qr', pageWidth: 20, pageHeight: 20, moduleSize: 0.5, showIndex: true };
	(async () => {
		for (const url of urls) {
			let bytes = 0;
			const codes = [{ index: 7, url, lattice: '' }];
			for await (const chunk of labelPages(codes, settings)) bytes += chunk.length;
			console.log(bytes > 1000);
		}
	})().catch(({ message }) => console.log(message));
`;

describe('the packed tarball, in an empty folder without devDependencies', () => {
	it('has every node and the credential for n8n to load', async () => {
		const names = await run(LOAD, ...(await entryPoints(packed.installed)));
		expect(names.trim().split('\n').sort()).toEqual([
			'marketcode',
			'marketcodeDownload',
			'marketcodeTrigger',
			'wechatMarketcodeApi',
		]);
	});

	it('finds everything that any of its scripts requires', async () => {
		const scripts = packed.paths.filter((file) => file.endsWith('.js'));
		expect(scripts.length).toBeGreaterThan(100);
		await expect(run(REQUIRE_ALL)).resolves.toBe(`${scripts.length}\n`);
	});

	it('draws, with the QR codes of the library that it holds', async () => {
		const symbols = './dist/nodes/shared/symbols';
		const drawn = await run(DRAW, symbols, 'P.URL.CN/0ABCDEFGHIJKLMNOPQR', '');
		expect(drawn).toMatch(/^true\nCode with index 7: /);
		const script = await readFile(path.join(packed.installed, symbols, 'qrCode.js'), 'utf8');
		expect(script).toContain('MIT License');
		expect(script).toContain('David Evans');
	});
});
