import {
	updateDisplayOptions,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import { planSegments, type Bounds } from '../../shared/codePackage/segments';
import { ParameterError } from '../../shared/n8n/errors';
import {
	applicationIn,
	applicationParameter,
	codeRangeIn,
	codeRangeParameters,
} from '../../shared/n8n/parameters';
import {
	FINISHED,
	applyCodeQuery,
	codeActive,
	type ActivationOrder,
	type Application,
} from '../../shared/wechat/calls';
import { RANGE_ACTIVE } from '../../shared/wechat/errcodes';
import { WechatError, hasErrcode } from '../../shared/wechat/errors';
import { isTransient } from '../../shared/wechat/retry';
import { openClient } from '../operation';
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
): Promise<INodeExecutionData[]> {
	const ref = applicationIn(context, itemIndex);
	const range = codeRangeIn(context, itemIndex);
	const activity = activityIn(context, itemIndex);
	const isDryRun = context.getNodeParameter('dryRun', itemIndex) === true;
	const client = await openClient(context, itemIndex);
	const application = await applyCodeQuery(client, ref);
	const order = { ...orderedCodes(application, range), ...activity };
	if (isDryRun) return [item({ ...order, activated: false, dry_run: true }, itemIndex)];

	const failure = await codeActive(client, order).then(
		() => undefined,
		(error: unknown) => error,
	);
	if (failure instanceof WechatError && isTransient(failure)) {
		await settleUnclear(client, order, failure);
	} else if (failure instanceof WechatError && hasErrcode(failure, new Set([RANGE_ACTIVE]))) {
		throw await explainOverlap(client, order, failure);
	} else if (failure !== undefined) {
		throw failure;
	}
	return [item({ ...order, activated: true, dry_run: false }, itemIndex)];
}

/** @throws ParameterError, PackageError if there are no such codes, or not yet */
function orderedCodes(
	application: Application,
	range: Bounds | undefined,
): Pick<ActivationOrder, 'application_id' | 'code_start' | 'code_end'> {
	const { application_id, status, code_generate_list } = application;
	if (status !== FINISHED) {
		throw new ParameterError(
			`Application ${application_id} is not finished: its status is ${status}`,
			'Codes can be activated once WeChat has generated them all.',
		);
	}
	const list = code_generate_list.map(({ code_start, code_end }) => ({
		start: code_start,
		end: code_end,
	}));
	const { segments } = planSegments(list, range);
	return {
		application_id,
		code_start: range?.start ?? segments.at(0)?.bounds.start ?? 0,
		code_end: range?.end ?? segments.at(-1)?.bounds.end ?? 0,
	};
}

const item = (order: IDataObject, itemIndex: number): INodeExecutionData => ({
	json: order,
	pairedItem: { item: itemIndex },
});
