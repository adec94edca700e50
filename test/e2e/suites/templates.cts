import type { Lab } from '../lab.cts';
import { useOwnSandbox } from '../ownSandbox.cts';
import {
	provideApplications,
	readTemplate,
	readTemplates,
	withCredentials,
} from '../templates.cts';
import { TRIGGER } from '../workflow.cts';

const MANUAL_TRIGGER = 'n8n-nodes-base.manualTrigger';

/** The templates that users import: n8n takes each, and those that are started by hand run. */
export function templatesSuite(lab: () => Lab): void {
	const own = useOwnSandbox(lab);

	beforeEach(() => own().sandbox.reset());

	it('all load, and run by hand before any credential but ours is chosen', async () => {
		const { client } = lab();
		const { sandbox, credential } = own();
		const templates = await readTemplates();
		expect(templates).not.toEqual([]);
		provideApplications(sandbox, templates);
		for (const template of templates) {
			const { id } = await client.createWorkflow(withCredentials(template, [credential]));
			const trigger = template.nodes.find(({ type }) => type === MANUAL_TRIGGER);
			if (trigger === undefined) continue;
			const { data } = await client.run(id, trigger.name);
			expect([template.name, data.resultData.error]).toEqual([template.name, undefined]);
		}
	});

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
