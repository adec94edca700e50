import fc from 'fast-check';
import type { DeliveredArchive, DeliveredFile } from '../../nodes/shared/delivery/verify/delivered';
import { LineCounter } from '../../nodes/shared/delivery/verify/lineCounter';
import { manifestOf, type Manifest } from '../../nodes/shared/delivery/manifest/manifest';
import { warningsOf } from '../../nodes/shared/delivery/verify/verificationWords';
import {
	verifyDelivery,
	type Verification,
} from '../../nodes/shared/delivery/verify/verifyDelivery';
import { factsWith, listed, sha256Of } from './manifests.cts';
import { AS_THE_INPUT, growthOf } from './processorTime.cts';

function fileOf(name: string, content: string, archive?: string): DeliveredFile {
	const counter = new LineCounter();
	counter.write(Buffer.from(content));
	const bytes = Buffer.byteLength(content);
	return { name, bytes, sha256: sha256Of(content), lines: counter.end(), archive };
}

interface Roll {
	readonly name: string;
	readonly content: string;
	readonly start: number;
	readonly end: number;
}

/** A delivery of URL lists, each with rows of its own. */
const rolls: fc.Arbitrary<Roll[]> = fc
	.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 })
	.map((sizes) =>
		sizes.map((size, at) => {
			const start = sizes.slice(0, at).reduce((sum, other) => sum + other, 0);
			const urls = Array.from(
				{ length: size },
				(_, n) => `P.URL.CN/0${String(start + n).padStart(17, '*')} \n`,
			);
			const end = start + size - 1;
			return { name: `roll_${at + 1}.txt`, content: urls.join(''), start, end };
		}),
	);

const manifestFor = (own: readonly Roll[], changes: Parameters<typeof factsWith>[0] = {}) =>
	manifestOf(
		factsWith({
			files: own.map(({ name, content, start, end }) => listed(name, content, start, end)),
			...changes,
		}),
	);
const filesFor = (own: readonly Roll[]): DeliveredFile[] =>
	own.map(({ name, content }) => fileOf(name, content));

const NOTHING = {
	missing: [],
	changed: [],
	renamed: [],
	extra: [],
	unreadable: [],
	repacked: [],
	already_delivered: [],
};
const whole = ({ totals }: Manifest) => ({ ...NOTHING, found: totals });

const verify = (
	manifest: Manifest,
	files: readonly DeliveredFile[],
	others: readonly Manifest[] = [],
	archives: readonly DeliveredArchive[] = [],
): Verification => verifyDelivery(manifest, { files, archives }, others);

/** A delivery, one of its rolls, and an order in which files may come. */
const tampering = rolls.chain((own) =>
	fc.record({
		own: fc.constant(own),
		at: fc.nat({ max: own.length - 1 }),
		shuffle: fc.array(fc.nat(), { minLength: own.length + 2, maxLength: own.length + 2 }).map(
			(keys) =>
				<T,>(values: readonly T[]): T[] =>
					values
						.map((value, n) => ({ value, key: keys[n] ?? 0 }))
						.sort((a, b) => a.key - b.key)
						.map(({ value }) => value),
		),
		place: fc.nat(),
	}),
);

/** What is there when one roll is exchanged for other files. */
const withInstead = (own: readonly Roll[], at: number, ...files: DeliveredFile[]) => [
	...filesFor(own.filter((_, n) => n !== at)),
	...files,
];

const rollAt = (own: readonly Roll[], at: number): Roll => {
	const roll = own[at];
	if (!roll) throw new Error('No such roll');
	return roll;
};

describe('a delivery of which nothing was changed', () => {
	it('is complete, in whatever order and under whatever folder', () => {
		fc.assert(
			fc.property(tampering, ({ own, shuffle }) => {
				const manifest = manifestFor(own);
				const files = shuffle(filesFor(own)).map((file, n) => ({
					...file,
					name: ['', 'order/', 'C:\\rolls\\'][n % 3] + file.name,
				}));
				expect(verify(manifest, files)).toEqual(whole(manifest));
				expect(warningsOf(verify(manifest, files))).toEqual([]);
			}),
		);
	});

	it('may have its sums, its proof and what file managers leave beside it', () => {
		const own = [{ name: 'roll_1.txt', content: 'x\n', start: 0, end: 0 }];
		const names = [
			'SHA256SUMS',
			'proof.pdf',
			'marketcode_7_proof.svg',
			'marketcode_7_proof.png',
			'.DS_Store',
			'Thumbs.db',
		];
		const beside = names.map((name) => fileOf(name, name));
		const manifest = manifestFor(own);
		expect(verify(manifest, [...filesFor(own), ...beside])).toEqual(whole(manifest));
		expect(verify(manifest, [...filesFor(own), fileOf('list.pdf', 'x')]).extra).toHaveLength(1);
	});

	it('may have names whose letters were taken apart', () => {
		const own = [{ name: 'Rölle.txt', content: 'x\n', start: 0, end: 0 }];
		const manifest = manifestFor(own);
		expect(verify(manifest, [fileOf('Ro\u0308lle.txt', 'x\n')])).toEqual(whole(manifest));
	});
});

