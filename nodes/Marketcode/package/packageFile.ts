import { PackageError } from '../../shared/codePackage/packageError';
import {
	SAMPLE_BYTES,
	formOf,
	withoutMark,
	type PackageForm,
} from '../../shared/codePackage/input';
import { WechatError } from '../../shared/wechat/wechatErrors';
import { readLongText, type TextReader } from '../../shared/wechat/longText';

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
