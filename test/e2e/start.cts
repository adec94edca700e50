import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import type { N8nClient, CredentialReference } from './client.cts';
import { cacheFolder, npm } from './install.cts';
import { OWNER, PROJECT, sandboxCredential, startN8nWithPackage, storeCredential } from './lab.cts';
import { loadTemplates, provideApplications, readTemplates } from './templates.cts';
import { CREDENTIAL } from './workflow.cts';

const CREDENTIAL_NAME = 'WeChat sandbox';

const HELP = `npm run n8n -- [options]
  --port <number>  where the editor listens; 5678 by default
  --keep-data      keeps accounts, workflows and executions for the next start
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Kept data may hold the credential of an earlier start, whose sandbox listened elsewhere. */
async function bindCredential(client: N8nClient, sandbox: Sandbox): Promise<CredentialReference> {
	const data = sandboxCredential(sandbox);
	const stored = (await client.listCredentials()).find(({ name }) => name === CREDENTIAL_NAME);
	if (stored === undefined) return await storeCredential(client, CREDENTIAL_NAME, data);
	await client.updateCredential(stored.id, CREDENTIAL_NAME, CREDENTIAL, data);
	return { type: CREDENTIAL, id: stored.id, name: CREDENTIAL_NAME };
}

async function keptFolder(): Promise<string> {
	const folder = path.join(cacheFolder(), 'data');
	await mkdir(folder, { recursive: true });
	return folder;
}

function untilStopped(): Promise<void> {
	return new Promise((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
			process.on(signal, () => resolve());
	});
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '5678' },
			'keep-data': { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return say(HELP);
	const port = Number(values.port);
	if (!Number.isInteger(port)) throw new Error(`--port ${values.port} is not a number`);
	const stopped = untilStopped();

	await npm(['run', 'build'], { cwd: PROJECT, progress: say, title: 'building the package' });
	const sandbox = await startSandbox();
	try {
		const templates = await readTemplates();
		provideApplications(sandbox, templates);
		const userFolder = values['keep-data'] ? await keptFolder() : undefined;
		const { n8n, client } = await startN8nWithPackage({ port, userFolder, progress: say });
		try {
			await loadTemplates(client, templates, await bindCredential(client, sandbox));
			say('');
			say(`  Open     ${n8n.url}`);
			say(`  Sign in  ${OWNER.email}   password  ${OWNER.password}`);
			say(`  WeChat   ${sandbox.url} (a sandbox; nothing leaves this machine)`);
			say(
				`  Codes    applications ${sandbox.applications.map((it) => it.applicationId).join(', ')}`,
			);
			say('');
			say('  Stop with Ctrl-C.');
			await stopped;
			say('stopping …');
		} finally {
			await n8n.stop();
		}
	} finally {
		await sandbox.stop();
	}
}

main().catch((error: unknown) => {
	process.exitCode = 1;
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
});
