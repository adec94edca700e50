import type { IExecuteFunctions } from 'n8n-workflow';
import { csvHead, type TextFormat } from '../shared/codePackage/format';
import { COLUMNS, type Column } from '../shared/codePackage/rows';
import type { Bounds } from '../shared/codePackage/segments';
import type { Verify } from '../shared/codePackage/output';
import { ParameterError } from '../shared/n8n/errors';
import { applicationIn, wholeNumber, type ApplicationId } from '../shared/n8n/parameters';

const OUTPUTS = ['package', 'urlList', 'csv', 'encrypted'] as const;
const FILES = ['perSegment', 'single'] as const;
const WHEN_NOT_FINISHED = ['error', 'wait', 'branch'] as const;
const VERIFY = ['fail', 'warn', 'off'] as const;
const DELIMITERS = [',', ';', '\t'] as const;
const LINE_ENDINGS = { lf: '\n', crlf: '\r\n' } as const;

const EXTENSIONS = { package: 'txt', urlList: 'txt', csv: 'csv', encrypted: 'bin' } as const;
const MIME_TYPES = {
	package: 'text/plain',
	urlList: 'text/plain',
	csv: 'text/csv',
	encrypted: 'application/octet-stream',
} as const;

/** The node's parameters for one item, checked. */
export interface Settings {
	readonly application: ApplicationId;
	/** Undefined: all codes. */
	readonly range: Bounds | undefined;
	readonly whenNotFinished: (typeof WHEN_NOT_FINISHED)[number];
	readonly pollIntervalMs: number;
	readonly waitTimeoutMs: number;
	readonly isEncrypted: boolean;
	readonly isSingle: boolean;
	/** How rows are written; undefined: as they stand in the package. */
	readonly format: TextFormat | undefined;
	/** Begins every file. */
	readonly head: Buffer;
	/** With placeholders in braces. */
	readonly fileName: string;
	readonly mimeType: string;
	readonly binaryPropertyName: string;
	readonly verify: Verify;
	readonly concurrency: number;
	readonly timeoutMs: number;
}

/** @throws ParameterError if one can't be used */
export function readSettings(context: IExecuteFunctions, itemIndex: number): Settings {
	const parameter = (name: string): unknown => context.getNodeParameter(name, itemIndex);
	const option = (name: string, fallback: unknown): unknown =>
		context.getNodeParameter(`options.${name}`, itemIndex, fallback);
	const output = oneOf(OUTPUTS, parameter('output'), 'Output');
	const isEncrypted = output === 'encrypted';
	const whenNotFinished = oneOf(
		WHEN_NOT_FINISHED,
		parameter('whenNotFinished'),
		'When Not Finished',
	);
	const isWaiting = whenNotFinished === 'wait';
	const format = formatOf(output, option);
	return {
		application: applicationIn(context, itemIndex),
		range: parameter('codes') === 'range' ? rangeIn(parameter) : undefined,
		whenNotFinished,
		pollIntervalMs: isWaiting
			? 1000 * wholeNumber(parameter('pollInterval'), 'Poll Interval', 1)
			: 0,
		waitTimeoutMs: isWaiting
			? 60_000 * wholeNumber(parameter('waitTimeout'), 'Wait Timeout', 1)
			: 0,
		isEncrypted,
		isSingle: !isEncrypted && oneOf(FILES, parameter('files'), 'Files') === 'single',
		format,
		head:
			output === 'csv' && format
				? csvHead(format, {
						header: option('header', true) !== false,
						byteOrderMark: option('byteOrderMark', false) === true,
					})
				: Buffer.alloc(0),
		fileName: String(option('fileName', '')).trim() || defaultFileName(output),
		mimeType: MIME_TYPES[output],
		binaryPropertyName: String(parameter('binaryPropertyName')),
		verify: oneOf(VERIFY, option('verify', 'fail'), 'Verify'),
		concurrency: wholeNumber(option('concurrency', 4), 'Concurrency', 1),
		timeoutMs: 1000 * wholeNumber(option('timeout', 120), 'Timeout', 1),
	};
}

const defaultFileName = (output: (typeof OUTPUTS)[number]): string =>
	`marketcode_{application_id}_{code_start}-{code_end}.${EXTENSIONS[output]}`;

const rangeIn = (parameter: (name: string) => unknown): Bounds => ({
	start: wholeNumber(parameter('codeStart'), 'Code Start', 0),
	end: wholeNumber(parameter('codeEnd'), 'Code End', 0),
});

function formatOf(
	output: (typeof OUTPUTS)[number],
	option: (name: string, fallback: unknown) => unknown,
): TextFormat | undefined {
	if (output !== 'urlList' && output !== 'csv') return undefined;
	const lineEnding = oneOf(['lf', 'crlf'], option('lineEnding', 'lf'), 'Line Ending');
	return {
		columns: output === 'urlList' ? ['url'] : columnsIn(option('columns', [...COLUMNS])),
		delimiter: oneOf(DELIMITERS, option('delimiter', ','), 'Delimiter'),
		lineEnding: LINE_ENDINGS[lineEnding],
	};
}

function columnsIn(value: unknown): Column[] {
	const columns = Array.isArray(value) ? value : [value];
	if (columns.length === 0) {
		throw new ParameterError(
			'No columns are chosen',
			'Choose at least one column for the CSV file.',
		);
	}
	return columns.map((column: unknown) => oneOf(COLUMNS, column, 'Columns'));
}

/** One of the values that a parameter offers; an expression can give anything. */
function oneOf<Value extends string>(
	values: readonly Value[],
	value: unknown,
	label: string,
): Value {
	const found = values.find((offered) => offered === value);
	if (found === undefined) {
		throw new ParameterError(
			`${label} has a value that it does not offer`,
			`Its expression can give ${values.map((offered) => JSON.stringify(offered)).join(', ')}.`,
		);
	}
	return found;
}
