import { ApplicationUrls, type Repeats, type Steps } from './applicationUrls';
import { newSeed, type Seed } from './fingerprints';
import type { Layout } from './layout';
import type { SegmentText } from './reader';
import { countOf, type Plan } from './segments';
import type { Findings } from './verify';

/** Where the rows of a package were seen first. */
interface Seen {
	/** The application; undefined if nobody said which. */
	readonly applicationId: string | undefined;
	/** The codes that the package was asked for. */
	readonly codes: string;
}

/** The packages that one execution has handed on, over all of its items and applications. */
export class SeenPackages {
	/** For the fingerprints of this execution. */
	readonly seed: Seed = newSeed();
	/** By the identity of their rows. */
	private readonly seen = new Map<string, Seen>();
	/** By application ID: where its indexes count from. */
	private readonly origins = new Map<string, Findings['indexesFrom']>();

	/** By application ID; those of which nobody said whose they are together. */
	private readonly urls = new Map<string | undefined, ApplicationUrls>();

	/**
	 * A look across the segments of an item, in view of all that was handed on before. Only one item at a
	 * time.
	 *
	 * @param compared what will come, if its urls are to be compared with all others of the application
	 */
	of(applicationId: string | undefined, compared?: Plan): AcrossSegments {
		const origin = applicationId === undefined ? undefined : this.origins.get(applicationId);
		const urls = compared && (this.urls.get(applicationId) ?? new ApplicationUrls());
		if (urls) {
			urls.begin(this.codesWith(applicationId, compared));
			this.urls.set(applicationId, urls);
		}
		return new AcrossSegments(applicationId, (identity) => this.seen.get(identity), origin, urls);
	}

	/** How many codes of the application there will be to compare, together with those of a plan. */
	codesWith(applicationId: string | undefined, { segments }: Plan): number {
		const before = this.urls.get(applicationId)?.count ?? 0;
		const planned = segments.reduce((sum, { bounds }) => sum + countOf(bounds), 0);
		// What is downloaded again is not more.
		const all = (segments.at(-1)?.bounds.end ?? -1) + 1;
		return Math.max(before, Math.min(before + planned, all));
	}

	/** Remembers an item's segments: they were handed on. */
	keep(across: AcrossSegments): void {
		for (const [identity, seen] of across.segments) this.seen.set(identity, seen);
		across.urls?.keep();
		if (across.applicationId !== undefined) this.origins.set(across.applicationId, across.origin);
	}
}

/** Finds, in the order of an item's segments, what only a look across them shows. */
export class AcrossSegments {
	/** By the identity of their rows. */
	readonly segments = new Map<string, Seen>();
	private layout: Layout | undefined;

	/**
	 * @param origin where the indexes of this application count from, if that is known already
	 * @param urls those of the application, if they are to be compared
	 */
	constructor(
		readonly applicationId: string | undefined,
		private readonly before: (identity: string) => Seen | undefined,
		private indexesFrom: Findings['indexesFrom'],
		readonly urls?: ApplicationUrls,
	) {}

	/** What is wrong with the next segment in view of those before it; empty if nothing is. */
	*next(text: SegmentText): Steps<string[]> {
		const { segment, findings, identity, layout, parts } = text;
		const { applicationId } = this;
		const problems: string[] = [];
		const codes = `${segment.bounds.start}–${segment.bounds.end}`;
		const twin = this.segments.get(identity) ?? this.before(identity);
		if (twin && (twin.codes !== codes || twin.applicationId !== applicationId)) {
			const other =
				twin.applicationId === applicationId
					? ''
					: ` of ${twin.applicationId === undefined ? 'another item' : `application ${twin.applicationId}`}`;
			problems.push(`it is the same package as that of the codes ${twin.codes}${other}`);
		} else if (this.urls && text.urls) {
			problems.push(...inWords(yield* this.urls.add(text.urls, segment.bounds)));
		}
		this.segments.set(identity, { applicationId, codes });
		if (findings.indexesFrom !== undefined) {
			this.indexesFrom ??= findings.indexesFrom;
			if (findings.indexesFrom !== this.indexesFrom) {
				problems.push(
					`its indexes count from the ${findings.indexesFrom}, those before from the ${this.indexesFrom}`,
				);
			}
		}
		if (layout) {
			this.layout ??= layout;
			const others = differences(layout, this.layout, parts[0]?.content !== undefined);
			if (others.length > 0)
				problems.push(`unlike those before, its rows have ${others.join(', ')}`);
		}
		return problems;
	}

	/** Where the indexes count from; undefined if no segment told. */
	get origin(): Findings['indexesFrom'] {
		return this.indexesFrom;
	}
}

function inWords(repeats: Repeats | undefined): string[] {
	if (!repeats) return [];
	const { index, of, count } = repeats;
	const more = count > 1 ? ` (${count} such urls)` : '';
	return [`its url at index ${index} repeats that of index ${of}${more}`];
}

/**
 * What the rows of a segment have that those of the first one don't: whoever reads the files, or the one
 * file, goes by how that begins.
 *
 * @param isAsItCame whether columns and delimiters go into the file as they are
 */
function differences(layout: Layout, first: Layout, isAsItCame: boolean): string[] {
	const { latticeWidth, host, delimiter, order } = layout;
	return [
		latticeWidth !== first.latticeWidth &&
			`lattices of ${latticeWidth} characters instead of ${first.latticeWidth}`,
		host !== first.host && 'urls of another host',
		isAsItCame && delimiter !== first.delimiter && 'another delimiter',
		isAsItCame && order.join() !== first.order.join() && 'their columns in another order',
	].filter((difference) => difference !== false);
}

/**
 * What to say of a segment that is downloaded alone, if the indexes begin anew in each segment:
 * the package of another one would look the same.
 */
export const LONE_SEGMENT =
	'its indexes count from the segment, so they do not show that it is not the package of another one';
