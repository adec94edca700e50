import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { ParameterError } from '../../shared/n8n/errors';
import { addHint } from '../../shared/n8n/hints';
import { externalIdIn, wholeNumber } from '../../shared/n8n/parameters';
import { FINISHED, applyCode, applyCodeQuery, codeCountOf } from '../../shared/wechat/calls';
import type { WechatClient } from '../../shared/wechat/client';
import { APPLICATION_EXISTS } from '../../shared/wechat/errcodes';
import { unlessErrcode } from '../../shared/wechat/wechatErrors';
import { openClient, type OperationOption } from '../operation';

/** WeChat sells codes by the ten thousand, up to twenty million an application. */
const LOT = 10_000;
const MOST_CODES = 20_000_000;

export const option: OperationOption = {
	name: 'Apply',
	value: 'apply',
	action: 'Apply for codes',
	description: 'Order codes; an order with the same external ID is made only once',
};

export const description: INodeProperties[] = [
	{
		displayName: 'Number of Codes',
		name: 'codeCount',
		type: 'number',
		typeOptions: { minValue: LOT, maxValue: MOST_CODES },
		default: LOT,
		required: true,
		description: 'How many codes to order: 10,000 to 20,000,000, in steps of 10,000',
	},
	{
		displayName: 'External ID',
		name: 'isvApplicationId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. order-2026-001',
		description:
			'Your own ID of this order, up to 128 characters. The same ID is the same order: a workflow that runs again with it never orders twice.',
	},
];

interface Order {
	/** Null where WeChat does not tell it of an order that existed already. */
	readonly application_id: string | null;
	readonly isv_application_id: string;
	/** Null where WeChat does not tell it yet. */
	readonly code_count: number | null;
}

/** Orders codes, or finds the order that was made with this external ID before. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const code_count = codeCountIn(context.getNodeParameter('codeCount', itemIndex));
	const isv_application_id = externalIdIn(context.getNodeParameter('isvApplicationId', itemIndex));
	const client = await openClient(context, itemIndex);
	const created = await unlessErrcode(
		applyCode(client, { code_count, isv_application_id }),
		APPLICATION_EXISTS,
	);
	if (created !== undefined) {
		return [
			[itemOf({ application_id: created, isv_application_id, code_count }, false, itemIndex)],
		];
	}
	const order = await existing(client, isv_application_id, code_count);
	if (order.code_count === null) {
		addHint(context, 'The order existed already; how many codes it has shows when it is finished.');
	}
	if (order.application_id === null) {
		addHint(
			context,
			"WeChat's answer does not tell the application ID: take it from the execution that made the order.",
		);
	}
	return [[itemOf(order, true, itemIndex)]];
}

const itemOf = (order: Order, already_existed: boolean, itemIndex: number): INodeExecutionData => ({
	json: { ...order, already_existed },
	pairedItem: { item: itemIndex },
});

function codeCountIn(value: unknown): number {
	const count = wholeNumber(value, 'Number of Codes', LOT);
	if (count > MOST_CODES || count % LOT !== 0) {
		throw new ParameterError(
			`${count} codes can not be ordered`,
			`WeChat takes orders of ${LOT} to ${MOST_CODES} codes, in steps of ${LOT}.`,
		);
	}
	return count;
}

/**
 * The order that has the external ID already.
 *
 * @throws ParameterError if it is known to be of another number of codes
 */
async function existing(
	client: WechatClient,
	isv_application_id: string,
	count: number,
): Promise<Order> {
	const application = await applyCodeQuery(client, { isv_application_id });
	const application_id = application.application_id ?? null;
	const listed = codeCountOf(application);
	const isFinished = application.status === FINISHED;
	if (listed > count || (isFinished && listed !== count)) {
		throw new ParameterError(
			`The external ID belongs to an order of ${isFinished ? '' : 'at least '}${listed} codes already, not of ${count}`,
			`Choose another external ID for a new order.${application_id === null ? '' : ` The existing one is application ${application_id}.`}`,
		);
	}
	return { application_id, isv_application_id, code_count: isFinished ? count : null };
}
