import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox/sandbox.cts';
import type { N8nClient, WorkflowData, CredentialReference } from './client.cts';
import { PROJECT } from './n8nLab.cts';
import { CREDENTIAL, PACKAGE } from './workflow.cts';

/** Three segments, as many as show what happens between segments. */
const CODE_COUNT = 150_000;

/** All templates write their examples alike. */
const EXAMPLE_ID = /\b70000\d{4}\b/g;

const FOLDERS = {
	en: path.join(PROJECT, 'docs', 'workflows'),
	'zh-CN': path.join(PROJECT, 'docs', 'zh-CN', 'workflows'),
};

export type Language = keyof typeof FOLDERS;

/** @param file a template's name, e.g. `download.json` */
export const templateFile = (file: string, language: Language = 'en') =>
	path.join(FOLDERS[language], file);

/** @param file its name, e.g. `download.json` */
export async function readTemplate(file: string, language?: Language): Promise<WorkflowData> {
	const { name, nodes, connections, settings } = JSON.parse(
		await readFile(templateFile(file, language), 'utf8'),
	);
	return { name: name ?? path.basename(file, '.json'), nodes, connections, settings };
}

/** Names of the files of all workflow templates. */
export const templateNames = async (language: Language = 'en') =>
	(await readdir(FOLDERS[language])).filter((file) => file.endsWith('.json')).sort();

/** All workflow templates, in the order of their file names. */
export async function readTemplates(language: Language = 'en'): Promise<WorkflowData[]> {
	const files = await templateNames(language);
	return await Promise.all(files.map((file) => readTemplate(file, language)));
}

/** n8n's own nodes in the templates, and the credential that each takes. */
const CREDENTIAL_OF: Record<string, string> = {
	'n8n-nodes-base.ftp': 'sftp',
	'n8n-nodes-base.emailSend': 'smtp',
	'n8n-nodes-base.postgres': 'postgres',
	'n8n-nodes-base.webhook': 'httpHeaderAuth',
};

const credentialTypeOf = ({ type }: INode) =>
	type.startsWith(`${PACKAGE}.`) ? CREDENTIAL : CREDENTIAL_OF[type];

/** The same workflow with these credentials, one a type, chosen in every node that takes them. */
export function withCredentials(
	workflow: WorkflowData,
	credentials: CredentialReference[],
): WorkflowData {
	const nodes = workflow.nodes.map((node) => {
		const wanted = credentialTypeOf(node);
		const chosen = credentials.find(({ type }) => type === wanted);
		if (chosen === undefined) return node;
		const { type, id, name } = chosen;
		return { ...node, credentials: { ...node.credentials, [type]: { id, name } } };
	});
	return { ...workflow, nodes };
}

/**
 * The same workflow with some parameters of one node changed.
 * @throws Error if it has no such node
 */
export function withParameters(
	workflow: WorkflowData,
	name: string,
	parameters: INodeParameters,
): WorkflowData {
	nodeOf(workflow, name);
	const nodes = workflow.nodes.map((node) =>
		node.name === name ? { ...node, parameters: { ...node.parameters, ...parameters } } : node,
	);
	return { ...workflow, nodes };
}

/** @throws Error if the workflow has no node of that name */
export function nodeOf(workflow: WorkflowData, name: string): INode {
	const node = workflow.nodes.find((it) => it.name === name);
	if (node === undefined) throw new Error(`${workflow.name} has no node ${name}`);
	return node;
}

/** Application ids that a workflow names as an example, in a field or in a list. */
const applicationIds = ({ nodes }: WorkflowData): string[] =>
	nodes.flatMap(({ parameters }) => JSON.stringify(parameters).match(EXAMPLE_ID) ?? []);

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
	credentials: CredentialReference[],
): Promise<void> {
	const there = new Set((await client.listWorkflows()).map(({ name }) => name));
	for (const template of templates)
		if (!there.has(template.name))
			await client.createWorkflow(withCredentials(template, credentials));
}
