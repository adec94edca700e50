import type { N8nVersion } from './version.cts';

/** The last of n8n 1. */
export const N8N_1: N8nVersion = {
	// Without, an execution that has ended may be read before its data is there.
	env: { DB_SQLITE_POOL_SIZE: '4' },
	// It names an archive on a server that is not npm's registry.
	overrides: { xlsx: '0.18.5' },
	newWorkflow: { active: false },
	runsWhatItIsSent: true,
	lacks: {
		'creates data tables': 'its Data Table node has rows only: tables are made in the editor',
		'describes nodes in its panel': 'its panel shows names only',
	},
};