describe('exactly what was tampered with is named', () => {
	/** All but the roll with this number. */
	const without = (manifest: Manifest, at: number) => ({
		files: manifest.totals.files - 1,
		bytes: manifest.totals.bytes - (manifest.files[at]?.bytes ?? 0),
		code_count: manifest.totals.code_count - (manifest.files[at]?.code_count ?? 0),
	});

	it('a file that was taken away', () => {
		fc.assert(
			fc.property(tampering, ({ own, at, shuffle }) => {
				const manifest = manifestFor(own);
				const { name, start, end } = rollAt(own, at);
				const code_count = end - start + 1;
				expect(verify(manifest, shuffle(withInstead(own, at)))).toEqual({
					...NOTHING,
					missing: [{ name, code_start: start, code_end: end, code_count }],
					found: without(manifest, at),
				});
			}),
		);
	});

	it('a byte', () => {
		fc.assert(
			fc.property(tampering, ({ own, at, shuffle, place }) => {
				const manifest = manifestFor(own);
				const { name, content } = rollAt(own, at);
				const byte = place % content.length;
				fc.pre(content[byte] !== '\n');
				const changed = fileOf(name, `${content.slice(0, byte)}#${content.slice(byte + 1)}`);
				const {
					found,
					changed: told,
					...rest
				} = verify(manifest, shuffle(withInstead(own, at, changed)));
				expect({ ...rest, changed: [], found: {} }).toEqual({ ...NOTHING, found: {} });
				expect(found).toEqual(without(manifest, at));
				expect(told).toEqual([
					{
						name,
						problem: 'as many bytes and lines as it should have, but other content',
						expected_bytes: content.length,
						bytes: content.length,
						expected_sha256: sha256Of(content),
						sha256: changed.sha256,
					},
				]);
			}),
		);
	});

	it('a row', () => {
		fc.assert(
			fc.property(tampering, fc.boolean(), ({ own, at, shuffle, place }, isMore) => {
				const manifest = manifestFor(own);
				const { name, content } = rollAt(own, at);
				const rows = content.split('\n').slice(0, -1);
				const row = place % rows.length;
				rows.splice(row, isMore ? 0 : 1, ...(isMore ? rows.slice(row, row + 1) : []));
				const changed = fileOf(name, rows.map((line) => `${line}\n`).join(''));
				const {
					changed: told,
					missing,
					extra,
				} = verify(manifest, shuffle(withInstead(own, at, changed)));
				const wanted = content.split('\n').length - 1;
				expect(told.map(({ name: of, problem }) => `${of}: ${problem}`)).toEqual([
					`${name}: ${rows.length} lines instead of ${wanted} (${changed.bytes} bytes instead of ${content.length})`,
				]);
				expect([...missing, ...extra]).toEqual([]);
			}),
		);
	});

	it('a name', () => {
		fc.assert(
			fc.property(tampering, ({ own, at, shuffle }) => {
				const manifest = manifestFor(own);
				const { name, content } = rollAt(own, at);
				const renamed = fileOf('rolls/roll (1).txt', content);
				expect(verify(manifest, shuffle(withInstead(own, at, renamed)))).toEqual({
					...whole(manifest),
					renamed: [{ name, found_as: 'rolls/roll (1).txt' }],
				});
			}),
		);
	});

	it('names that were exchanged', () => {
		fc.assert(
			fc.property(tampering, ({ own, at, shuffle, place }) => {
				const other = place % own.length;
				fc.pre(other !== at);
				const manifest = manifestFor(own);
				const [one, two] = [rollAt(own, at), rollAt(own, other)];
				const files = own.map((roll) =>
					fileOf(roll === one ? two.name : roll === two ? one.name : roll.name, roll.content),
				);
				const { renamed, ...rest } = verify(manifest, shuffle(files));
				expect({ ...rest, renamed: [] }).toEqual(whole(manifest));
				expect(renamed).toHaveLength(2);
				expect(renamed).toContainEqual({ name: one.name, found_as: two.name });
				expect(renamed).toContainEqual({ name: two.name, found_as: one.name });
			}),
		);
	});

	it('a second copy', () => {
		fc.assert(
			fc.property(tampering, fc.boolean(), ({ own, at, shuffle }, hasOwnName) => {
				const manifest = manifestFor(own);
				const { name, content } = rollAt(own, at);
				const copy = fileOf(hasOwnName ? `again/${name}` : 'a copy.txt', content);
				const { extra, ...rest } = verify(manifest, shuffle([...filesFor(own), copy]));
				expect({ ...rest, extra: [] }).toEqual(whole(manifest));
				expect(extra.map(({ problem }) => problem)).toEqual([`a copy of ${name}`]);
			}),
		);
	});

	it('a roll that was put in the place of another', () => {
		fc.assert(
			fc.property(tampering, ({ own, at, shuffle, place }) => {
				const other = place % own.length;
				fc.pre(other !== at);
				const manifest = manifestFor(own);
				const { name } = rollAt(own, at);
				const twice = fileOf(name, rollAt(own, other).content);
				const { changed, extra, missing, renamed } = verify(
					manifest,
					shuffle(withInstead(own, at, twice)),
				);
				expect(changed.map(({ name: of, problem }) => [of, problem])).toEqual([
					[name, `the content of ${rollAt(own, other).name}`],
				]);
				expect([...extra, ...missing, ...renamed]).toEqual([]);
			}),
		);
	});

	it('a file too many', () => {
		fc.assert(
			fc.property(tampering, ({ own, shuffle }) => {
				const manifest = manifestFor(own);
				const files = shuffle([...filesFor(own), fileOf('other.txt', 'of somebody else\n')]);
				expect(verify(manifest, files)).toEqual({
					...whole(manifest),
					extra: [{ name: 'other.txt', problem: 'not in the manifest' }],
				});
			}),
		);
	});

	it('a file of another delivery, also where it has the name of one of this', () => {
		fc.assert(
			fc.property(tampering, fc.boolean(), ({ own, at, shuffle }, isInstead) => {
				const manifest = manifestFor(own);
				const { name, start, end } = rollAt(own, at);
				const foreign = { name, content: 'FOREIGN\n', start, end };
				const created = new Date('2025-01-02T03:04:05.678Z');
				const other = manifestFor([foreign], { created, application_id: '4711' });
				const files = isInstead
					? withInstead(own, at, fileOf(name, foreign.content))
					: [...filesFor(own), fileOf(name, foreign.content)];
				const { extra, missing, changed } = verify(manifest, shuffle(files), [other]);
				expect(extra).toEqual([{ name, problem: 'of the delivery of 2025-01-02T03:04:05.678Z' }]);
				expect(missing.map((file) => file.name)).toEqual(isInstead ? [name] : []);
				expect(changed).toEqual([]);
			}),
		);
	});
});

