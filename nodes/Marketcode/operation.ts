import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { Run } from '../shared/delivery/run';
import { WechatClient } from '../shared/wechat/client';

/** One operation of the node: its parameters beside its code. */
export interface ItemOperation {
	readonly description: INodeProperties[];
	/** @returns the items that leave the node for this input item, by output */
	execute(context: IExecuteFunctions, itemIndex: number, run: Run): Promise<INodeExecutionData[][]>;
}

/** One that needs all input items at once. */
export interface OnceOperation {
	readonly description: INodeProperties[];
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
