import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Email } from 'postal-mime';
import { startPostgres } from '../queue/services.cts';
import { watchArrivals } from './arrivals.cts';
import { startSftpServer } from './sftpServer.cts';
import { startSmtpServer } from './smtpServer.cts';
import { WORDS, type Words } from './words.cts';

type Say = (line: string) => void;

/** A server that templates deliver to, started for who tries them by hand. */
export interface OutsideServer {
	/** As n8n's credential is called; also the name of the stored one. */
	name: string;
	/** n8n's type of its credential, and what is entered there. */
	type: string;
	data: object;
	/** What to tell: the credential in the words of its form, then where to see what has arrived. */
	told: string[];
	stop(): Promise<void>;
}

/** What the printer shows to a webhook; it is no server. */
export const PRINTER = {
	name: 'Sandbox Printer',
	type: 'httpHeaderAuth',
	data: { name: 'X-Printer-Key', value: 'sandbox-printer-key' },
	told: ['Header Auth: Name X-Printer-Key, Value sandbox-printer-key'],
	stop: async () => {},
} satisfies OutsideServer;

/**
 * Starts an SFTP server, a mail server and a database, each if this machine can.
 * @param say gets a line for each arrival, and for each server that is missing
 */
export async function startOutside(say: Say, words = WORDS.en): Promise<OutsideServer[]> {
	const servers: OutsideServer[] = [PRINTER];
	const starts = [
		['Sandbox SFTP', startSftp],
		['Sandbox Mail', startMail],
		['Sandbox Postgres', startDatabase],
	] as const;
	for (const [name, start] of starts) {
		try {
			servers.push({ name, ...(await start(say, words)) });
		} catch (error) {
			const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
			say(words.leftOut(name, why ?? ''));
		}
	}
	return servers;
}

async function startSftp(say: Say, words: Words): Promise<Omit<OutsideServer, 'name'>> {
	const { credential, folder, keyFile, stop } = await startSftpServer();
	const endWatch = watchArrivals(folder, (file, bytes) => say(words.file(file, bytes)));
	const { host, port, username } = credential;
	return {
		type: 'sftp',
		data: credential,
		told: [
			`Host ${host}, Port ${port}, Username ${username}, Private Key: ${words.keyFile(keyFile)}`,
			words.files(folder),
		],
		stop: async () => {
			endWatch();
			await stop();
		},
	};
}

async function startMail(say: Say, words: Words): Promise<Omit<OutsideServer, 'name'>> {
	const folder = await mkdtemp(path.join(tmpdir(), 'mails-'));
	let count = 0;
	const { credential, stop } = await startSmtpServer(async (mail, raw) => {
		const file = path.join(folder, `${++count}.eml`);
		await writeFile(file, raw);
		for (const line of described(mail, file, words)) say(line);
	});
	return {
		type: 'smtp',
		data: credential,
		told: [
			`Host ${credential.host}, Port ${credential.port}, ${words.noLogin}`,
			words.mails(folder),
		],
		stop: async () => {
			await stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** A mail for the terminal, its text included: who rehearses wants to read what the printer reads. */
function described(
	{ to, subject, attachments, text }: Email,
	file: string,
	words: Words,
): string[] {
	const addresses = (to ?? []).map(({ address }) => address).join(', ');
	const files = attachments.map(({ filename }) => filename).join(', ');
	const lines = (text ?? '').trimEnd().split('\n');
	return [
		words.mail(addresses, subject ?? '', files, file),
		...lines.map((line) => `    ${line}`.trimEnd()),
	];
}

async function startDatabase(_say: Say, words: Words): Promise<Omit<OutsideServer, 'name'>> {
	const { port, user, name, stop } = await startPostgres();
	return {
		type: 'postgres',
		data: { host: '127.0.0.1', port, database: name, user, password: '', ssl: 'disable' },
		told: [
			`Host 127.0.0.1, Port ${port}, Database ${name}, User ${user}, ${words.noPassword}, SSL Disable`,
			`${words.look} psql -h 127.0.0.1 -p ${port} -U ${user} ${name}`,
		],
		stop,
	};
}
