import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { plainName } from '../../shared/delivery/verify/delivered';
import { contradictionsIn } from '../../shared/delivery/manifest/readManifest';
import { sumsProblems } from '../../shared/delivery/verify/sums';
import { summaryOf, warningsOf } from '../../shared/delivery/verify/verificationWords';
import { verifyDelivery } from '../../shared/delivery/verify/verifyDelivery';
import { addHint } from '../../shared/n8n/hints';
import { pairedWithAll } from '../../shared/n8n/items';
import { textIn } from '../../shared/n8n/parameters';
import type { OperationOption } from '../operation';
import { chooseDelivery, isSameTime, onePerDelivery } from './chosenDelivery';
import { readDeliveryFiles, type DeliveryFiles } from './deliveryFiles';
import { zipPasswordIn, zipPasswordParameter } from './zipPassword';

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
		...zipPasswordParameter,
		description:
			'Opens encrypted ZIPs. An expression can give each item its own. A ZIP that is byte for byte the one in the manifest needs none.',
	},
];

/** Holds all files of all input items to their manifest; calls nobody. */
export async function executeOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const wanted = textIn(context.getNodeParameter('delivery', 0), 'Delivery');
	const found = await readDeliveryFiles(context, (itemIndex) => zipPasswordIn(context, itemIndex));
	const deliveries = onePerDelivery(found.manifests);
	const manifest = chooseDelivery(deliveries, wanted, found);
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
