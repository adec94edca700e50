import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.cts';
import type { CredentialReference, N8nClient, WorkflowData } from './client.cts';
import { cacheFolder, npm } from './install.cts';
import {
	OWNER,
	PROJECT,
	sandboxCredential,
	startN8nWithPackage,
	storeCredential,
} from './n8nLab.cts';
import { PRINTER, startOutside, type OutsideServer } from './outside.cts';
import { provideScan } from './codeScan.cts';
import { loadTemplates, provideApplications, readTemplates } from './templates.cts';
import { WORDS, type Words } from './words.cts';
import { CREDENTIAL } from './workflow.cts';

const HELP = `npm run n8n -- [options]
  --port <number>  where the editor listens; 5678 by default
  --chinese        what is told here, and the templates' notes and mails, in Chinese
  --keep-data      keeps accounts, workflows and executions for the next start
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Kept data may hold the credential of an earlier start, whose server listened elsewhere. */
async function bindCredential(
	client: N8nClient,
	{ name, type, data }: Pick<OutsideServer, 'name' | 'type' | 'data'>,
): Promise<CredentialReference> {
	const stored = (await client.listCredentials()).find((it) => it.name === name);
	if (stored === undefined) return await storeCredential(client, name, data, type);
	await client.updateCredential(stored.id, name, type, data);
	return { type, id: stored.id, name };
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
			chinese: { type: 'boolean', default: false },
			'keep-data': { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return say(HELP);
	const port = Number(values.port);
	if (!Number.isInteger(port)) throw new Error(`--port ${values.port} is not a number`);
	const language = values.chinese ? 'zh-CN' : 'en';
	const words = WORDS[language];
	const stopped = untilStopped();

	await npm(['run', 'build'], { cwd: PROJECT, progress: say, title: 'building the package' });
	const sandbox = await startSandbox();
	const outside = await startOutside(say, words);
	try {
		const templates = await readTemplates(language);
		provideApplications(sandbox, templates);
		const userFolder = values['keep-data'] ? await keptFolder() : undefined;
		const { n8n, client } = await startN8nWithPackage({ port, userFolder, progress: say });
		try {
			const wechat = { name: 'WeChat sandbox', type: CREDENTIAL, data: sandboxCredential(sandbox) };
			const credentials: CredentialReference[] = [];
			for (const server of [wechat, ...outside])
				credentials.push(await bindCredential(client, server));
			await loadTemplates(client, templates, credentials);
			tell(words, n8n.url, sandbox, outside);
			await tellCallers(words, sandbox, templates, n8n.url);
			await stopped;
			say(words.stopping);
		} finally {
			await n8n.stop();
		}
	} finally {
		for (const { stop } of outside) await stop();
		await sandbox.stop();
	}
}

/** Where everything is, and what one enters to make the same credentials by hand. */
function tell(words: Words, url: string, sandbox: Sandbox, outside: OutsideServer[]): void {
	const { account, applications } = sandbox;
	say('');
	say(`  ${words.open}  ${url}`);
	say(`  ${words.signIn}  ${OWNER.email}   ${words.password}  ${OWNER.password}`);
	say(`  WeChat   ${sandbox.url} ${words.sandbox}`);
	for (const { applicationId, codeCount } of applications)
		say(`  ${words.codes}  ${words.ready(applicationId, codeCount)}`);
	say(`           ${words.applied}`);
	say('');
	say(`  ${words.credentials}`);
	say(`  WeChat sandbox    AppID ${account.appId}, AppSecret ${account.appSecret},`);
	say(`      Package Key ${account.packageKey}, Host Custom, Custom Base URL ${sandbox.url}`);
	for (const { name, told } of outside) {
		const [credential, ...more] = told;
		say(`  ${name.padEnd(18)}${credential}`);
		for (const line of more) say(`      ${line}`);
	}
	say('');
}

/** How to be the one whom a template waits for: the server of a mini program, or the printer. */
async function tellCallers(
	words: Words,
	sandbox: Sandbox,
	templates: WorkflowData[],
	url: string,
): Promise<void> {
	const [application] = sandbox.applications;
	if (application === undefined) return;
	for (const { name, nodes } of templates)
		for (const { name: trigger, parameters, type } of nodes) {
			if (type !== 'n8n-nodes-base.webhook') continue;
			const address = `${url}/webhook-test/${String(parameters['path'])}`;
			say(`  ${words.toRun(name, trigger)}`);
			if (parameters['authentication'] === 'headerAuth') say(`  ${printersReport(address, words)}`);
			else {
				say(`  ${await provideScan(sandbox, application.applicationId, address)}`);
				say(`  ${words.active(application.applicationId)}`);
			}
			say('');
		}
	say(`  ${words.stop}`);
}

/** A command for a shell, in which only the application is missing: it is ordered there first. */
function printersReport(url: string, { asShown }: Words): string {
	const { name, value } = PRINTER.data;
	const body = `{"application_id":"${asShown}","roll":1,"waste":"17, 20-25"}`;
	return `curl -s ${url} -H '${name}: ${value}' -H 'Content-Type: application/json' -d '${body}'`;
}

main().catch((error: unknown) => {
	process.exitCode = 1;
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
});
