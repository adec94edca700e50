import { ParameterError } from '../../n8n/errors';

const ASK_FOR_IT_AGAIN =
	'Get the file again from where it came from: it was cut off or changed on its way.';

export const notZip = () =>
	new ParameterError('The file is not a ZIP', 'Give a .zip file, or the files themselves.');

export const cutOff = () =>
	new ParameterError(
		'The ZIP is incomplete: its end is missing',
		'Get the file again from where it came from. If it is one part of a split ZIP, unpack all parts and zip them into one file.',
	);

export const split = () =>
	new ParameterError(
		'The ZIP is one part of a split ZIP',
		'Unpack all parts and zip them into one file.',
	);

export const damaged = (where: string, what: string) =>
	new ParameterError(`The ZIP is damaged: ${where} ${what}`, ASK_FOR_IT_AGAIN);

export const tooManyEntries = (most: number) =>
	new ParameterError(
		`The ZIP holds too many files: its directory has more than ${most} bytes`,
		'Cut it into several ZIP files.',
	);

export const passwordMissing = (name: string) =>
	new ParameterError(
		`"${name}" in the ZIP is encrypted and no password is given`,
		'Enter the password of the ZIP.',
	);

export const wrongPassword = (name: string) =>
	new ParameterError(
		`The password does not open "${name}" in the ZIP`,
		'Enter the password that the ZIP was made with: upper and lower case count, spaces too.',
	);

/** Of 65,536 wrong passwords one passes the first test. */
export const notAuthentic = (name: string) =>
	new ParameterError(
		`"${name}" in the ZIP is not what was encrypted: the ZIP is damaged, or the password is wrong`,
		`Check the password. ${ASK_FOR_IT_AGAIN}`,
	);

export const unsupportedEncryption = (name: string, encryption: string) =>
	new ParameterError(
		`"${name}" in the ZIP is encrypted by ${encryption}, which this node does not read`,
		'Make the ZIP with AES-256 encryption, or unpack it first.',
	);

export const unsupportedMethod = (name: string, method: number) =>
	new ParameterError(
		`"${name}" in the ZIP is compressed by ${METHODS.get(method) ?? 'an unknown method'} (number ${method}), which this node does not read`,
		'Make the ZIP with Deflate or without compression, or unpack it first.',
	);

/** PKWARE's APPNOTE.TXT 6.3.10, section 4.4.5. */
const METHODS: ReadonlyMap<number, string> = new Map([
	[1, 'Shrink'],
	[6, 'Implode'],
	[9, 'Deflate64'],
	[12, 'BZIP2'],
	[14, 'LZMA'],
	[93, 'Zstandard'],
	[95, 'XZ'],
	[98, 'PPMd'],
]);
