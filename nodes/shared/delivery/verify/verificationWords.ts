import type { AlreadyDelivered } from './alreadyDelivered';
import type { Manifest } from '../manifest/manifest';
import type { Verification } from './verifyDelivery';
import { grouped, timeOf } from '../manifest/words';

/** What a summary lists; all of it stands in the item's fields. */
const MOST_LINES = 20;

/** What somebody has to know before the delivery is printed, in words; none: it is as it was delivered. */
export const warningsOf = (verification: Verification): string[] => [
	// First: it is why the files in it are missing.
	...verification.unreadable.map(
		({ name, problem }) => `${name} could not be looked into: ${problem}`,
	),
	...verification.missing.map(
		({ name, code_start, code_end }) => `${name} is missing (codes ${code_start}–${code_end})`,
	),
	...verification.changed.map(({ name, problem }) => `${name} has changed: ${problem}`),
	...verification.repacked.map(
		(name) => `${name} was packed anew; its files were compared one by one`,
	),
	...verification.renamed.map(({ name, found_as }) => `${name} is there as ${found_as}`),
	...verification.extra.map(({ name, problem }) => `${name} is extra: ${problem}`),
	...verification.already_delivered.map(wordsOf),
];

function wordsOf({ created, isv_application_id, ranges, files }: AlreadyDelivered): string {
	const codes = ranges.map(({ code_start, code_end }) => `${code_start}–${code_end}`).join(', ');
	const what = codes === '' ? files.join(', ') : `Codes ${codes}`;
	const order = isv_application_id === null ? '' : ` (order ${isv_application_id})`;
	return `${what} already delivered on ${timeOf(created)}${order}`;
}

/** The outcome for a mail or a message: a sentence, and a line for each warning. */
export function summaryOf(
	manifest: Manifest,
	{ found }: Verification,
	isComplete: boolean,
	warnings: readonly string[],
): string {
	const { created, isv_application_id, application_id, totals } = manifest;
	const of = [
		`Delivery of ${timeOf(created)}`,
		...(isv_application_id === null ? [] : [`order ${isv_application_id}`]),
		...(application_id === null ? [] : [`application ${application_id}`]),
	].join(', ');
	const verdict = isComplete ? 'complete' : 'NOT complete';
	const counts = `${grouped(found.files)} of ${grouped(totals.files)} files and ${grouped(found.code_count)} of ${grouped(totals.code_count)} codes are there, byte for byte.`;
	const more = warnings.length - MOST_LINES;
	return [
		`${of}: ${verdict}. ${counts}`,
		...warnings.slice(0, MOST_LINES).map((warning) => `- ${warning}`),
		...(more > 0 ? [`- and ${grouped(more)} more`] : []),
	].join('\n');
}
