import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const E2E = join(__dirname, '../e2e');
const runs = readFileSync(join(E2E, 'n8n.e2e.cts'), 'utf8');
const files = readdirSync(join(E2E, 'suites'));

// They share one n8n, so that no runner finds them by itself.
describe('the suites in the whole n8n', () => {
	it('are found', () => {
		expect(files.length).toBeGreaterThan(9);
	});

	it.each(files)('%s is run by n8n.e2e.cts', (file) => {
		const text = readFileSync(join(E2E, 'suites', file), 'utf8');
		const [, suite] = /^export function (\w+Suite)\(/m.exec(text) ?? [];
		expect(suite).toBeDefined();
		expect(runs).toContain(`import { ${suite} } from './suites/${file}';`);
		expect(runs).toMatch(new RegExp(`=> ${suite}\\(lab\\b`));
	});
});
