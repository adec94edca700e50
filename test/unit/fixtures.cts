import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedSegment } from '../../nodes/shared/codePackage/segments';
import { packageKeyBytes } from '../../nodes/shared/codePackage/decrypt';
import { planned } from './packages.cts';

export const FIXTURE_FOLDER = join(__dirname, 'fixtures');

/** What `make-fixtures.sh` was told to write. */
interface FixtureForm {
	readonly start: number;
	readonly codes: number;
	readonly latticeWidth: number;
	readonly indexesFrom: 'application' | 'segment' | undefined;
}

const FORM: FixtureForm = { start: 0, codes: 20, latticeWidth: 68, indexesFrom: undefined };

/** The packages in the folder, by name. */
export const FORMS: Readonly<Record<string, FixtureForm>> = {
	'byte-order-mark': FORM,
	'comma-in-codes': FORM,
	'comma-lf': FORM,
	'ends-in-line-feeds': { ...FORM, codes: 3 },
	'full-padding': { ...FORM, codes: 8 },
	guide: { ...FORM, latticeWidth: 361 },
	'index-from-application': { ...FORM, start: 20, indexesFrom: 'application' },
	'index-from-segment': { ...FORM, start: 20, indexesFrom: 'segment' },
	narrow: { ...FORM, latticeWidth: 16 },
	'no-final-line-feed': FORM,
	'other-order': FORM,
	'several-spaces': FORM,
	'short-codes': FORM,
	'short-codes-spaces': FORM,
	'space-in-codes': FORM,
	spaces: { ...FORM, latticeWidth: 361 },
	'tab-crlf': FORM,
	'tab-lf': FORM,
	wide: { ...FORM, latticeWidth: 400 },
	'wrapped-base64': FORM,
};

/** A file of the folder. */
export const bytesOf = (file: string): Buffer => readFileSync(join(FIXTURE_FOLDER, file));

export const keyOfFixtures = (): Buffer => packageKeyBytes(bytesOf('package-key.txt').toString());

/** The segment that a package is of, all of it wanted. */
export function segmentOf(name: string): PlannedSegment {
	const { start, codes } = FORMS[name] ?? FORM;
	return planned({ start, end: start + codes - 1 });
}
