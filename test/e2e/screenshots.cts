import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildIfNeeded } from '../demo/build.cts';
import type { Editor } from './editor.cts';
import { openLab, PROJECT, sandboxCredential, type Lab } from './n8nLab.cts';
import { provideApplications, readTemplate, withCredentials, type Language } from './templates.cts';

const IMAGES = path.join(PROJECT, 'docs', 'images');
/** A guide with many pictures still opens fast. */
const LARGEST_BYTES = 150_000;
/** In a narrower window n8n cuts off the head of the output panel. */
const SIZE = { width: 1400, height: 875 };
/** Nobody waits for pictures: a slow machine makes them, too. */
const TIMEOUT_MS = 120_000;
const NODE = 'Marketcode Download';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * Only Linux may come without one.
 * @throws Error that says what to install, as the browser would draw boxes instead of Chinese
 */
async function demandChineseFont(): Promise<void> {
	if (process.platform !== 'linux') return;
	const { stdout } = await promisify(execFile)('fc-list', [':lang=zh']).catch(() => ({
		stdout: '',
	}));
	if (stdout.trim() === '')
		throw new Error(
			'The pictures show Chinese, and no font for it was found. Debian, Ubuntu: ' +
				'"sudo apt-get install fontconfig fonts-noto-cjk".',
		);
}

/**
 * Keeps what the editor shows as `docs/images/<name>.png`, once nothing moves and no message covers it.
 * @throws Error for a picture with an empty button, and for one that is too large
 */
async function take({ page }: Editor, name: string): Promise<void> {
	const messages = page.locator('.el-notification');
	for (const close of await messages.locator('.el-notification__closeBtn').all())
		await close.click();
	await messages.first().waitFor({ state: 'detached' });
	// What n8n says when it has been slow to answer.
	await page.getByText('Offline', { exact: true }).waitFor({ state: 'detached' });
	const empty = page.locator('button:visible:not(:has(svg, img))').filter({ hasNotText: /\S/ });
	if ((await empty.count()) > 0)
		throw new Error(`${name}: a button is empty: ${await empty.first().innerHTML()}`);
	// Else the picture would depend on where the mouse was left.
	await page.mouse.move(SIZE.width / 2, 8);
	const file = path.join(IMAGES, `${name}.png`);
	await page.screenshot({ path: file, animations: 'disabled' });
	const { size } = await stat(file);
	if (size > LARGEST_BYTES) throw new Error(`${name}.png has ${size} bytes`);
	say(`docs/images/${name}.png  ${Math.round(size / 1_000)} kB`);
}

/** The template that a user imports first, with its note, after a run. */
async function takeCanvas(lab: Lab, editor: Editor, name: string, language: Language) {
	const template = await readTemplate('download.json', language);
	provideApplications(lab.sandbox, [template]);
	const ready = withCredentials(template, [lab.credential]);
	const { id } = await lab.client.createWorkflow(ready);
	await editor.openWorkflow(id);
	await editor.executeWorkflow();
	await editor.nodeSucceeded(NODE);
	await take(editor, name);
}

/** What the canvas's node shows when it is opened: parameters and files, then the proof. */
async function takePanels(editor: Editor) {
	await editor.openNode(NODE);
	await editor.showBinary();
	await take(editor, 'output-panel');
	await editor.viewBinary('picture');
	const picture = editor.outputPanel().locator('img[src*="binary-data"]');
	await picture.waitFor();
	await picture.evaluate('(picture) => picture.decode()');
	await take(editor, 'proof-panel');
	await editor.closeNode();
}

async function takeNodePanel(editor: Editor) {
	await editor.newWorkflow();
	await editor.openNodePanel();
	await editor.searchNode('qr code');
	await editor.nodeOffered(NODE).waitFor();
	await take(editor, 'node-panel');
}

async function takeCredential(lab: Lab, editor: Editor) {
	await editor.fillCredential(sandboxCredential(lab.sandbox));
	await editor.saveCredential();
	await take(editor, 'credential');
}

async function takeAll(lab: Lab, editor: Editor) {
	editor.page.setDefaultTimeout(TIMEOUT_MS);
	await editor.page.setViewportSize(SIZE);
	try {
		await takeCanvas(lab, editor, 'canvas.zh-CN', 'zh-CN');
		await takeCanvas(lab, editor, 'canvas', 'en');
		await takePanels(editor);
		await takeCredential(lab, editor);
		await takeNodePanel(editor);
	} catch (error) {
		await editor.keepScreenshot('screenshots-failed');
		throw error;
	}
}

async function main(): Promise<void> {
	await demandChineseFont();
	await buildIfNeeded(PROJECT);
	const lab = await openLab({ progress: say });
	try {
		await takeAll(lab, await lab.editor());
	} finally {
		await lab.close();
	}
}

main().catch((error: unknown) => {
	process.exitCode = 1;
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
});
