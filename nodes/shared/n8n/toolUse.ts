import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { ParameterError } from './errors';

/**
 * Tells whether a model has called the node, as the tool of an AI agent or of n8n's MCP server. n8n gives
 * the node that is a tool a type of its own, which ends with `Tool`; older versions and some of its ways of
 * calling a tool tell it by the context too.
 */
export const isCalledByModel = (context: IExecuteFunctions): boolean =>
	context.getNode().type.endsWith('Tool') || context.isToolExecution?.() === true;

const NO_FILE =
	'The file itself is not in this result: n8n hands no files to a model. Where the file is needed, the node has to run in a workflow, not as a tool.';

/** The items as a model may read them: those with files say that it does not get these. */
export const withoutFiles = (items: readonly INodeExecutionData[]): INodeExecutionData[] =>
	items.map((item) => (item.binary ? { ...item, json: { ...item.json, note: NO_FILE } } : item));

/**
 * To be called before files are looked for: n8n gives a tool none of those that its agent has.
 *
 * @throws ParameterError if a model has called the node, without files
 */
export function requireFiles(context: IExecuteFunctions): void {
	if (!isCalledByModel(context) || context.getInputData().some(({ binary }) => binary)) return;
	throw new ParameterError(
		'A tool of an AI agent gets no files from n8n, and this operation needs some',
		'Use the node in a workflow behind the node that has the files. A model can start that workflow as its tool.',
	);
}
