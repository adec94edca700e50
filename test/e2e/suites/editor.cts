import type { Editor } from '../editor.cts';
import { CELL } from '../matrix.cts';
import type { Lab } from '../n8nLab.cts';
import { chain, download, manualTrigger } from '../workflow.cts';

/** In memory, n8n sends the files themselves to the browser: of 41 MB, the editor shows nothing within two minutes. */
const CODES_A_SEGMENT = CELL.filesInMemory ? 10_000 : 50_000;

/** A workflow built by hand, as the first-time user does it. */
export function editorSuite(lab: () => Lab): void {
	let editor: Editor;

	beforeAll(async () => {
		editor = await lab().editor();
	});

	it('adds the node by search, takes credential and application id, and shows the files', async () => {
		const { sandbox, credential } = lab();
		const { applicationId } = sandbox.addApplication({
			codeCount: 2 * CODES_A_SEGMENT,
			segmentSize: CODES_A_SEGMENT,
		});
		await editor.newWorkflow();
		await editor.addNode('Manual Trigger');
		await editor.addNode('Marketcode Download');
		await editor.chooseCredential(credential.name);
		await editor.typeApplication(applicationId);
		await editor.keepScreenshot('node-parameters');
		await editor.executeNode();
		const panel = editor.outputPanel();
		await panel.getByText('2 items').first().waitFor();
		await editor.showBinary();
		await panel
			.getByText(`marketcode_${applicationId}_0-${CODES_A_SEGMENT - 1}.txt`)
			.first()
			.waitFor();
		await editor.keepScreenshot('output-panel');
		await editor.closeNode();
		await editor.nodeSucceeded('Marketcode Download');
		await editor.keepScreenshot('canvas-after-run');
	});

	it('shows the reason where the application does not exist', async () => {
		await editor.openNode('Marketcode Download');
		await editor.typeApplication('404');
		await editor.executeNode();
		await editor.outputPanel().getByText('errcode 80300').first().waitFor();
		await editor.keepScreenshot('output-panel-error');
	});

	it('has an icon for a light canvas and another for a dark one', async () => {
		const { client, credential } = lab();
		const workflow = chain('Icons', [manualTrigger(), download('1', credential)]);
		const { id } = await client.createWorkflow(workflow);
		const darkEditor = await lab().darkEditor();
		for (const [themed, icon] of [
			[editor, 'marketcode.svg'],
			[darkEditor, 'marketcode.dark.svg'],
		] as const) {
			await themed.openWorkflow(id);
			await themed.node('Marketcode Download').locator(`img[src$="/${icon}"]`).waitFor();
		}
		await darkEditor.keepScreenshot('canvas-dark');
		await darkEditor.close();
	});
}
