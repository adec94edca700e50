/** What a test needs of n8n that not every version has. */
export type Capability = never;

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
	/** Why it lacks something, in words for the one who runs the tests. */
	lacks: Partial<Record<Capability, string>>;
}
