import type { WechatError } from './errmsgs.cts';
import type { Fault } from './faults.cts';
import type { State } from './state.cts';
import type { Account, Fields } from './types.cts';

/** One request, as the calls see it. */
export interface Incoming {
	readonly state: State;
	readonly method: string;
	/** `{}` if there is none or it is no JSON object; then `bodyError` says why. */
	readonly body: Fields;
	readonly bodyError: WechatError | undefined;
	/** The caller's IPv4 address. */
	readonly ip: string;
	readonly faults: readonly Fault[];
	query(name: string): string | undefined;
	header(name: string): string | undefined;
}

/** A request of an account that has shown a good access token. */
export interface Call extends Incoming {
	readonly account: Account;
}

/** An answer that is no WeChat JSON. */
export class PlainAnswer {
	constructor(
		readonly status: number,
		readonly text: string,
		readonly contentType = 'text/plain',
	) {}
}

/** Both throw WechatError. */
export type IncomingHandler = (incoming: Incoming) => Fields | PlainAnswer;
export type CallHandler = (call: Call) => Fields;
