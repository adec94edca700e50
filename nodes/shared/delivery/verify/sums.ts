import { plainName } from './delivered';

/** A line of `sha256sum`: the hash, then two spaces, or a space and `*`, and the name. */
const LINE = /^([0-9a-f]{64}) [ *](.+)$/i;

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
	const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
	return lines.flatMap((line, position) => {
		if (line === '') return [];
		const [, sha256, name] = LINE.exec(line) ?? [];
		if (sha256 === undefined || name === undefined) {
			return [`SHA256SUMS: line ${position + 1} is not a SHA-256 and a file name`];
		}
		const expected = known.get(plainName(name));
		return expected === undefined || expected.has(sha256.toLowerCase())
			? []
			: [`SHA256SUMS has another SHA-256 for ${name} than the manifest`];
	});
}
