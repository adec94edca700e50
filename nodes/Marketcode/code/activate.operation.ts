import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { ParameterError } from '../../shared/n8n/errors';
import { addHint } from '../../shared/n8n/hints';
import {
	applicationIn,
	applicationParameter,
	booleanIn,
	wholeNumber,
} from '../../shared/n8n/parameters';
import { known } from '../../shared/wechat/applicationAnswer';
import { applyCodeQuery } from '../../shared/wechat/calls';
import { openClient, signalOf, type OperationOption } from '../operation';
import { activateEach, itemsOf } from './activatedItems';
import { Activator } from './activator';
import { activityIn, activityParameters } from './activity';
import { chosenCodesIn, chosenCodesParameters, plannedRanges } from './chosenCodes';
import { HELD_BACK, isHeldBack } from './modelPermission';

const DEFAULT_MOST_CALLS = 50;

export const option: OperationOption = {
	name: 'Activate',
	value: 'activate',
	// What an AI agent is told of the tool, too.
	action: 'Activate codes irreversibly',
	description: 'Tie codes to a product and a mini program page; can not be undone',
};

export const description: INodeProperties[] = [
	applicationParameter,
	...chosenCodesParameters,
	...activityParameters,
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description:
			'Whether to check everything and return the requests without sending them. An activation can not be undone.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Allow AI to Activate',
				name: 'allowTool',
				type: 'boolean',
				// An expression could be filled in by the model.
				noDataExpression: true,
				default: false,
				description:
					'Whether an AI agent that has this node as a tool may activate codes, which can not be undone. Otherwise it only gets the dry run.',
			},
			{
				displayName: 'Most Calls',
				name: 'maxCalls',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_MOST_CALLS,
				description:
					'Nothing is sent if the codes take more activations than this, one for each unbroken range. A dry run shows how many they take.',
			},
		],
	},
];

/** Ties ranges of codes to a product and a page of a mini program. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const ref = applicationIn(context, itemIndex);
	const chosen = chosenCodesIn(context, itemIndex);
	const activity = activityIn(context, itemIndex);
	const isDryRun = booleanIn(context.getNodeParameter('dryRun', itemIndex), 'Dry Run');
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const mostCalls = wholeNumber(options.maxCalls ?? DEFAULT_MOST_CALLS, 'Most Calls', 1);
	const heldBack = isHeldBack(context);
	const client = await openClient(context, itemIndex);
	const application = await applyCodeQuery(client, ref);
	const planned = plannedRanges(application, chosen);
	const { application_id } = known(application);
	const itemOf = itemsOf({ application_id, activity, calls: planned.length, itemIndex });

	if (isDryRun || heldBack) {
		if (planned.length > mostCalls) addHint(context, tooManyCalls(planned.length, mostCalls));
		const outcome = { activated: false, dry_run: true, ...(heldBack && { note: HELD_BACK }) };
		return [planned.map((range, position) => itemOf(range, position + 1, outcome))];
	}
	if (planned.length > mostCalls) {
		throw new ParameterError(
			tooManyCalls(planned.length, mostCalls),
			`Nothing was sent. Look at them with Dry Run; if they are right, set the option Most Calls to ${planned.length}.`,
		);
	}

	const { leftOut } = chosen;
	const activator = new Activator(client, signalOf(context), application_id, activity, leftOut);
	return [await activateEach(activator, planned, itemOf)];
}

const tooManyCalls = (calls: number, mostCalls: number): string =>
	`This takes ${calls} activations, more than the ${mostCalls} of Most Calls`;
