import type { IExecuteFunctions } from 'n8n-workflow';
import type { Bounds } from '../shared/codePackage/segments';
import { readFileSettings, type FileSettings } from '../shared/delivery/parameters/fileSettings';
import {
	applicationIn,
	codeRangeIn,
	oneOf,
	wholeNumber,
	type ApplicationId,
} from '../shared/n8n/parameters';

const WHEN_NOT_FINISHED = ['error', 'wait', 'branch'] as const;

/** Each segment at once takes some 20 MB of memory: an expression's slip must not take all there is. */
const MOST_AT_ONCE = 16;
const AN_HOUR_SECONDS = 3_600;
const A_DAY_SECONDS = 86_400;
const A_WEEK_MINUTES = 10_080;

/** The node's parameters for one item, checked. */
export interface Settings extends FileSettings {
	readonly application: ApplicationId;
	/** Undefined: all codes. */
	readonly range: Bounds | undefined;
	readonly whenNotFinished: (typeof WHEN_NOT_FINISHED)[number];
	readonly pollIntervalMs: number;
	readonly waitTimeoutMs: number;
	readonly concurrency: number;
	readonly timeoutMs: number;
}

/** @throws ParameterError if one can't be used */
export function readSettings(context: IExecuteFunctions, itemIndex: number): Settings {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex);
	const option = (name: string, fallback: number): unknown =>
		context.getNodeParameter(`options.${name}`, itemIndex, fallback);
	const file = readFileSettings(context, itemIndex);
	const whenNotFinished = oneOf(
		WHEN_NOT_FINISHED,
		parameter('whenNotFinished'),
		'When Not Finished',
	);
	const waits = whenNotFinished === 'wait';
	return {
		...file,
		application: applicationIn(context, itemIndex),
		range: codeRangeIn(context, itemIndex),
		whenNotFinished,
		pollIntervalMs: waits
			? 1000 * wholeNumber(parameter('pollInterval'), 'Poll Interval', 1, A_DAY_SECONDS)
			: 0,
		waitTimeoutMs: waits
			? 60_000 * wholeNumber(parameter('waitTimeout'), 'Wait Timeout', 1, A_WEEK_MINUTES)
			: 0,
		concurrency: wholeNumber(option('concurrency', 4), 'Concurrency', 1, MOST_AT_ONCE),
		timeoutMs: 1000 * wholeNumber(option('timeout', 120), 'Timeout', 1, AN_HOUR_SECONDS),
	};
}
