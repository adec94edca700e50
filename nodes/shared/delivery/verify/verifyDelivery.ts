import { alreadyDelivered, type AlreadyDelivered } from './alreadyDelivered';
import {
	groupBy,
	isCompanion,
	placeOf,
	plainName,
	type Delivered,
	type DeliveredFile,
} from './delivered';
import { differenceOf } from './difference';
import type { Manifest, ManifestFile } from '../manifest/manifest';
import { verifyArchives } from './verifyArchives';

/** A file that has a listed file's name, but not its content. */
export interface ChangedFile {
	readonly name: string;
	/** What is different, in words. */
	readonly problem: string;
	readonly expected_bytes: number;
	readonly bytes: number;
	readonly expected_sha256: string;
	readonly sha256: string;
}

/** How what came back, or is stored, differs from what a manifest lists. */
export interface Verification {
	readonly missing: readonly MissingFile[];
	readonly changed: readonly ChangedFile[];
	/** Whole, but under another name. */
	readonly renamed: readonly { readonly name: string; readonly found_as: string }[];
	/** Not listed, or there twice. */
	readonly extra: readonly { readonly name: string; readonly problem: string }[];
	/** ZIPs that are not listed and could not be looked into. */
	readonly unreadable: readonly { readonly name: string; readonly problem: string }[];
	/** ZIPs that have a listed one's name, but were packed anew: their files are looked at one by one. */
	readonly repacked: readonly string[];
	readonly already_delivered: readonly AlreadyDelivered[];
	/** What is there and whole, under whatever name. */
	readonly found: { readonly files: number; readonly bytes: number; readonly code_count: number };
}

type MissingFile = Pick<ManifestFile, 'name' | 'code_start' | 'code_end' | 'code_count'>;

/**
 * Holds what is there to a manifest. Names are compared without folders.
 *
 * @param others manifests of other deliveries
 */
export function verifyDelivery(
	manifest: Manifest,
	delivered: Delivered,
	others: readonly Manifest[],
): Verification {
	const archives = verifyArchives(manifest, delivered.archives);
	const wanted = manifest.files.filter((file) => !archives.whole.has(file));
	const originals = new Map(manifest.files.map((file) => [file.sha256, file]));
	const owners = new Map(
		others.flatMap((other) => other.files.map(({ sha256 }) => [sha256, other] as const)),
	);
	const { changed, missing, renamed, left } = matchFiles(
		wanted,
		[...delivered.files, ...archives.entries],
		({ sha256 }) => owners.has(sha256),
	);
	const lost = new Set([...missing, ...changed.map(({ file }) => file)]);
	const whole = manifest.files.filter((file) => !lost.has(file));
	return {
		// A ZIP that can't be read is named itself, instead of all that should be in it.
		missing: missing
			.filter(({ archive }) => !archive || !archives.broken.has(plainName(archive.name)))
			.map(({ name, code_start, code_end, code_count }) => ({
				name,
				code_start,
				code_end,
				code_count,
			})),
		changed: [
			...archives.changed,
			...changed.map((change) => changeOf(manifest, change, originals)),
		],
		renamed: [...archives.renamed, ...renamed],
		extra: [...archives.extra, ...extraOf(manifest, left, originals, owners)],
		unreadable: archives.unreadable,
		repacked: archives.repacked,
		already_delivered: others.flatMap((other) => alreadyDelivered(manifest, other) ?? []),
		found: {
			files: whole.length,
			bytes: whole.reduce((sum, { bytes }) => sum + bytes, 0),
			code_count: whole.reduce((sum, { code_count }) => sum + code_count, 0),
		},
	};
}

/**
 * Finds each wanted file: by name and content, else by content, else by name.
 *
 * @param isForeign whether another delivery is known to have a file: that one has not changed
 */
function matchFiles(
	wanted: readonly ManifestFile[],
	files: readonly DeliveredFile[],
	isForeign: (file: DeliveredFile) => boolean,
) {
	const left = new Set(files);
	const keyOf = (name: string, sha256: string) => `${sha256} ${plainName(name)}`;
	const byBoth = groupBy(files, ({ name, sha256 }) => keyOf(name, sha256));
	const bySha256 = groupBy(files, ({ sha256 }) => sha256);
	const own = files.filter((file) => !isForeign(file));
	const byName = groupBy(own, ({ name }) => plainName(name));
	/** Thousands of files can be alike: none is looked at twice. */
	const take = (candidates: DeliveredFile[] = []): DeliveredFile | undefined => {
		let file = candidates.shift();
		while (file && !left.delete(file)) file = candidates.shift();
		return file;
	};
	const renamed: Verification['renamed'][number][] = [];
	const changed: Change[] = [];
	const misplaced = wanted.filter(({ name, sha256 }) => !take(byBoth.get(keyOf(name, sha256))));
	const unfound = misplaced.filter(({ name, sha256 }) => {
		const found = take(bySha256.get(sha256));
		if (found) renamed.push({ name, found_as: placeOf(found) });
		return !found;
	});
	const missing = unfound.filter((file) => {
		const found = take(byName.get(plainName(file.name)));
		if (found) changed.push({ file, found });
		return !found;
	});
	return { renamed, changed, missing, left };
}

interface Change {
	readonly file: ManifestFile;
	readonly found: DeliveredFile;
}

function changeOf(
	manifest: Manifest,
	{ file, found }: Change,
	originals: ReadonlyMap<string, ManifestFile>,
): ChangedFile {
	const original = originals.get(found.sha256);
	return {
		name: placeOf(found),
		problem: original ? `the content of ${original.name}` : differenceOf(manifest, file, found),
		expected_bytes: file.bytes,
		bytes: found.bytes,
		expected_sha256: file.sha256,
		sha256: found.sha256,
	};
}

function extraOf(
	manifest: Manifest,
	left: Iterable<DeliveredFile>,
	originals: ReadonlyMap<string, ManifestFile>,
	owners: ReadonlyMap<string, Manifest>,
): Verification['extra'][number][] {
	const names = new Set(manifest.files.map(({ name }) => plainName(name)));
	const problemOf = ({ name, sha256 }: DeliveredFile): string | undefined => {
		const original = originals.get(sha256);
		if (original) return `a copy of ${original.name}`;
		const owner = owners.get(sha256);
		if (owner) return `of the delivery of ${owner.created}`;
		if (names.has(plainName(name))) return 'the name of a file of the delivery, but other content';
		return isCompanion(name) ? undefined : 'not in the manifest';
	};
	return [...left].flatMap((file) => {
		const problem = problemOf(file);
		return problem === undefined ? [] : [{ name: placeOf(file), problem }];
	});
}
