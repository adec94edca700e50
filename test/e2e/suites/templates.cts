import path from 'node:path';
import { startSandbox } from '../../sandbox/sandbox.cts';
import { PROJECT, sandboxCredential, storeCredential, type Lab } from '../lab.cts';
import { provideApplications, readTemplates, withCredential } from '../templates.cts';

const MANUAL_TRIGGER = 'n8n-nodes-base.manualTrigger';

/** The templates that users import: n8n takes each, and those that are started by hand run. */
export function templatesSuite(lab: () => Lab): void {
	it('all load and run', async () => {
		const { client } = lab();
		const templates = await readTemplates(path.join(PROJECT, 'docs', 'workflows'));
		expect(templates).not.toEqual([]);
		const sandbox = await startSandbox();
		try {
			provideApplications(sandbox, templates);
			const data = sandboxCredential(sandbox);
			const credential = await storeCredential(client, 'Templates', data);
			for (const template of templates) {
				const { id } = await client.createWorkflow(withCredential(template, credential));
				const trigger = template.nodes.find(({ type }) => type === MANUAL_TRIGGER);
				if (trigger === undefined) continue;
				const { status } = await client.run(id, trigger.name);
				expect([template.name, status]).toEqual([template.name, 'success']);
			}
		} finally {
			await sandbox.stop();
		}
	});
}
