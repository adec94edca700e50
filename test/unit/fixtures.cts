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

const FORM: FixtureForm = { start: 0, codes: 8, latticeWidth: 361, indexesFrom: undefined };

/** The packages in the folder, by name. */
export const FORMS: Readonly<Record<string, FixtureForm>> = {
	'blank-lines-at-end': FORM,
	'byte-order-mark': FORM,
	'codes-of-4': FORM,
	comma: FORM,
	'comma-in-codes': FORM,
	crlf: FORM,
	'ends-in-line-feeds': { ...FORM, codes: 3 },
	'full-padding': { ...FORM, start: 12, codes: 4, indexesFrom: 'application' },
	guide: FORM,
	'index-from-application': { ...FORM, start: 8, indexesFrom: 'application' },
	'index-from-segment': { ...FORM, start: 8, indexesFrom: 'segment' },
	narrow: { ...FORM, latticeWidth: 16 },
	'no-final-line-end': FORM,
	'other-order': FORM,
	'several-spaces': FORM,
	'short-codes': { ...FORM, codes: 9 },
	'short-codes-spaces': { ...FORM, codes: 9 },
	'space-in-codes': FORM,
	spaces: FORM,
	wide: { ...FORM, latticeWidth: 400 },
	'width-68': { ...FORM, latticeWidth: 68 },
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
