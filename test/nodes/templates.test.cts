import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import type { RunOptions, RunResult, WorkflowJson } from '../engine/engine.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activateAll } from './activity.cts';
import { useLab } from './lab.cts';
import { standIns, type Outside } from './standIns.cts';
import { unzipped } from './unzipped.cts';
import { filesOf } from './world.cts';

const FOLDER = resolve(__dirname, '../../docs/workflows');
const lab = useLab();

let outside: Outside;
beforeEach(() => {
	outside = { uploads: [], mails: [], responses: [], waits: [] };
});

const read = (file: string): WorkflowJson => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));

const chosen = () => ({
	credentials: { wechatMarketcodeApi: { id: lab.credentialId, name: 'WeChat Marketcode account' } },
	nodeTypes: standIns(outside),
});

async function run(workflow: WorkflowJson, options: RunOptions = {}): Promise<RunResult> {
	const result = await lab.world.engine.run(workflow, { ...chosen(), ...options });
	if (result.error) throw new Error(`The workflow failed: ${JSON.stringify(result.error)}`);
	return result;
}

const urlsOf = (application: Application, start: number, end: number) =>
	lab.rows(application, start, end).map(({ url }) => url);

const linesOf = (file: Buffer | undefined) => file?.toString().split('\n').slice(0, -1);

