import { sleep } from 'n8n-workflow';
import { inPieces } from './through';

/** After so many bytes others get the event loop: a file that is in memory never waits by itself. */
const BYTES_AT_ONCE = 1_048_576;

/** A file that is read once from its start to its end, with jumps ahead. */
export class Source {
	/** How many bytes have been passed. */
	position = 0;
	private readonly iterator: AsyncIterator<Buffer>;
	private rest = Buffer.alloc(0);
	private sincePause = 0;

	constructor(file: AsyncIterable<Buffer>) {
		this.iterator = file[Symbol.asyncIterator]();
	}

	/** Passes what is before a position that has not been passed yet. */
	async skipTo(position: number): Promise<void> {
		while (this.position < position) if (!(await this.take(position - this.position))) return;
	}

	/** The next bytes: fewer than asked for only where the file ends. `length` is small: they are held. */
	async read(length: number): Promise<Buffer> {
		const pieces: Buffer[] = [];
		for await (const piece of this.pieces(length)) pieces.push(piece);
		return Buffer.concat(pieces);
	}

	/** The next bytes in pieces of 64 KB at most: fewer than asked for only where the file ends. */
	async *pieces(length: number): AsyncGenerator<Buffer> {
		for (let left = length; left > 0; ) {
			const chunk = await this.take(left);
			if (!chunk) return;
			left -= chunk.length;
			for (const piece of inPieces(chunk)) {
				yield piece;
				this.sincePause += piece.length;
				if (this.sincePause < BYTES_AT_ONCE) continue;
				this.sincePause = 0;
				await sleep(0);
			}
		}
	}

	/** Stops reading the file. */
	async close(): Promise<void> {
		await this.iterator.return?.();
	}

	/** Some of the next bytes, `most` of them at most; undefined at the end of the file. */
	private async take(most: number): Promise<Buffer | undefined> {
		while (this.rest.length === 0) {
			const { done, value } = await this.iterator.next();
			if (done) return undefined;
			this.rest = value;
		}
		const taken = this.rest.subarray(0, most);
		this.rest = this.rest.subarray(taken.length);
		this.position += taken.length;
		return taken;
	}
}
