/**
 * Evenly spaced codes out of segments, the first and the last one among them.
 *
 * @param counts codes of each segment
 * @param wanted how many to choose, at least 1; all of them if there are fewer
 * @returns for each segment the 0-based numbers of its codes, ascending
 */
export function evenlySpaced(counts: readonly number[], wanted: number): number[][] {
	const total = counts.reduce((sum, count) => sum + count, 0);
	const chosen = Math.min(wanted, total);
	const step = chosen > 1 ? (total - 1) / (chosen - 1) : 0;
	const places = Array.from({ length: chosen }, (_, at) => Math.round(at * step));
	let before = 0;
	let next = 0;
	return counts.map((count) => {
		const own: number[] = [];
		for (let place = places[next]; place !== undefined && place < before + count; ) {
			own.push(place - before);
			place = places[++next];
		}
		before += count;
		return own;
	});
}