describe.each(readdirSync(FOLDER).filter((file) => file.endsWith('.json')))('%s', (file) => {
	const { name, nodes, connections, settings } = read(file);

	it('is as n8n exports it: named, with nodes of their own name and place', () => {
		expect(name).toMatch(/^Marketcode: /);
		expect(settings).toMatchObject({ executionOrder: 'v1' });
		for (const key of ['id', 'name', 'position'] as const) {
			const values = nodes.map((node) => JSON.stringify(node[key]));
			expect(new Set(values).size).toBe(nodes.length);
		}
		const named = new Set(nodes.map((node) => node.name));
		for (const [source, { main = [] }] of Object.entries(connections)) {
			const targets = main.flatMap((outputs) => outputs ?? []).map(({ node }) => node);
			for (const node of [source, ...targets]) expect(named).toContain(node);
		}
	});

	it('explains itself, and carries no credential', () => {
		const notes = nodes.filter(({ type }) => type.endsWith('.stickyNote'));
		expect(notes.length).toBeGreaterThan(0);
		for (const { parameters } of notes) expect(String(parameters.content)).toMatch(/^## .+\n\n/);
		// n8n runs no workflow with a credential that can't be found; without one, the user is asked for it.
		for (const node of nodes) expect(node).not.toHaveProperty('credentials');
	});
});

describe('order-to-printer.json', () => {
	const workflow = read('order-to-printer.json');
	const trigger = 'When Codes Are Ready';

	const uploaded = async (name: string) => {
		const wanted = outside.uploads.filter(({ path }) => path.endsWith(`/${name}`));
		return (
			await Promise.all(wanted.map(({ item, field }) => filesOf(lab.world, [item], field)))
		).flat();
	};

	const withoutArchive = ({ parameters }: WorkflowJson['nodes'][number]) => {
		const { archive, ...options } = Object(parameters.options);
		expect(archive).toBe('zipPassword');
		return { ...parameters, options };
	};

	/** Of a ZIP file, as the last mail tells it. */
	const passwordOf = (name: string): string => {
		const lines = String(outside.mails.at(-1)?.text).split('\n');
		const line = lines.find((it) => it.startsWith(`${name}: `));
		if (line === undefined) throw new Error(`No password of ${name}`);
		return line.slice(name.length + 2);
	};

	it('orders, waits for the codes, delivers rolls by SFTP, and tells two people', async () => {
		lab.sandbox.setGenerationTime(3_600_000);
		const ordered = await run(workflow, { startNode: 'When clicking ‘Execute workflow’' });
		const [application] = lab.sandbox.applications;
		if (!application) throw new Error('Nothing was ordered');
		expect(application).toMatchObject({ codeCount: 150_000, isvApplicationId: 'order-2026-001' });
		expect(ordered.output('Apply for Codes')).toMatchObject([{ json: { already_existed: false } }]);

		const staticData = {};
		const poller = lab.world.engine.startPolling(workflow, { ...chosen(), staticData });
		expect(await poller.poll()).toBeNull();
		lab.sandbox.advanceTime(3_600);
		const [input = []] = (await poller.poll()) ?? [];
		const delivered = await run(workflow, {
			startNode: trigger,
			mode: 'trigger',
			input,
			staticData,
		});
		expect(await poller.poll()).toBeNull();

		const { applicationId } = application;
		const rolls = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => {
			const index = (code: number) => String(code).padStart(6, '0');
			const end = Math.min(n * 20_000, 150_000) - 1;
			return `order-2026-001_roll_${n}_${index((n - 1) * 20_000)}-${index(end)}.txt.zip`;
		});
		expect(outside.uploads.map(({ path }) => path)).toEqual(
			[...rolls, 'SHA256SUMS', 'manifest.json'].map((name) => `incoming/order-2026-001/${name}`),
		);
		const [manifest] = await uploaded('manifest.json');
		expect(JSON.parse(String(manifest))).toMatchObject({
			application_id: applicationId,
			totals: { files: 8, code_count: 150_000 },
		});
		for (const [n, name] of rolls.entries()) {
			const [archive = Buffer.alloc(0)] = await uploaded(name);
			const text = await unzipped(archive, passwordOf(name));
			const start = n * 20_000;
			const end = Math.min(start + 20_000, 150_000) - 1;
			expect(linesOf(text)).toEqual(urlsOf(application, start, end));
		}
		const [letter, secrets] = outside.mails;
		expect(outside.mails).toHaveLength(2);
		expect(letter).toMatchObject({
			to: 'printer@example.com',
			subject: 'Codes of order-2026-001 are ready',
			text: expect.stringMatching(
				/^Hello,\n\n[^\n]+\n[^\n]+\n\n[^\n]+\n[^\n]+ incoming\/order-2026-001\n\nORDER\n/,
			),
		});
		const [told] = delivered.output('Keep the Manifest').map(({ json }) => Object(json.letter));
		const [place = ''] = /[^\n]+\n[^\n]+incoming[^\n]+\n\n/.exec(String(letter?.text)) ?? [];
		expect(String(letter?.text).replace(place, '')).toBe(told.en);
		expect(secrets).toMatchObject({ to: 'quality@example.com' });
		for (const name of rolls) expect(letter?.text).not.toContain(passwordOf(name));
	});

	it('orders once, however often it is run', async () => {
		const options = { startNode: 'When clicking ‘Execute workflow’' };
		await run(workflow, options);
		const again = await run(workflow, options);
		expect(again.output('Apply for Codes')).toMatchObject([{ json: { already_existed: true } }]);
		expect(lab.sandbox.applications).toHaveLength(1);
	});

	it('does not speak of passwords where there are none', async () => {
		const { applicationId } = lab.application({ codeCount: 20_000 });
		const nodes = workflow.nodes.map((node) =>
			node.name === 'Download Rolls' ? { ...node, parameters: withoutArchive(node) } : node,
		);
		const input = [{ json: { application_id: applicationId } }];
		await run({ ...workflow, nodes }, { startNode: trigger, mode: 'trigger', input });
		expect(outside.mails).toHaveLength(1);
		expect(outside.mails[0]?.text).toContain('WHERE THE FILES ARE');
		expect(outside.mails[0]?.text).not.toMatch(/password/i);
	});

	it('has a trigger that tells, before there is an order, what is missing', async () => {
		const poller = lab.world.engine.startPolling(workflow, chosen());
		await expect(poller.poll()).rejects.toThrow(
			'Application with the external ID order-2026-001: There is no such application',
		);
	});
});

