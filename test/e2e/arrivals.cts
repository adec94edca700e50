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
		const names = await readdir(folder, { recursive: true });
		const files = await Promise.all(names.map((name) => stateOf(folder, name)));
		// Who hands over in order sees here that it is the order.
		for (const { name, size, mtimeMs, isFile } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
			const version = `${size} ${mtimeMs}`;
			if (isFile && seen.get(name) === version && told.get(name) !== version) {
				told.set(name, version);
				onFile(name, size);
			}
			seen.set(name, version);
		}
	};
	// A file that goes while it is looked at is no arrival.
	const looking = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
	return () => clearInterval(looking);
}

async function stateOf(folder: string, name: string) {
	const state = await stat(path.join(folder, name));
	return { name, size: state.size, mtimeMs: state.mtimeMs, isFile: state.isFile() };
}
