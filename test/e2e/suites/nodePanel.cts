import { SEARCH_WORDS } from '../../engine/searchWords.cts';
import type { Editor } from '../editor.cts';
import { whereN8n } from '../matrix.cts';
import type { Lab } from '../n8nLab.cts';

/** That who looks for us in the editor finds us, and can tell which node to take. */
export function nodePanelSuite(lab: () => Lab): void {
	let editor: Editor;

	beforeAll(async () => {
		editor = await lab().editor();
		await editor.newWorkflow();
		// Behind a trigger the panel offers all nodes.
		await editor.addNode('Manual Trigger');
		await editor.openNodePanel();
	});

	it.each(SEARCH_WORDS)('finds the nodes by "%s"', async (words) => {
		await editor.searchNode('no node has such a name');
		await editor.nodeOffered('Marketcode Download').waitFor({ state: 'detached' });
		await editor.searchNode(words);
		await editor.nodeOffered('Marketcode Download').waitFor();
		// n8n offers the node and its trigger as one.
		await editor.nodeOffered('WeChat Marketcode').waitFor();
	});

	whereN8n('describes nodes in its panel', 'which node to take', () => {
		it('tells below each name which one to take', async () => {
			await editor.searchNode('一物一码');
			await editor.nodeOffered('WeChat Marketcode').waitFor();
			await editor.keepScreenshot('node-panel');
			await editor.nodeOffered('Marketcode Download').getByText('WeChat Marketcode').waitFor();
			await editor.nodeOffered('WeChat Marketcode').getByText('Marketcode Download').waitFor();
		});
	});

	it('lists what WeChat Marketcode does, its trigger too', async () => {
		await editor.nodeOffered('WeChat Marketcode').click();
		await editor.page.getByText('Apply for codes').waitFor();
		// Behind a trigger n8n folds the triggers up.
		await editor.page.getByText('Triggers (1)').click();
		await editor.page.getByText('On application finished').waitFor();
		await editor.keepScreenshot('node-panel-actions');
	});
}