describe('what mostly happens to a text is told', () => {
	const content = 'P.URL.CN/0AAAAAAAAAAAAAAAAA \nP.URL.CN/0BBBBBBBBBBBBBBBBBB\n';
	const problemOf = (
		changed: string,
		facts: Parameters<typeof factsWith>[0] = {},
		own = content,
	) => {
		const manifest = manifestFor([{ name: 'a.txt', content: own, start: 0, end: 1 }], facts);
		return verify(manifest, [fileOf('a.txt', changed)]).changed[0]?.problem;
	};

	it.each([
		['FTP in text mode', content.replaceAll('\n', '\r\n'), /^60 bytes .*: LF was made CRLF/],
		['trimming', content.replaceAll(' \n', '\n'), /^57 bytes instead of 58: spaces .* trimmed/],
		['a byte order mark', `\ufeff${content}`, /: a byte order mark .* put before/],
		['another line ending at the end', content.slice(0, -1), /^57 bytes instead of 58/],
		['a character more', content.replace('AA', 'AAA'), /^59 bytes instead of 58$/],
	])('%s', (_what, changed, problem) => expect(problemOf(changed)).toMatch(problem));

	it('the other way round', () => {
		const crlf = content.replaceAll('\n', '\r\n');
		expect(problemOf(content, { line_ending: 'crlf' }, crlf)).toMatch(/CRLF was made LF/);
		const marked = `\ufeff${content}`;
		expect(problemOf(content, { encoding: 'utf8Bom' }, marked)).toMatch(/mark .* taken away/);
	});

	it('with a header, which is a line too', () => {
		const facts = { output: 'csv' as const, header: ['url'] };
		expect(problemOf(content.replace('AA', 'AB'), facts)).toMatch(/^2 lines instead of 3/);
	});

	it('of what is no text, only bytes', () => {
		const facts = { output: 'pdf' as const, encoding: null, line_ending: null };
		expect(problemOf('x\n', facts)).toBe('2 bytes instead of 58');
		expect(problemOf(content.toLowerCase(), facts)).toBe(
			'as many bytes as it should have, but other content',
		);
	});
});

it('holds thousands of files that are alike to their manifest and looks at none twice', () => {
	const deliveryOf = (count: number) => {
		const names = Array.from({ length: count }, (_, at) => `roll_${at}.txt`);
		const files = names.map((name, at) => listed(name, 'alike', at, at));
		return {
			manifest: manifestOf(factsWith({ files })),
			files: names.map((name) => fileOf(`new_${name}`, 'alike')),
		};
	};
	const verify = ({ manifest, files }: ReturnType<typeof deliveryOf>) => {
		const { renamed, missing } = verifyDelivery(manifest, { files, archives: [] }, []);
		expect([renamed.length, missing.length]).toEqual([files.length, 0]);
	};
	expect(growthOf(200, deliveryOf, verify)).toBeLessThan(AS_THE_INPUT);
});
