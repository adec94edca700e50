import {
	updateDisplayOptions,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import { decryptPackage, packageKeyBytes } from '../../shared/codePackage/decrypt';
import { PackageError } from '../../shared/codePackage/errors';
import { csvHead } from '../../shared/codePackage/format';
import { packageIn } from '../../shared/codePackage/input';
import {
	LONE_SEGMENT,
	segmentText,
	uncheckedText,
	type AcrossSegments,
	type SegmentText,
} from '../../shared/codePackage/output';
import type { PlannedSegment } from '../../shared/codePackage/segments';
import { ParameterError } from '../../shared/n8n/errors';
import { SHARED_NAMES } from '../../shared/n8n/fileName';
import {
	binaryPropertyParameter,
	fileOptions,
	outputParameter,
	readFileSettings,
	type FileSettings,
} from '../../shared/n8n/fileParameters';
import { storeFile } from '../../shared/n8n/files';
import { addHint } from '../../shared/n8n/hints';
import { requiredText, textIn, wholeNumber } from '../../shared/n8n/parameters';
import { readCredential } from '../../shared/wechat/send';
import type { Run } from '../operation';

const properties: INodeProperties[] = [
	{
		displayName: 'Input Binary Field',
		name: 'inputBinaryField',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field that holds the package',
		description:
			"The package of one segment as base64 text, as WeChat's JSON answer, or as bytes; which of them is found out",
	},
	{
		displayName: 'Code Start',
		name: 'codeStart',
		// Text, so that its default can be what Marketcode Download hands on.
		type: 'string',
		default: '={{ $json.code_start }}',
		required: true,
		description: 'Index of the first code in the package, as it was asked for',
	},
	{
		displayName: 'Code End',
		name: 'codeEnd',
		// Text, so that its default can be what Marketcode Download hands on.
		type: 'string',
		default: '={{ $json.code_end }}',
		required: true,
		description:
			'Index of the last code in the package, as it was asked for; it is included. The rows are counted against it.',
	},
	outputParameter,
	binaryPropertyParameter,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: fileOptions,
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['package'], operation: ['decrypt'] } },
	properties,
);

/** Decrypts and checks the package of a segment that is already at hand; calls nobody. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	run: Run,
): Promise<INodeExecutionData[]> {
	const settings = readFileSettings(context, itemIndex);
	const segment = segmentIn(context, itemIndex);
	const field = requiredText(
		context.getNodeParameter('inputBinaryField', itemIndex),
		'Input Binary Field',
	);
	const { packageKey } = await readCredential(context, itemIndex);
	context.helpers.assertBinaryData(itemIndex, field);
	const { encrypted, form } = packageIn(
		await context.helpers.getBinaryDataBuffer(itemIndex, field),
	);
	const opened = open(encrypted, packageKey, segment, settings);
	const { application_id, isv_application_id, segment: place } = inputOf(context, itemIndex);
	const owner = textIn(application_id, 'application_id') || `item ${itemIndex}`;
	const across = run.packages.of(owner);
	const warnings = warningsOf(opened, across, settings);
	const { start: code_start, end: code_end } = segment.bounds;
	const parts = {
		application_id: textIn(application_id, 'application_id') || 'package',
		code_start,
		code_end,
		segment: Number(place) || undefined,
	};
	const { names, areShared } = run.fileNames.claim(
		settings.fileName,
		[parts],
		`${owner} ${settings.output}`,
	);
	const [fileName = ''] = names;
	const stored = await storeFile(context, chunksOf(opened, settings), fileName, settings.mimeType);
	addHint(context, warnings[0]);
	addHint(context, areShared ? SHARED_NAMES : undefined);
	run.packages.keep(owner, across);
	return [
		{
			json: {
				application_id: application_id ?? null,
				isv_application_id: isv_application_id ?? null,
				code_start,
				code_end,
				code_count: opened.count,
				indexes_from: opened.findings.indexesFrom ?? null,
				package_form: form,
				file_name: fileName,
				bytes: stored.bytes,
				sha256: stored.sha256,
				warnings,
			},
			binary: { [settings.binaryPropertyName]: stored.binary },
			pairedItem: { item: itemIndex },
		},
	];
}

const inputOf = (context: IExecuteFunctions, itemIndex: number): IDataObject =>
	context.getInputData()[itemIndex]?.json ?? {};

/** @throws PackageError with Verify: Fail, if the same package came for other codes before */
function warningsOf(
	opened: SegmentText,
	across: AcrossSegments,
	{ verify }: FileSettings,
): string[] {
	const problems = verify === 'off' ? [] : across.next(opened);
	if (problems.length > 0 && verify === 'fail') {
		throw new PackageError(
			`The package is not that of the codes asked for: ${problems.join('; ')}`,
			'Nothing was handed on. Check which package belongs to which range.',
		);
	}
	const isLone = verify !== 'off' && opened.findings.indexesFrom === 'segment';
	return [...opened.findings.problems, ...problems, ...(isLone ? [LONE_SEGMENT] : [])];
}

/** @throws ParameterError if the bounds are no range */
function segmentIn(context: IExecuteFunctions, itemIndex: number): PlannedSegment {
	const start = wholeNumber(context.getNodeParameter('codeStart', itemIndex), 'Code Start', 0);
	const end = wholeNumber(context.getNodeParameter('codeEnd', itemIndex), 'Code End', 0);
	if (start > end) {
		throw new ParameterError(
			`The range is reversed: it starts at ${start} and ends at ${end}`,
			'Enter the bounds with which the package was asked for; both are included.',
		);
	}
	return { segment: 1, bounds: { start, end }, wanted: { start, end } };
}

const open = (
	encrypted: Buffer,
	packageKey: string,
	segment: PlannedSegment,
	{ isEncrypted, format, verify }: FileSettings,
): SegmentText =>
	isEncrypted
		? uncheckedText(encrypted, segment)
		: segmentText(decryptPackage(encrypted, packageKeyBytes(packageKey)), segment, format, verify);

async function* chunksOf(
	{ text }: SegmentText,
	{ format, head }: FileSettings,
): AsyncGenerator<Buffer, void, void> {
	if (head && format) yield csvHead(format, head);
	yield text;
}
