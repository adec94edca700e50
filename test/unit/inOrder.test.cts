import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { inOrder } from '../../nodes/shared/n8n/inOrder';

/** Work whose end the test decides. */
class Work {
	readonly begun: number[] = [];
	private readonly ends = new Map<number, { pass(): void; fail(): void }>();

	readonly run = async (item: number): Promise<string> => {
		this.begun.push(item);
		return await new Promise((resolve, reject) =>
			this.ends.set(item, {
				pass: () => resolve(`result ${item}`),
				fail: () => reject(new Error(`failed at ${item}`)),
			}),
		);
	};

	async end(item: number, how: 'pass' | 'fail' = 'pass'): Promise<void> {
		this.ends.get(item)?.[how]();
		await setImmediate();
	}
}

/** Consumes everything; what it got so far can be looked at meanwhile. */
function consume(results: AsyncIterable<string>) {
	const got: string[] = [];
	const done = (async () => {
		for await (const result of results) got.push(result);
	})();
	const outcome = done.then(
		() => 'complete',
		(error: unknown) => String(error),
	);
	return { got, outcome };
}

const ITEMS = [0, 1, 2, 3, 4, 5];

describe('inOrder', () => {
	it('begins as much as it may, and gives results in the order of the items', async () => {
		const work = new Work();
		const { got, outcome } = consume(inOrder(ITEMS, 3, work.run));
		await setImmediate();
		expect(work.begun).toEqual([0, 1, 2]);
		await work.end(2);
		await work.end(1);
		expect([got, work.begun]).toEqual([[], [0, 1, 2]]);
		await work.end(0);
		expect(got).toEqual(['result 0', 'result 1', 'result 2']);
		expect(work.begun).toEqual(ITEMS);
		for (const item of [5, 4, 3]) await work.end(item);
		expect(await outcome).toBe('complete');
		expect(got).toEqual(ITEMS.map((item) => `result ${item}`));
	});

	it('counts results that wait, and the one that the consumer holds', async () => {
		const work = new Work();
		const results = inOrder(ITEMS, 2, work.run);
		const first = results.next();
		await work.end(0);
		await work.end(1);
		expect((await first).value).toBe('result 0');
		await setImmediate();
		expect(work.begun).toEqual([0, 1]);
		expect((await results.next()).value).toBe('result 1');
		expect(work.begun).toEqual([0, 1, 2]);
		await results.return();
	});

	it('does one after the other with a concurrency of 1', async () => {
		const work = new Work();
		const { outcome } = consume(inOrder([0, 1, 2], 1, work.run));
		for (const item of [0, 1, 2]) {
			await setImmediate();
			expect(work.begun.at(-1)).toBe(item);
			expect(work.begun).toHaveLength(item + 1);
			await work.end(item);
		}
		expect(await outcome).toBe('complete');
	});

	it('begins nothing before it is asked, and nothing for no items', async () => {
		const work = new Work();
		const results = inOrder(ITEMS, 3, work.run);
		await setImmediate();
		expect(work.begun).toEqual([]);
		await results.return();
		expect(await consume(inOrder([], 3, work.run)).outcome).toBe('complete');
	});

	it('begins nothing after a failure, and gives the results before it', async () => {
		const work = new Work();
		const { got, outcome } = consume(inOrder(ITEMS, 3, work.run));
		await setImmediate();
		await work.end(2, 'fail');
		await work.end(0);
		await work.end(1);
		expect(await outcome).toBe('Error: failed at 2');
		expect(got).toEqual(['result 0', 'result 1']);
		expect(work.begun).toEqual([0, 1, 2]);
	});

	it('throws the first failure in order, and lets no other go unhandled', async () => {
		const work = new Work();
		const { outcome } = consume(inOrder(ITEMS, 3, work.run));
		await setImmediate();
		await work.end(1, 'fail');
		await work.end(0, 'fail');
		expect(await outcome).toBe('Error: failed at 0');
		await work.end(2, 'fail');
		expect(work.begun).toEqual([0, 1, 2]);
	});

	it('begins nothing more once the consumer has stopped', async () => {
		const work = new Work();
		const results = inOrder(ITEMS, 2, work.run);
		const first = results.next();
		await work.end(0);
		await first;
		await results.return();
		await work.end(1);
		expect(work.begun).toEqual([0, 1]);
	});

	it('keeps its promises however long each of the works takes', async () => {
		const works = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'fail'), { maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(works, fc.integer({ min: 1, max: 5 }), fc.scheduler(), async (...chosen) => {
				const [hows, concurrency, scheduler] = chosen;
				const got: number[] = [];
				let [begun, given, hasFailed] = [0, 0, false];
				const results = inOrder([...hows.keys()], concurrency, async (item) => {
					expect(hasFailed).toBe(false);
					expect(item).toBe(begun);
					expect(++begun - given).toBeLessThanOrEqual(concurrency);
					await scheduler.schedule(Promise.resolve());
					hasFailed ||= hows[item] === 'fail';
					if (hows[item] === 'fail') throw new Error(`failed at ${item}`);
					return item;
				});
				const consumed = (async () => {
					for await (const result of results) {
						got.push(result);
						await scheduler.schedule(Promise.resolve());
						given++;
					}
				})().catch((error: unknown) => String(error));
				const failed = hows.indexOf('fail');
				const outcome = failed === -1 ? undefined : `Error: failed at ${failed}`;
				expect(await scheduler.waitFor(consumed)).toBe(outcome);
				expect(got).toEqual([...hows.keys()].slice(0, failed === -1 ? undefined : failed));
				await scheduler.waitIdle();
			}),
		);
	});
});
