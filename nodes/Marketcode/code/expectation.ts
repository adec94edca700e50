import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Bounds } from '../../shared/codePackage/segments';
import { ParameterError } from '../../shared/n8n/errors';
import {
	applicationIdIn,
	applicationIn,
	requiredText,
	wholeNumber,
	type ApplicationId,
} from '../../shared/n8n/parameters';
import type { KnownApplication } from '../../shared/wechat/calls';
import { leftOutIn } from './chosenCodes';
import { deliveredCodesIn, type DeliveredCodes, type FileCodes } from './deliveredCodes';
import { rangesIn, requireWithin, without, type ListedRange } from './ranges';

const EXPECTED = 'Expected Active';
const LEFT_OUT = 'Left Out';
const MANIFEST = 'Manifest Binary Field';

/** The options that say which codes should be active. */
export const expectationOptions: INodeProperties[] = [
	{
		displayName: EXPECTED,
		name: 'expected',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. 0-4999\n5003\n5100-9999',
		description:
			'Codes that should be active: indexes and ranges such as 0-4999, a line or between commas. An expression can also give a list of objects with code_start and code_end. Items then say whether they differ from that.',
	},
	{
		displayName: LEFT_OUT,
		name: 'leftOut',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. 17\n4000-4099',
		description:
			'Codes of the expected ones that should not be active, such as waste; written in the same way',
	},
	{
		displayName: MANIFEST,
		name: 'manifestBinaryField',
		type: 'string',
		default: 'manifest',
		hint: 'The name of the input binary field that holds manifest.json',
		description:
			'What the manifest of a delivery lists should be active. Items then say whether they differ from that, in which file they are, and when it was made. If Application is empty, it is that of the manifest.',
	},
];

/** Which codes should be active. */
interface Expectation {
	readonly active: readonly ListedRange[] | DeliveredCodes;
	readonly leftOut: readonly ListedRange[];
}

/** Codes that should all be active, or all not. */
export interface Region extends Bounds {
	/** Undefined: nothing is said about them. */
	readonly expected: boolean | undefined;
	/** What their items say of the delivery. */
	readonly delivery: IDataObject;
}

/**
 * @returns undefined if nothing is expected at all; an empty text expects no active code
 * @throws ParameterError, PackageError if the options can't be read, or don't go together; NodeOperationError
 *   if the item does not have the manifest
 */
export async function expectationIn(
	context: IExecuteFunctions,
	itemIndex: number,
	options: IDataObject,
): Promise<Expectation | undefined> {
	const hasList = 'expected' in options;
	const hasManifest = 'manifestBinaryField' in options;
	if (hasList && hasManifest) {
		throw new ParameterError(
			`${EXPECTED} and ${MANIFEST} both say what should be active`,
			'Remove one of the two options.',
		);
	}
	if ('leftOut' in options && !hasList && !hasManifest) {
		throw new ParameterError(
			`${LEFT_OUT} has nothing to leave out of`,
			`Add the option ${EXPECTED} or ${MANIFEST}, or remove ${LEFT_OUT}.`,
		);
	}
	const leftOut = 'leftOut' in options ? leftOutIn(listIn(options.leftOut, LEFT_OUT), false) : [];
	if (hasList) return { active: listedIn(options.expected), leftOut };
	if (!hasManifest) return undefined;
	const field = requiredText(options.manifestBinaryField, MANIFEST);
	return { active: await deliveredCodesIn(context, itemIndex, field), leftOut };
}

/** An expression that gives nothing expects nothing at all. */
function listedIn(value: unknown): ListedRange[] {
	if (value === undefined || value === null) {
		throw new ParameterError(
			`${EXPECTED} is missing`,
			'Its expression gives nothing for this item. An empty text says that no code should be active.',
		);
	}
	return rangesIn(listIn(value, EXPECTED), EXPECTED);
}

