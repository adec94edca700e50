/** What passes at most between two looks at the clock: one turn of the event loop. */
const TURN_MS = 1;

/**
 * Makes time pass `factor` times as fast for everything in this process that waits with `setTimeout` or
 * asks `Date.now()`: the engine, the nodes and the sandbox's clock, but not its slow answers.
 *
 * Time in which this process does not run, or is busy with one thing, does not pass: what is on its way
 * is not late because the machine is slow, and no two timers are due at once that should be apart.
 *
 * @returns the function that brings the clock back to normal
 */
export function speedUpClock(factor: number): () => void {
	const { setTimeout: wait } = globalThis;
	const { now: realNow } = Date;
	let time = realNow();
	let seen = performance.now();
	const now = () => {
		const moment = performance.now();
		time += Math.min(moment - seen, TURN_MS) * factor;
		seen = moment;
		return time;
	};
	const fast = (run: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) => {
		const due = now() + ms;
		const timer = wait(() => {
			if (now() < due) timer.refresh();
			else run(...values);
		}, TURN_MS);
		return timer;
	};
	globalThis.setTimeout = Object.assign(fast, wait);
	Date.now = () => Math.round(now());
	const ticking = setInterval(now, TURN_MS).unref();
	return () => {
		clearInterval(ticking);
		globalThis.setTimeout = wait;
		Date.now = realNow;
	};
}
