import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import axios from 'axios';
import type { Source } from './cases.cts';
import { MEBIBYTE, type Cost } from './cost.cts';
import type { Bounds } from './packages.cts';

const TOOLS = ['bash', 'curl', 'jq', 'base64', 'openssl', 'cut'];
const SAMPLE_MS = 10;
const PAGE_BYTES = 4096;

/** Reads "code_start code_end" of each segment; says at the end what the tools have used. */
const SCRIPT = `
set -euo pipefail
while read -r start end; do
	curl -fsS "$URL" -d "{\\"application_id\\":$APPLICATION,\\"code_start\\":$start,\\"code_end\\":$end}" |
		jq -r .buffer | base64 -d | openssl enc -d -aes-128-cbc -K "$KEY" -iv "$KEY" | cut -f4
done > "$FILE"
times`;

/** What the pipe needs and this machine hasn't got. */
export function missingTools(): string[] {
	return TOOLS.filter((tool) => {
		try {
			execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
			return false;
		} catch {
			return true;
		}
	});
}

/** Resident bytes of a shell and its tools together; NaN where there is no /proc. */
function memoryOf(shell: number): number {
	const file = (path: string) => readFileSync(`/proc/${path}`, 'utf8');
	const resident = (pid: string | number) => {
		try {
			return Number(file(`${pid}/statm`).split(' ')[1]) * PAGE_BYTES;
		} catch {
			return 0; // It has ended since.
		}
	};
	try {
		const tools = file(`${shell}/task/${shell}/children`).trim().split(' ');
		return tools.reduce((sum, tool) => sum + resident(tool), resident(shell));
	} catch {
		return NaN;
	}
}

/** The seconds in bash's `times`: of the shell, and of what it has started, in user and system mode. */
function secondsOf(times: string): number {
	const parts = [...times.matchAll(/(\d+)m([\d.]+)s/g)];
	return parts.reduce(
		(sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
		0,
	);
}

/** The urls of an application in one file by the shell's own tools, one segment after the other. */
export async function shellPipe(source: Source, file: string): Promise<Cost> {
	const { url, applicationId, packageKey } = source;
	const { data } = await axios.post(`${url}/intp/marketcode/applycodequery?access_token=any`, {
		application_id: applicationId,
	});
	const bounds: Bounds[] = data.code_generate_list;
	const began = performance.now();
	const shell = spawn('bash', ['-c', SCRIPT], {
		stdio: ['pipe', 'pipe', 'inherit'],
		env: {
			...process.env,
			LC_ALL: 'C', // `times` writes a decimal point then.
			URL: `${url}/intp/marketcode/applycodedownload?access_token=any`,
			APPLICATION: String(applicationId),
			KEY: Buffer.from(packageKey).toString('hex'),
			FILE: file,
		},
	});
	process.once('exit', () => shell.kill());
	let peak = 0;
	const sampling = setInterval(() => {
		const now = memoryOf(shell.pid ?? 0);
		peak = now > peak || Number.isNaN(now) ? now : peak;
	}, SAMPLE_MS);
	shell.stdin.end(bounds.map(({ code_start, code_end }) => `${code_start} ${code_end}\n`).join(''));
	const [times, [code]] = await Promise.all([text(shell.stdout), once(shell, 'exit')]);
	clearInterval(sampling);
	if (code !== 0) throw new Error(`The pipe ended with ${code}`);
	return {
		seconds: (performance.now() - began) / 1000,
		peakMb: peak / MEBIBYTE,
		processorSeconds: secondsOf(times),
		loopP99Ms: NaN,
		loopMaxMs: NaN,
	};
}
