import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { plainName } from '../../shared/delivery/verify/delivered';
import type { Manifest } from '../../shared/delivery/manifest/manifest';
import { contradictionsIn } from '../../shared/delivery/manifest/readManifest';
import { sumsProblems } from '../../shared/delivery/verify/sums';
import { summaryOf, warningsOf } from '../../shared/delivery/verify/verificationWords';
import { verifyDelivery } from '../../shared/delivery/verify/verifyDelivery';
import { ParameterError } from '../../shared/n8n/errors';
import { addHint } from '../../shared/n8n/hints';
import { pairedWithAll } from '../../shared/n8n/items';
import { textIn } from '../../shared/n8n/parameters';
import type { OperationOption } from '../operation';
import { readDeliveryFiles, type DeliveryFiles, type FoundManifest } from './deliveryFiles';
import { zipPasswordIn } from './zipPassword';

export const option: OperationOption = {
	name: 'Verify Delivery',
	value: 'verifyDelivery',
	action: 'Verify delivery',
	description:
		'Compare the files of all input items with their manifest: what is missing, changed, extra, or delivered before',
};

export const description: INodeProperties[] = [
	{
		displayName:
			'Compares the binary files of all input items with the manifest that is among them. ZIPs are looked into.',
		name: 'verifyDeliveryNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Delivery',
		name: 'delivery',
		type: 'string',
		default: '',
		placeholder: 'e.g. 700000001',
		hint: 'Empty: the one whose manifest is the newest',
		description:
			'Which delivery to verify, where there are several manifests: its application ID, external ID or time (field created). The others are looked through for codes that were delivered already.',
	},
	{
		displayName: 'ZIP Password',
		name: 'password',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description:
			'Opens encrypted ZIPs. An expression can give each item its own. A ZIP that is byte for byte the one in the manifest needs none.',
	},
];

/** Holds all files of all input items to their manifest; calls nobody. */
export async function executeOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const wanted = textIn(context.getNodeParameter('delivery', 0), 'Delivery');
	const found = await readDeliveryFiles(context, (itemIndex) => zipPasswordIn(context, itemIndex));
	const deliveries = onePerDelivery(found.manifests);
	const manifest = choose(deliveries, wanted, found);
	const rest = deliveries.filter((other) => other !== manifest);
	const twins = rest.filter((other) => isSameTime(manifest, other));
	const others = rest.filter((other) => !twins.includes(other));
	const verification = verifyDelivery(manifest, found, others);
	const contradictions = [
		...contradictionsIn(manifest),
		...twins.map(({ created }) => `Two manifests of ${created} differ from each other`),
	];
	const known = knownSums(found);
	const warnings = [
		...contradictions,
		...found.sums.flatMap((text) => sumsProblems(text, known)),
		...warningsOf(verification),
	];
	const isComplete =
		contradictions.length === 0 && verification.found.files === manifest.files.length;
	addHint(context, warnings[0]);
	const json = {
		is_complete: isComplete,
		summary: summaryOf(manifest, verification, isComplete, warnings),
		application_id: manifest.application_id,
		isv_application_id: manifest.isv_application_id,
		created: manifest.created,
		...verification,
		totals: manifest.totals,
		warnings,
	};
	return [{ json, pairedItem: pairedWithAll(context) }];
}

/** A manifest may be there twice: beside a ZIP and in it, where it can't name that ZIP. */
function onePerDelivery(manifests: readonly FoundManifest[]): Manifest[] {
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

/** @throws ParameterError if there is none */
function choose(
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
const isSameTime = (one: Manifest, other: Manifest): boolean =>
	one.created === other.created && one.application_id === other.application_id;

/** By plain name: what the SHA-256 of a file may be. What a manifest lists outweighs what is there. */
function knownSums({ manifests, files, archives }: DeliveryFiles): Map<string, Set<string>> {
	const listed = collect([
		...manifests,
		...manifests.flatMap(({ manifest }) =>
			manifest.files.flatMap((file) => (file.archive ? [file, file.archive] : [file])),
		),
	]);
	return new Map([...collect([...files, ...archives]), ...listed]);
}

function collect(
	files: readonly { readonly name: string; readonly sha256: string }[],
): Map<string, Set<string>> {
	const sums = new Map<string, Set<string>>();
	for (const { name, sha256 } of files) {
		const key = plainName(name);
		sums.set(key, (sums.get(key) ?? new Set()).add(sha256));
	}
	return sums;
}
