import { createCipheriv, createHmac, pbkdf2 } from 'crypto';

/*
 * Encryption of ZIP entries as WinZip's "AES Encryption Information: Encryption Specification AE-1 and
 * AE-2" (version 1.04) has it: an entry's data is salt, two bytes that tell most wrong passwords, the
 * encrypted data, and the first ten bytes of its HMAC-SHA1.
 */

/** The compression method that stands for AES (section III.A.1). */
export const AES_METHOD = 99;
/** The id of the extra field that holds the rest (section III.B). */
export const AES_EXTRA = 0x9901;
export const VERIFIER_BYTES = 2;
export const AUTHENTICATION_BYTES = 10;

const ITERATIONS = 1000;
const BLOCK_BYTES = 16;
/** How much of the key stream is made at a time. */
const BATCH_BYTES = 16_384;

/** The strength written in the extra field: AES-128, AES-192 or AES-256. */
export type AesStrength = 1 | 2 | 3;

const KEY_BYTES = { 1: 16, 2: 24, 3: 32 } as const;
const CIPHERS = { 1: 'aes-128-ecb', 2: 'aes-192-ecb', 3: 'aes-256-ecb' } as const;

/** How long an entry's salt is: half the key. */
export const saltBytes = (strength: AesStrength) => KEY_BYTES[strength] / 2;

/** Encrypts or decrypts an entry's data, and authenticates what is encrypted. */
export class AesEntry {
	private readonly hmac;

	private constructor(
		private readonly stream: KeyStream,
		authenticationKey: Buffer,
		/** The two bytes after the salt: other ones mean another password. */
		readonly verifier: Buffer,
	) {
		this.hmac = createHmac('sha1', authenticationKey);
	}

	/** Makes the keys of a password, which is taken as UTF-8, off the event loop. */
	static async from(password: string, salt: Buffer, strength: AesStrength): Promise<AesEntry> {
		const length = KEY_BYTES[strength];
		const bytes = await new Promise<Buffer>((resolve, reject) => {
			pbkdf2(password, salt, ITERATIONS, 2 * length + VERIFIER_BYTES, 'sha1', (error, derived) => {
				if (error) reject(error);
				else resolve(derived);
			});
		});
		return new AesEntry(
			new KeyStream(CIPHERS[strength], bytes.subarray(0, length)),
			bytes.subarray(length, 2 * length),
			bytes.subarray(2 * length),
		);
	}

	encrypt(plain: Buffer): Buffer {
		const encrypted = this.stream.applyTo(plain);
		this.hmac.update(encrypted);
		return encrypted;
	}

	decrypt(encrypted: Buffer): Buffer {
		this.hmac.update(encrypted);
		return this.stream.applyTo(encrypted);
	}

	/** The ten bytes behind the data. Ends the entry. */
	authentication(): Buffer {
		return this.hmac.digest().subarray(0, AUTHENTICATION_BYTES);
	}
}

/**
 * The key stream of AES in counter mode with a counter that begins with 1 and has its least significant
 * byte first. The one of OpenSSL has it last, so the stream is made of encrypted counters.
 */
class KeyStream {
	private readonly cipher;
	private readonly counters = new Uint32Array(BATCH_BYTES / 4);
	private readonly keys = new Uint32Array(BATCH_BYTES / 4);
	private batch = -1;
	/** How many bytes have been encrypted. */
	private position = 0;

	constructor(algorithm: string, key: Buffer) {
		this.cipher = createCipheriv(algorithm, key, null).setAutoPadding(false);
	}

	/** A copy of bytes, with the next bytes of the key stream on them. */
	applyTo(bytes: Buffer): Buffer {
		// Whole words are changed, so the copy begins as far inside a word as the stream is.
		const lead = this.position % 4;
		const copy = Buffer.from(new ArrayBuffer(Math.ceil((lead + bytes.length) / 4) * 4));
		copy.set(bytes, lead);
		const words = new Uint32Array(copy.buffer);
		const first = (this.position - lead) / 4;
		for (let word = 0; word < words.length; ) {
			const from = (first + word) % this.keys.length;
			const count = Math.min(this.keys.length - from, words.length - word);
			this.prepare((first + word - from) / this.keys.length);
			for (let next = 0; next < count; next++) {
				words[word + next] = (words[word + next] ?? 0) ^ (this.keys[from + next] ?? 0);
			}
			word += count;
		}
		this.position += bytes.length;
		return copy.subarray(lead, lead + bytes.length);
	}

	private prepare(batch: number): void {
		if (batch === this.batch) return;
		this.batch = batch;
		const first = batch * (BATCH_BYTES / BLOCK_BYTES) + 1;
		const view = new DataView(this.counters.buffer);
		for (let block = 0; block < BATCH_BYTES / BLOCK_BYTES; block++) {
			view.setUint32(block * BLOCK_BYTES, (first + block) % 2 ** 32, true);
			view.setUint32(block * BLOCK_BYTES + 4, Math.floor((first + block) / 2 ** 32), true);
		}
		const bytes = new Uint8Array(this.keys.buffer);
		bytes.set(this.cipher.update(new Uint8Array(this.counters.buffer)));
	}
}
