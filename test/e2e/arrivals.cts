import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const LOOK_EVERY_MS = 1_000;

/**
 * Looks at a folder again and again, and tells of each file once it has stopped growing; again when it
 * has been replaced. Unlike the system's own notices, this also sees the first file of a new folder.
 * @param onFile gets its path in the folder, and its size in bytes
 * @returns ends it
 */
export function watchArrivals(
	folder: string,
	onFile: (file: string, bytes: number) => void,
): () => void {
	const seen = new Map<string, string>();
	const told = new Map<string, string>();
	const look = async () => {
		for (const file of (await readdir(folder, { recursive: true })).sort()) {
			const { size, mtimeMs, isFile } = await stateOf(path.join(folder, file));
			const version = `${size} ${mtimeMs}`;
			if (isFile && seen.get(file) === version && told.get(file) !== version) {
				told.set(file, version);
				onFile(file, size);
			}
			seen.set(file, version);
		}
	};
	// A file that goes while it is looked at is no arrival.
	const looking = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
	return () => clearInterval(looking);
}

async function stateOf(file: string) {
	const state = await stat(file);
	return { size: state.size, mtimeMs: state.mtimeMs, isFile: state.isFile() };
}
