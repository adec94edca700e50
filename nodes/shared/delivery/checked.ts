import { sleep } from 'n8n-workflow';
import type { Steps } from '../codePackage/applicationUrls';
import { LONE_SEGMENT, type AcrossSegments } from '../codePackage/across';
import { PackageError } from '../codePackage/packageError';
import type { TextPart } from '../codePackage/parts';
import type { SegmentText } from '../codePackage/reader';
import type { Verify } from '../codePackage/verify';
import type { Order } from './order';
import type { Samples } from './handover/proof';

/** A segment's text that was held to those before it. */
export interface CheckedText extends SegmentText {
	readonly warnings: readonly string[];
}

/** What a segment puts into one file, and the segment. */
export interface CheckedPart extends TextPart {
	readonly text: CheckedText;
}

/**
 * Holds each segment to those before it, and collects samples of them.
 *
 * @throws PackageError if a look across the segments shows that they can't be right; whatever `texts` throws
 */
export async function* checkedTexts(
	{ plan, placeOf, labelOf }: Order,
	verify: Verify,
	across: AcrossSegments,
	samples: Samples,
	texts: AsyncGenerator<SegmentText, void, void>,
): AsyncGenerator<CheckedText, void, void> {
	for await (const text of texts) {
		const { segment, findings, picked } = text;
		samples.add(picked);
		const problems = verify === 'off' ? [] : await unhurried(across.next(text));
		if (problems.length > 0 && verify === 'fail') {
			throw new PackageError(
				`${placeOf(segment)}: ${problems.join('; ')}`,
				'Nothing was handed on. Check that each package is that of its application and range, and run the node again; if it stays so, ask WeChat and name the application ID.',
			);
		}
		const isLone =
			verify !== 'off' && plan.segments.length === 1 && findings.indexesFrom === 'segment';
		const warnings = [...findings.problems, ...problems, ...(isLone ? [LONE_SEGMENT] : [])];
		yield { ...text, warnings: warnings.map((warning) => `${labelOf(segment)}${warning}`) };
	}
}

/** The parts of the segments, in the order of the codes. */
export async function* partsOf(
	texts: AsyncGenerator<CheckedText, void, void>,
): AsyncGenerator<CheckedPart, void, void> {
	for await (const text of texts) for (const part of text.parts) yield { ...part, text };
}

/** Does work step by step; between two of them, n8n serves its other users. */
async function unhurried<Result>(steps: Steps<Result>): Promise<Result> {
	for (;;) {
		const step = steps.next();
		if (step.done) return step.value;
		await sleep(0);
	}
}
