import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { LARGEST_INDEX } from '../../codePackage/applicationUrls';
import type { SeenPackages } from '../../codePackage/across';
import type { Plan } from '../../codePackage/segments';
import type { Verify } from '../../codePackage/verify';
import { oneOf } from '../../n8n/parameters';

const COMPARE = ['auto', 'application', 'segment'] as const;

/** How far urls are compared with each other. */
export type Compare = (typeof COMPARE)[number];

/** How far they were. */
export type Compared = 'application' | 'segment' | 'none';

/** 80 MB. What is twice would be on two products: beyond that, the user decides what it is worth. */
const MOST_BY_ITSELF = 5_000_000;

/** For the collection `options`. */
export const compareOption: INodeProperties = {
	displayName: 'Compare',
	name: 'compare',
	type: 'options',
	options: [
		{
			name: 'Auto',
			value: 'auto',
			description: 'The whole application up to 5,000,000 codes, beyond that each segment',
		},
		{
			name: 'Application',
			value: 'application',
			description: 'All URLs of the application; takes 16 bytes of memory a code',
		},
		{
			name: 'Segment',
			value: 'segment',
			description: 'The URLs within each segment only',
		},
	],
	default: 'auto',
	description:
		'Where to look for a URL that comes twice. With Verify: Off, and of Encrypted, nothing is compared.',
	displayOptions: { hide: { '/output': ['encrypted'] } },
};

/** @throws ParameterError if an expression gives anything else */
export const compareIn = (context: IExecuteFunctions, itemIndex: number): Compare =>
	oneOf(COMPARE, context.getNodeParameter('options.compare', itemIndex, 'auto'), 'Compare');

/** How far the urls of what is planned will be compared. */
export function comparedOf(
	settings: { readonly compare: Compare; readonly verify: Verify; readonly isEncrypted: boolean },
	packages: SeenPackages,
	applicationId: string | undefined,
	plan: Plan,
): Compared {
	const { compare, verify, isEncrypted } = settings;
	if (isEncrypted || verify === 'off') return 'none';
	if (compare === 'segment') return 'segment';
	const last = plan.segments.at(-1)?.bounds.end ?? 0;
	const isPossible = last <= LARGEST_INDEX;
	const isWanted =
		compare === 'application' || packages.codesWith(applicationId, plan) <= MOST_BY_ITSELF;
	return isPossible && isWanted ? 'application' : 'segment';
}

/** What to tell the user where Auto stopped at the segments. */
export const COMPARED_IN_SEGMENTS =
	'More than 5,000,000 codes: URLs were compared within each segment. Option Compare: Application compares all.';
