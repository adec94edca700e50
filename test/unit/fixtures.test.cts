import { readdirSync } from 'node:fs';
import { Base64Decoder } from '../../nodes/shared/codePackage/base64';
import { bytesOf, FIXTURE_FOLDER, FORMS, keyOfFixtures, segmentOf } from './fixtures.cts';
import { fileOf, readSegment, through } from './reading.cts';

const key = keyOfFixtures();
const open = (name: string) => {
	const base64 = bytesOf(`${name}.b64`);
	return readSegment([base64], { segment: segmentOf(name), key, verify: 'warn' });
};
const encryptedBytes = (name: string) =>
	through(new Base64Decoder(), [bytesOf(`${name}.b64`)]).length;

describe('packages that the openssl command line encrypted', () => {
	it('are all there', () => {
		const names = readdirSync(FIXTURE_FOLDER)
			.filter((file) => file.endsWith('.b64'))
			.map((file) => file.slice(0, -'.b64'.length));
		expect(names.sort()).toEqual(Object.keys(FORMS).sort());
	});

	it.each(Object.keys(FORMS))('%s is decrypted byte for byte', (name) => {
		expect(fileOf(open(name)).equals(bytesOf(`${name}.txt`))).toBe(true);
	});

	it.each(Object.entries(FORMS))('%s passes verification', (name, form) => {
		const { findings, count, latticeWidth } = open(name);
		expect(findings).toEqual({ indexesFrom: form.indexesFrom, problems: [] });
		expect([count, latticeWidth]).toEqual([form.codes, form.latticeWidth]);
	});

	it('hold the traps that they are named after', () => {
		const text = (name: string) => bytesOf(`${name}.txt`).toString('latin1');
		const full = fileOf(open('full-padding'));
		expect(full.length % 16).toBe(0);
		expect(encryptedBytes('full-padding')).toBe(full.length + 16);
		// Taken for padding, these ten line feeds (0x0a) would be removed.
		expect(fileOf(open('ends-in-line-feeds')).subarray(-10)).toEqual(Buffer.alloc(10, '\n'));
		expect(bytesOf('wrapped-base64.b64').toString()).toMatch(/\n/);
		expect(bytesOf('tab-lf.b64').toString()).not.toMatch(/\s/);
		for (const name of ['guide', 'spaces']) {
			expect(text(name)).toMatch(/^([01]{361}[\t ][^\n]*\n){20}$/);
		}
		expect(text('narrow')).toMatch(/^([01]{16}\t[^\n]*\n){20}$/);
		expect(text('wide')).toMatch(/^([01]{400}\t[^\n]*\n){20}$/);
		expect(text('several-spaces')).not.toMatch(/\t/);
		expect(text('several-spaces')).toMatch(/^[01]{68} {4}[^ \n]{9} {4}\d+ {4}.{27} \n/m);
		expect(text('comma-in-codes')).toMatch(/^([01]{68},.,..,\d{4},\d+,.{28}\n){20}$/);
		expect(text('space-in-codes')).toMatch(/^([01]{68}\t. .. \d{4}\t\d+\t.{28}\n){20}$/);
		const lengths = text('short-codes')
			.split('\n')
			.map((line) => line.split('\t')[1]?.length ?? 0);
		expect([...new Set(lengths)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	});
});
