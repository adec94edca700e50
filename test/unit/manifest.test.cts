import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { manifestOf, manifestText, sumsText } from '../../nodes/shared/delivery/manifest/manifest';
import { contradictionsIn, readManifest } from '../../nodes/shared/delivery/manifest/readManifest';
import { anyManifest, factsWith, listed, manifestWith, sha256Of } from './manifests.cts';

const schema: unknown = JSON.parse(
	readFileSync(join(__dirname, '../../docs/manifest.schema.json'), 'utf8'),
);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const isValid = ajv.compile(Object(schema));

/** Whether our own reader takes it. */
function isRead(value: unknown): boolean {
	try {
		return readManifest(JSON.stringify(value)) !== undefined;
	} catch {
		return false;
	}
}

/** What the reader says is wrong. */
function problemOf(value: unknown): string {
	try {
		readManifest(JSON.stringify(value));
	} catch (error) {
		return error instanceof Error ? error.message : '';
	}
	throw new Error('It was read');
}

type Path = readonly (string | number)[];

/** Every place in a JSON value, from the outside in. */
function placesIn(value: unknown, path: Path = []): Path[] {
	if (typeof value !== 'object' || value === null) return [path];
	const entries = Object.entries(value);
	return [path, ...entries.flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

/** The value with another one at a place; undefined: with none. */
function altered(value: unknown, path: Path, put: unknown): unknown {
	const [key, ...rest] = path;
	if (key === undefined) return put;
	if (Array.isArray(value)) {
		return value
			.map((entry, at) => (at === Number(key) ? altered(entry, rest, put) : entry))
			.filter((entry) => entry !== undefined);
	}
	const fields: Record<string, unknown> = { ...Object(value) };
	fields[key] = altered(fields[key], rest, put);
	return fields;
}

const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const anyPut: fc.Arbitrary<unknown> = fc.oneof(
	fc.constantFrom<unknown>(undefined, null, '', 0, 1, -1, 2, 5, 28, 1.5, 2 ** 53, 1e300, true),
	fc.constantFrom<unknown>([], {}, [[]], 'lf', 'utf8', 'urlList', 'Q', 'none', 'segment'),
	fc.constantFrom('f'.repeat(64), 'F'.repeat(64), `${'f'.repeat(64)}\n`),
	fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-13-01T00:00:00.000Z', '2026-01-01', 'x\n'),
	fc.jsonValue({ maxDepth: 2 }),
);

describe('the manifest', () => {
	it('says what follows from the facts', () => {
		expect(manifestWith()).toMatchObject({
			kind: 'wechat-marketcode-manifest',
			version: 1,
			created: '2026-11-25T02:58:39.000Z',
			code_start: 0,
			code_end: 29_999,
			code_count: 30_000,
			micro_code: { modules_a_side: 19, smallest_print_mm: 5 },
			files: [
				{ file: 1, name: 'roll_1.txt', bytes: 3, code_count: 20_000, sha256: sha256Of('one') },
				{ file: 2, name: 'roll_2.txt', bytes: 3, code_start: 20_000, code_end: 29_999 },
			],
			totals: { files: 2, bytes: 6, code_count: 30_000 },
		});
		expect(manifestWith({ lattice_width: 68 }).micro_code).toBeNull();
		expect(manifestWith({ lattice_width: null }).micro_code).toBeNull();
	});

	it('holds nothing but what it names', () => {
		const secret = { code: '044GZ*J10', password: 'open sesame' };
		const archive = { name: 'roll_1.zip', bytes: 9, sha256: sha256Of('zip'), ...secret };
		const files = [{ ...listed('roll_1.txt', 'one', 0, 9), ...secret, archive }];
		const facts = { ...factsWith({ files }), ...secret };
		expect(manifestText(manifestOf(facts)).toString()).not.toMatch(/044GZ|sesame/);
	});

	it('is text for people too, and can be read again', () => {
		fc.assert(
			fc.property(anyManifest, (manifest) => {
				const text = manifestText(manifest).toString('utf8');
				expect(text.endsWith('\n}\n')).toBe(true);
				expect(readManifest(text)).toEqual(manifest);
				expect(readManifest(`\ufeff${text}`)).toEqual(manifest);
			}),
		);
	});

	it('satisfies its JSON Schema', () => {
		fc.assert(fc.property(anyManifest, (manifest) => isValid(copyOf(manifest))));
	});

	it('may get further fields', () => {
		const newer = { ...manifestWith(), pallet: 7 };
		expect(isValid(copyOf(newer))).toBe(true);
		expect(readManifest(JSON.stringify(newer))).toEqual(manifestWith());
	});
});

describe('a manifest that was altered', () => {
	it('is refused by the reader just where its JSON Schema refuses it', () => {
		const seen = { valid: 0, invalid: 0 };
		fc.assert(
			fc.property(anyManifest, fc.nat(), anyPut, (manifest, place, put) => {
				const places = placesIn(copyOf(manifest));
				const value = altered(copyOf(manifest), places[place % places.length] ?? [], put);
				const written = copyOf(value === undefined ? null : value);
				const isGood = isValid(written);
				seen[isGood ? 'valid' : 'invalid']++;
				expect([written, isRead(written)]).toEqual([written, isGood]);
			}),
			{ numRuns: 3_000 },
		);
		expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(300);
	});

	it.each([
		[['version'], 2, 'version is not 1'],
		[['created'], '2026-11-25', 'created is not a time'],
		[['files', 1, 'sha256'], 'abc', 'files[1].sha256 is not a SHA-256'],
		[['created'], '2026-11-25T29:00:00.000Z', 'created is not a time'],
		[['created'], '2026-13-25T09:00:00.000Z', 'created is not a time'],
		[['lattice_width'], 0, 'lattice_width is not a whole number from 1'],
		[['files', 0, 'file'], 0, 'files[0].file is not a whole number from 1'],
		[['app_id'], '', 'app_id is missing or not text'],
		[['files', 0, 'code_count'], '20000', 'files[0].code_count is not a whole number from 0'],
		[['files'], [], 'files is empty'],
		[['files', 0, 'archive'], undefined, 'files[0].archive is not an object'],
		[['totals'], undefined, 'totals is not an object'],
		[['output'], 'xml', 'output is not "package" or "urlList"'],
		[['qr_code', 'error_correction'], 'M', 'qr_code.error_correction is not "Q"'],
		[['header'], 'url', 'header is not a list'],
	])('is an error that names %j', (path, put, problem) => {
		const value = copyOf(altered(copyOf(manifestWith()), path, put));
		expect(problemOf(value)).toContain(`The manifest can't be used: ${problem}`);
		expect(isValid(value)).toBe(false);
	});

	it('contradicts itself, where its shape is right', () => {
		fc.assert(
			fc.property(anyManifest, (manifest) => expect(contradictionsIn(manifest)).toEqual([])),
		);
		const told = (path: Path, put: unknown) => {
			const manifest = readManifest(JSON.stringify(altered(copyOf(manifestWith()), path, put)));
			return manifest && contradictionsIn(manifest);
		};
		expect(told(['code_end'], 19_999)).toEqual([
			'The manifest says code_end 19999, but its files make it 29999',
		]);
		expect(told(['totals', 'bytes'], 7)).toHaveLength(1);
		expect(told(['totals', 'files'], 3)).toHaveLength(1);
		expect(told(['code_start'], 1)).toHaveLength(1);
		expect(told(['files', 0, 'code_count'], 1)).toHaveLength(2);
		expect(told(['files', 1, 'file'], 3)).toHaveLength(1);
		expect(told(['files', 1, 'code_start'], 30_000)).toEqual([
			"The manifest's file 2 begins behind its end",
		]);
	});
});

it.each(['', '{}', '[]', 'null', '"wechat-marketcode-manifest"', 'wechat-marketcode-manifest'])(
	'%j is no manifest',
	(text) => expect(readManifest(text)).toBeUndefined(),
);

it('the sums are those of the files, a line each', () => {
	expect(sumsText(manifestWith().files).toString()).toBe(
		`${sha256Of('one')}  roll_1.txt\n${sha256Of('two')}  roll_2.txt\n`,
	);
});
