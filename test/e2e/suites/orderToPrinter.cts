import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Email } from 'postal-mime';
import type { Application } from '../../sandbox/sandbox.cts';
import { checkedSums, unpacked } from '../archive.cts';
import { outputOf, type Execution, type SavedWorkflow } from '../client.cts';
import { urlList } from '../expected.cts';
import { storeCredential, type Lab } from '../n8nLab.cts';
import { useOwnSandbox } from '../ownSandbox.cts';
import { startSftpServer, type SftpServer } from '../sftpServer.cts';
import { startSmtpServer, type SmtpServer } from '../smtpServer.cts';
import { readTemplate, withCredentials, withParameters } from '../templates.cts';
import { until } from '../../until.cts';
import { TRIGGER as MANUAL } from '../workflow.cts';

const TRIGGER = 'When Codes Are Ready';
const ORDERS = ['order-2026-001', 'order-2026-002', 'order-2026-003'] as const;
const CODES_A_ROLL = 20_000;
const PRINTER = 'printer@example.com';
const QUALITY = 'quality@example.com';

/** n8n refuses a schedule of less than a minute, but takes any number of schedules. */
const EVERY_5_SECONDS = {
	item: Array.from({ length: 12 }, (_, n) => ({
		mode: 'custom',
		cronExpression: `${n * 5} * * * * *`,
	})),
};

const finish = (application: Application) => void (application.finishAt = Date.now());

