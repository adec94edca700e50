import { selectors, type Browser, type Locator, type Page } from 'playwright-core';
import { screenshot } from './browser.cts';
import type { Owner } from './client.cts';

const VIEWPORT = { width: 1440, height: 900 };
/** n8n's editor on a busy machine with two cores. */
const TIMEOUT_MS = 60_000;

selectors.setTestIdAttribute('data-test-id');

/** n8n's editor in a browser: what a user does, under the names that the user sees. */
export class Editor {
	private constructor(
		readonly page: Page,
		private readonly url: string,
	) {}

	/** Opens a window of its own and signs in. */
	static async open(
		browser: Browser,
		url: string,
		owner: Owner,
		colorScheme: 'light' | 'dark',
	): Promise<Editor> {
		const page = await browser.newPage({ viewport: VIEWPORT, colorScheme });
		page.setDefaultTimeout(TIMEOUT_MS);
		const editor = new Editor(page, url);
		// n8n 1 doesn't save by itself, and the browser asks whether to leave what isn't saved.
		page.on('dialog', (dialog) => void dialog.accept());
		// n8n's node panel asks npm's registry about community packages; here nothing goes outside.
		await page.route(
			({ hostname }) => hostname !== '127.0.0.1',
			(route) => route.abort(),
		);
		await page.goto(`${url}/signin`);
		await page.locator('input[name=emailOrLdapLoginId]').fill(owner.email);
		await page.locator('input[name=password]').fill(owner.password);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.waitForURL(/\/home/);
		return editor;
	}

	async close(): Promise<void> {
		await this.page.close();
	}

	async visit(path: string): Promise<void> {
		await this.page.goto(this.url + path);
	}

	async keepScreenshot(name: string): Promise<void> {
		await screenshot(this.page, name);
	}

