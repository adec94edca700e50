import type { N8nVersion } from './version.cts';

/** n8n 2. */
export const N8N_2: N8nVersion = {
	// Both ask the outside; n8n does not start with the name of a module that it doesn't have.
	env: { N8N_DISABLED_MODULES: 'mcp-registry,instance-ai' },
	newWorkflow: {},
	runsWhatItIsSent: false,
	lacks: {},
};

/** Until 2.33, at least. */
export const N8N_2_33: N8nVersion = {
	...N8N_2,
	lacks: {
		'describes nodes in its panel': 'its panel shows names only',
		'tests a credential kept from requests': 'its own test counts as an HTTP Request node',
	},
};
