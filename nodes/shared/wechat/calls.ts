import { listField, numberField, textField } from './answer';
import type { WechatClient } from './client';
import { unusableAnswer } from './errors';

/** The only status that WeChat documents; any other means "not finished". */
export const FINISHED = 'FINISH';

/** An application by its ID (decimal digits of a uint64) or by the ID that its owner gave it. */
export type ApplicationRef =
	| { readonly application_id: string }
	| { readonly isv_application_id: string };

/** A segment's first and last code; both belong to it. */
export interface CodeRange {
	readonly code_start: number;
	readonly code_end: number;
}

/** An application as WeChat describes it. */
export interface Application {
	readonly application_id: string;
	readonly isv_application_id: string;
	/** As WeChat sent it. */
	readonly status: string;
	readonly code_generate_list: readonly CodeRange[];
	/** Unix seconds; undefined if WeChat does not say. */
	readonly create_time: number | undefined;
	readonly update_time: number | undefined;
}

/**
 * Queries an application (applycodequery).
 *
 * @throws WechatError if the call fails, or WeChat answers with another application
 */
export async function applyCodeQuery(
	client: WechatClient,
	ref: ApplicationRef,
): Promise<Application> {
	const answer = await client.call({ name: 'applycodequery', repeatable: true }, bodyOf(ref));
	const applicationId = textField(answer, 'application_id');
	if (!/^\d+$/.test(applicationId)) throw unusableAnswer('it has no application_id');
	if ('application_id' in ref && applicationId !== ref.application_id) {
		throw unusableAnswer(
			`it is about application ${applicationId} instead of ${ref.application_id}`,
		);
	}
	return {
		application_id: applicationId,
		isv_application_id: textField(answer, 'isv_application_id'),
		status: textField(answer, 'status'),
		code_generate_list: listField(answer, 'code_generate_list').map((range) => ({
			code_start: numberField(range, 'code_start'),
			code_end: numberField(range, 'code_end'),
		})),
		create_time: timeField(answer.create_time),
		update_time: timeField(answer.update_time),
	};
}

/**
 * Downloads a segment's package (applycodedownload).
 *
 * @param range exactly a segment of the application's list
 * @returns the package as WeChat sends it: encrypted, in base64
 * @throws WechatError
 */
export async function applyCodeDownload(
	client: WechatClient,
	applicationId: string,
	range: CodeRange,
): Promise<string> {
	const { code_start, code_end } = range;
	const answer = await client.call(
		{ name: 'applycodedownload', repeatable: true },
		bodyOf({ application_id: applicationId, code_start, code_end }),
	);
	if (typeof answer.buffer !== 'string') throw unusableAnswer('it has no package');
	return answer.buffer;
}

/**
 * The JSON text of a request. An `application_id` goes out as a number, digit by digit: it may be larger
 * than a JavaScript number can hold.
 */
export function bodyOf(fields: Readonly<Record<string, string | number>>): string {
	const members = Object.entries(fields).map(([name, value]) => {
		const text = name === 'application_id' ? String(value) : JSON.stringify(value);
		return `${JSON.stringify(name)}:${text}`;
	});
	return `{${members.join(',')}}`;
}

function timeField(value: unknown): number | undefined {
	const seconds = Number(value);
	return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}
