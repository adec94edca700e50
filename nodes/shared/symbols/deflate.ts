/** A page's content in the zlib format, as PDF's FlateDecode wants it; off the event loop. */
export async function deflated(content: string): Promise<Buffer> {
	const stream = new CompressionStream('deflate');
	const writer = stream.writable.getWriter();
	const written = Promise.all([writer.write(Buffer.from(content, 'latin1')), writer.close()]);
	const chunks: Uint8Array[] = [];
	for await (const chunk of stream.readable) chunks.push(chunk);
	await written;
	return Buffer.concat(chunks);
}
