import {
	updateDisplayOptions,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';
import { ParameterError } from '../../shared/n8n/errors';
import { applicationIn, applicationParameter } from '../../shared/n8n/parameters';
import { applicationFields } from '../../shared/wechat/applicationFields';
import { FINISHED, applyCodeQuery } from '../../shared/wechat/calls';
import { openClient } from '../operation';

const properties: INodeProperties[] = [
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

export const description = updateDisplayOptions(
	{ show: { resource: ['application'], operation: ['get'] } },
	properties,
);

/** Queries an application: its status, times and segments. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[]> {
	const ref = applicationIn(context, itemIndex);
	const isPerSegment = context.getNodeParameter('itemPerSegment', itemIndex) === true;
	const application = await applyCodeQuery(await openClient(context, itemIndex), ref);
	const { code_generate_list: segments } = application;
	if (!isPerSegment) {
		return [{ json: applicationFields(application), pairedItem: { item: itemIndex } }];
	}
	if (application.status !== FINISHED) {
		throw new ParameterError(
			`Application ${application.application_id} has no segments yet: its status is ${application.status}`,
			'Ask again later, or switch One Item per Segment off to see the status as an item.',
		);
	}
	return segments.map((segment, position) => ({
		json: {
			application_id: application.application_id,
			isv_application_id: application.isv_application_id,
			status: application.status,
			code_start: segment.code_start,
			code_end: segment.code_end,
			code_count: segment.code_end - segment.code_start + 1,
			segment: position + 1,
			segments: segments.length,
		},
		pairedItem: { item: itemIndex },
	}));
}
