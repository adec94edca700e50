import { N8N_1 } from './versions/n8n1.cts';
import { N8N_2, N8N_2_33 } from './versions/n8n2.cts';
import type { Capability, N8nVersion } from './versions/version.cts';

/** An n8n that the tests run in, on a Node that it supports. */
export interface Cell {
	/** Pinned, so that a red test means a change of ours. */
	n8n: string;
	/** Major version of Node. */
	node: 20 | 22 | 24;
	version: N8nVersion;
	/** Settings of n8n that make the difference to another cell. */
	env?: NodeJS.ProcessEnv;
	/** n8n keeps files in memory, and with its run data, instead of on disk. */
	filesInMemory?: boolean;
}

const ON_DISK = { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };
/** Its other engine has no build for Node 20. */
const LEGACY = { N8N_EXPRESSION_ENGINE: 'legacy' };

const DEFAULT = '2.40.7';

/** The n8n that people run. */
const CELLS: Record<string, Cell> = {
	[DEFAULT]: { n8n: '2.40.7', node: 24, version: N8N_2 },
	// The last that stores everything that a credential's preAuthentication was given.
	'2.33.7': { n8n: '2.33.7', node: 22, version: N8N_2_33 },
	'1.123.81': { n8n: '1.123.81', node: 22, version: N8N_1, env: ON_DISK },
	// As n8n 1 is without settings.
	'1.123.81-memory': { n8n: '1.123.81', node: 22, version: N8N_1, filesInMemory: true },
	'1.123.81-node20': {
		n8n: '1.123.81',
		node: 20,
		version: N8N_1,
		env: { ...ON_DISK, ...LEGACY },
	},
};

/** Names a cell; unset means the default. */
export const CELL_VARIABLE = 'E2E_N8N';

/** @throws Error that lists the names if there is no such cell */
export function cellOf(name: string): Cell {
	const cell = CELLS[name];
	if (cell !== undefined) return cell;
	throw new Error(`--n8n ${name} is unknown. There are: ${Object.keys(CELLS).join(', ')}`);
}

/** The n8n of this run. */
export const CELL = cellOf(process.env[CELL_VARIABLE] ?? DEFAULT);

export const isThere = (capability: Capability): boolean => !(capability in CELL.version.lacks);

/** Registers tests that need something of n8n, or says why this n8n leaves them out. */
export function whereN8n(capability: Capability, tests: string, register: () => void): void {
	const reason = CELL.version.lacks[capability];
	if (reason === undefined) return register();
	process.stderr.write(`left out: ${tests}; n8n ${CELL.n8n}: ${reason}\n`);
}
