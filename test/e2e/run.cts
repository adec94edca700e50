import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { CELL_VARIABLE, cellOf } from './matrix.cts';

const JEST = [require.resolve('jest/bin/jest'), '-c', path.join(__dirname, 'jest.config.json')];

/** Runs the tests in the n8n that `--n8n <name>` names; everything else on the command line is jest's. */
function main(): void {
	const rest = process.argv.slice(2);
	const at = rest.indexOf('--n8n');
	const env = { ...process.env };
	if (at >= 0) {
		const [, name = ''] = rest.splice(at, 2);
		cellOf(name);
		env[CELL_VARIABLE] = name;
	}
	const { status } = spawnSync(process.execPath, [...JEST, ...rest], { env, stdio: 'inherit' });
	process.exitCode = status ?? 1;
}

try {
	main();
} catch (error) {
	process.exitCode = 1;
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
