import {
	SUMS_CHECKS,
	countedIn,
	lengthChecks,
	listedFiles,
	mayCountAnew,
	type Counted,
	type Travel,
} from './letterFacts';
import type { Manifest } from './manifest';
import { grouped, timeOf } from './words';

/** The letter to the printer in English. */
export const letterEn = (manifest: Manifest, travel: Travel): string =>
	[
		greeting(manifest),
		order(manifest),
		files(manifest, travel),
		checks(manifest, travel),
		content(manifest),
		qrCode(manifest),
		...microCode(manifest),
		firstPrints(travel),
		report(),
	]
		.map((block) => block.join('\n'))
		.join('\n\n')
		.concat('\n');

function greeting({ isv_application_id, totals, compared, output }: Manifest): string[] {
	const of = isv_application_id === null ? '' : ` of order ${isv_application_id}`;
	const files = totals.files === 1 ? 'file' : 'files';
	const unlike = compared === 'application' ? ' No two are the same.' : '';
	const printed = output === 'encrypted' ? '' : `${unlike} Please print each one once.`;
	return [
		'Hello,',
		'',
		`here are the codes${of}: ${grouped(totals.code_count)} codes in ${grouped(totals.files)} ${files}.${printed}`,
		'What to know before printing, and what we need back, is below.',
	];
}

const order = (manifest: Manifest): string[] => [
	'ORDER',
	...(manifest.isv_application_id === null ? [] : [`Order: ${manifest.isv_application_id}`]),
	...(manifest.application_id === null ? [] : [`Application: ${manifest.application_id}`]),
	`Generated: ${timeOf(manifest.created)}`,
	`Codes: ${grouped(manifest.totals.code_count)} (index ${manifest.code_start} to ${manifest.code_end})`,
	`Files: ${grouped(manifest.totals.files)}, ${grouped(manifest.totals.bytes)} bytes together`,
];

function files(manifest: Manifest, { isTogether }: Travel): string[] {
	const { listed, left } = listedFiles(manifest);
	const packed = (name: string | undefined) => (name === undefined ? '' : `, in ${name}`);
	return [
		'FILES',
		...(isTogether ? ['All of these are in one ZIP:'] : []),
		...listed.map(
			({ name, code_count, code_start, code_end, archive }) =>
				`${name}: ${grouped(code_count)} codes, index ${code_start} to ${code_end}${packed(archive?.name)}`,
		),
		...(left > 0 ? [`and ${grouped(left)} more, which manifest.json lists`] : []),
	];
}

function checks(manifest: Manifest, { archive, isTogether }: Travel): string[] {
	const lengths = lengthChecks(manifest);
	const password =
		archive === 'zipPassword'
			? ' Encrypted with AES-256: 7-Zip, WinZip, WinRAR and Keka open it, Windows Explorer does not. The password reaches you by another way, not with this mail.'
			: '';
	return [
		'CHECK THE FILES FIRST',
		...(archive === 'none'
			? ['SHA256SUMS has the checksum of each file. In the folder of the files:', ...SUMS_CHECKS]
			: [
					'1. Beside the ZIP, SHA256SUMS has its checksum as it was sent. In that folder, before unpacking:',
					...SUMS_CHECKS,
					`2. Unpack ${isTogether ? 'the ZIP into a' : 'all ZIPs into one'} new, empty folder.${password}`,
				]),
		...(isTogether
			? [
					'3. The SHA256SUMS that came out of the ZIP has the checksum of each file. Check in that folder in the same way.',
				]
			: []),
		...(lengths.length === 0
			? []
			: [
					'In a folder with only these files, this prints every line that does not have 28 characters; it should print nothing:',
					...lengths,
				]),
		'If a file is missing or differs, please do not print, and tell us.',
	];
}

function content(manifest: Manifest): string[] {
	return ['WHAT IS IN THE FILES', ...kind(manifest), ...indexes(manifest)];
}

function indexes(manifest: Manifest): string[] {
	const counted = countedIn(manifest);
	return [...(counted ? [formula(counted)] : []), ...(mayCountAnew(manifest) ? [ANEW] : [])];
}

const ANEW = 'Do not report indexes of a column: there they may count anew in each segment.';

function formula({ unit, less, hasColumn, name, at, index }: Counted): string {
	const column = hasColumn ? 'in its column, if there is one; otherwise ' : '';
	return `Index of a code: ${column}first index of its file + ${unit} number − ${less}. Example: ${unit} ${at} of ${name} has index ${index}.`;
}

