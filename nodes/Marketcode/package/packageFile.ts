import { sleep, type IExecuteFunctions } from 'n8n-workflow';
import { PackageError } from '../../shared/codePackage/errors';
import {
	SAMPLE_BYTES,
	formOf,
	withoutMark,
	type PackageForm,
} from '../../shared/codePackage/input';
import { WechatError } from '../../shared/wechat/errors';
import { readLongText, type TextReader } from '../../shared/wechat/longText';

const CHUNK_BYTES = 64 * 1024;

/** What is read of a file that n8n holds in memory, before others get their turn. */
const SLICE_BYTES = 512 * 1024;

/**
 * A binary file of an item, chunk by chunk.
 *
 * @throws NodeOperationError if the item has no such file
 */
export async function* fileChunks(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
): AsyncGenerator<Buffer, void, void> {
	const { id } = context.helpers.assertBinaryData(itemIndex, field);
	if (id !== undefined) {
		for await (const chunk of await context.helpers.getBinaryStream(id, CHUNK_BYTES)) {
			yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
		}
		return;
	}
	const file = await context.helpers.getBinaryDataBuffer(itemIndex, field);
	for (let at = 0; at < file.length; at += SLICE_BYTES) {
		yield file.subarray(at, at + SLICE_BYTES);
		await sleep(0);
	}
}

/**
 * Reads the package in a file, however it is written down.
 *
 * @param open makes a reader of the package as base64 text, or as the bytes that it stands for
 * @param secrets texts that must not show, should the file quote one of them
 * @throws PackageError if the file holds no package; WechatError if it holds an error of WeChat's;
 *   whatever the reader throws
 */
export async function readPackage<T>(
	chunks: AsyncGenerator<Buffer, void, void>,
	open: (isBase64: boolean) => TextReader<T>,
	secrets: readonly string[],
): Promise<{ readonly form: PackageForm; readonly result: T }> {
	try {
		const sample = await firstBytes(chunks);
		const text = withoutMark(sample);
		const form = formOf(text);
		const bytes = chain(form === 'raw' ? sample : text, chunks);
		const reader = open(form !== 'raw');
		if (form === 'json') {
			const result = await readLongText(bytes, 'buffer', reader, secrets).catch(inFile);
			return { form, result };
		}
		for await (const chunk of bytes) reader.write(chunk);
		return { form, result: reader.end() };
	} finally {
		// Whoever stops before the end has to: n8n's file would stay open.
		await chunks.return();
	}
}

/** As many bytes as tell the form, or all there are. */
async function firstBytes(chunks: AsyncGenerator<Buffer, void, void>): Promise<Buffer> {
	const taken: Buffer[] = [];
	for (let length = 0; length < SAMPLE_BYTES; ) {
		const { done, value } = await chunks.next();
		if (done) break;
		taken.push(value);
		length += value.length;
	}
	return Buffer.concat(taken);
}

async function* chain(
	first: Buffer,
	rest: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, void> {
	yield first;
	yield* rest;
}

/** An answer in a file can't be asked for again. */
async function inFile(error: unknown): Promise<never> {
	if (error instanceof WechatError && ['answer', 'oversize'].includes(error.failure.kind)) {
		throw new PackageError(
			`The file holds no package: ${error.message}`,
			"Pass the buffer of WeChat's answer as base64 text, or the whole JSON answer as it came.",
		);
	}
	throw error;
}
