import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import type { Sandbox } from '../sandbox/sandbox.cts';
import type { N8nClient, WorkflowData, CredentialReference } from './client.cts';
import { CREDENTIAL, PACKAGE } from './workflow.cts';

/** Three segments, as many as show what happens between segments. */
const CODE_COUNT = 150_000;

/** The workflow templates of a folder, in the order of their file names. */
export async function readTemplates(folder: string): Promise<WorkflowData[]> {
	const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
	return await Promise.all(
		files.map(async (file): Promise<WorkflowData> => {
			const { name, nodes, connections, settings } = JSON.parse(
				await readFile(path.join(folder, file), 'utf8'),
			);
			return { name: name ?? path.basename(file, '.json'), nodes, connections, settings };
		}),
	);
}

const takesCredential = ({ type, parameters }: INode) =>
	type.startsWith(`${PACKAGE}.`) || parameters['nodeCredentialType'] === CREDENTIAL;

/** The same workflow with the credential chosen in every node that takes it. */
export function withCredential(
	workflow: WorkflowData,
	credential: CredentialReference,
): WorkflowData {
	const chosen = { [credential.type]: { id: credential.id, name: credential.name } };
	const nodes = workflow.nodes.map((node) =>
		takesCredential(node) ? { ...node, credentials: { ...node.credentials, ...chosen } } : node,
	);
	return { ...workflow, nodes };
}

/** Application ids that a workflow's nodes name outright, not by an expression. */
function applicationIds({ nodes }: WorkflowData): string[] {
	const values = nodes.map(({ parameters }) => Object(parameters['application']));
	return values
		.filter(({ mode, value }) => mode === 'id' && /^\d+$/.test(String(value)))
		.map(({ value }) => String(value));
}

/** Makes the applications that the templates name, so that they run as they are. */
export function provideApplications(sandbox: Sandbox, templates: WorkflowData[]): void {
	const there = new Set(sandbox.applications.map(({ applicationId }) => applicationId));
	for (const applicationId of new Set(templates.flatMap(applicationIds)))
		if (!there.has(applicationId)) sandbox.addApplication({ applicationId, codeCount: CODE_COUNT });
}

/** Stores the templates that n8n doesn't have yet, by name. */
export async function loadTemplates(
	client: N8nClient,
	templates: WorkflowData[],
	credential: CredentialReference,
): Promise<void> {
	const there = new Set((await client.listWorkflows()).map(({ name }) => name));
	for (const template of templates)
		if (!there.has(template.name))
			await client.createWorkflow(withCredential(template, credential));
}