const ENCODINGS = {
	utf8: 'UTF-8 without byte order mark',
	utf8Bom: 'UTF-8 with byte order mark',
	utf16le: 'UTF-16 LE',
} as const;

const encodingOf = ({ encoding, line_ending }: Manifest): string => {
	const ends = { lf: 'LF', crlf: 'CRLF' };
	return [
		...(encoding === null ? [] : [ENCODINGS[encoding]]),
		...(line_ending === null ? [] : [`lines end in ${ends[line_ending]}`]),
	].join(', ');
};

const ONLY_THE_URL =
	'Only the url (such as P.URL.CN/…) is printed as a QR code. It has 28 characters, spaces included, also at the beginning or the end: do not trim.';

function kind(manifest: Manifest): string[] {
	switch (manifest.output) {
		case 'urlList':
			return [
				`Text, one code a line (${encodingOf(manifest)}).`,
				"Every line has exactly 28 characters, spaces included: don't trim, or the code is lost.",
			];
		case 'csv':
			return [...csv(manifest), ONLY_THE_URL];
		case 'jsonLines':
			return [`JSON Lines, one object a code (${encodingOf(manifest)}).`, ONLY_THE_URL];
		case 'package':
			return [
				'Text as WeChat made it, one code a line with four columns: lattice (digits 0 and 1), code, index, url.',
				ONLY_THE_URL,
			];
		case 'pdf':
			return [
				'PDF, one label a page, in the order of the codes. Print at 100 %: no scaling, no "fit to page".',
			];
		case 'encrypted':
			return [
				'Encrypted as it came from WeChat: AES-128-CBC with PKCS#7 padding. The package key is both key and IV; it reaches you by another way, not with this mail.',
			];
	}
}

function csv(manifest: Manifest): string[] {
	const { delimiter, header } = manifest;
	const names = { ',': 'comma', ';': 'semicolon', '\t': 'tab' };
	const between = Object.entries(names).find(([character]) => character === delimiter);
	return [
		`CSV (${encodingOf(manifest)}), columns separated by ${between?.[1] ?? delimiter ?? 'comma'}, quoted as RFC 4180 says.`,
		header
			? `Columns, named in the first line: ${header.join(', ')}`
			: 'The first line is a code: there is no line of column names.',
		'Import every column as text. Opened by double click, Excel damages codes that look like numbers or formulas.',
	];
}

function qrCode({ qr_code, output }: Manifest): string[] {
	const { version, error_correction, characters, quiet_zone_modules } = qr_code;
	return [
		'QR CODE',
		...(output === 'pdf' ? ['Where the labels have a QR code, it is made like this:'] : []),
		`Version ${version} (25 × 25 modules), error correction level ${error_correction}, alphanumeric mode.`,
		`Content: exactly these ${characters} characters, in upper case, spaces included, without http:// before them.`,
		`Quiet zone: ${quiet_zone_modules} modules, left white on all four sides.`,
	];
}

function microCode({ micro_code, output }: Manifest): string[][] {
	if (micro_code === null || ['urlList', 'encrypted'].includes(output)) return [];
	const { modules_a_side, smallest_print_mm } = micro_code;
	return [
		[
			'MICRO CODE (only if the design has it)',
			`WeChat's own symbol, ${modules_a_side} × ${modules_a_side} modules. Smallest size in print: ${smallest_print_mm} mm × ${smallest_print_mm} mm.`,
		],
	];
}

const firstPrints = ({ proofCodes }: Travel): string[] => [
	'BEFORE THE RUN',
	...(proofCodes > 0
		? [
				'The proof sheet (a PDF, not in SHA256SUMS) shows some of these codes, real ones: treat it like the files. Print it at 100 % and scan each symbol.',
			]
		: []),
	'Make a proof at final size and on the final material, and scan the first prints with WeChat. Start the run only if each one is recognised. The product page opens later, when we have activated the codes.',
];

const report = (): string[] => [
	'PLEASE SEND US AFTER THE RUN',
	'- the rolls printed, and of each the first and the last index',
	'- waste: indexes that were printed and thrown away, or not printed, such as 20017, 20020-20025 (no thousands separators, no leading zeros); if there is no waste, write: none',
	'From this we know which codes to activate.',
	'',
	'Thank you!',
];
