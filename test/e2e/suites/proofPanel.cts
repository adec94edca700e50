import type { Lab } from '../n8nLab.cts';
import { CELL } from '../matrix.cts';
import { chain, download, manualTrigger, noOp } from '../workflow.cts';

const NODE = 'Marketcode Download';

/** What goes with the files, as the editor shows it. */
export function proofPanelSuite(lab: () => Lab): void {
	it('shows the proof sheet in the output panel, and keeps passwords to their own output', async () => {
		const { client, sandbox, credential } = lab();
		const { applicationId } = sandbox.addApplication({ codeCount: 10_000 });
		const rolls = download(applicationId, credential, {
			output: 'urlList',
			files: 'perCount',
			codesPerFile: 5_000,
			options: { archive: 'zipPassword', manifest: true, proofCodes: 12 },
		});
		const steps = [manualTrigger(), rolls];
		const flow = chain('Proof', steps, [noOp('To the Printer'), noOp('By Another Way')]);
		const { id } = await client.createWorkflow(flow);
		const editor = await lab().editor();
		await editor.openWorkflow(id);
		expect(await editor.outputNames(NODE)).toEqual(['Files', 'Passwords']);
		await editor.openNode(NODE);
		await editor.executeNode();
		const panel = editor.outputPanel();
		await panel.getByText('Files Branch (4 items)').waitFor();
		await panel.getByText('Passwords Branch (2 items)').waitFor();
		await editor.showBinary();
		await editor.viewBinary('picture');
		const source = CELL.filesInMemory ? 'src^="data:image/"' : 'src*="binary-data"';
		const picture = panel.locator(`img[${source}]`);
		await picture.waitFor();
		// Rejects what the browser can't show.
		await picture.evaluate('(picture) => picture.decode()');
		await editor.keepScreenshot('proof-panel');
		await editor.closeNode();
	});
}
