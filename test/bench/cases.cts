import type { Cost } from './cost.cts';
import type { ApplicationPlan } from './packages.cts';
import type { Hotspot } from './profile.cts';

/** How the codes are got. */
export type Way =
	| 'bareScript'
	| 'shellPipe'
	| 'urlList'
	| 'package'
	| 'rolls'
	| 'labels'
	| 'urlMap'
	| 'findCodes';

type ApplicationName = 'measured' | 'labels' | 'few' | 'many';

/** Where the codes are and what it takes to get them. */
export interface Source {
	readonly url: string;
	readonly appId: string;
	readonly appSecret: string;
	readonly packageKey: string;
	readonly applicationId: number;
	/** Downloads at a time. */
	readonly concurrency: number;
}

/** What a process is started for. */
export interface Task {
	readonly way: Way;
	readonly source: Source;
	/** How many the application has. */
	readonly codes: number;
	/** A tiny application, downloaded before anything is measured. */
	readonly warmUpId: number;
	/** Where to write a processor profile; then nothing is measured. */
	readonly profile?: string;
}

/** What the process tells. */
export type Outcome =
	| {
			readonly cost?: Cost;
			/** Of all files that came of it, one after the other. */
			readonly sha256: string;
			readonly hotspots?: readonly Hotspot[];
	  }
	| { readonly failed: string };

/** A bound that the package is held to: of a ratio to the baseline, of ms, of s a million codes. */
export interface Goals {
	readonly time?: string;
	readonly memory?: string;
	readonly processor?: string;
	readonly loopP99?: string;
}

export interface Case {
	readonly name: string;
	readonly way: Way;
	readonly application: ApplicationName;
	/** Name of the case whose numbers are 1.00. */
	readonly against: string;
	/** @param nodeMajor of the Node that runs it */
	goals(nodeMajor: number): Goals;
}

export const CONCURRENCY = 4;

const none = () => ({});

/** In the order in which they run and are printed. */
export const CASES: readonly Case[] = [
	{
		name: 'bare script',
		way: 'bareScript',
		application: 'measured',
		against: 'bare script',
		goals: none,
	},
	{
		name: 'shell pipe',
		way: 'shellPipe',
		application: 'measured',
		against: 'bare script',
		goals: none,
	},
	{
		name: 'URL list, single file',
		way: 'urlList',
		application: 'measured',
		against: 'bare script',
		goals: (nodeMajor) => ({
			time: '≤ 1.1',
			// Node 20 leaves more of the script's rubbish lying about.
			memory: nodeMajor >= 24 ? '≤ 0.45' : '≤ 0.2',
			processor: '≤ 2.7',
			loopP99: '≤ 12',
		}),
	},
	{
		name: 'package per segment',
		way: 'package',
		application: 'measured',
		against: 'bare script',
		goals: () => ({ time: '≤ 1.4', memory: '≤ 0.65', loopP99: '≤ 12' }),
	},
	{
		name: 'rolls in protected ZIPs',
		way: 'rolls',
		application: 'measured',
		against: 'URL list, single file',
		goals: none,
	},
	{
		name: 'labels as PDF',
		way: 'labels',
		application: 'labels',
		against: 'labels as PDF',
		goals: none,
	},
	{
		name: 'Find Codes, script',
		way: 'urlMap',
		application: 'measured',
		against: 'Find Codes, script',
		goals: none,
	},
	{
		name: 'Find Codes',
		way: 'findCodes',
		application: 'measured',
		against: 'Find Codes, script',
		goals: none,
	},
	{
		name: 'URL list, few segments',
		way: 'urlList',
		application: 'few',
		against: 'URL list, few segments',
		goals: none,
	},
	{
		name: 'URL list, many segments',
		way: 'urlList',
		application: 'many',
		against: 'URL list, few segments',
		goals: () => ({ time: '0.85–1.15', memory: '≤ 1.1' }),
	},
];

/** What the server has, by what it is for. */
export function plansOf({ isQuick, lattice }: { isQuick: boolean; lattice: number }) {
	const plan = (applicationId: number, segments: number, rest: Partial<ApplicationPlan>) => ({
		applicationId,
		segments,
		segmentSize: 50_000,
		lattice,
		madeBefore: false,
		...rest,
	});
	return {
		warmUp: plan(1, 4, { segmentSize: 2_500 }),
		measured: plan(2, isQuick ? 8 : 20, { madeBefore: true }),
		labels: plan(5, 1, isQuick ? { segmentSize: 5_000 } : {}),
		few: plan(3, 8, {}),
		many: plan(4, isQuick ? 24 : 400, {}),
	} satisfies Record<ApplicationName | 'warmUp', ApplicationPlan>;
}

export type Plans = ReturnType<typeof plansOf>;
