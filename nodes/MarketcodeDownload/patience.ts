import { pause } from '../shared/wechat/retry';
import type { Settings } from './settings';

/** How long the user wants to wait for WeChat to generate codes; not at all, if not chosen so. */
export class Patience {
	private readonly end: number;
	private readonly intervalMs: number;

	/** @param signal ends the waiting */
	constructor(
		{ pollIntervalMs, waitTimeoutMs }: Pick<Settings, 'pollIntervalMs' | 'waitTimeoutMs'>,
		private readonly signal: AbortSignal,
	) {
		this.end = Date.now() + waitTimeoutMs;
		this.intervalMs = pollIntervalMs;
	}

	/**
	 * Waits until WeChat may be asked again.
	 *
	 * @returns whether there was time left
	 * @throws WechatError once the signal is aborted
	 */
	async wait(): Promise<boolean> {
		const left = this.end - Date.now();
		if (left <= 0) return false;
		await pause(Math.min(this.intervalMs, left), this.signal);
		return true;
	}
}
