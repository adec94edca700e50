import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { packageKeyBytes } from '../../shared/codePackage/decrypt';
import { SegmentReader, type SegmentText } from '../../shared/codePackage/reader';
import { deliver } from '../../shared/delivery/deliver';
import {
	divisionParameters,
	packageFilesParameter,
} from '../../shared/delivery/parameters/division';
import { labelParameters } from '../../shared/delivery/parameters/label';
import { planJob, type Job, type Reading } from '../../shared/delivery/job';
import {
	binaryPropertyParameter,
	fileOptions,
	outputParameter,
	readFileSettings,
} from '../../shared/delivery/parameters/fileSettings';
import type { Run } from '../../shared/delivery/run';
import { fileChunks } from '../../shared/n8n/binaryFiles';
import { requiredText } from '../../shared/n8n/parameters';
import { requireFiles } from '../../shared/n8n/toolUse';
import { accountOf, secretsOf } from '../../shared/wechat/credentials';
import { readCredential } from '../../shared/wechat/send';
import type { OperationOption } from '../operation';
import { readPackage } from './packageFile';
import { orderOf, segmentIn, withForm } from './packageOrder';

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

async function* once(text: SegmentText): AsyncGenerator<SegmentText, void, void> {
	yield text;
}
