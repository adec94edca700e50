// How much memory a download takes, by the size of the application and by `concurrency`: each case in a
// process of its own, with WeChat in another one. `npm run build` first, then
//   node --expose-gc --require tsx/cjs test/bench/memory.bench.cts
import { createHash } from 'node:crypto';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import axios from 'axios';
import Table from 'cli-table3';
import { startEngine, workflowOf } from '../engine/engine.cts';
import { startSandbox } from '../sandbox/sandbox.cts';

const CASES = [
	{ codeCount: 200_000, concurrency: 1 },
	{ codeCount: 200_000, concurrency: 4 },
	{ codeCount: 1_000_000, concurrency: 1 },
	{ codeCount: 1_000_000, concurrency: 4 },
	{ codeCount: 1_000_000, concurrency: 8 },
];

/** A segment of 50,000 codes on the wire: the unit in which the memory is given. */
const SEGMENT_MB = 7.6;
const SAMPLE_MS = 20;
const MB = 2 ** 20;

interface Measured {
	readonly peakMb: number;
	readonly seconds: number;
	readonly bytes: number;
}

async function serve(): Promise<void> {
	const sandbox = await startSandbox();
	process.send?.({ url: sandbox.url, ...sandbox.account });
}

async function measure(codeCount: number, concurrency: number): Promise<Measured> {
	const server = fork(__filename, ['serve'], { execArgv: ['--require', 'tsx/cjs'] });
	try {
		const [account] = await once(server, 'message');
		const { url, ...secrets } = account;
		const { data: application } = await axios.post(`${url}/_sandbox/applications`, { codeCount });
		return await download({ url, secrets, applicationId: application.applicationId, concurrency });
	} finally {
		server.kill();
	}
}

async function download(source: {
	url: string;
	secrets: Record<string, string>;
	applicationId: string;
	concurrency: number;
}): Promise<Measured> {
	const engine = await startEngine();
	const credential = engine.addCredential('wechatMarketcodeApi', {
		authentication: 'appSecret',
		...source.secrets,
		host: 'custom',
		customBaseUrl: source.url,
	});
	const parameters = {
		application: { __rl: true, mode: 'id', value: source.applicationId },
		output: 'urlList',
		files: 'single',
		options: { concurrency: source.concurrency },
	};
	const workflow = workflowOf('marketcodeDownload', parameters, { credentialId: credential.id });
	globalThis.gc?.();
	const before = process.memoryUsage.rss();
	let peak = before;
	const timer = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage.rss());
	}, SAMPLE_MS);
	const began = performance.now();
	const result = await engine.run(workflow);
	const seconds = (performance.now() - began) / 1000;
	clearInterval(timer);
	if (result.error) throw result.error;
	const [item] = result.output('Node');
	const file = item?.binary?.data;
	if (!file) throw new Error('There is no file');
	const hash = createHash('sha256');
	let bytes = 0;
	for await (const chunk of await engine.binaryStream(file)) {
		hash.update(chunk);
		bytes += chunk.length;
	}
	if (hash.digest('hex') !== item.json.sha256) throw new Error('The file is not what was sent');
	await engine.stop();
	return { peakMb: (peak - before) / MB, seconds, bytes };
}

function report(): void {
	const table = new Table({
		head: ['codes', 'concurrency', 'peak over start', 'in segments', 'seconds', 'file'],
	});
	for (const { codeCount, concurrency } of CASES) {
		const output = execFileSync(
			process.execPath,
			['--expose-gc', '--require', 'tsx/cjs', __filename, String(codeCount), String(concurrency)],
			{ encoding: 'utf8' },
		);
		const { peakMb, seconds, bytes }: Measured = JSON.parse(output);
		table.push([
			codeCount.toLocaleString('en'),
			concurrency,
			`${peakMb.toFixed(0)} MB`,
			(peakMb / SEGMENT_MB).toFixed(1),
			seconds.toFixed(1),
			`${(bytes / MB).toFixed(1)} MB`,
		]);
	}
	console.log(table.toString());
}

async function main(): Promise<void> {
	const [first, second] = process.argv.slice(2);
	if (first === 'serve') return await serve();
	if (first === undefined) return report();
	console.log(JSON.stringify(await measure(Number(first), Number(second))));
}

void main();
