import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Manifest } from '../../shared/delivery/manifest/manifest';
import { proofItem } from '../../shared/delivery/handover/proof';
import { safeName } from '../../shared/delivery/names/safeName';
import { addHint } from '../../shared/n8n/hints';
import { pairedWithAll } from '../../shared/n8n/items';
import { requiredText, textIn, wholeNumber } from '../../shared/n8n/parameters';
import { MOST_SAMPLES } from '../../shared/symbols/sheetFacts';
import type { OperationOption } from '../operation';
import { findCodeFiles, type CodeFile } from './codeFiles';
import { originsIn } from './origins';
import { pickSamples } from './pickedSamples';
import { zipPasswordParameter } from './zipPassword';

export const option: OperationOption = {
	name: 'Proof Sheet',
	value: 'proofSheet',
	action: 'Make proof sheet',
	description:
		'Show codes of a delivery that is already at hand, as QR codes and micro codes on one page to print and scan',
};

export const description: INodeProperties[] = [
	{
		displayName:
			'The files of all input items are one delivery: the sheet shows codes of all of them. ZIPs are looked into.',
		name: 'proofSheetNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Input Binary Field',
		name: 'inputBinaryField',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field that holds a file with codes',
		description:
			'The package decrypted, a URL list, CSV or JSON Lines; which of them is found out. A manifest is found in any field.',
	},
	{
		displayName: 'Proof Codes',
		name: 'proofCodes',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MOST_SAMPLES },
		default: 12,
		description:
			'How many evenly spaced codes to show. One has a URL that begins or ends with a space, if there is any.',
	},
	zipPasswordParameter,
];

/** Makes a proof sheet of all files of all input items; calls nobody. */
export async function executeOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const field = requiredText(context.getNodeParameter('inputBinaryField', 0), 'Input Binary Field');
	const proofCodes = context.getNodeParameter('proofCodes', 0);
	const wanted = wholeNumber(proofCodes, 'Proof Codes', 1, MOST_SAMPLES);
	const { files, manifests, warnings: unread } = await findCodeFiles(context, field);
	const [manifest] = manifests;
	const originOf = await originsIn(context, field, { files, manifests: manifests.slice(0, 1) });
	const samples = await pickSamples(context, files, wanted, (file) => originOf(file).start);
	const warnings = [...unread, ...(manifest && !isOf(manifest, files) ? [OTHER_FILES] : [])];
	addHint(context, warnings[0]);
	const ids = manifest ?? idsIn(context, files);
	const facts = {
		applicationId: ids.application_id,
		isvApplicationId: ids.isv_application_id,
		created: manifest?.created ?? new Date().toISOString(),
		codeCount: files.reduce((sum, { count }) => sum + count, 0),
		fileCount: files.length,
		files: files.map(({ name, count, sha256 }) => ({ name, codeCount: count, sha256 })),
		samples,
	};
	const { json, binary } = await proofItem(context, facts, stemOf(ids, manifest));
	return [{ json: { ...json, warnings }, binary, pairedItem: pairedWithAll(context) }];
}

const OTHER_FILES =
	'The files are not exactly those of the manifest among them: Verify Delivery says which are not';

const isOf = (manifest: Manifest, files: readonly CodeFile[]): boolean => {
	const listed = new Set(manifest.files.map(({ sha256 }) => sha256));
	return listed.size === files.length && files.every(({ sha256 }) => listed.has(sha256));
};

type Ids = Pick<Manifest, 'application_id' | 'isv_application_id'>;

/** What the items of all files agree on. */
function idsIn(context: IExecuteFunctions, files: readonly CodeFile[]): Ids {
	const input = context.getInputData();
	const agreed = (name: keyof Ids): string | null => {
		const values = files.map(({ itemIndex }) => textIn(input[itemIndex]?.json[name], name));
		const [value = '', ...others] = new Set(values);
		return others.length > 0 || value === '' ? null : value;
	};
	return {
		application_id: agreed('application_id'),
		isv_application_id: agreed('isv_application_id'),
	};
}

/** As Marketcode Download names a proof sheet. */
function stemOf({ application_id }: Ids, manifest: Manifest | undefined): string {
	const range = manifest ? `_${manifest.code_start}-${manifest.code_end}` : '';
	return safeName(`marketcode_${application_id ?? 'package'}${range}`);
}
