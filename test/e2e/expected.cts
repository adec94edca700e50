import { createHash } from 'node:crypto';
import type { Sandbox } from '../sandbox/sandbox.cts';

/** In hexadecimal, as the nodes and the mails give it. */
export const sha256 = (file: Buffer) => createHash('sha256').update(file).digest('hex');

/** What the output "URL List" must be, byte for byte, for a range of codes; both bounds inclusive. */
export function urlList(
	sandbox: Sandbox,
	applicationId: string,
	codeStart: number,
	codeEnd: number,
): Buffer {
	const lines: string[] = [];
	for (let index = codeStart; index <= codeEnd; index++)
		lines.push(`${sandbox.code(applicationId, index).url}\n`);
	return Buffer.from(lines.join(''), 'latin1');
}
