/**
 * Works on several items at once and yields the results in the items' order. Results that wait for their
 * turn count: no more than `concurrency` are under way, waiting or with the consumer at any time.
 *
 * @param concurrency 1 or more
 * @throws what the work for the first failing item in order throws; no work is begun after a failure
 */
export async function* inOrder<Item, Result>(
	items: readonly Item[],
	concurrency: number,
	work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
	const begun: Array<Promise<Result>> = [];
	let next = 0;
	let hasFailed = false;
	const beginMore = () => {
		while (begun.length < concurrency && next < items.length && !hasFailed) {
			const item = items[next++];
			if (item === undefined) continue;
			const result = work(item);
			result.catch(() => {
				hasFailed = true;
			});
			begun.push(result);
		}
	};
	beginMore();
	while (begun[0] !== undefined) {
		yield await begun[0];
		begun.shift();
		beginMore();
	}
}
