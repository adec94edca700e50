import axios from 'axios';
import type { INodeParameters } from 'n8n-workflow';
import { startPostgres, type Database } from '../../queue/services.cts';
import { Client } from '../../sandbox/client.cts';
import { ACTIVITY, ACTIVITY_PARAMETERS } from '../../sandbox/activity.cts';
import { outputOf, type Execution, type SavedWorkflow, type WorkflowData } from '../client.cts';
import { storeCredential, type Lab } from '../n8nLab.cts';
import { useOwnSandbox } from '../ownSandbox.cts';
import { startSftpServer, type SftpServer } from '../sftpServer.cts';
import { startSmtpServer, type SmtpServer } from '../smtpServer.cts';
import { nodeOf, readTemplate, withCredentials, withParameters } from '../templates.cts';
import { until } from '../../until.cts';
import { TRIGGER } from '../workflow.cts';

const NIGHT = 'Every Night';
const READY = 'When Codes Are Ready';
const ORDER = 'order-2026-101';
const CODES = 10_000;
/** Five rolls: 0–1999, 2000–3999, 4000–5999, 6000–7999, 8000–9999. */
const CODES_A_ROLL = 2_000;
/** In the midst of a roll that nobody has reported, where a search by STEP from its first code looks. */
const BY_HAND = 6_800;
const STEP = 200;
/** The last of a range of the first roll's waste. */
const SPOILED = 25;
const KEY = { name: 'X-Printer-Key', value: 'sandbox-printer-key' };

/** Each once a minute, one after the other: the trigger asks every 5 seconds. */
const EVERY_5_SECONDS = {
	item: Array.from({ length: 12 }, (_, n) => ({
		mode: 'custom',
		cronExpression: `${n * 5} * * * * *`,
	})),
};

const EVERY_SO_MANY =
	'of inactive codes, only every so many were looked at (Step in "Look at WeChat")';

type Range = readonly [first: number, last: number];

/**
 * From the order to the mail about it: what is in the ledger, held to what WeChat has.
 * @param kind which of the two templates
 */
