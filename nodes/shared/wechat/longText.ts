import { readAnswer } from './answer';
import { Envelope } from './envelope';
import { unusableAnswer } from './wechatErrors';

/** Reads a text as it arrives. */
export interface TextReader<T> {
	/**
	 * Takes the next piece, which is never empty.
	 *
	 * @returns true if that is enough: the rest of the answer is not waited for then
	 */
	write(piece: Buffer): boolean | void;
	/** What the text gave; called once it is whole, or enough. */
	end(): T;
}

/**
 * Reads an answer that holds one long text. What the reader gave is only returned once the whole answer is
 * there and holds no errcode: WeChat may write it before the text or behind it.
 *
 * @param field the text's name in the answer
 * @throws WechatError if the answer is not JSON, holds an errcode other than 0 or no such text;
 *   otherwise whatever the reader throws
 */
export async function readLongText<T>(
	chunks: AsyncIterable<Buffer>,
	field: string,
	reader: TextReader<T>,
	secrets: readonly string[],
): Promise<T> {
	const envelope = new Envelope(field);
	let refusal: { readonly error: unknown } | undefined;
	for await (const chunk of chunks) {
		const piece = envelope.push(chunk);
		if (piece.length === 0 || refusal) continue;
		try {
			if (reader.write(piece) === true) return reader.end();
		} catch (error) {
			refusal = { error };
			// WeChat's own word counts for more than what the text is like. Once it is there, nothing is to wait for.
			if (hasErrcode(envelope.textBefore(), secrets)) break;
		}
	}
	if (!refusal || !hasErrcode(envelope.textBefore(), secrets)) readAnswer(envelope.text(), secrets);
	if (refusal) throw refusal.error;
	if (!envelope.hasField) throw unusableAnswer('it has no package');
	return reader.end();
}

/** @throws WechatError if it is not 0 */
const hasErrcode = (before: string | undefined, secrets: readonly string[]): boolean =>
	before !== undefined && 'errcode' in readAnswer(before, secrets);
