import type { Manifest } from '../../shared/delivery/manifest/manifest';
import { ParameterError } from '../../shared/n8n/errors';
import type { DeliveryFiles, FoundManifest } from './deliveryFiles';

/** A manifest may be there twice: beside a ZIP and in it, where it can't name that ZIP. */
export function onePerDelivery(manifests: readonly FoundManifest[]): Manifest[] {
	const deliveries = new Map<string, Manifest>();
	for (const { manifest } of manifests) {
		const key = JSON.stringify([manifest.created, manifest.files.map(({ sha256 }) => sha256)]);
		const known = deliveries.get(key);
		if (!known || archivesIn(manifest) > archivesIn(known)) deliveries.set(key, manifest);
	}
	return [...deliveries.values()];
}

const archivesIn = ({ files }: Manifest): number =>
	files.filter(({ archive }) => archive !== null).length;

/**
 * The delivery to verify.
 *
 * @param wanted application ID, external ID or time of its manifest; empty: the newest
 * @throws ParameterError if there is none
 */
export function chooseDelivery(
	deliveries: readonly Manifest[],
	wanted: string,
	{ archives }: DeliveryFiles,
): Manifest {
	const [newest] = deliveries
		.filter(
			({ application_id, isv_application_id, created }) =>
				wanted === '' || [application_id, isv_application_id, created].includes(wanted),
		)
		.sort((a, b) => (a.created < b.created ? 1 : -1));
	if (newest) return newest;
	if (deliveries.length > 0) {
		throw new ParameterError(
			'No manifest is that of the delivery to verify',
			'Delivery takes the application ID, the external ID or the time (created) of one of the manifests; empty, it is the newest.',
		);
	}
	const closed = archives.find(({ problem }) => problem !== undefined);
	throw new ParameterError(
		closed
			? `No manifest is among the files, but ${closed.name} could not be looked into: ${closed.problem}`
			: 'No manifest is among the files',
		'Pass on manifest.json too, as a binary file (Marketcode Download makes it with the option Manifest), and the password of ZIPs that are encrypted.',
	);
}

/** Nothing is delivered twice in the same millisecond: one of the two was changed. */
export const isSameTime = (one: Manifest, other: Manifest): boolean =>
	one.created === other.created && one.application_id === other.application_id;
