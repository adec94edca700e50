// Work is measured in processor time: other processes, and a machine that stands still, take none of ours.

/** Begins to measure; what it returns tells the milliseconds that this process has worked since. */
export function processorTime(): () => number {
	const before = process.cpuUsage();
	return () => {
		const { user, system } = process.cpuUsage(before);
		return (user + system) / 1000;
	};
}

const TIMES = 16;

/** What `growthOf` stays below where work grows as its input does, and is far above where with its square. */
export const AS_THE_INPUT = 64;

/**
 * How many times as much a piece of work takes for an input that is 16 times as large: about 16 if it
 * grows as the input does, about 256 if with its square. The least of some tries counts.
 *
 * @param size of the small input, which should keep the processor busy for a millisecond
 */
export function growthOf<T>(size: number, make: (size: number) => T, work: (input: T) => void) {
	const least = (input: T) => {
		const tries = Array.from({ length: 3 }, () => {
			const worked = processorTime();
			work(input);
			return worked();
		});
		return Math.min(...tries);
	};
	return least(make(TIMES * size)) / least(make(size));
}
