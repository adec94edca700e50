import { PackageError } from '../shared/codePackage/errors';
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
	const { status, code_generate_list } = application;
	if (status !== FINISHED) {
		throw new ParameterError(
			`${nameOf(application)} is not finished: ${statusInWords(status)}`,
			'Its codes and segments are there once WeChat has generated them all. Run this again later.',
		);
	}
	const list = code_generate_list.map(({ code_start, code_end }) => ({
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
