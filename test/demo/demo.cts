import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Table from 'cli-table3';
import { UserError, type INodeExecutionData } from 'n8n-workflow';
import { startEngine, type Engine, type WorkflowJson } from '../engine/engine.cts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import { buildIfNeeded } from './build.cts';
import { showRequests } from './progress.cts';

const ROOT = path.join(__dirname, '..', '..');
const TEMPLATE = path.join('docs', 'workflows', 'download.json');
const OUTPUT = 'output';
const DOWNLOAD = 'n8n-nodes-wechat-marketcode.marketcodeDownload';
const STICKY_NOTE = 'n8n-nodes-base.stickyNote';

/** Three segments, as WeChat cuts them. */
const CODE_COUNT = 150_000;

interface WrittenFile {
	readonly name: string;
	readonly codes: number;
	readonly bytes: number;
	/** In hexadecimal, computed here from the bytes that were written. */
	readonly sha256: string;
}

/** Downloads an application from a WeChat on this machine with the template workflow and real nodes. */
async function main(): Promise<void> {
	await buildIfNeeded(ROOT);
	const template: WorkflowJson = JSON.parse(await readFile(path.join(ROOT, TEMPLATE), 'utf8'));
	const sandbox = await startSandbox();
	try {
		const engine = await startEngine();
		try {
			await demonstrate(template, engine, sandbox);
		} finally {
			await engine.stop();
		}
	} finally {
		await sandbox.stop();
	}
}

async function demonstrate(
	template: WorkflowJson,
	engine: Engine,
	sandbox: Sandbox,
): Promise<void> {
	const node = template.nodes.find(({ type }) => type === DOWNLOAD);
	if (!node) throw new UserError(`${TEMPLATE} has no node ${DOWNLOAD}`);
	const { value: applicationId } = Object(node.parameters['application']);
	const { form } = sandbox.addApplication({ applicationId, codeCount: CODE_COUNT });
	console.log(`WeChat    ${sandbox.url}, a sandbox on this machine: every code is invented`);
	console.log(`Workflow  ${TEMPLATE}, run by n8n's own engine`);
	console.log(`Codes     ${CODE_COUNT.toLocaleString('en')} of application ${applicationId}`);
	console.log(`Packages  with a URL and a micro code of ${form.latticeWidth} dots for each\n`);

	const began = performance.now();
	const items = await download(template, node.name, engine, sandbox);
	await mkdir(path.join(ROOT, OUTPUT), { recursive: true });
	const files: WrittenFile[] = [];
	for (const item of items) {
		if (item.json['is_proof'] === true || item.json['is_manifest'] === true) {
			await writeBeside(item, engine);
		} else files.push(await write(item, engine));
	}
	const seconds = (performance.now() - began) / 1000;
	console.log(`\n${tableOf(files)}`);
	console.log(summary(files, seconds));
}

async function download(
	template: WorkflowJson,
	nodeName: string,
	engine: Engine,
	sandbox: Sandbox,
): Promise<INodeExecutionData[]> {
	const { appId, appSecret, packageKey } = sandbox.account;
	const credential = engine.addCredential('wechatMarketcodeApi', {
		authentication: 'appSecret',
		appId,
		appSecret,
		packageKey,
		host: 'custom',
		customBaseUrl: sandbox.url,
	});
	// Notes are for people; the engine has no node type for them.
	const nodes = template.nodes.filter(({ type }) => type !== STICKY_NOTE);
	const stopShowing = showRequests(sandbox);
	const result = await engine.run(
		{ ...template, nodes },
		{ credentials: { wechatMarketcodeApi: credential } },
	);
	stopShowing();
	if (result.status !== 'success') {
		const { message, description } = result.error ?? { message: 'The workflow failed' };
		throw new UserError([message, description].filter(Boolean).join('\n'));
	}
	return result.output(nodeName);
}

/** Writes an item's file to the output folder and holds it to what the item says of it. */
async function write({ json, binary }: INodeExecutionData, engine: Engine): Promise<WrittenFile> {
	const data = binary?.['data'];
	if (!data) throw new UserError('An item came without its file');
	const content = await engine.readBinary(data);
	const sha256 = createHash('sha256').update(content).digest('hex');
	const name = String(json['file_name']);
	if (sha256 !== json['sha256']) throw new UserError(`${name} is not what the node made of it`);
	await writeFile(path.join(ROOT, OUTPUT, name), content);
	return { name, codes: Number(json['code_count']), bytes: content.length, sha256 };
}

/** Writes the proof sheet, or the manifest with its checksums and its letters, beside the files. */
async function writeBeside({ json, binary }: INodeExecutionData, engine: Engine): Promise<void> {
	const texts = Object.entries(Object(json['letter'] ?? {})).map(
		([language, text]) => [`letter.${language}.txt`, String(text)] as const,
	);
	for (const data of Object.values(binary ?? {})) {
		const name = data.fileName ?? '';
		await writeFile(path.join(ROOT, OUTPUT, name), await engine.readBinary(data));
	}
	for (const [name, text] of texts) await writeFile(path.join(ROOT, OUTPUT, name), text);
}

function tableOf(files: readonly WrittenFile[]): string {
	const table = new Table({
		head: ['File', 'Codes', 'Bytes'],
		colAligns: ['left', 'right', 'right'],
		style: { head: [], border: [] },
	});
	for (const { name, codes, bytes, sha256 } of files) {
		table.push([name, codes.toLocaleString('en'), bytes.toLocaleString('en')]);
		table.push([{ colSpan: 3, content: `SHA-256 ${sha256}` }]);
	}
	return table.toString();
}

function summary(files: readonly WrittenFile[], seconds: number): string {
	const codes = files.reduce((sum, file) => sum + file.codes, 0).toLocaleString('en');
	return `${files.length} rolls, ${codes} codes, ${seconds.toFixed(1)} s: requested, decrypted, checked, written to ${OUTPUT}/
with a proof sheet, a manifest, its checksums and a letter to the printer

What to do next
  Check the rolls         cd ${OUTPUT} && sha256sum -c SHA256SUMS
  Look into one           head -3 ${path.join(OUTPUT, files[0]?.name ?? '')}
  See the codes           open the file in ${OUTPUT}/ that ends in _proof.pdf (or .png, .svg)
  Rehearse in n8n         npm run n8n
  Use it with your own    install the package in your n8n, then import
                          ${TEMPLATE}: README.md says how`;
}

main().catch((error: unknown) => {
	console.error(`\n${error instanceof UserError ? error.message : String(error)}`);
	process.exitCode = 1;
});
