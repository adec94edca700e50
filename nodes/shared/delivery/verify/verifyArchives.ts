import { groupBy, plainName, type DeliveredArchive, type DeliveredFile } from './delivered';
import type { Manifest, ManifestArchive, ManifestFile } from '../manifest/manifest';
import type { ChangedFile, Verification } from './verifyDelivery';

/** What the ZIPs say of a delivery. */
interface ArchiveFindings {
	/** Files whose ZIP is as it was delivered. */
	readonly whole: Set<ManifestFile>;
	/** What is in all other ZIPs. */
	readonly entries: DeliveredFile[];
	/** Plain names of ZIPs that are listed, are not what was delivered, and can't be read. */
	readonly broken: Set<string>;
	readonly changed: ChangedFile[];
	readonly renamed: Verification['renamed'][number][];
	readonly extra: Verification['extra'][number][];
	readonly unreadable: Verification['unreadable'][number][];
	readonly repacked: string[];
}

/** ZIPs as they were delivered prove their files; of all others the entries have to be looked at. */
export function verifyArchives(
	{ files }: Manifest,
	delivered: readonly DeliveredArchive[],
): ArchiveFindings {
	const listed = files.flatMap((file) => (file.archive ? [{ file, archive: file.archive }] : []));
	const bySha256 = groupBy(listed, ({ archive }) => archive.sha256);
	const byName = new Map(listed.map(({ archive }) => [plainName(archive.name), archive]));
	const found: ArchiveFindings = {
		whole: new Set(),
		entries: [],
		broken: new Set(),
		changed: [],
		renamed: [],
		extra: [],
		unreadable: [],
		repacked: [],
	};
	const isNamed = ({ name, sha256 }: DeliveredArchive) =>
		byName.get(plainName(name))?.sha256 === sha256;
	const isListed = ({ sha256 }: DeliveredFile) => bySha256.has(sha256);
	// A ZIP in a ZIP is not looked into, but may be as it was delivered.
	const inner = delivered
		.flatMap(({ entries }) => entries.filter(isListed))
		.map((zip) => ({ ...zip, entries: [], problem: undefined }));
	const outer = delivered.map((zip) => ({
		...zip,
		entries: zip.entries.filter((entry) => !isListed(entry)),
	}));
	// Of two copies, the one under another name is the copy.
	for (const zip of [...outer, ...inner].sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)))) {
		const same = bySha256.get(zip.sha256);
		if (same === undefined) lookInto(zip, byName.get(plainName(zip.name)), found);
		else takeWhole(zip, same, found);
	}
	return found;
}

function takeWhole(
	zip: DeliveredArchive,
	same: readonly { file: ManifestFile; archive: ManifestArchive }[],
	found: ArchiveFindings,
): void {
	const [first] = same;
	if (!first) return;
	const { name } = first.archive;
	if (found.whole.has(first.file)) {
		found.extra.push({ name: zip.name, problem: `a copy of ${name}` });
		return;
	}
	for (const { file } of same) found.whole.add(file);
	if (plainName(name) !== plainName(zip.name)) found.renamed.push({ name, found_as: zip.name });
}

function lookInto(
	zip: DeliveredArchive,
	expected: ManifestArchive | undefined,
	found: ArchiveFindings,
): void {
	const { name, problem } = zip;
	found.entries.push(...zip.entries);
	if (problem === undefined) {
		if (expected) found.repacked.push(name);
	} else if (expected) {
		found.broken.add(plainName(name));
		found.changed.push({
			name,
			problem: `not the ZIP that was delivered, and can't be read: ${problem}`,
			expected_bytes: expected.bytes,
			bytes: zip.bytes,
			expected_sha256: expected.sha256,
			sha256: zip.sha256,
		});
	} else {
		found.unreadable.push({ name, problem });
	}
}
