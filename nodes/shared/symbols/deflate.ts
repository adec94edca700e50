/** Bytes, or text of one byte a character, in the zlib format of PDF and PNG; off the event loop. */
export async function deflated(content: Buffer | string): Promise<Buffer> {
	const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
	const { readable, writable } = new CompressionStream('deflate');
	const writer = writable.getWriter();
	const written = Promise.all([writer.write(bytes), writer.close()]);
	const reader = readable.getReader();
	const chunks: Uint8Array[] = [];
	for (let next = await reader.read(); !next.done; next = await reader.read()) {
		chunks.push(next.value);
	}
	await written;
	return Buffer.concat(chunks);
}
