/** Writes a delivery as rolls, in a process of its own: its rubbish is in no measurement. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlListChunks, type Bounds } from './packages.cts';

const CODES_A_ROLL = 20_000;

export interface Roll extends Bounds {
	readonly file: string;
}

function rollsIn(folder: string, codes: number): Roll[] {
	return Array.from({ length: Math.ceil(codes / CODES_A_ROLL) }, (_, roll) => ({
		file: join(folder, `roll_${roll + 1}.txt`),
		code_start: roll * CODES_A_ROLL,
		code_end: Math.min(codes, (roll + 1) * CODES_A_ROLL) - 1,
	}));
}

/** URL lists of 20,000 codes each, of an application with so many. */
export async function newRolls(codes: number): Promise<Roll[]> {
	const folder = await mkdtemp(join(tmpdir(), 'rolls-'));
	execFileSync(process.execPath, ['--require', 'tsx/cjs', __filename, folder, String(codes)]);
	return rollsIn(folder, codes);
}

async function main(folder: string, codes: number): Promise<void> {
	for (const { file, ...bounds } of rollsIn(folder, codes))
		await writeFile(file, urlListChunks(bounds));
}

if (require.main === module) void main(process.argv[2] ?? '', Number(process.argv[3]));
