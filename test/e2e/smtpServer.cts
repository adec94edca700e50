import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface SmtpServer {
	/** What a user enters into n8n's SMTP credential. */
	credential: { host: string; port: number; secure: boolean; disableStartTls: boolean };
	/** What has arrived, oldest first. */
	mails: readonly Email[];
	stop(): Promise<void>;
}

/**
 * Starts a mail server on loopback that takes every mail and delivers none.
 * @param onMail told of each one: what it says, and the mail as it came
 */
export async function startSmtpServer(
	onMail: (mail: Email, raw: Buffer) => void | Promise<void> = () => {},
): Promise<SmtpServer> {
	const mails: Email[] = [];
	const server = new SMTPServer({
		disabledCommands: ['AUTH', 'STARTTLS'],
		onData: (stream, _session, done) => {
			buffer(stream)
				.then(async (raw) => {
					const mail = await PostalMime.parse(raw);
					mails.push(mail);
					await onMail(mail, raw);
					done();
				})
				.catch(done);
		},
	});
	server.listen(0, '127.0.0.1');
	await once(server.server, 'listening');
	const address = server.server.address();
	if (address === null || typeof address === 'string') throw new Error('the server has no port');
	return {
		credential: { host: '127.0.0.1', port: address.port, secure: false, disableStartTls: true },
		mails,
		stop: () => new Promise((resolve) => server.close(resolve)),
	};
}
