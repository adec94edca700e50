import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';
import { operations, resources } from './operations';

const operationParameters = resources.map(({ option, first, operations }): INodeProperties => {
	const { value } = first.option;
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [option.value] } },
		options: operations.map((operation) => operation.option),
		default: value,
		description: 'What to do',
	};
});

const ownParameters = resources.flatMap((resource) =>
	resource.operations.flatMap(({ option, description }) =>
		updateDisplayOptions(
			{ show: { resource: [resource.option.value], operation: [option.value] } },
			description,
		),
	),
);

/** The node's parameters. */
export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: resources.map(({ option }) => option),
		default: 'application',
		description: 'What this is about',
	},
	...operationParameters,
	...ownParameters,
];

const actions = Object.fromEntries(
	[...operations].map(([name, { option }]) => [name, option.action]),
);

/** What stands below the node on the canvas: what the chosen operation does. */
export const subtitle = `={{ (${JSON.stringify(actions)})[$parameter["resource"] + "." + $parameter["operation"]] }}`;
