import {
	updateDisplayOptions,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import type { Bounds } from '../../shared/codePackage/segments';
import {
	applicationIn,
	applicationParameter,
	booleanIn,
	codeRangeIn,
	codeRangeParameters,
} from '../../shared/n8n/parameters';
import { known } from '../../shared/wechat/applicationAnswer';
import {
	applyCodeQuery,
	codeActive,
	type ActivationOrder,
	type Application,
} from '../../shared/wechat/calls';
import { RANGE_ACTIVE } from '../../shared/wechat/errcodes';
import { WechatError, hasErrcode, isUnclear } from '../../shared/wechat/errors';
import { openClient } from '../operation';
import { finishedSegments } from '../plan';
import { activityIn, activityParameters } from './activity';
import { explainOverlap, settleUnclear } from './activationState';

const properties: INodeProperties[] = [
	applicationParameter,
	...codeRangeParameters,
	...activityParameters,
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description:
			'Whether to check everything and return the request without sending it. An activation can not be undone.',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['code'], operation: ['activate'] } },
	properties,
);

/** Ties a range of codes to a product and a page of a mini program. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const ref = applicationIn(context, itemIndex);
	const range = codeRangeIn(context, itemIndex);
	const activity = activityIn(context, itemIndex);
	const isDryRun = booleanIn(context.getNodeParameter('dryRun', itemIndex), 'Dry Run');
	const client = await openClient(context, itemIndex);
	const application = await applyCodeQuery(client, ref);
	const order = { ...orderedCodes(application, range), ...activity };
	if (isDryRun) return [[item({ ...order, activated: false, dry_run: true }, itemIndex)]];

	const failure = await codeActive(client, order).then(
		() => undefined,
		(error: unknown) => error,
	);
	if (failure instanceof WechatError && isUnclear(failure)) {
		await settleUnclear(client, order, failure);
	} else if (failure instanceof WechatError && hasErrcode(failure, new Set([RANGE_ACTIVE]))) {
		throw await explainOverlap(client, order, failure);
	} else if (failure !== undefined) {
		throw failure;
	}
	return [[item({ ...order, activated: true, dry_run: false }, itemIndex)]];
}

function orderedCodes(
	application: Application,
	range: Bounds | undefined,
): Pick<ActivationOrder, 'application_id' | 'code_start' | 'code_end'> {
	const segments = finishedSegments(application, range);
	return {
		application_id: known(application).application_id,
		code_start: segments.at(0)?.wanted.start ?? 0,
		code_end: segments.at(-1)?.wanted.end ?? 0,
	};
}

const item = (order: IDataObject, itemIndex: number): INodeExecutionData => ({
	json: order,
	pairedItem: { item: itemIndex },
});
