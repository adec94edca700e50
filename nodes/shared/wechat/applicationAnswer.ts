import {
	applicationIdField,
	listField,
	optionalNumber,
	optionalText,
	wholeNumberOf,
	type WechatAnswer,
} from './answer';
import type {
	Application,
	ApplicationIds,
	ApplicationRef,
	CodeRange,
	KnownApplication,
} from './calls';
import { WechatError, unusableAnswer } from './wechatErrors';

/**
 * The application that an answer of applycodequery describes. It may lack the IDs and the times: it is
 * about the application that was asked for.
 *
 * @throws WechatError if it is about another one, or a field has a form that can't be read
 */
export function applicationOf(answer: WechatAnswer, ref: ApplicationRef): Application {
	return {
		...idsIn(answer, ref),
		status: optionalText(answer, 'status') ?? '',
		code_generate_list: segmentsIn(answer),
		create_time: timeOf(answer.create_time),
		update_time: timeOf(answer.update_time),
	};
}

function idsIn(answer: WechatAnswer, ref: ApplicationRef): ApplicationIds {
	const application_id = applicationIdField(answer);
	const isv_application_id = optionalText(answer, 'isv_application_id');
	if ('application_id' in ref) {
		if ((application_id ?? ref.application_id) !== ref.application_id) {
			throw unusableAnswer(
				`it is about application ${application_id} instead of ${ref.application_id}`,
			);
		}
		return { application_id: ref.application_id, isv_application_id };
	}
	if ((isv_application_id ?? ref.isv_application_id) !== ref.isv_application_id) {
		throw unusableAnswer('it is about an application with another external ID');
	}
	return { application_id, isv_application_id: ref.isv_application_id };
}

/** An application as it is called at the beginning of an error's message. */
export const nameOf = (ids: ApplicationRef | ApplicationIds): string =>
	'application_id' in ids && ids.application_id !== undefined
		? `Application ${ids.application_id}`
		: `Application with the external ID ${ids.isv_application_id}`;

/**
 * An application whose ID is known.
 *
 * @throws WechatError if WeChat did not tell it
 */
export function known(application: Application): KnownApplication {
	if (application.application_id === undefined) {
		throw new WechatError(
			`${nameOf(application)}: WeChat's answer does not tell its application ID`,
			'Without it, codes can be neither downloaded nor activated. Set Application to By ID, and enter the application_id that Application: Apply returned when the codes were ordered.',
			{ kind: 'answer' },
		);
	}
	return application;
}

/**
 * The segments of an application, in WeChat's order. A zero may be left out: a segment without a start is
 * the first one, if it can be. An end is not read that way: only that of a single code is 0, and from such a
 * segment an empty one could not be told.
 */
function segmentsIn(answer: WechatAnswer): CodeRange[] {
	const list = listField(answer, 'code_generate_list').map((segment) => {
		const code_start = optionalNumber(segment, 'code_start');
		const code_end = optionalNumber(segment, 'code_end');
		if (code_end === undefined) {
			throw unusableAnswer('a segment of its code_generate_list has no code_end');
		}
		return { code_start, code_end };
	});
	return list.map((segment, place) => {
		const { code_start = 0, code_end } = segment;
		if (segment.code_start === undefined && overlaps(list, place)) {
			throw unusableAnswer(
				'a segment of its code_generate_list has no code_start, and overlaps another one if it starts at 0',
			);
		}
		return { code_start, code_end };
	});
}

/** Whether the segment at a place of the list, which begins at 0, overlaps another one. */
const overlaps = (
	list: ReadonlyArray<{ readonly code_start: number | undefined; readonly code_end: number }>,
	place: number,
): boolean =>
	list.some(
		({ code_start = 0 }, other) => other !== place && code_start <= (list[place]?.code_end ?? 0),
	);

/** The last second that a JavaScript date can hold. */
const LAST_SECOND = 8_640_000_000_000;

/** Unix seconds; undefined if there are none: a time is nothing that an application has to be refused for. */
function timeOf(value: unknown): number | undefined {
	const seconds = wholeNumberOf(value) ?? 0;
	return seconds > 0 && seconds <= LAST_SECOND ? seconds : undefined;
}