/** A list that an expression gives, as text: a line an entry. */
function listIn(value: unknown, label: string): unknown {
	if (!Array.isArray(value)) return value;
	const entries: readonly unknown[] = value;
	return entries.map((entry, at) => entryIn(entry, `${label}, entry ${at + 1}`)).join('\n');
}

function entryIn(entry: unknown, place: string): string {
	if (typeof entry !== 'object' || entry === null) return requiredText(entry, place);
	const fields = new Map<string, unknown>(Object.entries(entry));
	const [start, end] = ['code_start', 'code_end'].map((name) =>
		wholeNumber(fields.get(name), `${place}: ${name}`, 0),
	);
	return `${start}-${end}`;
}

/** The application of the parameter; if that is empty, the one of the manifest. */
export function refIn(
	context: IExecuteFunctions,
	itemIndex: number,
	expectation: Expectation | undefined,
): ApplicationId {
	const given = context.getNodeParameter('application', itemIndex, '', { extractValue: true });
	const isGiven = String(given ?? '').trim() !== '';
	return !isGiven && expectation && 'applicationId' in expectation.active
		? { application_id: applicationIdIn(expectation.active.applicationId) }
		: applicationIn(context, itemIndex);
}

/** @throws ParameterError if the manifest is that of another application */
export function requireSameApplication(
	{ active }: Expectation,
	{ application_id }: KnownApplication,
): void {
	if (!('applicationId' in active) || active.applicationId === application_id) return;
	throw new ParameterError(
		`The manifest is that of application ${active.applicationId}, not of ${application_id}`,
		'Pass on the manifest of this application, or leave Application empty: it is that of the manifest then.',
	);
}

/**
 * The application cut where expectations change, and files begin and end; in order.
 *
 * @param whole all codes of the application
 * @throws ParameterError if it does not have the expected codes
 */
export function regionsOf(whole: Bounds, expectation: Expectation | undefined): Region[] {
	if (!expectation) return [{ ...whole, expected: undefined, delivery: {} }];
	const { active, leftOut } = expectation;
	const delivered = 'files' in active ? active : undefined;
	const wanted = 'files' in active ? active.files : active;
	if ('files' in active) requireFilesWithin(active.files, whole.end);
	else requireWithin(active, whole.end, EXPECTED);
	requireWithin(leftOut, whole.end, LEFT_OUT);

	const expected = without(wanted, leftOut);
	const regions = [
		...expected.map((bounds) => ({ ...bounds, expected: true })),
		...without([whole], expected).map((bounds) => ({ ...bounds, expected: false })),
	].sort((one, other) => one.start - other.start);
	if (!delivered) return regions.map((region) => ({ ...region, delivery: {} }));
	const { isvApplicationId, created, files } = delivered;
	return cutByFiles(regions, files).map(({ file, ...region }) => ({
		...region,
		delivery: { isv_application_id: isvApplicationId, created, file_name: file?.name ?? null },
	}));
}

function requireFilesWithin(files: readonly FileCodes[], last: number): void {
	const beyond = files.find(({ end }) => end > last);
	if (!beyond) return;
	throw new ParameterError(
		`The manifest's file ${beyond.name} has codes up to ${beyond.end}, which are outside the application`,
		`The application has the codes 0 to ${last}; both ends are included. Compare the manifest with the delivery.`,
	);
}

/** Regions cut where files begin and end, with the file that holds them; all in order. */
function cutByFiles<Part extends Bounds>(
	regions: readonly Part[],
	files: readonly FileCodes[],
): (Part & { readonly file: FileCodes | undefined })[] {
	const cut: (Part & { readonly file: FileCodes | undefined })[] = [];
	let next = 0;
	for (const region of regions) {
		for (let start = region.start; start <= region.end; ) {
			while ((files[next]?.end ?? Infinity) < start) next++;
			const ahead = files[next];
			const file = ahead && ahead.start <= start ? ahead : undefined;
			const until = file ? file.end : (ahead?.start ?? Infinity) - 1;
			const end = Math.min(region.end, until);
			cut.push({ ...region, start, end, file });
			start = end + 1;
		}
	}
	return cut;
}
