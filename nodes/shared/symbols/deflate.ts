/** A page's content in the zlib format, as PDF's FlateDecode wants it; off the event loop. */
export async function deflated(content: string): Promise<Buffer> {
	const { readable, writable } = new CompressionStream('deflate');
	const writer = writable.getWriter();
	const written = Promise.all([writer.write(Buffer.from(content, 'latin1')), writer.close()]);
	const reader = readable.getReader();
	const chunks: Uint8Array[] = [];
	for (let next = await reader.read(); !next.done; next = await reader.read()) {
		chunks.push(next.value);
	}
	await written;
	return Buffer.concat(chunks);
}
