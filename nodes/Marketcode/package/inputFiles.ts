import type { IExecuteFunctions } from 'n8n-workflow';
import { readZip } from '../../shared/delivery/archive/unzip';
import { fileChunks } from '../../shared/n8n/binaryFiles';
import { requireFiles } from '../../shared/n8n/toolUse';
import { ZIP_BEGINNINGS } from './deliveryFiles';
import { zipPasswordIn } from './zipPassword';

/** A file of an input item, or in a ZIP of one. */
export interface InputFile {
	readonly itemIndex: number;
	/** The binary field. */
	readonly field: string;
	/** In a ZIP: as there, with its folders. */
	readonly name: string;
	/** Name of the ZIP; undefined: in none. */
	readonly archive: string | undefined;
	/** To be taken before the next file is asked for, or not at all. */
	readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Every binary file of every input item, those in ZIPs one by one.
 *
 * @throws ParameterError if a ZIP is damaged, or can't be opened with the parameter `password`, or a model has called the node
 */
export async function* inputFiles(
	context: IExecuteFunctions,
): AsyncGenerator<InputFile, void, void> {
	requireFiles(context);
	const signal = context.getExecutionCancelSignal();
	for (const [itemIndex, { binary = {} }] of context.getInputData().entries()) {
		for (const [field, { fileName = field }] of Object.entries(binary)) {
			if (signal?.aborted) throw new Error('The execution was canceled');
			const open = () => fileChunks(context, itemIndex, field);
			if (!(await isZip(open()))) {
				yield { itemIndex, field, name: fileName, archive: undefined, chunks: open() };
				continue;
			}
			for await (const { name, chunks } of readZip(open, zipPasswordIn(context, itemIndex))) {
				yield { itemIndex, field, name, archive: fileName, chunks };
			}
		}
	}
}

async function isZip(chunks: AsyncIterable<Buffer>): Promise<boolean> {
	let beginning = '';
	for await (const chunk of chunks) {
		beginning += chunk.toString('latin1', 0, 4 - beginning.length);
		if (beginning.length === 4) break;
	}
	return ZIP_BEGINNINGS.includes(beginning);
}
