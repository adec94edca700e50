import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const FIXTURES_FOLDER = join(__dirname, 'fixtures');

/** A package that `make-fixtures.sh` made, and what its script says of it. */
export interface Fixture {
	readonly name: string;
	/** The codes in it, both bounds inclusive. */
	readonly bounds: { readonly start: number; readonly end: number };
	/** undefined: its codes start at 0, or it is not a segment's. */
	readonly indexesFrom?: 'application' | 'segment';
	readonly latticeWidth: number;
}

const GUIDE = { bounds: { start: 0, end: 7 }, latticeWidth: 361 } as const;

/** Every form of a package, by name. */
export const FIXTURES: readonly Fixture[] = [
	{ ...GUIDE, name: 'guide' },
	{ ...GUIDE, name: 'width-68', latticeWidth: 68 },
	{ ...GUIDE, name: 'spaces' },
	{ ...GUIDE, name: 'several-spaces' },
	{ ...GUIDE, name: 'comma' },
	{ ...GUIDE, name: 'codes-of-4' },
	{ ...GUIDE, name: 'short-codes', bounds: { start: 0, end: 8 } },
	{
		...GUIDE,
		name: 'index-from-application',
		bounds: { start: 8, end: 15 },
		indexesFrom: 'application',
	},
	{ ...GUIDE, name: 'index-from-segment', bounds: { start: 8, end: 15 }, indexesFrom: 'segment' },
	{ ...GUIDE, name: 'other-order' },
	{ ...GUIDE, name: 'byte-order-mark' },
	{ ...GUIDE, name: 'crlf' },
	{ ...GUIDE, name: 'no-final-line-end' },
	{ ...GUIDE, name: 'blank-lines-at-end' },
	{ ...GUIDE, name: 'ends-in-line-feeds', bounds: { start: 0, end: 2 } },
	{
		...GUIDE,
		name: 'full-padding',
		bounds: { start: 10, end: 13 },
		indexesFrom: 'application',
	},
	{ ...GUIDE, name: 'wrapped-base64' },
];

const read = (file: string) => readFileSync(join(FIXTURES_FOLDER, file));

/** The account's package key, 16 characters. */
export const FIXTURE_KEY = read('package-key.txt').toString('latin1');

/** What WeChat would send as `buffer`. */
export const fixtureBase64 = (name: string): string => read(`${name}.b64`).toString('latin1');

/** The plain text, as it was before it was encrypted. */
export const fixtureText = (name: string): Buffer => read(`${name}.txt`);
