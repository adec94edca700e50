import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { pack } from '../package/tarball.cts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import { launchBrowser } from './browser.cts';
import { N8nClient, type Owner, type CredentialReference } from './client.cts';
import { Editor } from './editor.cts';
import { startN8n, type N8nOptions, type RunningN8n } from './n8n.cts';
import { registerCommunityPackage } from './package.cts';
import { CREDENTIAL, PACKAGE } from './workflow.cts';

export const PROJECT = path.join(__dirname, '..', '..');

/** Git-ignored, like the screenshots; the first thing to read when a test has failed. */
const LOG = path.join(PROJECT, 'output', 'n8n.log');

/** Of a server that only this machine reaches and that is gone afterwards. */
export const OWNER: Owner = {
	email: 'owner@example.org',
	password: 'Marketcode-1',
	firstName: 'Sandbox',
	lastName: 'Owner',
};

/** An n8n with our package, a WeChat to call, and someone who is signed in. */
export interface Lab {
	n8n: RunningN8n;
	client: N8nClient;
	sandbox: Sandbox;
	/** For the sandbox's own account, with AppID and AppSecret. */
	credential: CredentialReference;
	/** A window of the editor, signed in; always the same one. */
	editor(): Promise<Editor>;
	/** A window of its own, signed in, for a user who prefers dark; to be closed. */
	darkEditor(): Promise<Editor>;
	/** Ends everything that it started. */
	close(): Promise<void>;
}

/** What a user types into the credential dialog to reach the sandbox. */
export function sandboxCredential({ account, url }: Sandbox): Record<string, string> {
	return {
		authentication: 'appSecret',
		appId: account.appId,
		appSecret: account.appSecret,
		packageKey: account.packageKey,
		host: 'custom',
		customBaseUrl: url,
	};
}

/** Stores a credential of ours under a name that n8n's lists show. */
export async function storeCredential(
	client: N8nClient,
	name: string,
	data: object,
	type = CREDENTIAL,
): Promise<CredentialReference> {
	return { type, name, id: await client.createCredential(name, type, data) };
}

/** Packs the built package, starts n8n with it, and signs the owner in. */
export async function startN8nWithPackage(
	options: Omit<N8nOptions, 'tarball'>,
): Promise<{ n8n: RunningN8n; client: N8nClient }> {
	const folder = await mkdtemp(path.join(tmpdir(), 'marketcode-package-'));
	try {
		const tarball = await pack(folder);
		const n8n = await startN8n({ ...options, tarball: tarball.path });
		return await signIn(n8n).catch(async (error: unknown) => {
			await n8n.stop();
			throw error;
		});
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function signIn(n8n: RunningN8n): Promise<{ n8n: RunningN8n; client: N8nClient }> {
	const client = new N8nClient(n8n.url);
	await client.signIn(OWNER);
	const nodes = await client.nodeTypes();
	// n8n derives the variants for AI agents itself and does not list them.
	const listed = nodes.filter(
		({ name, outputs }) => name.startsWith(`${PACKAGE}.`) && !outputs.includes('ai_tool'),
	);
	const rows = listed.map(({ name, displayName, version }) => ({
		type: name,
		displayName,
		version: Math.max(...[version].flat()),
	}));
	await registerCommunityPackage(n8n.installation, n8n.userFolder, n8n.installed, rows);
	return { n8n, client };
}

export async function openLab(options: Omit<N8nOptions, 'tarball'> = {}): Promise<Lab> {
	const sandbox = await startSandbox();
	let started: RunningN8n | undefined;
	try {
		const { n8n, client } = await startN8nWithPackage(options);
		started = n8n;
		const credential = await storeCredential(client, 'Sandbox', sandboxCredential(sandbox));
		let browser: Promise<Browser> | undefined;
		let editor: Promise<Editor> | undefined;
		const open = async (scheme: 'light' | 'dark') =>
			await Editor.open(await (browser ??= launchBrowser()), n8n.url, OWNER, scheme);
		return {
			n8n,
			client,
			sandbox,
			credential,
			editor: () => (editor ??= open('light')),
			darkEditor: () => open('dark'),
			close: async () => {
				// Whether or not there is a browser: what is left running would keep the tests from ending.
				await browser?.then(async (open) => await open.close()).catch(() => {});
				await n8n.stop();
				await mkdir(path.dirname(LOG), { recursive: true });
				await writeFile(LOG, n8n.logs());
				await sandbox.stop();
			},
		};
	} catch (error) {
		await started?.stop();
		await sandbox.stop();
		throw error;
	}
}
