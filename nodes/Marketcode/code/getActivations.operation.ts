import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';
import { countOf, type Bounds } from '../../shared/codePackage/segments';
import { ParameterError } from '../../shared/n8n/errors';
import { addHint } from '../../shared/n8n/hints';
import { applicationIn, applicationParameter, wholeNumber } from '../../shared/n8n/parameters';
import { known } from '../../shared/wechat/applicationAnswer';
import { applyCodeQuery } from '../../shared/wechat/calls';
import type { WechatClient } from '../../shared/wechat/client';
import { WechatError } from '../../shared/wechat/wechatErrors';
import { openClient, type OperationOption } from '../operation';
import { finishedSegments, lastCodeOf } from '../plan';
import { activationAt } from './activationState';
import { merged, rangesIn, requireWithin, without, type ListedRange } from './ranges';
import { Survey, type Stretch } from './survey';

const EXPECTED = 'Expected Active';
const DEFAULT_STEP = 1_000;
const DEFAULT_MOST_CALLS = 500;

export const option: OperationOption = {
	name: 'Get Activations',
	value: 'getActivations',
	action: 'Get activations of application',
	description: 'Map which codes of an application are active, and what they are tied to',
};

export const description: INodeProperties[] = [
	applicationParameter,
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
			{
				displayName: EXPECTED,
				name: 'expected',
				type: 'string',
				typeOptions: { rows: 4 },
				default: '',
				placeholder: 'e.g. 0-4999\n5003\n5100-9999',
				description:
					'Codes that should be active: indexes and ranges such as 0-4999, a line or between commas. Items then say whether they differ from that.',
			},
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

/** Codes that should all be active, or all not; undefined: nothing is said about them. */
interface Region extends Bounds {
	readonly expected: boolean | undefined;
}

/** Maps an application: which codes are active, and what they are tied to. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<INodeExecutionData[][]> {
	const ref = applicationIn(context, itemIndex);
	const step = wholeNumber(context.getNodeParameter('step', itemIndex), 'Step', 1);
	const options: IDataObject = context.getNodeParameter('options', itemIndex, {});
	const mostCalls = wholeNumber(options.maxCalls ?? DEFAULT_MOST_CALLS, 'Most Calls', 1);
	const expected = 'expected' in options ? expectedIn(options.expected) : undefined;

	const client = await openClient(context, itemIndex);
	const application = await applyCodeQuery(client, ref);
	const whole = {
		start: finishedSegments(application).at(0)?.wanted.start ?? 0,
		end: lastCodeOf(application),
	};
	requireWithin(expected ?? [], whole.end, EXPECTED);
	const { application_id } = known(application);

	const survey = new Survey({ ask: questions(client, application_id), step, mostCalls });
	const items: INodeExecutionData[] = [];
	let unknownFrom: number | undefined;
	for (const region of regionsOf(whole, expected)) {
		for (const stretch of await survey.over(region)) {
			if (stretch.isActive === null) unknownFrom ??= stretch.start;
			const json = { application_id, ...fieldsOf(stretch, region.expected) };
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

/** An empty text expects no active code; an expression that gives nothing expects nothing at all. */
function expectedIn(value: unknown): ListedRange[] {
	if (value === undefined || value === null) {
		throw new ParameterError(
			`${EXPECTED} is missing`,
			'Its expression gives nothing for this item. An empty text says that no code should be active.',
		);
	}
	return rangesIn(value, EXPECTED);
}

/** The application cut where the expected codes begin and end, in order. */
function regionsOf(whole: Bounds, expected: readonly Bounds[] | undefined): Region[] {
	if (expected === undefined) return [{ ...whole, expected: undefined }];
	const active = merged(expected).map((bounds) => ({ ...bounds, expected: true }));
	const others = without([whole], expected).map((bounds) => ({ ...bounds, expected: false }));
	return [...active, ...others].sort((one, other) => one.start - other.start);
}

/** Asks about a code; an error says how far the questions came. */
const questions = (client: WechatClient, application_id: string) => async (code_index: number) => {
	try {
		return await activationAt(client, application_id, code_index);
	} catch (error) {
		throw error instanceof WechatError ? error.at(`Code ${code_index}`) : error;
	}
};

function fieldsOf(stretch: Stretch, expected: boolean | undefined): IDataObject {
	const { start, end, isActive, isExact, activation } = stretch;
	return {
		code_start: start,
		code_end: end,
		code_count: countOf(stretch),
		is_active: isActive,
		is_exact: isExact,
		...(expected !== undefined && {
			expected,
			differs: isActive === null ? null : isActive !== expected,
		}),
		...(activation && {
			activity_name: activation.activity_name,
			product_brand: activation.product_brand,
			product_title: activation.product_title,
			product_code: activation.product_code,
			wxa_appid: activation.wxa_appid,
			wxa_path: activation.wxa_path,
			wxa_type: activation.wxa_type,
		}),
	};
}
