import { PackageError } from '../shared/codePackage/packageError';
import { planSegments, type Bounds, type PlannedSegment } from '../shared/codePackage/segments';
import { ParameterError } from '../shared/n8n/errors';
import { nameOf } from '../shared/wechat/applicationAnswer';
import { statusInWords } from '../shared/wechat/applicationFields';
import { FINISHED, type Application } from '../shared/wechat/calls';

/**
 * The segments of a finished application that hold the wanted codes.
 *
 * @param range inclusive at both ends; undefined: all codes
 * @throws ParameterError, PackageError if there are no such codes, not yet, or not all of them
 */
export function finishedSegments(
	application: Application,
	range?: Bounds,
): readonly PlannedSegment[] {
	requireFinished(application);
	const list = application.code_generate_list.map(({ code_start, code_end }) => ({
		start: code_start,
		end: code_end,
	}));
	const { segments, problems } = planSegments(list, range);
	if (problems.length > 0) {
		throw new PackageError(
			`${nameOf(application)}: codes are missing: ${problems.join('; ')}`,
			'Run this again later. If it stays so, ask WeChat and name the application ID.',
		);
	}
	return segments;
}

/** @throws ParameterError if WeChat has not generated all of the application's codes */
export function requireFinished(application: Application): void {
	if (application.status === FINISHED) return;
	throw new ParameterError(
		`${nameOf(application)} is not finished: ${statusInWords(application.status)}`,
		'Its codes and segments are there once WeChat has generated them all. Run this again later.',
	);
}

/** The last code of a finished application; -1 if WeChat lists none. */
export const lastCodeOf = ({ code_generate_list }: Application): number =>
	code_generate_list.reduce((last, { code_end }) => Math.max(last, code_end), -1);
