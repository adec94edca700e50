import type { N8nMajor } from '../engine/engine.cts';

let major: N8nMajor = 2;

/** Which n8n the tests of this file run on; each test file has a module registry of its own. */
export const n8nMajor = (): N8nMajor => major;

export function runOn(n8n: N8nMajor): void {
	major = n8n;
}
