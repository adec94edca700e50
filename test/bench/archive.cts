/**
 * How fast a delivery is zipped and unzipped, and how long the event loop is held by it.
 * `node --require tsx/cjs test/bench/archive.cts [megabytes]`
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readZip } from '../../nodes/shared/delivery/archive/unzip';
import { zipArchive, type ZipEntry } from '../../nodes/shared/delivery/archive/zip';

const megabytes = Number(process.argv[2] ?? 100);
const SYMBOLS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const CHUNK_BYTES = 65_536;

/** A chunk as a URL list has it: 28 invented characters and a line feed, again and again. */
function urlList(seed: number): Buffer {
	let state = seed + 1;
	const random = () => (state = (state * 48_271) % 2_147_483_647);
	const symbol = () => SYMBOLS[random() % SYMBOLS.length];
	const url = () => `P.URL.CN/0${Array.from({ length: 18 }, symbol).join('')}\n`;
	const lines = Array.from({ length: Math.floor(CHUNK_BYTES / 29) }, url);
	return Buffer.from(lines.join(''));
}

const lists = Array.from({ length: Math.ceil((megabytes * 1e6) / CHUNK_BYTES) }, (_, n) =>
	urlList(n),
);
const bytes = lists.reduce((total, list) => total + list.length, 0);

async function* chunks(pieces: readonly Buffer[]) {
	yield* pieces;
}

async function* entries(): AsyncGenerator<ZipEntry> {
	yield { name: 'list.txt', modified: new Date(), mostBytes: bytes, chunks: chunks(lists) };
}

/** Collects what work gives, and says how fast it was and how long others waited. */
async function measured(what: string, work: AsyncIterable<Buffer>): Promise<Buffer[]> {
	const delay = monitorEventLoopDelay({ resolution: 1 });
	delay.enable();
	const start = performance.now();
	const made: Buffer[] = [];
	for await (const chunk of work) made.push(chunk);
	const seconds = (performance.now() - start) / 1000;
	delay.disable();
	const speed = (bytes / 1e6 / seconds).toFixed(1);
	const [p99, most] = [delay.percentile(99), delay.max].map((ns) => (ns / 1e6).toFixed(1));
	console.log(`${what}: ${speed} MB/s; event loop delay 99 % ${p99} ms, most ${most} ms`);
	return made;
}

async function* unzipped(zip: readonly Buffer[], password: string | undefined) {
	for await (const file of readZip(() => chunks(zip), password)) yield* file.chunks;
}

async function main() {
	console.log(`Node ${process.version}, ${(bytes / 1e6).toFixed(0)} MB of a URL list`);
	for (const password of [undefined, 'invented password']) {
		const kind = password ? 'with password' : 'without password';
		const zip = await measured(`zip ${kind}`, zipArchive(entries(), password));
		await measured(`unzip ${kind}`, unzipped(zip, password));
	}
}

void main();
