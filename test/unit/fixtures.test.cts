import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Base64Decoder } from '../../nodes/shared/codePackage/base64';
import { bytesOf, FIXTURE_FOLDER, FORMS, keyOfFixtures, segmentOf } from './fixtures.cts';
import { countIn, fileOf, readSegment, through } from './reading.cts';

const SCRIPT = 'make-fixtures.sh';
const key = keyOfFixtures();
const names = Object.keys(FORMS);

const open = (name: string) => {
	const base64 = bytesOf(`${name}.b64`);
	return readSegment([base64], { segment: segmentOf(name), key, verify: 'warn' });
};

const textOf = (name: string, encoding: BufferEncoding = 'latin1') =>
	bytesOf(`${name}.txt`).toString(encoding);

const works = (program: string, ...options: string[]) => spawnSync(program, options).status === 0;
const hasTools = works('openssl', 'version') && works('sh', '-c', 'awk 1 /dev/null');

describe('packages that the openssl command line encrypted', () => {
	it('are all there', () => {
		const files = [...names.flatMap((name) => [`${name}.b64`, `${name}.txt`]), 'package-key.txt'];
		const there = readdirSync(FIXTURE_FOLDER).filter((file) => /\.(b64|txt)$/.test(file));
		expect(there.sort()).toEqual(files.sort());
	});

	(hasTools ? it : it.skip)('are what the script makes', () => {
		const folder = mkdtempSync(join(tmpdir(), 'wechat-marketcode-fixtures-'));
		try {
			const sources = [SCRIPT, 'package-key.txt'];
			for (const file of sources) copyFileSync(join(FIXTURE_FOLDER, file), join(folder, file));
			execFileSync('sh', [join(folder, SCRIPT)]);
			const made = readdirSync(folder).sort();
			const kept = readdirSync(FIXTURE_FOLDER, { withFileTypes: true })
				.filter((entry) => entry.isFile() && entry.name !== '.gitattributes')
				.map(({ name }) => name);
			expect(made).toEqual(kept.sort());
			const changed = made.filter(
				(file) =>
					!readFileSync(join(folder, file)).equals(readFileSync(join(FIXTURE_FOLDER, file))),
			);
			expect(changed).toEqual([]);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it.each(names)('%s is decrypted byte for byte', (name) => {
		expect(fileOf(open(name)).equals(bytesOf(`${name}.txt`))).toBe(true);
	});

	it.each(Object.entries(FORMS))('%s passes verification', (name, form) => {
		const opened = open(name);
		const { findings, layout } = opened;
		expect(findings).toEqual({ indexesFrom: form.indexesFrom, problems: [] });
		expect([countIn(opened), layout?.latticeWidth]).toEqual([form.codes, form.latticeWidth]);
	});
});

describe('the texts', () => {
	const lattice = '[01]{361}';
	const code = '[0+-][0-9A-Z*]{8}';
	const index = '[0-9]{1,2}';
	const url = 'P\\.URL\\.CN/0[0-9A-Z $%*+\\-./:]{18}';
	const row = (delimiter: string, ...columns: string[]) => columns.join(delimiter);
	const guide = row('\t', lattice, code, index, url);

	it.each([
		['guide', `(${guide}\n){8}`],
		['width-68', `([01]{68}\t${row('\t', code, index, url)}\n){8}`],
		['narrow', `([01]{16}\t${row('\t', code, index, url)}\n){8}`],
		['wide', `([01]{400}\t${row('\t', code, index, url)}\n){8}`],
		['spaces', `(${row(' ', lattice, code, index, url)}\n){8}`],
		['several-spaces', `(${row(' {4}', lattice, code, index, url)}\n){8}`],
		['comma', `(${row(',', lattice, code, index, url)}\n){8}`],
		['codes-of-4', `(${row('\t', lattice, '[0-9A-Z*]{4}', index, url)}\n){8}`],
		['short-codes', `(${row('\t', lattice, '[0-9A-Z*+-]{1,9}', index, url)}\n){9}`],
		['short-codes-spaces', `(${row(' ', lattice, '[0-9A-Z*+-]{1,9}', index, url)}\n){9}`],
		['comma-in-codes', `(${row(',', lattice, '.,..,[0-9]{4}', index, url)}\n){8}`],
		['space-in-codes', `(${row('\t', lattice, '. .. [0-9]{4}', index, url)}\n){8}`],
		['index-from-application', `(${guide}\n){8}`],
		['index-from-segment', `(${guide}\n){8}`],
		['other-order', `(${row('\t', url, index, code, lattice)}\n){8}`],
		['byte-order-mark', `\ufeff(${guide}\n){8}`],
		['crlf', `(${guide}\r\n){8}`],
		['no-final-line-end', `(${guide}\n){7}${guide}`],
		['blank-lines-at-end', `(${guide}\n){8}\n\n`],
		['ends-in-line-feeds', `(${guide}\n){3}\n{9}`],
		['full-padding', `(${guide}\n){4}`],
		['wrapped-base64', `(${guide}\n){8}`],
	])('%s is in the form that it is named after', (name, form) => {
		expect(textOf(name, 'utf8')).toMatch(new RegExp(`^${form}$(?![^])`));
	});

	const cells = (name: string, column: number) => {
		const rows = textOf(name).split('\n').slice(0, -1);
		return rows.map((line) => line.split('\t')[column] ?? '');
	};

	it('hold the traps that they are named after', () => {
		const full = bytesOf('full-padding.txt');
		const encrypted = through(new Base64Decoder(), [bytesOf('full-padding.b64')]);
		expect(full.length % 16).toBe(0);
		expect(encrypted.length).toBe(full.length + 16);
		// Taken for padding, these ten line feeds (0x0a) would be removed.
		expect(textOf('ends-in-line-feeds').slice(-10)).toBe('\n'.repeat(10));
		expect(bytesOf('wrapped-base64.b64').toString()).toMatch(/\n/);
		expect(bytesOf('guide.b64').toString()).not.toMatch(/\s/);
		expect(cells('index-from-application', 2)).toEqual([
			'8',
			'9',
			'10',
			'11',
			'12',
			'13',
			'14',
			'15',
		]);
		expect(cells('index-from-segment', 2)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
		expect(cells('short-codes', 1).map(({ length }) => length)).toEqual([
			1, 2, 3, 4, 5, 6, 7, 8, 9,
		]);
	});

	it('hold codes and urls that are easily spoilt, none of them twice', () => {
		const codes = cells('guide', 1);
		for (const shape of [/^\+/, /^-/, /^\d+E\d+$/, /^0+\d$/, /\*/]) {
			expect(codes.some((text) => shape.test(text))).toBe(true);
		}
		const urls = cells('guide', 3);
		expect(urls.some((text) => text.endsWith(' '))).toBe(true);
		expect(urls.some((text) => / [^ ]/.test(text))).toBe(true);
		for (const name of ['guide', 'codes-of-4', 'short-codes']) {
			for (const column of [0, 1, 3]) {
				const values = cells(name, column);
				expect(new Set(values).size).toBe(values.length);
			}
		}
	});
});
