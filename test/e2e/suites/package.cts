import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, type Lab } from '../n8nLab.cts';
import { PACKAGE } from '../workflow.cts';

/** That n8n takes our package for what it is. */
export function packageSuite(lab: () => Lab): void {
	const manifest = async () =>
		JSON.parse(await readFile(path.join(PROJECT, 'package.json'), 'utf8'));

	const ours = async () =>
		(await lab().client.nodeTypes()).filter(({ name }) => name.startsWith(`${PACKAGE}.`));

	it('loads every node of the package, each with its variant for AI agents', async () => {
		const { n8n } = await manifest();
		const names = n8n.nodes.map((file: string) => path.basename(file, '.node.js'));
		const loaded = (await ours()).map(({ name }) => name.slice(PACKAGE.length + 1).toLowerCase());
		const tools = names.filter((name: string) => !name.endsWith('Trigger'));
		const expected = [...names, ...tools.map((name: string) => `${name}Tool`)];
		expect(loaded.sort()).toEqual(expected.map((name) => name.toLowerCase()).sort());
	});

	it('lists the package under Settings → Community nodes', async () => {
		const { version, n8n } = await manifest();
		const packages = await lab().client.communityPackages();
		expect(packages).toMatchObject([{ packageName: PACKAGE, installedVersion: version }]);
		expect(packages[0]?.failedLoading).not.toBe(true);
		expect(packages[0]?.installedNodes).toHaveLength(n8n.nodes.length);
		const editor = await lab().editor();
		await editor.visit('/settings/community-nodes');
		await editor.page.getByText(PACKAGE, { exact: true }).waitFor();
		await editor.keepScreenshot('community-nodes');
	});

	it('serves an icon for light and another for dark', async () => {
		for (const { name, iconUrl } of await ours()) {
			if (typeof iconUrl !== 'object') throw new Error(`${name} has no icon for light and dark`);
			const light = await lab().client.file(iconUrl.light);
			const dark = await lab().client.file(iconUrl.dark);
			for (const icon of [light, dark]) {
				expect(icon).toMatchObject({ status: 200, type: expect.stringContaining('image/svg+xml') });
				expect(icon.body).toContain('<svg');
			}
			expect(light.body).not.toBe(dark.body);
		}
	});
}
