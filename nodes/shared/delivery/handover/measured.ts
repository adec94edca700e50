import { createHash } from 'crypto';

/** What is known of a file's bytes once all have gone by. */
export interface Measure {
	readonly bytes: number;
	/** In hexadecimal. */
	readonly sha256: string;
}

/** Counts and hashes chunks on their way into an archive. */
export class Measured implements AsyncIterable<Buffer> {
	private readonly hash = createHash('sha256');
	private bytes = 0;

	constructor(private readonly chunks: AsyncIterable<Buffer>) {}

	async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
		for await (const chunk of this.chunks) {
			this.bytes += chunk.length;
			this.hash.update(chunk);
			yield chunk;
		}
	}

	/** To be called once, behind the last chunk. */
	measure(): Measure {
		return { bytes: this.bytes, sha256: this.hash.digest('hex') };
	}
}
