import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { packageKeyBytes } from '../../shared/codePackage/decrypt';
import type { PackageForm } from '../../shared/codePackage/input';
import { SegmentReader, type SegmentText } from '../../shared/codePackage/reader';
import type { PlannedSegment } from '../../shared/codePackage/segments';
import { deliver } from '../../shared/delivery/deliver';
import {
	divisionParameters,
	packageFilesParameter,
} from '../../shared/delivery/parameters/division';
import { labelParameters } from '../../shared/delivery/parameters/label';
import { planJob, type Job, type Reading } from '../../shared/delivery/job';
import type { Order } from '../../shared/delivery/order';
import {
	binaryPropertyParameter,
	fileOptions,
	outputParameter,
	readFileSettings,
} from '../../shared/delivery/parameters/fileSettings';
import type { Run } from '../../shared/delivery/run';
import { fileChunks } from '../../shared/n8n/binaryFiles';
import { ParameterError } from '../../shared/n8n/errors';
import { requiredText, textIn, wholeNumber } from '../../shared/n8n/parameters';
import { requireFiles } from '../../shared/n8n/toolUse';
import { accountOf, secretsOf } from '../../shared/wechat/credentials';
import { readCredential } from '../../shared/wechat/send';
import type { OperationOption } from '../operation';
import { readPackage } from './packageFile';

export const option: OperationOption = {
	name: 'Decrypt',
	value: 'decrypt',
	action: 'Decrypt package',
	description: 'Decrypt and check a package that is already at hand, without calling WeChat',
};

export const description: INodeProperties[] = [
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
	packageFilesParameter,
	...divisionParameters,
	...labelParameters,
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

/** Decrypts and checks the package of a segment that is already at hand; calls nobody. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	run: Run,
): Promise<INodeExecutionData[][]> {
	requireFiles(context);
	const settings = readFileSettings(context, itemIndex);
	const field = requiredText(
		context.getNodeParameter('inputBinaryField', itemIndex),
		'Input Binary Field',
	);
	const credential = await readCredential(context, itemIndex);
	const key = settings.isEncrypted ? undefined : packageKeyBytes(credential.packageKey);
	const { json } = context.getInputData()[itemIndex] ?? { json: {} };
	const order = orderOf(json, segmentIn(context, itemIndex), accountOf(credential));
	const job = planJob(context, itemIndex, order, settings, run);
	const { form, result } = await readPackage(
		fileChunks(context, itemIndex, field),
		(isBase64) => new SegmentReader({ ...readingOf(job), key, isBase64 }),
		secretsOf(credential),
	);
	const { files, passwords } = await deliver(
		context,
		itemIndex,
		{ ...job, order: withForm(job.order, form) },
		run,
		once(result),
	);
	return settings.handover.archive === 'zipPassword' ? [files, passwords] : [files];
}

/** How the only segment is to be read. */
function readingOf({ readings: [reading] }: Job): Reading {
	if (!reading) throw new Error('A package is one segment');
	return reading;
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
	const place = Number(context.getInputData()[itemIndex]?.json.segment);
	return { segment: place || 1, bounds: { start, end }, wanted: { start, end } };
}

/** What Marketcode Download knew of the package goes on with it. */
function orderOf(
	{ application_id, isv_application_id }: IDataObject,
	segment: PlannedSegment,
	appId: string | undefined,
): Order {
	const { start, end } = segment.bounds;
	return {
		applicationId: textIn(application_id, 'application_id') || undefined,
		isvApplicationId: textIn(isv_application_id, 'isv_application_id') || undefined,
		appId,
		plan: { segments: [segment], problems: [] },
		placeOf: () => `The package of the codes ${start}–${end}`,
		labelOf: () => '',
		fieldsOf: () => ({
			application_id: application_id ?? null,
			isv_application_id: isv_application_id ?? null,
		}),
	};
}

/** An item also says how the package was written down, which shows only when it is read. */
const withForm = (order: Order, form: PackageForm): Order => ({
	...order,
	fieldsOf: (segments) => ({ ...order.fieldsOf(segments), package_form: form }),
});

async function* once(text: SegmentText): AsyncGenerator<SegmentText, void, void> {
	yield text;
}
