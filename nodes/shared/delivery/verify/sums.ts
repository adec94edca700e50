import { plainName } from './delivered';

/** A line of `sha256sum`: the hash, then two spaces, or a space and `*`, and the name. */
const LINE = /^([0-9a-f]{64}) [ *](.+)$/i;

/** More help nobody; a file that is something else could have millions of them. */
const MOST_PROBLEMS = 20;

/**
 * Where a `SHA256SUMS` says something else than is known, in words.
 *
 * @param known by plain name: what the SHA-256 of such a file may be; a name that it does not have is
 *   nothing to say
 */
export function sumsProblems(
	text: string,
	known: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
	const problems: string[] = [];
	let line = 0;
	for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; ) {
		const lineFeed = text.indexOf('\n', at);
		const end = lineFeed === -1 ? text.length : lineFeed;
		const problem = problemIn(text.slice(at, end).replace(/\r$/, ''), ++line, known);
		at = end + 1;
		if (problem === undefined) continue;
		if (problems.length === MOST_PROBLEMS) {
			return [...problems, `SHA256SUMS: from line ${line} on it was not looked at`];
		}
		problems.push(problem);
	}
	return problems;
}

/** @param number 1-based */
function problemIn(
	line: string,
	number: number,
	known: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
	if (line === '') return undefined;
	const [, sha256, name] = LINE.exec(line) ?? [];
	if (sha256 === undefined || name === undefined) {
		return `SHA256SUMS: line ${number} is not a SHA-256 and a file name`;
	}
	const expected = known.get(plainName(name));
	return expected === undefined || expected.has(sha256.toLowerCase())
		? undefined
		: `SHA256SUMS has another SHA-256 for ${name} than the manifest`;
}
