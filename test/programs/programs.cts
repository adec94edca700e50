import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a program says, and how it ended; names in Chinese want a locale that has them. */
export async function said(
	folder: string,
	program: string,
	...args: string[]
): Promise<{ readonly code: number; readonly text: string }> {
	const env = { ...process.env, LC_ALL: 'C.UTF-8' };
	const options = { cwd: folder, env, maxBuffer: 64_000_000 };
	try {
		const { stdout, stderr } = await promisify(execFile)(program, args, options);
		return { code: 0, text: stdout + stderr };
	} catch (error) {
		const { code, stdout, stderr } = { code: undefined, stdout: '', stderr: '', ...Object(error) };
		if (typeof code !== 'number') throw error;
		return { code, text: `${stdout}${stderr}` };
	}
}

/** What a program writes; throws if it fails. */
export async function run(folder: string, program: string, ...args: string[]): Promise<string> {
	const { code, text } = await said(folder, program, ...args);
	if (code !== 0) throw new Error(`${program} ended with ${code}: ${text}`);
	return text;
}
