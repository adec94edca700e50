import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
	decodePackage,
	decryptPackage,
	packageKeyBytes,
} from '../../nodes/shared/codePackage/decrypt';
import { findRows } from '../../nodes/shared/codePackage/rows';
import { verifyRows } from '../../nodes/shared/codePackage/verify';

const FOLDER = join(__dirname, 'fixtures');
const read = (name: string) => readFileSync(join(FOLDER, name));
const key = packageKeyBytes(read('package-key.txt').toString());
const open = (name: string) =>
	decryptPackage(decodePackage(read(`${name}.b64`).toString('latin1')), key);

const names = readdirSync(FOLDER)
	.filter((file) => file.endsWith('.b64'))
	.map((file) => file.slice(0, -'.b64'.length));

describe('packages that the openssl command line encrypted', () => {
	it('are all there', () => {
		expect(names.sort()).toEqual([
			'byte-order-mark',
			'comma-lf',
			'ends-in-line-feeds',
			'full-padding',
			'index-from-application',
			'index-from-segment',
			'no-final-line-feed',
			'other-order',
			'tab-crlf',
			'tab-lf',
			'wrapped-base64',
		]);
	});

	it.each(names)('%s is decrypted byte for byte', (name) => {
		expect(open(name).equals(read(`${name}.txt`))).toBe(true);
	});

	it.each([
		['tab-lf', { start: 0, end: 19 }, undefined],
		['tab-crlf', { start: 0, end: 19 }, undefined],
		['comma-lf', { start: 0, end: 19 }, undefined],
		['no-final-line-feed', { start: 0, end: 19 }, undefined],
		['other-order', { start: 0, end: 19 }, undefined],
		['byte-order-mark', { start: 0, end: 19 }, undefined],
		['wrapped-base64', { start: 0, end: 19 }, undefined],
		['full-padding', { start: 0, end: 7 }, undefined],
		['index-from-application', { start: 20, end: 39 }, 'application'],
		['index-from-segment', { start: 20, end: 39 }, 'segment'],
	] as const)('%s passes verification', (name, bounds, indexesFrom) => {
		const rows = findRows(open(name));
		expect(verifyRows(rows, bounds)).toEqual({ indexesFrom, problems: [] });
	});

	it('hold the traps that they are named after', () => {
		const full = open('full-padding');
		expect(full.length % 16).toBe(0);
		expect(decodePackage(read('full-padding.b64').toString()).length).toBe(full.length + 16);
		// Taken for padding, these ten line feeds (0x0a) would be removed.
		expect(open('ends-in-line-feeds').subarray(-10)).toEqual(Buffer.alloc(10, '\n'));
		expect(read('wrapped-base64.b64').toString()).toMatch(/\n/);
		expect(read('tab-lf.b64').toString()).not.toMatch(/\s/);
	});
});
