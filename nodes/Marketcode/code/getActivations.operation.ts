import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { addHint } from '../../shared/n8n/hints';
import { applicationParameter, wholeNumber } from '../../shared/n8n/parameters';
import { known } from '../../shared/wechat/applicationAnswer';
import { applyCodeQuery } from '../../shared/wechat/calls';
import type { WechatClient } from '../../shared/wechat/client';
import { WechatError } from '../../shared/wechat/wechatErrors';
import { openClient, type OperationOption } from '../operation';
import { finishedSegments, lastCodeOf } from '../plan';
import { activationAt } from './activationState';
import {
	expectationIn,
	expectationOptions,
	refIn,
	regionsOf,
	requireSameApplication,
} from './expectation';
import { stretchFields } from './stretchFields';
import { Survey } from './survey';

const DEFAULT_STEP = 1_000;
const DEFAULT_MOST_CALLS = 500;

export const option: OperationOption = {
	name: 'Get Activations',
	value: 'getActivations',
	action: 'Get activations of application',
	description: 'Map which codes of an application are active, and what they are tied to',
};

export const description: INodeProperties[] = [
	{
		...applicationParameter,
		// The manifest names it, too.
		required: false,
	},
	{
		displayName: 'Step',
		name: 'step',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_STEP,
		description:
			'Codes from one question to the next where they are inactive. Activations shorter than this can stay unseen; only 1 sees every code.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			...expectationOptions,
			{
				displayName: 'Most Calls',
				name: 'maxCalls',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_MOST_CALLS,
				description:
					'How often WeChat is asked at most. What is not known then comes as an item whose is_active is null.',
			},
		],
	},
];

/** Maps an application: which codes are active, and what they are tied to. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const step = wholeNumber(context.getNodeParameter('step', itemIndex), 'Step', 1);
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const mostCalls = wholeNumber(options.maxCalls ?? DEFAULT_MOST_CALLS, 'Most Calls', 1);
	const expectation = await expectationIn(context, itemIndex, options);
	const ref = refIn(context, itemIndex, expectation);

	const client = await openClient(context, itemIndex);
	const application = known(await applyCodeQuery(client, ref));
	if (expectation) requireSameApplication(expectation, application);
	const { application_id } = application;
	const whole = {
		start: finishedSegments(application).at(0)?.wanted.start ?? 0,
		end: lastCodeOf(application),
	};
	const regions = regionsOf(whole, expectation);

	const survey = new Survey({ ask: questions(client, application_id), step, mostCalls });
	const items: INodeExecutionData[] = [];
	let unknownFrom: number | undefined;
	for (const region of regions) {
		for (const stretch of await survey.over(region)) {
			if (stretch.isActive === null) unknownFrom ??= stretch.start;
			const json = { application_id, ...stretchFields(stretch, region) };
			items.push({ json, pairedItem: { item: itemIndex } });
		}
	}
	if (unknownFrom !== undefined) {
		addHint(
			context,
			`After ${mostCalls} calls (Most Calls) nothing is known of the codes from ${unknownFrom} on.`,
		);
	}
	return [items];
}

/** Asks about a code; an error says how far the questions came. */
const questions = (client: WechatClient, application_id: string) => async (code_index: number) => {
	try {
		return await activationAt(client, application_id, code_index);
	} catch (error) {
		throw error instanceof WechatError ? error.at(`Code ${code_index}`) : error;
	}
};
