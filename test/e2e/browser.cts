import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Git-ignored; CI keeps it as an artefact. */
const SCREENSHOTS = path.join(__dirname, '..', '..', 'output', 'screenshots');

const CANDIDATES = [
	process.env['CHROMIUM_PATH'],
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const HOW_TO_INSTALL =
	'The browser tests need Chromium or Chrome, and none was found. Debian, Ubuntu: ' +
	'"sudo apt-get install chromium"; macOS: "brew install --cask chromium"; elsewhere set ' +
	'CHROMIUM_PATH to its executable.';

/**
 * Starts the system's Chromium without a window and without its own traffic to the outside.
 * @throws Error that says how to install it when there is none
 */
export async function launchBrowser(): Promise<Browser> {
	const executablePath = CANDIDATES.find((file) => file !== undefined && existsSync(file));
	if (executablePath === undefined) throw new Error(HOW_TO_INSTALL);
	return await chromium.launch({
		executablePath,
		args: [
			// Chromium refuses its own sandbox to root, which is whom a CI container runs as.
			...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

/** Keeps what the page shows as `<name>.png`. */
export async function screenshot(page: Page, name: string): Promise<void> {
	await mkdir(SCREENSHOTS, { recursive: true });
	await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
}
