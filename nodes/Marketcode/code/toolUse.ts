import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * Tells whether a model has called the node, as the tool of an AI agent or of n8n's MCP server. n8n gives
 * the node that is a tool a type of its own, which ends with `Tool`; older versions and some of its ways of
 * calling a tool tell it by the context too.
 */
export const isCalledByModel = (context: IExecuteFunctions): boolean =>
	context.getNode().type.endsWith('Tool') || context.isToolExecution?.() === true;

/** As it stands in the workflow: what an expression gives could come from the model. */
export function mayModelActivate(context: IExecuteFunctions): boolean {
	const { options } = context.getNode().parameters;
	return (
		typeof options === 'object' &&
		options !== null &&
		'allowTool' in options &&
		options.allowTool === true
	);
}
