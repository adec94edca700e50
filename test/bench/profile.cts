import { mkdir, writeFile } from 'node:fs/promises';
import { Session, type Profiler } from 'node:inspector/promises';
import { dirname } from 'node:path';

/** Where the processor has been. */
export interface Hotspot {
	/** Function and place in the source. */
	readonly where: string;
	/** In the function itself, not in what it calls. */
	readonly selfMs: number;
}

const MOST_HOTSPOTS = 15;
const MICROSECONDS_A_MS = 1000;

/**
 * Profiles the main thread while something is done; what other threads do (crypto of a whole buffer runs
 * on the main thread, writing of files doesn't) is not in it.
 *
 * @param file where the profile goes, for Chrome's developer tools and the like
 */
export async function profiled(file: string, act: () => Promise<unknown>): Promise<Hotspot[]> {
	const session = new Session();
	session.connect();
	await session.post('Profiler.enable');
	await session.post('Profiler.start');
	await act();
	const { profile } = await session.post('Profiler.stop');
	session.disconnect();
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, JSON.stringify(profile));
	return hotspotsOf(profile);
}

function hotspotsOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Hotspot[] {
	const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
	const times = new Map<string, number>();
	samples.forEach((id, at) => {
		const where = places.get(id) ?? '';
		times.set(where, (times.get(where) ?? 0) + (timeDeltas[at] ?? 0) / MICROSECONDS_A_MS);
	});
	return [...times]
		.map(([where, selfMs]) => ({ where, selfMs }))
		.sort((one, other) => other.selfMs - one.selfMs)
		.slice(0, MOST_HOTSPOTS);
}

function placeOf({ functionName, url, lineNumber }: Profiler.Profile['nodes'][0]['callFrame']) {
	const file = url.split('/').slice(-2).join('/');
	return `${functionName || '(anonymous)'}${file && ` ${file}:${lineNumber + 1}`}`;
}
