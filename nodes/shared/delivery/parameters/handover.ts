import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { ParameterError } from '../../n8n/errors';
import { booleanIn, oneOf, wholeNumber } from '../../n8n/parameters';

const ARCHIVES = ['none', 'zip', 'zipPassword'] as const;
const ARCHIVE_PER = ['file', 'delivery'] as const;

/** As many as one page shows so that a foreman can still look at each. */
const MOST_PROOF_CODES = 60;

/** Outputs that are files. */
const FILES = ['package', 'urlList', 'csv', 'jsonLines', 'pdf', 'encrypted'];

/** What goes with the files, for the collection `options`. */
export const handoverOptions: INodeProperties[] = [
	{
		displayName: 'Archive',
		name: 'archive',
		type: 'options',
		// It adds an output, so it is the same for all items.
		noDataExpression: true,
		options: [
			{ name: 'None', value: 'none', description: 'The files as they are' },
			{ name: 'ZIP', value: 'zip', description: 'Packed, and smaller' },
			{
				name: 'ZIP with Password',
				value: 'zipPassword',
				description:
					"Encrypted with AES-256: 7-Zip, WinZip, WinRAR and Keka open it, Windows Explorer doesn't. Adds the output 'Passwords'.",
			},
		],
		default: 'none',
		description: 'Whether to pack the files',
		displayOptions: { show: { '/output': FILES } },
	},
	{
		displayName: 'Archive Per',
		name: 'archivePer',
		type: 'options',
		options: [
			{ name: 'File', value: 'file', description: 'An archive for each file' },
			{
				name: 'Delivery',
				value: 'delivery',
				description: 'One for all files of an item, with manifest and checksums in it',
			},
		],
		default: 'file',
		description: 'What goes into one archive',
		displayOptions: { show: { '/output': FILES, archive: ['zip', 'zipPassword'] } },
	},
	{
		displayName: 'Manifest',
		name: 'manifest',
		type: 'boolean',
		default: false,
		description:
			'Whether to add a last item with a manifest (name, size, number of codes and SHA-256 of each file; never a code), its checksum file and a letter to the printer',
		displayOptions: { show: { '/output': FILES } },
	},
	{
		displayName: 'Password',
		name: 'password',
		type: 'string',
		typeOptions: { password: true },
		default: '',
		description:
			"Opens the archives. Empty: a new one for each archive leaves by the output 'Passwords'. An expression can give a list, one for each archive.",
		displayOptions: { show: { '/output': FILES, archive: ['zipPassword'] } },
	},
	{
		displayName: 'Proof Codes',
		name: 'proofCodes',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: MOST_PROOF_CODES },
		// Of somebody who adds the option; without it there is no sheet.
		default: 12,
		description:
			'How many evenly spaced codes to show on a proof sheet (PDF, PNG and SVG), which comes as an item of its own; 0: no sheet',
		displayOptions: {
			show: { '/output': ['package', 'urlList', 'csv', 'jsonLines', 'pdf'] },
		},
	},
];

/** Whether the node has the output for passwords; in an expression of its `outputs`. */
export const HAS_PASSWORDS = '($parameter["options"] ?? {})["archive"] === "zipPassword"';

/** The same in an execution: for all items alike, as the field takes no expression. */
export const hasPasswordsOutput = (context: IExecuteFunctions): boolean =>
	context.getNodeParameter('options.archive', 0, 'none') === 'zipPassword';

/** What goes with the files. */
export interface HandoverSettings {
	readonly archive: (typeof ARCHIVES)[number];
	/** One archive for all files. */
	readonly isTogether: boolean;
	/** One for all archives, or one each; undefined: they are made here. */
	readonly passwords: readonly string[] | undefined;
	readonly hasManifest: boolean;
	/** 0: no proof sheet. */
	readonly proofCodes: number;
}

/** @throws ParameterError if one can't be used */
export function handoverIn(
	context: IExecuteFunctions,
	itemIndex: number,
	output: string,
): HandoverSettings {
	const option = (name: string, fallback: unknown): unknown =>
		context.getNodeParameter(`options.${name}`, itemIndex, fallback);
	const hasFiles = FILES.includes(output);
	const archive = hasFiles ? oneOf(ARCHIVES, option('archive', 'none'), 'Archive') : 'none';
	const per = oneOf(ARCHIVE_PER, option('archivePer', 'file'), 'Archive Per');
	const proofCodes = option('proofCodes', 0);
	return {
		archive,
		isTogether: archive !== 'none' && per === 'delivery',
		passwords: archive === 'zipPassword' ? passwordsIn(context, itemIndex) : undefined,
		hasManifest: hasFiles && booleanIn(option('manifest', false), 'Manifest'),
		proofCodes:
			hasFiles && output !== 'encrypted'
				? wholeNumber(proofCodes, 'Proof Codes', 0, MOST_PROOF_CODES)
				: 0,
	};
}

/**
 * Not trimmed: a space may be part of a password.
 *
 * @returns undefined: to be made here, which only an empty field asks for, never an expression that gives
 *   nothing
 */
function passwordsIn(context: IExecuteFunctions, itemIndex: number): readonly string[] | undefined {
	const name = 'options.password';
	if (context.getNodeParameter(name, itemIndex, '', { rawExpressions: true }) === '') {
		return undefined;
	}
	const value = context.getNodeParameter(name, itemIndex, '');
	const passwords: unknown[] = Array.isArray(value) ? value : [value];
	const texts = passwords.filter((password) => typeof password === 'string');
	if (texts.length === 0 || texts.length < passwords.length || texts.includes('')) {
		throw new ParameterError(
			'Password is not text',
			'Its expression has to give a text for this item, or a list of texts with one for each archive.',
		);
	}
	return texts;
}