export function ledgerSuite(lab: () => Lab, kind: 'data-table' | 'postgres'): void {
	const own = useOwnSandbox(lab);
	let sftp: SftpServer;
	let smtp: SmtpServer;
	let database: Database | undefined;
	let saved: SavedWorkflow;
	let webhookUrl: string;

	beforeAll(async () => {
		const { client, n8n } = lab();
		sftp = await startSftpServer();
		smtp = await startSmtpServer();
		const credentials = [
			own().credential,
			await storeCredential(client, 'Printer', sftp.credential, 'sftp'),
			await storeCredential(client, 'Mail', smtp.credential, 'smtp'),
			await storeCredential(client, 'Printer key', KEY, 'httpHeaderAuth'),
		];
		if (kind === 'postgres') {
			database = await startPostgres();
			const { port, user, name } = database;
			const data = { host: '127.0.0.1', port, database: name, user, password: '', ssl: 'disable' };
			credentials.push(await storeCredential(client, 'Ledger', data, 'postgres'));
		}
		let template = withOwnTables(await readTemplate(`ledger-${kind}.json`));
		const set = (name: string, parameters: INodeParameters) => {
			template = withParameters(template, name, parameters);
		};
		set('Order', assignments({ isv_application_id: ORDER, code_count: CODES }));
		set(READY, { pollTimes: EVERY_5_SECONDS });
		set('Download Rolls', { codesPerFile: CODES_A_ROLL });
		set('Activate the Roll', ACTIVITY_PARAMETERS);
		webhookUrl = `${n8n.url}/webhook/${String(nodeOf(template, 'Report from the Printer').parameters['path'])}`;
		saved = await client.createWorkflow(withCredentials(template, credentials));
	});

	afterAll(async () => {
		await smtp?.stop();
		await sftp?.stop();
		await database?.stop();
		// Last: it fails where n8n is gone.
		if (saved !== undefined) await lab().client.deactivateWorkflow(saved.id);
	});

	const applicationId = (): string => {
		const [application, ...others] = own().sandbox.applications;
		if (application === undefined || others.length > 0) throw new Error('not one application');
		return application.applicationId;
	};

	const change = async (name: string, parameters: INodeParameters) => {
		const { nodes } = withParameters(saved, name, parameters);
		saved = await lab().client.updateWorkflow(saved.id, nodes);
	};

	const run = async (trigger: string): Promise<Execution> => {
		const execution = await lab().client.run(saved.id, trigger, 220_000);
		expect([trigger, execution.data.resultData.error]).toEqual([trigger, undefined]);
		return execution;
	};

	/** What WeChat has, asked code by code, without n8n: the active ranges, in order. */
	const activeAtWechat = async (): Promise<Range[]> => {
		const client = new Client(own().sandbox);
		const token = await client.token();
		const ranges: Range[] = [];
		for (let code_index = 0; code_index < CODES; code_index++) {
			const body = { application_id: applicationId(), code_index };
			const { json } = await client.call('codeactivequery', body, token);
			if (json['errcode'] === 80304) continue;
			const last = Number(json['code_end']);
			ranges.push([code_index, last]);
			code_index = last;
		}
		return ranges;
	};

	const activateByHand = async (index: number) => {
		const range = { code_start: index, code_end: index };
		const body = {
			application_id: applicationId(),
			...ACTIVITY,
			activity_name: 'By hand',
			...range,
		};
		const { json } = await new Client(own().sandbox).call('codeactive', body);
		expect(json['errcode']).toBe(0);
	};

	const post = async (body: unknown, key: string | undefined = KEY.value) =>
		await axios.post(webhookUrl, body, {
			validateStatus: () => true,
			headers: key === undefined ? {} : { [KEY.name]: key },
		});

	const report = async (what: object) => await post({ application_id: applicationId(), ...what });

	/** What the night finds of the only order, and the mail about it. */
	const night = async () => {
		const mailsBefore = smtp.mails.length;
		const execution = await run(NIGHT);
		expect(smtp.mails).toHaveLength(mailsBefore + 1);
		const { orders } = outputOf(execution, 'Reconcile')[0]?.json ?? {};
		const [order, ...others] = Array.isArray(orders) ? orders : [];
		expect(others).toEqual([]);
		const mail = smtp.mails.at(-1);
		return { execution, order, subject: mail?.subject, html: mail?.html ?? '' };
	};

	it('notes the order and its delivery once, though both come twice', async () => {
		const { client } = lab();
		const ordered = await run(TRIGGER);
		await run(TRIGGER);
		await client.activateWorkflow(saved);
		const delivered = await until('the delivery', async () => {
			const all = await client.listExecutions(saved.id);
			return all.find(({ mode }) => mode === 'trigger');
		});
		const first = await client.waitForExecution(delivered.id);
		expect(first.data.resultData.error).toBeUndefined();
		const again = await run(READY);

		const { order, subject, html, execution } = await night();
		expect(order).toMatchObject({
			application_id: applicationId(),
			isv_application_id: ORDER,
			ordered: 10_000,
			generated: 10_000,
			downloaded: 10_000,
			delivered: 10_000,
			active: 0,
			spoiled: 0,
			not_active: 10_000,
			alarms: [],
		});
		expect(subject).toBe('Marketcode ledger: all is right');
		expect(order.rolls).toHaveLength(5);

		const links = linksIn(html);
		const page = (id: string) => `${lab().n8n.url}/workflow/${saved.id}/executions/${id}`;
		expect(links.slice(0, 7)).toEqual([
			[page(ordered.id), 10_000],
			[page(again.id), 10_000],
			...[10_000, 10_000, 0, 0, 10_000].map((number) => [page(execution.id), number]),
		]);
		expect(links.slice(7, 9)).toEqual([
			[page(again.id), 2_000],
			[page(again.id), 2_000],
		]);
	}, 240_000);

	it('refuses a report that can not be right, and writes and activates nothing', async () => {
		const refused = async (body: object | string, status: number, why: RegExp) => {
			const answer = await post(body);
			expect([body, answer.status]).toEqual([body, status]);
			expect(answer.data.error).toMatch(why);
		};
		const application_id = applicationId();
		const good = { application_id, roll: 1, waste: 'none' };
		expect((await post(good, 'wrong')).status).toBe(403);
		await refused({}, 400, /application_id/);
		await refused({ ...good, waste: undefined }, 400, /"none" if there is none/);
		await refused({ ...good, waste: '' }, 400, /indexes and ranges/);
		await refused({ ...good, waste: '17 20' }, 400, /indexes and ranges/);
		await refused({ ...good, waste: '1,007' }, 400, /indexes and ranges/);
		await refused({ ...good, waste: '25-20' }, 400, /25-20 is reversed/);
		await refused({ ...good, waste: '1990-2000' }, 400, /1990-2000 is not in this roll.* 0-1999/);
		await refused({ ...good, application_id: Number(application_id) }, 400, /a text/);
		await refused({ ...good, application_id: '1' }, 404, /No such roll/);
		await refused({ ...good, roll: 6 }, 404, /No such roll/);
		await refused({ ...good, file_name: 'other.txt' }, 404, /No such roll/);
		expect(own().sandbox.count('codeactive')).toBe(0);
		const { order } = await night();
		expect(order).toMatchObject({ active: 0, spoiled: 0, alarms: [], notes: [EVERY_SO_MANY] });
	}, 240_000);

	it('activates exactly what was printed, once', async () => {
		const first = await report({ roll: 1, waste: '20-25, 17, 21-22' });
		expect(first).toMatchObject({
			status: 200,
			data: { roll: 1, waste: '17, 20-25', spoiled: 7, active: 1_993, reports: 1 },
		});
		const spoiledRoll = await report({ file_name: fileName(2), waste: 'all' });
		expect(spoiledRoll).toMatchObject({ status: 200, data: { spoiled: 2_000, active: 0 } });
		own().sandbox.inject({ call: 'codeactive', kind: 'errcode', errcode: 45009 });
		const notYet = await report({ roll: 3, waste: 'none' });
		expect(notYet.status).toBe(502);
		expect(notYet.data.error).toMatch(/again later/);
		const [failed] = await lab().client.listExecutions(saved.id);
		expect(failed?.mode).toBe('webhook');
		// The printer has its answer before the execution has come to its end.
		const ended = await lab().client.waitForExecution(failed?.id ?? '');
		expect(ended.status).toBe('error');
		own().sandbox.clearFaults();
		const third = await report({ roll: 3, waste: 'none' });
		expect(third).toMatchObject({ status: 200, data: { spoiled: 0, active: 2_000, reports: 1 } });

		const calls = own().sandbox.count('codeactive');
		const again = await report({ roll: 1, waste: '17, 20-25' });
		expect(again).toMatchObject({ status: 200, data: { active: 1_993, reports: 2 } });
		const other = await report({ roll: 3, waste: '4000' });
		expect(other.status).toBe(409);
		expect(other.data.error).toMatch(/reported before, with other waste/);
		expect(own().sandbox.count('codeactive')).toBe(calls);
		expect(await activeAtWechat()).toEqual([
			[0, 16],
			[18, 19],
			[26, 1_999],
			[4_000, 5_999],
		]);
	}, 240_000);

	it('adds up, with a code that was activated by hand', async () => {
		await activateByHand(BY_HAND);
		// The template's Step of 1,000 would not see a single code there.
		await change('Look at WeChat', { step: STEP });
		const { order, subject, html } = await night();
		const active = await activeAtWechat();
		expect(sizeOf(active)).toBe(3_994);
		expect(order).toMatchObject({
			ordered: 10_000,
			generated: 10_000,
			downloaded: 10_000,
			delivered: 10_000,
			active: sizeOf(active),
			spoiled: 2_007,
			spoiled_not_active: 2_007,
			not_active: 3_999,
			not_known: 0,
			alarms: [`active, but not reported as printed: 1 (${BY_HAND})`],
			notes: ['roll 1 was reported 2 times: make sure that it was printed once', EVERY_SO_MANY],
		});
		expect(order.rolls).toMatchObject([
			{ roll: 1, delivered: 2_000, active: 1_993, spoiled: 7, not_active: 0 },
			{ roll: 2, delivered: 2_000, active: 0, spoiled: 2_000, not_active: 0 },
			{ roll: 3, delivered: 2_000, active: 2_000, spoiled: 0, not_active: 0 },
			{ roll: 4, delivered: 2_000, active: 1, spoiled: 0, not_active: 1_999 },
			{ roll: 5, delivered: 2_000, active: 0, spoiled: 0, not_active: 2_000 },
		]);
		expect(subject).toBe('Marketcode ledger: 1 alarm');
		expect(html).toContain('3994 active + 2007 spoiled and not active + 3999 not active');
		expect(html).toContain('= 10000<');
		// Behind the number of active codes of the first roll: the execution that activated them.
		const [href = ''] = linksIn(html).find(([, number]) => number === 1_993) ?? [];
		const activation = await lab().client.readExecution(href.split('/').at(-1) ?? '');
		expect(outputOf(activation, 'Activate the Roll').map(({ json }) => json)).toMatchObject([
			{ code_start: 0, code_end: 16, activated: true, already_active: false },
			{ code_start: 18, code_end: 19, activated: true, already_active: false },
			{ code_start: 26, code_end: 1_999, activated: true, already_active: false },
		]);
		for (const [page] of linksIn(html)) {
			const { workflowId } = await lab().client.readExecution(page.split('/').at(-1) ?? '');
			expect([page, workflowId]).toEqual([page, saved.id]);
		}
	}, 240_000);

	it('sounds the alarm for waste that is active, and for rolls that wait too long', async () => {
		await activateByHand(SPOILED);
		const settings = { alarm_days: 0, n8n_url: 'https://n8n.example.com' };
		await change('Settings', assignments(settings));
		const { order, subject, html } = await night();
		expect(order).toMatchObject({
			active: 3_995,
			spoiled: 2_007,
			spoiled_not_active: 2_006,
			not_active: 3_999,
			alarms: [
				`spoiled, but active: 1 (${SPOILED})`,
				`active, but not reported as printed: 1 (${BY_HAND})`,
				'delivered 0 days ago or longer, neither active nor reported: 3999 (6000-6799, 6801-9999)',
			],
		});
		expect(subject).toBe('Marketcode ledger: 3 alarms');
		expect(html).toContain('3995 active + 2006 spoiled and not active + 3999 not active');
		expect(html).toContain(`href="https://n8n.example.com/workflow/${saved.id}/executions/`);

		own().sandbox.inject({ call: 'codeactivequery', kind: 'errcode', errcode: 45009 });
		const blind = await night();
		expect(blind.order).toMatchObject({ delivered: 10_000, active: 0, not_known: 10_000 });
		own().sandbox.clearFaults();
	}, 240_000);

	it('takes one of two contradicting reports that come at once', async () => {
		const answers = await Promise.all([
			report({ roll: 5, waste: '9000' }),
			report({ roll: 5, waste: '9001' }),
		]);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
		const taken = answers.findIndex(({ status }) => status === 200);
		const waste = [9_000, 9_001][taken] ?? 0;
		expect((await activeAtWechat()).slice(-2)).toEqual([
			[8_000, waste - 1],
			[waste + 1, 9_999],
		]);
		const { order } = await night();
		expect(order).toMatchObject({ spoiled: 2_008, active: 3_995 + 1_999, not_active: 1_999 });
	}, 240_000);

	const fileName = (roll: number) =>
		`${ORDER}_roll_${roll}_${String((roll - 1) * CODES_A_ROLL).padStart(4, '0')}-${roll * CODES_A_ROLL - 1}.txt`;
}

/** Other tests run the templates in the same n8n, whose Data Tables are there for all of its workflows. */
const withOwnTables = (workflow: WorkflowData): WorkflowData =>
	JSON.parse(JSON.stringify(workflow).replaceAll(/"marketcode_(orders|rolls)"/g, '"ledger_$1"'));

/** Where a mail's numbers lead to, in the order of the mail. */
const linksIn = (html: string): Array<[href: string, number: number]> =>
	[...html.matchAll(/<a href="([^"]*)">(\d+)<\/a>/g)].map(([, href = '', number]) => [
		href,
		Number(number),
	]);

const sizeOf = (ranges: readonly Range[]) =>
	ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** Parameters of the Set node. */
const assignments = (values: Record<string, string | number>) => ({
	assignments: {
		assignments: Object.entries(values).map(([name, value]) => ({
			id: name,
			name,
			value,
			type: typeof value,
		})),
	},
});
