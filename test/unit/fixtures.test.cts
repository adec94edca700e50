import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	decodePackage,
	decryptPackage,
	packageKeyBytes,
} from '../../nodes/shared/codePackage/decrypt';
import { findRows } from '../../nodes/shared/codePackage/rows';
import { verifyRows } from '../../nodes/shared/codePackage/verify';
import {
	FIXTURE_KEY,
	FIXTURES,
	FIXTURES_FOLDER,
	fixtureBase64,
	fixtureText,
} from './fixturePackages.cts';

const SCRIPT = 'make-fixtures.sh';
const key = packageKeyBytes(FIXTURE_KEY);
const open = (name: string) => decryptPackage(decodePackage(fixtureBase64(name)), key);
const names = FIXTURES.map(({ name }) => name);

/** The widths of today's reading of rows. */
const READABLE = FIXTURES.filter(({ latticeWidth }) => latticeWidth === 68);

const works = (program: string, ...options: string[]) => spawnSync(program, options).status === 0;
const hasTools = works('openssl', 'version') && works('sh', '-c', 'awk 1 /dev/null');

describe('packages that the openssl command line encrypted', () => {
	it('are all there', () => {
		const files = [...names.flatMap((name) => [`${name}.b64`, `${name}.txt`]), 'package-key.txt'];
		const there = readdirSync(FIXTURES_FOLDER).filter((file) => /\.(b64|txt)$/.test(file));
		expect(there.sort()).toEqual(files.sort());
	});

	(hasTools ? it : it.skip)('are what the script makes', () => {
		const folder = mkdtempSync(join(tmpdir(), 'wechat-marketcode-fixtures-'));
		try {
			const sources = [SCRIPT, 'package-key.txt'];
			for (const file of sources) copyFileSync(join(FIXTURES_FOLDER, file), join(folder, file));
			execFileSync('sh', [join(folder, SCRIPT)]);
			const made = readdirSync(folder).sort();
			const kept = readdirSync(FIXTURES_FOLDER).filter((file) => file !== '.gitattributes');
			expect(made).toEqual(kept.sort());
			const changed = made.filter(
				(file) =>
					!readFileSync(join(folder, file)).equals(readFileSync(join(FIXTURES_FOLDER, file))),
			);
			expect(changed).toEqual([]);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it.each(names)('%s is decrypted byte for byte', (name) => {
		expect(open(name).equals(fixtureText(name))).toBe(true);
	});

	it.each(READABLE)('$name passes verification', ({ name, bounds, indexesFrom }) => {
		expect(verifyRows(findRows(open(name)), bounds)).toEqual({ indexesFrom, problems: [] });
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
		['spaces', `(${row(' ', lattice, code, index, url)}\n){8}`],
		['several-spaces', `(${row(' {4}', lattice, code, index, url)}\n){8}`],
		['comma', `(${row(',', lattice, code, index, url)}\n){8}`],
		['codes-of-4', `(${row('\t', lattice, '[0-9A-Z*]{4}', index, url)}\n){8}`],
		['short-codes', `(${row('\t', lattice, '[0-9A-Z*+-]{1,9}', index, url)}\n){9}`],
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
		expect(fixtureText(name).toString('utf8')).toMatch(new RegExp(`^${form}$(?![^])`));
	});

	const cells = (name: string, column: number) => {
		const rows = fixtureText(name).toString('latin1').split('\n').slice(0, -1);
		return rows.map((line) => line.split('\t')[column] ?? '');
	};

	it('hold the traps that they are named after', () => {
		const full = fixtureText('full-padding');
		expect(full.length % 16).toBe(0);
		expect(decodePackage(fixtureBase64('full-padding')).length).toBe(full.length + 16);
		// Taken for padding, these ten line feeds (0x0a) would be removed.
		expect(fixtureText('ends-in-line-feeds').subarray(-10)).toEqual(Buffer.alloc(10, '\n'));
		expect(fixtureBase64('wrapped-base64')).toMatch(/\n/);
		expect(fixtureBase64('guide')).not.toMatch(/\s/);
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
