import type { IExecuteFunctions } from 'n8n-workflow';
import { PackageError } from '../../shared/codePackage/packageError';
import { countOf, type Bounds } from '../../shared/codePackage/segments';
import type { Manifest } from '../../shared/delivery/manifest/manifest';
import { contradictionsIn } from '../../shared/delivery/manifest/readManifest';
import { fileChunks } from '../../shared/n8n/binaryFiles';
import { ParameterError } from '../../shared/n8n/errors';
import { look, manifestIn } from '../package/deliveryFiles';

/** The codes of a delivered file, inclusive at both ends. */
export interface FileCodes extends Bounds {
	readonly name: string;
}

/** What a manifest says of the codes of a delivery. */
export interface DeliveredCodes {
	readonly applicationId: string;
	readonly isvApplicationId: string | null;
	/** When the files were made: ISO 8601 in UTC. */
	readonly created: string;
	/** In the order of their codes, none overlapping another. Their indexes count from the application. */
	readonly files: readonly FileCodes[];
}

/**
 * Reads the manifest in a binary field of an item.
 *
 * @param field the binary field
 * @throws NodeOperationError if the item has no such file; ParameterError, PackageError if that is no
 *   manifest, or one that does not tell which codes of which application were delivered
 */
export async function deliveredCodesIn(
	context: IExecuteFunctions,
	itemIndex: number,
	field: string,
): Promise<DeliveredCodes> {
	const { text } = await look(fileChunks(context, itemIndex, field));
	const manifest = text && manifestIn(text, field);
	if (!manifest) {
		throw new ParameterError(
			`The file in the binary field ${field} is not the manifest of a delivery`,
			'Pass on manifest.json, which Marketcode Download makes with the option Manifest; out of its ZIP, if it is in one.',
		);
	}
	const { application_id: applicationId, isv_application_id: isvApplicationId, created } = manifest;
	if (applicationId === null) {
		throw new PackageError(
			'The manifest does not say which application its codes are of',
			'Enter the codes in Expected Active instead. Package: Decrypt writes the application into the manifest if the input item has application_id.',
		);
	}
	return { applicationId, isvApplicationId, created, files: filesOf(manifest) };
}

/** @throws PackageError if the manifest does not tell exactly which codes the files hold */
function filesOf(manifest: Manifest): FileCodes[] {
	const [contradiction] = contradictionsIn(manifest);
	if (contradiction !== undefined) {
		throw new PackageError(contradiction, 'Take the manifest as it was delivered.');
	}
	const files = manifest.files
		.map(({ name, code_start, code_end, code_count }) => {
			const bounds = { start: code_start, end: code_end };
			if (code_count !== countOf(bounds)) {
				throw new PackageError(
					`The manifest does not tell which codes ${name} holds: ${code_count} of ${code_start}–${code_end}`,
					'The file was delivered with codes missing, or twice. Enter in Expected Active what was delivered.',
				);
			}
			return { ...bounds, name };
		})
		.sort((one, other) => one.start - other.start);
	for (const [position, file] of files.entries()) {
		const before = files[position - 1];
		if (before && file.start <= before.end) {
			throw new PackageError(
				`The manifest has the code ${file.start} in two files: ${before.name} and ${file.name}`,
				'Take the manifest as it was delivered.',
			);
		}
	}
	return files;
}