describe('nightly-download.json', () => {
	const workflow = read('nightly-download.json');
	const startNode = 'At Night';
	const add = (applicationId: string, finishAfterMs = 0) =>
		lab.application({ applicationId, codeCount: 1_000, finishAfterMs });

	const idsOf = (items: INodeExecutionData[]) => items.map(({ json }) => json.application_id);

	it('downloads what is finished, and loops through Wait for what is not', async () => {
		const [first, second] = [add('700000001'), add('700000002', Infinity)];
		add('700000003');
		const progress: string[] = [];
		const result = await run(workflow, {
			startNode,
			onProgress: ({ nodeName, status }) => {
				if (nodeName === 'Wait' && status === 'running') progress.push(nodeName);
				if (progress.length === 2) second.finishAt = 0;
			},
		});
		const stored = result.output('Your Storage');
		expect(idsOf(stored)).toEqual(['700000001', '700000003', '700000002']);
		const files = await filesOf(lab.world, stored);
		expect(linesOf(files[0])).toEqual(urlsOf(first, 0, 999));
		expect(linesOf(files[2])).toEqual(urlsOf(second, 0, 999));
		expect(outside.waits.map(idsOf)).toEqual([['700000002'], ['700000002']]);
		expect(result.output('Report an Error')).toEqual([]);
		expect(result.output('Still Not Finished')).toEqual([]);
	});

	it('gives an application up after 12 waits', async () => {
		add('700000001', Infinity);
		add('700000002');
		add('700000003');
		const result = await run(workflow, { startNode });
		expect(outside.waits).toHaveLength(12);
		expect(idsOf(result.output('Still Not Finished'))).toEqual(['700000001']);
		expect(idsOf(result.output('Your Storage'))).toEqual(['700000002', '700000003']);
	});

	it('reports the one that fails, and downloads the others', async () => {
		add('700000001');
		add('700000003');
		const result = await run(workflow, { startNode });
		expect(result.output('Report an Error').map(({ json }) => json)).toMatchObject([
			{
				application_id: '700000002',
				error: 'Application 700000002: There is no such application (errcode 80300)',
				message: expect.stringContaining('Check the application ID'),
			},
		]);
		expect(idsOf(result.output('Your Storage'))).toEqual(['700000001', '700000003']);
	});
});

describe('scan-webhook.json', () => {
	const workflow = read('scan-webhook.json');
	const scan = async (body: object) => {
		const input = [{ json: { headers: {}, body: { ...body } } }];
		await run(workflow, { startNode: 'Scan', mode: 'trigger', input });
		return outside.responses.at(-1);
	};
	const ticket = (applicationId: string) => ({
		openid: 'user-1',
		code_ticket: lab.sandbox.issueTicket('user-1', applicationId, 7),
	});

	it('answers what was scanned', async () => {
		const { applicationId } = lab.application();
		await activateAll(lab, applicationId);
		const { activity_name, product_brand, product_title, product_code } = ACTIVITY;
		expect(await scan(ticket(applicationId))).toEqual({
			status: 200,
			body: {
				code: lab.sandbox.code(applicationId, 7).code,
				application_id: applicationId,
				activity_name,
				product_brand,
				product_title,
				product_code,
			},
		});
	});

	it.each([
		['a ticket that is invented', { code_ticket: 'invented' }, 400],
		['no ticket', { code_ticket: undefined }, 400],
		['no user', { openid: '' }, 400],
		["another user's ticket", { openid: 'user-2' }, 400],
		['a code that is not active', {}, 400],
	])('refuses %s without telling more', async (_what, change, status) => {
		const { applicationId } = lab.application();
		expect(await scan({ ...ticket(applicationId), ...change })).toEqual({
			status,
			body: { error: 'The code can not be read. Please scan it again.' },
		});
	});

	it('says that it is not the fault of the scan, if WeChat does not answer it', async () => {
		const { applicationId } = lab.application();
		lab.sandbox.inject({ call: 'tickettocode', kind: 'errcode', errcode: 48001 });
		expect(await scan(ticket(applicationId))).toMatchObject({ status: 502 });
	});
});
