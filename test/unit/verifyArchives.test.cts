import type { DeliveredArchive, DeliveredFile } from '../../nodes/shared/delivery/verify/delivered';
import { manifestOf } from '../../nodes/shared/delivery/manifest/manifest';
import { verifyDelivery } from '../../nodes/shared/delivery/verify/verifyDelivery';
import { factsWith, listed, sha256Of } from './manifests.cts';

const LINES = { utf8: 1, utf16le: 0 };
const fileOf = (name: string, content: string, archive?: string): DeliveredFile => ({
	name,
	bytes: content.length,
	sha256: sha256Of(content),
	lines: LINES,
	archive,
});

/** Three rolls: two in one ZIP, one in another. */
const zipOf = (name: string) => ({ name, bytes: name.length, sha256: sha256Of(name) });
const manifest = manifestOf(
	factsWith({
		files: [
			{ ...listed('roll_1.txt', 'a', 0, 0), archive: zipOf('first.zip') },
			{ ...listed('roll_2.txt', 'b', 1, 1), archive: zipOf('first.zip') },
			{ ...listed('roll_3.txt', 'c', 2, 2), archive: zipOf('second.zip') },
		],
	}),
);

const zip = (
	name: string,
	{ content = name, problem, entries = {} }: ZipSettings = {},
): DeliveredArchive => ({
	name,
	bytes: content.length,
	sha256: sha256Of(content),
	entries: Object.entries(entries).map(([entry, text]) => fileOf(entry, text, name)),
	problem,
});
interface ZipSettings {
	readonly content?: string;
	readonly problem?: string;
	readonly entries?: Readonly<Record<string, string>>;
}

const NOTHING = {
	missing: [],
	changed: [],
	renamed: [],
	extra: [],
	unreadable: [],
	repacked: [],
	already_delivered: [],
};
const ALL = { files: 3, bytes: 3, code_count: 3 };
const CLOSED = 'no password is given';

const verify = (archives: readonly DeliveredArchive[], files: readonly DeliveredFile[] = []) =>
	verifyDelivery(manifest, { files, archives }, []);

describe('ZIPs', () => {
	it('as they were delivered prove their files, though they can not be opened', () => {
		const archives = [
			zip('second.zip', { problem: CLOSED }),
			zip('first.zip', { problem: CLOSED }),
		];
		expect(verify(archives)).toEqual({ ...NOTHING, found: ALL });
		const entries = { 'roll_1.txt': 'a', 'roll_2.txt': 'b' };
		expect(verify([zip('first.zip', { entries }), zip('second.zip')])).toEqual({
			...NOTHING,
			found: ALL,
		});
	});

	it('under another name, or there twice, are named', () => {
		const copy = { content: 'first.zip', problem: CLOSED };
		expect(verify([zip('x.zip', copy), zip('second.zip')])).toEqual({
			...NOTHING,
			renamed: [{ name: 'first.zip', found_as: 'x.zip' }],
			found: ALL,
		});
		expect(verify([zip('x.zip', copy), zip('first.zip'), zip('second.zip')])).toEqual({
			...NOTHING,
			extra: [{ name: 'x.zip', problem: 'a copy of first.zip' }],
			found: ALL,
		});
	});

	it('that are missing are missed as their files', () => {
		const { missing, found } = verify([zip('second.zip')]);
		expect(missing.map(({ name }) => name)).toEqual(['roll_1.txt', 'roll_2.txt']);
		expect(found).toEqual({ files: 1, bytes: 1, code_count: 1 });
	});

	it('that were packed anew are told by their files', () => {
		const entries = { 'rolls/roll_1.txt': 'a', 'rolls/roll_2.txt': 'B' };
		const { changed, repacked, missing, found, extra } = verify([
			zip('first.zip', { content: 'anew', entries }),
			zip('second.zip'),
		]);
		expect(repacked).toEqual(['first.zip']);
		expect(changed.map(({ name }) => name)).toEqual(['rolls/roll_2.txt in first.zip']);
		expect([...missing, ...extra]).toEqual([]);
		expect(found.files).toBe(2);
	});

	it('that are not those delivered, and can not be read, are named instead of their files', () => {
		const entries = { 'roll_1.txt': 'a' };
		const damaged = { content: 'changed', problem: '"roll_2.txt" is damaged', entries };
		const result = verify([zip('first.zip', damaged), zip('second.zip')]);
		expect(result.missing).toEqual([]);
		expect(result.changed).toEqual([
			{
				name: 'first.zip',
				problem: 'not the ZIP that was delivered, and can\'t be read: "roll_2.txt" is damaged',
				expected_bytes: 9,
				bytes: 7,
				expected_sha256: sha256Of('first.zip'),
				sha256: sha256Of('changed'),
			},
		]);
		expect(result.found.files).toBe(2);
	});

	it('of somebody else are looked into', () => {
		const entries = { 'roll_1.txt': 'a', 'roll_2.txt': 'b', 'x.txt': 'x' };
		const back = zip('back.zip', { problem: 'damaged', entries });
		const result = verify([back], [fileOf('roll_3.txt', 'c')]);
		expect(result).toEqual({
			...NOTHING,
			extra: [{ name: 'x.txt in back.zip', problem: 'not in the manifest' }],
			unreadable: [{ name: 'back.zip', problem: 'damaged' }],
			found: ALL,
		});
	});

	it('are known in a ZIP around all of them, where they are as they were delivered', () => {
		const entries = { 'rolls/first.zip': 'first.zip', 'rolls/second.zip': 'second.zip' };
		expect(verify([zip('all.zip', { entries })])).toEqual({ ...NOTHING, found: ALL });
		const one = { 'first.zip': 'first.zip', 'x.txt': 'x' };
		expect(verify([zip('all.zip', { entries: one }), zip('first.zip')])).toMatchObject({
			missing: [{ name: 'roll_3.txt' }],
			extra: [
				{ name: 'first.zip', problem: 'a copy of first.zip' },
				{ name: 'x.txt in all.zip', problem: 'not in the manifest' },
			],
		});
	});
});