	/** A parameter's field, of a node or of a credential, by the parameter's internal name. */
	parameter(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`);
	}

	async choose(parameter: string, option: string): Promise<void> {
		await this.parameter(parameter).click();
		await this.page.getByRole('option', { name: option }).click();
	}

	async type(parameter: string, text: string): Promise<void> {
		await this.parameter(parameter).locator('input').fill(text);
	}

	// Credentials

	async newCredential(type: string): Promise<void> {
		await this.visit('/home/credentials/create');
		await this.page.getByTestId('new-credential-type-select').locator('input').fill(type);
		// n8n 1 keeps those in the list that what is typed leaves out, and hides them.
		const options = this.page.getByTestId('new-credential-type-select-option');
		await options.filter({ visible: true }).first().click();
		await this.page.getByTestId('new-credential-type-button').click();
		await this.parameter('authentication').waitFor();
	}

	/** Internal names of the fields that the credential dialog shows, from top to bottom. */
	async credentialFields(): Promise<string[]> {
		const fields = this.page
			.getByTestId('credential-connection-parameter')
			.locator('[data-test-id^=parameter-input-]');
		const ids = await fields.evaluateAll((all) => all.map((it) => it.getAttribute('data-test-id')));
		return ids
			.map((id) => id?.replace('parameter-input-', '') ?? '')
			.filter((id) => id !== 'field');
	}

	/** Enters what reaches the sandbox into a new credential of ours. */
	async fillCredential(data: Record<string, string>): Promise<void> {
		await this.newCredential('WeChat Marketcode API');
		await this.choose('host', 'Custom');
		for (const field of ['appId', 'appSecret', 'packageKey', 'customBaseUrl'])
			await this.type(field, data[field] ?? '');
	}

	/** Saves, which makes n8n test, and gives what the dialog then says. */
	async saveCredential(): Promise<string> {
		await this.page.getByTestId('credential-save-button').click();
		const success = this.page.getByText('Connection tested successfully');
		const more = this.page.getByText('More details');
		await success.or(more).first().waitFor();
		if (await success.isVisible()) return (await success.innerText()).trim();
		await more.click();
		return await this.page.getByTestId('node-credentials-config-container').innerText();
	}

	// Workflows

	async newWorkflow(): Promise<void> {
		await this.visit('/workflow/new');
		await this.page.getByTestId('canvas-plus-button').first().waitFor();
	}

	/** ⋯ → Import → From file, into the open workflow. */
	async importWorkflow(file: string): Promise<void> {
		await this.page.getByTestId('workflow-menu').click();
		const fromFile = this.page.getByRole('menuitem', { name: 'From file' });
		const submenu = this.page.getByRole('menuitem', { name: /^Import(?! from)/ });
		await fromFile.or(submenu).waitFor();
		// n8n 1 has it in the menu itself.
		if (await submenu.isVisible()) await submenu.hover();
		const chooser = this.page.waitForEvent('filechooser');
		await fromFile.click();
		await (await chooser).setFiles(file);
	}

	async openWorkflow(id: string): Promise<void> {
		await this.visit(`/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	/** Adds a node as one does who knows its name: plus, type, pick. */
	async addNode(displayName: string): Promise<void> {
		const nodes = this.page.getByTestId('canvas-node');
		const added = nodes.nth(await nodes.count());
		await this.openNodePanel();
		await this.searchNode(displayName);
		await this.nodeOffered(displayName).click();
		// The panel first tells about a node that a community package brought.
		const add = this.page.getByRole('button', { name: 'Add to workflow' });
		await add.or(added).first().waitFor();
		if (await add.isVisible()) await add.click();
		await added.waitFor();
	}

	async openNodePanel(): Promise<void> {
		const first = this.page.getByTestId('canvas-plus-button').first();
		const more = this.page.getByTestId('node-creator-plus-button');
		await first.or(more).first().click();
	}

	/** Types into the search of the open node panel. */
	async searchNode(words: string): Promise<void> {
		await this.page.getByTestId('node-creator-search-bar').fill(words);
	}

	/** A node in the list of the open node panel. */
	nodeOffered(displayName: string): Locator {
		return this.page
			.getByTestId('item-iterator-item')
			.filter({ has: this.page.getByText(displayName, { exact: true }) })
			.first();
	}

	/** Chooses a stored credential in the open node. */
	async chooseCredential(name: string): Promise<void> {
		await this.page.getByTestId('node-credentials-select').click();
		await this.page.getByRole('option', { name }).first().click();
	}

	/** Types the id of the application into the open node. */
	async typeApplication(id: string): Promise<void> {
		await this.page.getByTestId('rlc-input').fill(id);
	}

	/** Shows the files of the open node's output instead of its fields. */
	async showBinary(): Promise<void> {
		await this.outputPanel().getByTestId('radio-button-binary').click();
	}

	/** Presses View at the file in this field, of the first item that has it. */
	async viewBinary(field: string): Promise<void> {
		const file = this.outputPanel().locator('[data-test-id^=ndv-binary-data_]');
		await file
			.filter({ has: this.page.getByText(field, { exact: true }) })
			.first()
			.getByTestId('ndv-view-binary-data')
			.click();
	}

	/** What a node's outputs are called on the canvas, from top to bottom. */
	async outputNames(node: string): Promise<string[]> {
		return await this.node(node).getByTestId('canvas-node-output-handle').allInnerTexts();
	}

	/** Waits until the canvas marks a node as run. */
	async nodeSucceeded(name: string): Promise<void> {
		await this.node(name).getByTestId('canvas-node-status-success').waitFor();
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`);
	}

	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		await this.page.getByTestId('ndv').waitFor();
	}

	async closeNode(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.page.getByTestId('ndv').waitFor({ state: 'hidden' });
	}

	/** Runs the open node and what comes before it; the output panel shows when it has ended. */
	async executeNode(): Promise<void> {
		await this.page.getByTestId('node-execute-button').click();
	}

	async executeWorkflow(): Promise<void> {
		await this.page.getByTestId('execute-workflow-button').click();
	}

	/** Presses the button beside a trigger, where a workflow has several. */
	async executeFrom(trigger: string): Promise<void> {
		await this.node(trigger).hover();
		await this.page.getByTestId(`execute-workflow-button-${trigger}`).click();
	}

	async stopExecution(): Promise<void> {
		await this.page.getByTestId('stop-execution-button').click();
	}

	outputPanel(): Locator {
		return this.page.getByTestId('output-panel');
	}
}
