import type { SavedWorkflow, WorkflowData } from '../client.cts';
import { isThere } from '../matrix.cts';
import { storeCredential, type Lab } from '../n8nLab.cts';
import { startOutside, type OutsideServer } from '../outside.cts';
import { useOwnSandbox } from '../ownSandbox.cts';
import {
	provideApplications,
	readTemplate,
	readTemplates,
	templateFile,
	templateNames,
	withCredentials,
} from '../templates.cts';
import { until } from '../../until.cts';
import { PACKAGE, TRIGGER } from '../workflow.cts';

const MANUAL_TRIGGER = 'n8n-nodes-base.manualTrigger';
const DATA_TABLE = 'n8n-nodes-base.dataTable';
const BY_HAND = [MANUAL_TRIGGER, 'n8n-nodes-base.scheduleTrigger', `${PACKAGE}.marketcodeTrigger`];

const runsHere = ({ nodes }: WorkflowData) =>
	isThere('creates data tables') || !nodes.some(({ type }) => type === DATA_TABLE);

/** The templates that users import: n8n takes each, and those that are started by hand run. */
export function templatesSuite(lab: () => Lab): void {
	const own = useOwnSandbox(lab);

	const said: string[] = [];
	let outside: OutsideServer[] = [];

	beforeAll(async () => {
		outside = await startOutside((line) => said.push(line));
	});
	beforeEach(() => own().sandbox.reset());
	afterAll(async () => {
		for (const { stop } of outside) await stop();
	});

	it('all load, and run to their end by hand in what npm run n8n starts', async () => {
		const { client } = lab();
		const { sandbox, credential } = own();
		expect(said).toEqual([]);
		const credentials = [credential];
		for (const { name, type, data } of outside)
			credentials.push(await storeCredential(client, name, data, type));
		const templates = (await readTemplates()).filter(runsHere);
		expect(templates).not.toEqual([]);
		provideApplications(sandbox, templates);
		const ran: string[] = [];
		const runByHand = async ({ id, name, nodes }: SavedWorkflow) => {
			// By their place on the canvas: what is ordered comes before what waits for it.
			const triggers = nodes.filter(({ type }) => BY_HAND.includes(type));
			for (const trigger of triggers.sort((a, b) => a.position[1] - b.position[1])) {
				const { data } = await client.run(id, trigger.name);
				ran.push(`${name}: ${trigger.name}`);
				expect([ran.at(-1), data.resultData.error]).toEqual([ran.at(-1), undefined]);
			}
		};
		for (const template of templates)
			await runByHand(await client.createWorkflow(withCredentials(template, credentials)));
		expect(ran.length).toBeGreaterThanOrEqual(templates.length);
		await until('the mails have been shown', () =>
			said.some((line) => line.startsWith('Mail to ')),
		);
		await until('the files have been shown', () =>
			said.some((line) => line.includes('manifest.json')),
		);
	}, 300_000);

	it.each(['en', 'zh-CN'] as const)(
		'are imported as the guides say: %s',
		async (language) => {
			const editor = await lab().editor();
			for (const file of await templateNames(language)) {
				const { nodes } = await readTemplate(file, language);
				await editor.newWorkflow();
				await editor.importWorkflow(templateFile(file, language));
				for (const { name, type } of nodes)
					if (type !== 'n8n-nodes-base.stickyNote') await editor.node(name).waitFor();
				await editor.keepScreenshot(`import-${language}-${file}`);
			}
		},
		600_000,
	);

	it('order codes from the canvas, as the note says, with nothing else set up', async () => {
		const template = await readTemplate('order-to-printer.json');
		const ready = withCredentials(template, [own().credential]);
		const { id } = await lab().client.createWorkflow(ready);
		const editor = await lab().editor();
		await editor.openWorkflow(id);
		const trigger = editor.node('When Codes Are Ready');
		await trigger.locator('img[src$="/marketcode.svg"]').waitFor();
		await editor.executeFrom(TRIGGER);
		await editor.nodeSucceeded('Apply for Codes');
		await editor.keepScreenshot('order-to-printer');
		const orders = own().sandbox.applications.map((it) => it.isvApplicationId);
		expect(orders).toContain('order-2026-001');

		await editor.openNode('When Codes Are Ready');
		await editor.parameter('isvApplicationIds').waitFor();
		await editor.keepScreenshot('trigger-parameters');
		await editor.closeNode();
	});
}
