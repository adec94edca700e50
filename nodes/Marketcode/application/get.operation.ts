import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { countOf } from '../../shared/codePackage/segments';
import { applicationIn, applicationParameter, booleanIn } from '../../shared/n8n/parameters';
import { applicationFields, idFields } from '../../shared/wechat/applicationFields';
import { applyCodeQuery } from '../../shared/wechat/calls';
import { openClient, type OperationOption } from '../operation';
import { finishedSegments } from '../plan';

export const option: OperationOption = {
	name: 'Get',
	value: 'get',
	action: 'Get application',
	description: 'Query the status, times and segments of an order',
};

export const description: INodeProperties[] = [
	applicationParameter,
	{
		displayName: 'One Item per Segment',
		name: 'itemPerSegment',
		type: 'boolean',
		default: false,
		description:
			'Whether to return an item for each segment of a finished application, to download them in parallel executions; otherwise one item with all segments',
	},
];

/** Queries an application: its status, times and segments. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const ref = applicationIn(context, itemIndex);
	const isPerSegment = booleanIn(
		context.getNodeParameter('itemPerSegment', itemIndex),
		'One Item per Segment',
	);
	const application = await applyCodeQuery(await openClient(context, itemIndex), ref);
	if (!isPerSegment) {
		return [[{ json: applicationFields(application), pairedItem: { item: itemIndex } }]];
	}
	const items = finishedSegments(application).map(({ segment, bounds }) => ({
		json: {
			...idFields(application),
			status: application.status,
			code_start: bounds.start,
			code_end: bounds.end,
			code_count: countOf(bounds),
			segment,
			segments: application.code_generate_list.length,
		},
		pairedItem: { item: itemIndex },
	}));
	return [items];
}
