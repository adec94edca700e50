import Table from 'cli-table3';
import type { Case, Goals } from './cases.cts';
import type { Cost } from './cost.cts';
import type { Hotspot } from './profile.cts';

/** A case as it went with one Node. */
export interface Result {
	readonly case: Case;
	readonly nodeVersion: string;
	readonly codes: number;
	/** A cost a run. */
	readonly costs: readonly Cost[];
	/** Why there is nothing to show, or less than should be. */
	readonly failed?: string;
}

const MILLION = 1_000_000;

const median = (values: readonly number[]): number => {
	const sorted = values.filter((value) => !Number.isNaN(value)).sort((one, other) => one - other);
	const middle = sorted.length / 2;
	const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return low === undefined || high === undefined ? NaN : (low + high) / 2;
};

const digits = (value: number, count: number) => (Number.isNaN(value) ? '–' : value.toFixed(count));

const withGoal = (text: string, goal: string | undefined) =>
	goal === undefined ? text : `${text} (${goal})`;

/** Medians; seconds are those of a million codes, so that applications of any size compare. */
function medians({ costs, codes }: Result): Cost {
	const of = (value: (cost: Cost) => number) => median(costs.map(value));
	const scale = MILLION / codes;
	return {
		seconds: of(({ seconds }) => seconds) * scale,
		peakMb: of(({ peakMb }) => peakMb),
		processorSeconds: of(({ processorSeconds }) => processorSeconds) * scale,
		loopP99Ms: of(({ loopP99Ms }) => loopP99Ms),
		loopMaxMs: of(({ loopMaxMs }) => loopMaxMs),
	};
}

/** From the quickest to the slowest run, in percent of the median: what a ratio may owe to chance. */
function spread({ costs }: Result): string {
	const seconds = costs.map((cost) => cost.seconds);
	if (seconds.length < 2) return '';
	const percent = (100 * (Math.max(...seconds) - Math.min(...seconds))) / median(seconds);
	return ` ±${digits(percent / 2, 0)} %`;
}

function rowOf(result: Result, results: readonly Result[]): string[] {
	const { nodeVersion, codes } = result;
	const title = [nodeVersion, result.case.name, codes.toLocaleString('en')];
	if (result.costs.length === 0) return [...title, ...Array<string>(7).fill('–')];
	const cost = medians(result);
	const goals: Goals = result.case.goals(Number(nodeVersion.split('.')[0]?.slice(1)));
	const baseline = results.find(
		(other) => other.case.name === result.case.against && other.nodeVersion === nodeVersion,
	);
	const base = baseline && medians(baseline);
	return [
		...title,
		digits(cost.seconds, 2) + spread(result),
		withGoal(digits(cost.seconds / (base?.seconds ?? NaN), 2), goals.time),
		digits(cost.peakMb, 0),
		withGoal(digits(cost.peakMb / (base?.peakMb ?? NaN), 2), goals.memory),
		withGoal(digits(cost.processorSeconds, 2), goals.processor),
		withGoal(digits(cost.loopP99Ms, 1), goals.loopP99),
		digits(cost.loopMaxMs, 1),
	];
}

/** Lines of a table as Markdown has them. */
const MARKDOWN = {
	...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
	...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
	...{ left: '|', middle: '|', right: '|' },
	...{ mid: '-', 'left-mid': '|', 'mid-mid': '|', 'right-mid': '|' },
};

/** All in one table; in brackets what the package is held to. */
export function tableOf(results: readonly Result[], { isMarkdown }: { isMarkdown: boolean }) {
	const table = new Table({
		head: [
			'Node',
			'case',
			'codes',
			's/M codes',
			'×',
			'peak MiB',
			'×',
			'cpu s/M',
			'loop p99 ms',
			'max',
		],
		chars: isMarkdown ? MARKDOWN : {},
		style: { head: [], border: [], compact: true },
	});
	for (const result of results) table.push(rowOf(result, results));
	const failures = results.filter(({ failed }) => failed !== undefined);
	const lines = failures.map(({ nodeVersion, ...result }) => {
		return `${nodeVersion} ${result.case.name}: ${result.failed}`;
	});
	return [table.toString(), ...lines].join('\n');
}

export function hotspotTableOf(title: string, hotspots: readonly Hotspot[]): string {
	const table = new Table({
		head: ['self ms', title],
		colAligns: ['right', 'left'],
		style: { head: [], border: [], compact: true },
	});
	for (const { selfMs, where } of hotspots) table.push([digits(selfMs, 0), where]);
	return table.toString();
}
