import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import type { NodeTypesByName } from '../engine/engine.cts';

/** What the nodes of the outer world were given, item by item, in the order in which it happened. */
export interface Outside {
	/** FTP: the item, which of its files, and where that went. */
	readonly uploads: Array<{ path: string; item: INodeExecutionData; field: string }>;
	readonly mails: IDataObject[];
	readonly responses: Array<{ body: unknown; status: number }>;
	/** Wait: the items that waited. */
	readonly waits: INodeExecutionData[][];
}

type Work = (this: IExecuteFunctions, items: INodeExecutionData[]) => INodeExecutionData[][];

/** The least that n8n's own nodes do for the templates; parameters that it doesn't list are dropped. */
function standIn(
	parameters: string[],
	work: Work,
	changes: Partial<INodeTypeDescription> = {},
): INodeType {
	return {
		description: {
			displayName: 'Stand-in',
			name: 'standIn',
			description: "Stand-in for one of n8n's nodes",
			group: ['transform'],
			version: [1, 1.1, 1.2, 2, 2.1, 2.2, 3.4],
			defaults: {},
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: parameters.map((name) => ({
				displayName: name,
				name,
				type: 'string',
				default: '',
			})),
			...changes,
		},
		async execute() {
			return work.call(this, this.getInputData());
		},
	};
}

const trigger = { inputs: [], group: ['trigger'] } satisfies Partial<INodeTypeDescription>;

/** Stand-ins for one run, which note in `outside` what would have left n8n. */
export function standIns(outside: Outside): NodeTypesByName {
	return {
		'n8n-nodes-base.scheduleTrigger': standIn(['rule'], (items) => [items], trigger),
		'n8n-nodes-base.webhook': standIn(['path'], (items) => [items], trigger),
		'n8n-nodes-base.set': standIn(['assignments'], function (items) {
			return [items.map((_item, n) => ({ json: assigned(this, n), pairedItem: { item: n } }))];
		}),
		'n8n-nodes-base.splitOut': standIn(['fieldToSplitOut', 'options'], function (items) {
			const field = String(this.getNodeParameter('fieldToSplitOut', 0));
			const target = String(this.getNodeParameter('options.destinationFieldName', 0));
			return [
				items.flatMap(({ json }, item) =>
					valuesIn(json[field]).map((value) => ({
						json: { [target]: value },
						pairedItem: { item },
					})),
				),
			];
		}),
		'n8n-nodes-base.if': standIn(
			['conditions'],
			function (items) {
				const isLess = items.map((_item, n) => {
					const condition = (name: string) =>
						Number(this.getNodeParameter(`conditions.conditions[0].${name}`, n));
					return condition('leftValue') < condition('rightValue');
				});
				return [items.filter((_item, n) => isLess[n]), items.filter((_item, n) => !isLess[n])];
			},
			{ outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main] },
		),
		'n8n-nodes-base.wait': standIn(['amount', 'unit'], (items) => {
			outside.waits.push(items);
			return [items];
		}),
		'n8n-nodes-base.ftp': standIn(['path', 'binaryPropertyName'], function (items) {
			for (const [n, item] of items.entries()) {
				const path = String(this.getNodeParameter('path', n));
				const field = String(this.getNodeParameter('binaryPropertyName', n) || 'data');
				outside.uploads.push({ path, item, field });
			}
			return [items];
		}),
		'n8n-nodes-base.filter': standIn(['conditions'], function (items) {
			const isTrue = (_item: INodeExecutionData, n: number) =>
				this.getNodeParameter('conditions.conditions[0].leftValue', n) === true;
			return [items.filter(isTrue)];
		}),
		'n8n-nodes-base.aggregate': standIn(['destinationFieldName'], function (items) {
			const field = String(this.getNodeParameter('destinationFieldName', 0));
			return [[{ json: { [field]: items.map(({ json }) => json) } }]];
		}),
		'n8n-nodes-base.emailSend': standIn(['toEmail', 'subject', 'text'], function (items) {
			for (const n of items.keys()) {
				const [to, subject, text] = ['toEmail', 'subject', 'text'].map((name) =>
					String(this.getNodeParameter(name, n)),
				);
				outside.mails.push({ to, subject, text });
			}
			return [items];
		}),
		'n8n-nodes-base.respondToWebhook': standIn(['responseBody', 'options'], function (items) {
			const body: unknown = JSON.parse(String(this.getNodeParameter('responseBody', 0)));
			const status = Number(this.getNodeParameter('options.responseCode', 0, 200));
			outside.responses.push({ body, status });
			return [items];
		}),
	};
}

function assigned(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const list: unknown = context.getNodeParameter('assignments.assignments', itemIndex);
	return Object.fromEntries(valuesIn(list).map((entry) => [entry.name, entry.value]));
}

function valuesIn(list: unknown): IDataObject[] {
	return Array.isArray(list) ? list : [];
}
