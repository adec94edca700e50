import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './n8n.cts';

const run = promisify(execFile);

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'];

export interface SftpServer {
	/** What a user enters into n8n's SFTP credential. */
	credential: { host: string; port: number; username: string; privateKey: string };
	/** Absolute path of an empty folder: where a login begins, so what a path without a slash in front is in. */
	folder: string;
	/** Absolute path of the file with the private key. */
	keyFile: string;
	stop(): Promise<void>;
}

async function isListening(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	const listening = await once(socket, 'connect').then(
		() => true,
		() => false,
	);
	socket.destroy();
	return listening;
}

/**
 * Starts the system's OpenSSH server on loopback, for this user alone, with keys of its own.
 * @throws Error that says how to install it when there is none
 */
export async function startSftpServer(): Promise<SftpServer> {
	const sshd = SSHD.find((file) => existsSync(file));
	if (sshd === undefined)
		throw new Error('No OpenSSH server. Debian, Ubuntu: "sudo apt-get install openssh-server".');
	// Started by root, sshd insists on this folder, which else its service makes.
	if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });

	const home = await mkdtemp(path.join(tmpdir(), 'sftp-'));
	const inHome = (name: string) => path.join(home, name);
	const folder = inHome('uploads');
	await mkdir(folder);
	for (const key of ['host_key', 'user_key'])
		await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', inHome(key)]);
	await copyFile(inHome('user_key.pub'), inHome('authorized_keys'));
	const port = await freePort();
	const config = [
		`Port ${port}`,
		'ListenAddress 127.0.0.1',
		`HostKey ${inHome('host_key')}`,
		`AuthorizedKeysFile ${inHome('authorized_keys')}`,
		'PidFile none',
		'StrictModes no',
		'UsePAM no',
		'PasswordAuthentication no',
		`Subsystem sftp internal-sftp -d ${folder}`,
	];
	await writeFile(inHome('sshd_config'), config.join('\n') + '\n');

	const child = spawn(sshd, ['-D', '-e', '-f', inHome('sshd_config')], { stdio: 'pipe' });
	// From the start: a Ctrl-C ends it, too, before anyone calls stop.
	const gone = once(child, 'exit');
	const said: string[] = [];
	child.stderr.on('data', (chunk) => said.push(String(chunk)));
	while (!(await isListening(port))) {
		if (child.exitCode !== null) throw new Error(`sshd ended:\n${said.join('')}`);
		await sleep(50);
	}
	return {
		credential: {
			host: '127.0.0.1',
			port,
			username: userInfo().username,
			privateKey: await readFile(inHome('user_key'), 'utf8'),
		},
		folder,
		keyFile: inHome('user_key'),
		stop: async () => {
			child.kill();
			await gone;
			await rm(home, { recursive: true, force: true });
		},
	};
}