/** From the order to what the printer has in hand, through an SFTP and a mail server. */
export function orderToPrinterSuite(lab: () => Lab): void {
	const own = useOwnSandbox(lab);
	const [first, second, never] = ORDERS;
	let sftp: SftpServer;
	let smtp: SmtpServer;
	let saved: SavedWorkflow;

	beforeAll(async () => {
		const { client } = lab();
		sftp = await startSftpServer();
		smtp = await startSmtpServer();
		const template = await readTemplate('order-to-printer.json');
		const often = withParameters(template, TRIGGER, { pollTimes: EVERY_5_SECONDS });
		const credentials = [
			own().credential,
			await storeCredential(client, 'Printer', sftp.credential, 'sftp'),
			await storeCredential(client, 'Mail', smtp.credential, 'smtp'),
		];
		saved = await client.createWorkflow(withCredentials(often, credentials));
	});

	afterAll(async () => {
		await smtp?.stop();
		await sftp?.stop();
		// Last: it fails where n8n is gone.
		if (saved !== undefined) await lab().client.deactivateWorkflow(saved.id);
	});

	const order = (isvApplicationId: string): Application => {
		const { applications } = own().sandbox;
		const application = applications.find((it) => it.isvApplicationId === isvApplicationId);
		if (application === undefined) throw new Error(`${isvApplicationId} was not ordered`);
		return application;
	};

	/** How many times the trigger has asked for an order that it lists. */
	const timesAsked = (isv_application_id: string) =>
		own().sandbox.requests.filter(
			({ call, body, endedAt }) =>
				call === 'applycodequery' &&
				body['isv_application_id'] === isv_application_id &&
				endedAt !== undefined,
		).length;

	const pollsAgain = async (isvApplicationId: string, times = 1) => {
		const asked = timesAsked(isvApplicationId);
		const enough = () => timesAsked(isvApplicationId) >= asked + times;
		await until(`${times} more polls for ${isvApplicationId}`, enough);
	};

	/** Ids of the executions that the trigger has started, oldest first. */
	const triggered = async (): Promise<string[]> => {
		const executions = await lab().client.listExecutions(saved.id);
		const ids = executions.filter(({ mode }) => mode === 'trigger').map(({ id }) => id);
		return ids.reverse();
	};

	/** Waits for the trigger's execution of this number, from 0, and for its success. */
	const execution = async (number: number): Promise<Execution> => {
		const id = await until(`execution ${number}`, async () => (await triggered())[number]);
		const ended = await lab().client.waitForExecution(id);
		expect(ended.data.resultData.error).toBeUndefined();
		return ended;
	};

	const mailsTo = (address: string): Email[] =>
		smtp.mails.filter(({ to }) => to?.some((it) => it.address === address));

	/** Password of each ZIP file that the last mail to the other address lists. */
	const mailedPasswords = (): Map<string, string> => {
		const lines = (mailsTo(QUALITY).at(-1)?.text ?? '').trim().split('\n');
		return new Map(
			lines.map((line) => {
				const at = line.lastIndexOf(': ');
				return [line.slice(0, at), line.slice(at + 2)];
			}),
		);
	};

	/** The printer has the order's rolls and nothing else, can check and open them, and got one letter. */
	const expectDelivered = async ({ applicationId, isvApplicationId, codeCount }: Application) => {
		const folder = path.join(sftp.folder, 'incoming', isvApplicationId);
		const names = (await readdir(folder)).sort();
		const archives = names.filter((name) => name.endsWith('.zip'));
		expect(archives).toHaveLength(Math.ceil(codeCount / CODES_A_ROLL));
		expect(names).toEqual([...archives, 'SHA256SUMS', 'manifest.json'].sort());
		expect((await checkedSums(folder)).sort()).toEqual([...archives, 'manifest.json'].sort());

		const passwords = mailedPasswords();
		expect([...passwords.keys()]).toEqual(archives);
		expect(new Set(passwords.values()).size).toBe(archives.length);
		const letters = JSON.stringify(mailsTo(PRINTER));
		for (const [n, name] of archives.entries()) {
			const password = passwords.get(name) ?? '';
			const start = n * CODES_A_ROLL;
			const end = Math.min(start + CODES_A_ROLL, codeCount) - 1;
			const roll = await unpacked(path.join(folder, name), password);
			expect(roll.equals(urlList(own().sandbox, applicationId, start, end))).toBe(true);
			expect(letters).not.toContain(password);
		}
		const [first = ''] = archives;
		await expect(unpacked(path.join(folder, first), 'wrong')).rejects.toThrow(/Wrong password/);

		const arrivedAt = async (name: string) => (await stat(path.join(folder, name))).mtimeMs;
		const others = names.filter((name) => name !== 'manifest.json');
		const latest = Math.max(...(await Promise.all(others.map(arrivedAt))));
		expect(await arrivedAt('manifest.json')).toBeGreaterThanOrEqual(latest);
		const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
		expect(manifest).toMatchObject({
			application_id: applicationId,
			isv_application_id: isvApplicationId,
			totals: { files: archives.length, code_count: codeCount },
		});
		const letter = mailsTo(PRINTER).at(-1);
		expect(letter?.subject).toBe(`Codes of ${isvApplicationId} are ready`);
		expect(letter?.text).toContain(`incoming/${isvApplicationId}`);
		expect(letter?.text).toContain("don't trim");
	};

	it('orders, waits until the codes are ready, and delivers them to the printer', async () => {
		const { client } = lab();
		own().sandbox.setGenerationTime(Infinity);
		const ordered = await client.run(saved.id, MANUAL);
		expect(ordered.data.resultData.error).toBeUndefined();
		const application = order(first);
		expect(outputOf(ordered, 'Apply for Codes').map(({ json }) => json)).toMatchObject([
			{ application_id: application.applicationId, already_existed: false },
		]);

		await client.activateWorkflow(saved);
		await pollsAgain(first);
		expect(await triggered()).toEqual([]);

		finish(application);
		await execution(0);
		expect(smtp.mails).toHaveLength(2);
		await expectDelivered(application);
	}, 240_000);

	it('delivers each order once, though the list was edited and n8n restarted', async () => {
		const { client, n8n } = lab();
		// The one that is never finished keeps the trigger asking, which shows that it has polled.
		for (const isvApplicationId of [second, never])
			own().sandbox.addApplication({
				isvApplicationId,
				codeCount: 10_000,
				finishAfterMs: Infinity,
			});
		const longer = withParameters(saved, TRIGGER, { isvApplicationIds: ORDERS.join('\n') });
		saved = await client.updateWorkflow(saved.id, longer.nodes);
		await client.activateWorkflow(saved);
		await pollsAgain(never);
		await n8n.restart();
		await pollsAgain(never, 2);
		expect(await triggered()).toHaveLength(1);

		finish(order(second));
		const delivery = await execution(1);
		expect(outputOf(delivery, TRIGGER).map(({ json }) => json)).toMatchObject([
			{ isv_application_id: second, status: 'FINISH' },
		]);
		await expectDelivered(order(second));
		await pollsAgain(never, 2);
		expect(await triggered()).toHaveLength(2);
		expect(mailsTo(PRINTER)).toHaveLength(2);
		expect(mailsTo(QUALITY)).toHaveLength(2);
	}, 240_000);
}
