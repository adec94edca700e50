/** What a test needs of n8n that not every version has. */
export type Capability =
	| 'creates data tables'
	| 'describes nodes in its panel'
	| 'tests a credential kept from requests';

/** What differs between the major versions of n8n for a program that starts and asks it. */
export interface N8nVersion {
	/** Settings of n8n that other versions don't know. */
	env: NodeJS.ProcessEnv;
	/** Versions that its installation has to take of what it depends on, by package. */
	overrides?: Record<string, string>;
	/** Fields of a new workflow that its API asks for, beside the workflow's own. */
	newWorkflow: object;
	/** Whether its API runs the workflow that it is sent, rather than the stored one. */
	runsWhatItIsSent: boolean;
	/** What it lacks, and what it has instead. */
	lacks: Partial<Record<Capability, string>>;
}
