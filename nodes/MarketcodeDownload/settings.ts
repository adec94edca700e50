import type { IExecuteFunctions } from 'n8n-workflow';
import type { Bounds } from '../shared/codePackage/segments';
import { readFileSettings, type FileSettings } from '../shared/n8n/fileParameters';
import {
	applicationIn,
	codeRangeIn,
	oneOf,
	wholeNumber,
	type ApplicationId,
} from '../shared/n8n/parameters';

const FILES = ['perSegment', 'single'] as const;
const WHEN_NOT_FINISHED = ['error', 'wait', 'branch'] as const;

/** The node's parameters for one item, checked. */
export interface Settings extends FileSettings {
	readonly application: ApplicationId;
	/** Undefined: all codes. */
	readonly range: Bounds | undefined;
	readonly whenNotFinished: (typeof WHEN_NOT_FINISHED)[number];
	readonly pollIntervalMs: number;
	readonly waitTimeoutMs: number;
	readonly isSingle: boolean;
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
		pollIntervalMs: waits ? 1000 * wholeNumber(parameter('pollInterval'), 'Poll Interval', 1) : 0,
		waitTimeoutMs: waits ? 60_000 * wholeNumber(parameter('waitTimeout'), 'Wait Timeout', 1) : 0,
		isSingle: !file.isEncrypted && oneOf(FILES, parameter('files'), 'Files') === 'single',
		concurrency: wholeNumber(option('concurrency', 4), 'Concurrency', 1),
		timeoutMs: 1000 * wholeNumber(option('timeout', 120), 'Timeout', 1),
	};
}
