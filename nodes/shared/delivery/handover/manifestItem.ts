import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { createHash } from 'crypto';
import { storeFile } from '../../n8n/files';
import type { HandoverSettings } from '../parameters/handover';
import { letterOf } from '../manifest/letter';
import { manifestText, sumsText, type Manifest } from '../manifest/manifest';
import { only } from './storing';

/** What a delivery's folder has beside its files. */
export const MANIFEST_NAME = 'manifest.json';
export const SUMS_NAME = 'SHA256SUMS';

/** A file's name and its SHA-256, as `SHA256SUMS` lists them. */
interface Sum {
	readonly name: string;
	readonly sha256: string;
}

/** The manifest and the sums of the files that it lies beside, the manifest itself among them. */
export function closingFiles(
	manifest: Manifest,
	beside: readonly Sum[],
): { readonly manifest: Buffer; readonly sums: Buffer } {
	const text = manifestText(manifest);
	const sha256 = createHash('sha256').update(text).digest('hex');
	return { manifest: text, sums: sumsText([...beside, { name: MANIFEST_NAME, sha256 }]) };
}

/** The item that closes a delivery: its manifest, the sums of what was stored, the letter to the printer. */
export async function manifestItem(
	context: IExecuteFunctions,
	itemIndex: number,
	manifest: Manifest,
	stored: readonly Sum[],
	handover: HandoverSettings,
): Promise<INodeExecutionData> {
	const closing = closingFiles(manifest, stored);
	const text = await storeFile(context, only(closing.manifest), MANIFEST_NAME, 'application/json');
	const sums = await storeFile(context, only(closing.sums), SUMS_NAME, 'text/plain');
	const { application_id, isv_application_id, code_start, code_end, code_count } = manifest;
	return {
		json: {
			is_manifest: true,
			application_id,
			isv_application_id,
			code_start,
			code_end,
			code_count,
			files: manifest.totals.files,
			file_name: MANIFEST_NAME,
			bytes: text.bytes,
			sha256: text.sha256,
			letter: letterOf(manifest, handover),
		},
		binary: { manifest: text.binary, sha256sums: sums.binary },
		pairedItem: { item: itemIndex },
	};
}
