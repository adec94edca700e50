import { createHash } from 'node:crypto';
import type { IBinaryData } from 'n8n-workflow';
import type { Engine } from '../engine/engine.cts';
import type { Task } from './cases.cts';
import { costOf } from './cost.cts';
import { profiled } from './profile.cts';

/** What an act costs, or where its time goes. */
export async function observed({ profile }: Task, act: () => Promise<unknown>) {
	if (profile === undefined) return { cost: await costOf(act) };
	return { hotspots: await profiled(profile, act) };
}

/** Of all files together, one after the other. */
export async function sha256Of(files: Iterable<AsyncIterable<Buffer>>): Promise<string> {
	const hash = createHash('sha256');
	for (const file of files) for await (const chunk of file) hash.update(chunk);
	return hash.digest('hex');
}

/** A file that n8n has stored. */
export async function* chunksOf(engine: Engine, file: IBinaryData): AsyncGenerator<Buffer> {
	yield* await engine.binaryStream(file);
}
