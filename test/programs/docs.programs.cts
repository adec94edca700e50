import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { blockIn, textOf } from '../docs/guides.cts';
import { bytesOf } from '../unit/fixtures.cts';
import { startSandbox } from '../sandbox/sandbox.cts';
import { run, said } from './programs.cts';

let folder = '';
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'marketcode-docs-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

it.each(['docs/recipes.md', 'docs/zh-CN/recipes.md'])(
	'a vendor decrypts as %s says',
	async (page) => {
		const encrypted = Buffer.from(bytesOf('guide.b64').toString('ascii'), 'base64');
		await writeFile(join(folder, 'marketcode_700000001_0-49999.bin'), encrypted);
		const key = bytesOf('package-key.txt').toString();
		await run(folder, 'bash', '-euc', `PACKAGE_KEY=${key}\n${blockIn(page, 'openssl')}`);
		expect(await readFile(join(folder, 'codes.txt'))).toEqual(bytesOf('guide.txt'));
	},
);

it.each(['docs/ledger.md', 'docs/zh-CN/ledger.md'])(
	"a printer's report arrives as %s says",
	async (page) => {
		const command = blockIn(page, 'curl -sS');
		const reports: unknown[] = [];
		const server = createServer((request, response) => {
			void json(request).then((body) => {
				reports.push([request.method, request.url, request.headers['x-printer-key'], body]);
				response.end('{"active":19993}');
			});
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('no port');
		const here = command.replace('https://n8n.example.com', `http://127.0.0.1:${address.port}`);
		const { text, code } = await said(folder, 'bash', '-euc', here);
		server.close();
		expect([code, text]).toEqual([0, '{"active":19993}']);
		const [fields] = /^\{ .*"waste".* \}$/m.exec(textOf(page)) ?? ['none'];
		expect(reports).toEqual([
			['POST', '/webhook/marketcode-printed', 'YOUR-KEY', JSON.parse(fields)],
		]);
	},
);

describe.each(['docs/sandbox.md', 'docs/zh-CN/sandbox.md'])('the faults of %s', (page) => {
	const inject = async (command: (url: string) => string) => {
		const sandbox = await startSandbox();
		try {
			return await said(folder, 'bash', '-euc', command(sandbox.url));
		} finally {
			await sandbox.stop();
		}
	};
	const block = blockIn(page, 'curl');
	const section = /^## (Faults|制造故障)\n([\s\S]*?)^## /m.exec(textOf(page))?.[2] ?? '';
	const [, ...rows] = section.split('\n').filter((line) => /^\| `/.test(line));
	const kinds = rows
		.map((row) => (row.split('|')[1] ?? '').replaceAll(/[(（].*?[)）]/g, ''))
		.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)]);

	it('are some of each sort', () => {
		expect(rows).toHaveLength(5);
		expect(kinds.length).toBeGreaterThan(15);
	});

	it('are injected as it says', async () => {
		const { text, code } = await inject((url) => block.replace('http://127.0.0.1:8080', url));
		expect([code, text.trim().split('\n').at(-1)]).toEqual([0, '{}']);
	});

	it.each(kinds.map(([, kind = '']) => kind))('are known to the sandbox: %s', async (kind) => {
		const sizes = {
			status: 502,
			errcode: 45011,
			ms: 1,
			bytes: 1,
			everyMs: 1,
			afterBytes: 1,
			order: [],
		};
		const fault = JSON.stringify({ ...sizes, call: 'applycodedownload', kind });
		const { text } = await inject((url) =>
			block.replace('http://127.0.0.1:8080', url).replace(/-d '.*'/, `-d '${fault}'`),
		);
		expect(text.trim().split('\n').at(-1)).toBe('{}');
	});
});
