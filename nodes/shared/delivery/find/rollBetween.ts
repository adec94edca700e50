import { groupBy } from '../verify/delivered';
import type { FoundCode } from './codeFinder';

/** A code that was found, with its place in its application. */
export interface LocatedCode extends FoundCode {
	readonly applicationId: string | null;
	/** Counted from the application; null: not known, for the reason that `problem` says. */
	readonly codeIndex: number | null;
	readonly problem: string | null;
}

/** The codes between two scans. */
export interface Roll<Code extends LocatedCode> {
	readonly first: Code;
	readonly last: Code;
}

/**
 * The codes from one to another, in the file that has both; which of the two is first does not matter.
 *
 * @param one,other where each of the two was found
 * @returns the roll, or in words why there is none
 */
export function rollBetween<Code extends LocatedCode>(
	one: readonly Code[],
	other: readonly Code[],
): Roll<Code> | string {
	const others = groupBy(other, ({ place }) => String(place));
	const rolls = one.flatMap((code) =>
		(others.get(String(code.place)) ?? []).map((own) =>
			code.row <= own.row ? { first: code, last: own } : { first: own, last: code },
		),
	);
	const [roll, ...more] = rolls;
	if (!roll) return 'The two are in different files';
	if (more.some((next) => !isSame(next, roll))) return 'They are in several places';
	const { first, last } = roll;
	const problem = first.problem ?? last.problem;
	if (problem !== null) return problem;
	return Number(last.codeIndex) - Number(first.codeIndex) === last.row - first.row
		? roll
		: 'The indexes between the two have gaps, or are not in order';
}

/** The same codes may be in another file, too: in the package and in a list of it. */
const isSame = (one: Roll<LocatedCode>, other: Roll<LocatedCode>): boolean =>
	one.first.codeIndex !== null &&
	one.first.applicationId === other.first.applicationId &&
	one.first.codeIndex === other.first.codeIndex &&
	one.last.codeIndex === other.last.codeIndex;
