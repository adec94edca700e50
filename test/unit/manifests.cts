import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
	manifestOf,
	type Manifest,
	type ManifestFacts,
} from '../../nodes/shared/delivery/manifest/manifest';

export const sha256Of = (content: string | Buffer): string =>
	createHash('sha256').update(content).digest('hex');

/** A file as a manifest lists it. */
export function listed(
	name: string,
	content: string | Buffer,
	start: number,
	end: number,
): ManifestFacts['files'][number] {
	return {
		name,
		bytes: Buffer.byteLength(content),
		code_count: end - start + 1,
		code_start: start,
		code_end: end,
		sha256: sha256Of(content),
		archive: null,
	};
}

/** The facts of a URL list of two rolls, with some of them changed. */
export const factsWith = (changes: Partial<ManifestFacts> = {}): ManifestFacts => ({
	created: new Date('2026-11-25T02:58:39.000Z'),
	application_id: '700000001',
	isv_application_id: 'order-2026-001',
	app_id: 'wx0123456789abcdef',
	indexes_from: 'application',
	compared: 'application',
	lattice_width: 361,
	output: 'urlList',
	encoding: 'utf8',
	line_ending: 'lf',
	delimiter: null,
	header: null,
	files: [listed('roll_1.txt', 'one', 0, 19_999), listed('roll_2.txt', 'two', 20_000, 29_999)],
	warnings: [],
	...changes,
});

export const manifestWith = (changes: Partial<ManifestFacts> = {}): Manifest =>
	manifestOf(factsWith(changes));

const id = fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: null });
const sha256 = fc.string().map(sha256Of);
const name = fc.stringMatching(/^[A-Za-z0-9_ ()一二卷-]{1,20}\.txt$/);
const archive = fc.record({ name, bytes: fc.maxSafeNat(), sha256 });

/** Any manifest that we could write. */
export const anyManifest: fc.Arbitrary<Manifest> = fc
	.record({
		created: fc.date({
			min: new Date('2020-01-01T00:00:00Z'),
			max: new Date('2099-12-31T00:00:00Z'),
			noInvalidDate: true,
		}),
		application_id: id,
		isv_application_id: id,
		app_id: id,
		indexes_from: fc.constantFrom('application' as const, 'segment' as const, null),
		compared: fc.constantFrom('application' as const, 'segment' as const, 'none' as const),
		lattice_width: fc.constantFrom(361, 68, 1, 400, null),
		output: fc.constantFrom(
			...(['package', 'urlList', 'csv', 'jsonLines', 'pdf', 'encrypted'] as const),
		),
		encoding: fc.constantFrom(...(['utf8', 'utf8Bom', 'utf16le', null] as const)),
		line_ending: fc.constantFrom('lf' as const, 'crlf' as const, null),
		delimiter: fc.constantFrom(',', ';', '\t', null),
		header: fc.option(fc.array(fc.string(), { maxLength: 4 }), { nil: null }),
		warnings: fc.array(fc.string(), { maxLength: 2 }),
		files: fc.array(
			fc
				.record({
					name,
					bytes: fc.nat(),
					code_start: fc.nat(),
					codes: fc.integer({ min: 1, max: 50_000 }),
					sha256,
					archive: fc.option(archive, { nil: null }),
				})
				.map(({ codes, ...file }) => ({
					...file,
					code_count: codes,
					code_end: file.code_start + codes - 1,
				})),
			{ minLength: 1, maxLength: 4 },
		),
	})
	.map(manifestOf);
