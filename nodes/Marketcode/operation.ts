import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { Run } from '../shared/delivery/run';
import { WechatClient } from '../shared/wechat/client';

/** How the editor offers an operation. */
export interface OperationOption extends INodePropertyOptions {
	/** The same in any release: users' workflows hold it. */
	readonly value: string;
	/** What it does with what, in words without articles; stands below the node on the canvas, too. */
	readonly action: string;
	readonly description: string;
}

/** What each file `<resource>/<operation>.operation.ts` exports beside its code. */
interface Offered {
	readonly option: OperationOption;
	/** Its parameters; the condition that they show for this operation only is added. */
	readonly description: INodeProperties[];
}

/** One operation of the node. */
export interface ItemOperation extends Offered {
	/** @returns the items that leave the node for this input item, by output */
	execute(context: IExecuteFunctions, itemIndex: number, run: Run): Promise<INodeExecutionData[][]>;
}

/** One that needs all input items at once. */
export interface OnceOperation extends Offered {
	/** @returns the items that leave the node for all input items together */
	executeOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]>;
}

/** How long one request may take; none of this node's calls carries more than a few hundred bytes. */
const REQUEST_TIMEOUT_MS = 60_000;

/** The client of one item, which ends with the execution. */
export async function openClient(
	context: IExecuteFunctions,
	itemIndex: number,
): Promise<WechatClient> {
	const signal = signalOf(context);
	return await WechatClient.open(context, itemIndex, { timeoutMs: REQUEST_TIMEOUT_MS, signal });
}

/** What Stop aborts. */
export const signalOf = (context: IExecuteFunctions): AbortSignal =>
	context.getExecutionCancelSignal() ?? new AbortController().signal;
