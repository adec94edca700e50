import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type IPairedItemData,
} from 'n8n-workflow';
import { ParameterError, tell, toNodeError } from './errors';
import { isCalledByModel, withoutFiles } from './toolUse';

/** Work that failed when some of it was done for good, so that its items must not be lost. */
export class PartlyDone extends Error {
	override readonly name = 'PartlyDone';

	/**
	 * @param items of what is done; they leave by the first output if the user chose to continue
	 * @param failure what the user is told
	 */
	constructor(
		readonly items: readonly INodeExecutionData[],
		readonly failure: unknown,
	) {
		super('The work was done in part');
	}
}

/**
 * Runs a node's work for each of its input items, in their order. An item that fails ends the node, or,
 * if the user chose to continue, leaves it as an error item that n8n routes to the error output.
 *
 * @param outputs how many outputs the node has, n8n's own error output not counted
 * @param work the items that leave each output for the input item with this index
 */
export async function forEachItem(
	context: IExecuteFunctions,
	outputs: number,
	work: (itemIndex: number) => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	const groups = [...context.getInputData().keys()].map((itemIndex) => [itemIndex]);
	return await forEachGroup(context, outputs, groups, work);
}

/** The same for work that needs all input items at once: they succeed or fail together. */
export async function forAllItems(
	context: IExecuteFunctions,
	outputs: number,
	work: () => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	const all = [...context.getInputData().keys()];
	return await forEachGroup(context, outputs, all.length === 0 ? [] : [all], work);
}

/** What n8n has to be told of an item that is made of all input items. */
export const pairedWithAll = (context: IExecuteFunctions): IPairedItemData[] =>
	pairedWith([...context.getInputData().keys()]);

const pairedWith = (group: readonly number[]): IPairedItemData[] => group.map((item) => ({ item }));

/** @param groups input items by index, each group with one at least; `work` gets its first one */
async function forEachGroup(
	context: IExecuteFunctions,
	outputs: number,
	groups: readonly (readonly number[])[],
	work: (itemIndex: number) => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	const leaving: INodeExecutionData[][] = Array.from({ length: outputs }, () => []);
	const signal = context.getExecutionCancelSignal();
	for (const group of groups) {
		const [itemIndex = 0, ...others] = group;
		// Where Stop came too late for an item, it is in time for those behind it.
		if (signal?.aborted) throw canceled(context, itemIndex);
		try {
			for (const [output, items] of (await work(itemIndex)).entries()) {
				if (items.length > 0) outputAt(leaving, output).push(...items);
			}
		} catch (thrown) {
			const { items, failure } =
				thrown instanceof PartlyDone ? thrown : { items: [], failure: thrown };
			if (signal?.aborted || !context.continueOnFail()) {
				throw toNodeError(context.getNode(), failure, itemIndex);
			}
			const pairedItem = others.length === 0 ? { item: itemIndex } : pairedWith(group);
			// n8n sorts the error items of the first output out, whatever is before them.
			leaving[0]?.push(...items, { json: errorFields(context, failure), pairedItem });
		}
	}
	return isCalledByModel(context) ? leaving.map(withoutFiles) : leaving;
}

const canceled = (context: IExecuteFunctions, itemIndex: number): NodeOperationError =>
	new NodeOperationError(context.getNode(), 'The execution was canceled', {
		description: 'Run it again.',
		itemIndex,
	});

/** @throws ParameterError rather than losing items, if an expression gives items different outputs */
function outputAt(leaving: INodeExecutionData[][], output: number): INodeExecutionData[] {
	const items = leaving[output];
	if (items === undefined) {
		throw new ParameterError(
			'The item has to leave by an output that the node does not have',
			'A parameter that adds an output has to have the same value for all items: do not set it by an expression.',
		);
	}
	return items;
}

/**
 * The fields of an error item: `error` says what is wrong, `message` what to do, `details` what WeChat
 * answered. n8n knows the items for the error output by having no other fields than the first two (n8n 1;
 * n8n 2 takes all three), and adds those of the input item. An item that carries an `error` beside its
 * `json` would be cut down to it.
 */
function errorFields(context: IExecuteFunctions, error: unknown): IDataObject {
	const { message, description, answer } = tell(error);
	const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return {
		error: message,
		...(description && { message: description }),
		...(answer && !hasErrorOutput && { details: answer }),
	};
}
