/** What an errcode means, and what the user does about it. */
export interface ErrcodeMeaning {
	readonly meaning: string;
	readonly fix: string;
}

/** The access token was superseded, malformed or expired; a fresh one may be accepted. */
export const TOKEN_REJECTED: ReadonlySet<number> = new Set([40001, 40014, 42001]);

/** WeChat could not do it just now; the same request may succeed a moment later. */
export const BUSY: ReadonlySet<number> = new Set([-1, 80311, 80312]);

/**
 * On a token call: the refresh token is invalid, or a forced refresh came too soon. Another execution may
 * have been a moment earlier with the same.
 */
export const TAKEN_BY_ANOTHER: ReadonlySet<number> = new Set([61023, 45011]);

/** Too many calls within a minute. */
export const TOO_MANY_CALLS_A_MINUTE = 45011;

/** No more calls for now: those of the day are used up, or those of the minute. */
export const OUT_OF_CALLS: ReadonlySet<number> = new Set([45009, TOO_MANY_CALLS_A_MINUTE]);

/** The caller's IP address is not on the account's allowlist; errmsg names the address. */
export const IP_NOT_ALLOWED = 40164;

/** What a token that n8n did not fetch itself may meet when the credential is tested. */
export const TESTED_ERRCODES: readonly number[] = [
	40001, 40014, 42001, 41001, 40164, 48001, 61003, 61004, 61007, 89503, -1,
];

/** An application with the external ID exists already. */
export const APPLICATION_EXISTS = 80307;

/** The activation's range overlaps an active one. */
export const RANGE_ACTIVE = 80302;

/** The code is not activated. */
export const NOT_ACTIVATED = 80304;

/** WeChat does not know the application, or not as this account's. */
export const NO_SUCH_APPLICATION: ReadonlySet<number> = new Set([80300, 80301]);

/** The segment asked for is not generated yet. */
export const SEGMENT_NOT_READY = 80308;
export const NOT_READY: ReadonlySet<number> = new Set([SEGMENT_NOT_READY]);

const AUTHORISE_AGAIN = 'Have the merchant authorise the third-party platform again';
const CHECK_APPLICATION =
	'Check the application ID, and that the credential is that of the account which applied for the codes.';
const REPORT = 'Please report this as a fault of this node, with the errcode and rid.';

/** Source: WeChat's pages of the marketcode and token interfaces, and its list of general errcodes. */
const MEANINGS: Readonly<Record<number, readonly [meaning: string, fix: string]>> = {
	[-1]: ['WeChat is busy', 'Run the node again in a few minutes.'],
	40001: [
		'WeChat rejects the access token',
		'Another system may keep taking new tokens with the old token interface: make it use stable_token, or let both use one token server.',
	],
	40013: ['The AppID is invalid', "Copy the Service Account's AppID into the credential."],
	40014: ['WeChat rejects the access token as malformed', 'Check the token in the credential.'],
	40097: [
		'WeChat rejects an argument',
		'Check the values that the node sends. As for a code ticket: it can be used once only, and only with the OpenID and mini program it was made for.',
	],
	40125: [
		'The AppSecret is wrong',
		"Copy the Service Account's AppSecret into the credential again.",
	],
	40164: [
		"This server's IP address is not on the account's allowlist",
		"Add the address to the IP allowlist in the account's admin console (Settings and Development → Basic Configuration), then try again.",
	],
	40243: [
		'The AppSecret is frozen',
		"Unfreeze it in the account's admin console, or reset it and update the credential.",
	],
	41001: ['The access token is missing', 'Check the authentication in the credential.'],
	41002: ['The AppID is missing', 'Enter the AppID in the credential.'],
	41004: ['The AppSecret is missing', 'Enter the AppSecret in the credential.'],
	42001: [
		'The access token has expired',
		'Run the node again. If it stays so, check the token source.',
	],
	42007: ['The authorisation has changed', `${AUTHORISE_AGAIN}.`],
	43002: ['WeChat demands a POST request', REPORT],
	44002: ['WeChat received an empty request', REPORT],
	45009: [
		'The daily quota of this call is used up',
		"Wait until tomorrow, or clear the quota in the account's admin console.",
	],
	45011: ['Too many calls within a minute', 'Wait a minute. Fewer calls at once help.'],
	47001: ['WeChat could not read the request', REPORT],
	48001: [
		'This account may not use marketcode',
		"Apply for marketcode in the Service Account's admin console, or check that the credential is that of the approved account.",
	],
	48004: ['WeChat has banned this account from the call', 'See the notices in the admin console.'],
	50002: ['WeChat has restricted this account', 'See the notices in the admin console.'],
	61003: [
		'The merchant has not authorised this third-party platform',
		`${AUTHORISE_AGAIN}, including permission set 46.`,
	],
	61004: [
		"This server's IP address is not registered for the third-party platform",
		"Add the address to the platform's IP allowlist.",
	],
	61005: ['The component ticket has expired', "The platform's ticket receiver is down: repair it."],
	61006: ['The component ticket is invalid', "The platform's ticket receiver is down: repair it."],
	61007: ['Permission set 46 is missing', `${AUTHORISE_AGAIN}, including permission set 46.`],
	61023: ['The refresh token is invalid', `${AUTHORISE_AGAIN}.`],
	80300: ['There is no such application', CHECK_APPLICATION],
	80301: [
		"The application is another account's",
		'Choose the credential of the account that applied for the codes.',
	],
	80302: [
		'The range overlaps one that is active already',
		'Choose a range whose codes are all inactive.',
	],
	80303: [
		'WeChat does not recognise the code',
		'Pass the code with its 9 or the url with its 28 characters, exactly as in the package, spaces included.',
	],
	80304: ['The code is not activated', 'Activate the range that it belongs to.'],
	80305: [
		'WeChat could not activate the range',
		'Check the AppID of the mini program and the path of its page.',
	],
	80306: [
		'The index is outside the application',
		'Check the index or the range; codes are counted from 0. Check the application ID, too.',
	],
	80307: [
		'An application with this external ID exists already',
		'Query it by its external ID instead of applying again.',
	],
	80308: [
		'The segment is not generated yet',
		'Run the node again later. Marketcode Download can wait for it: set When Not Finished to Wait.',
	],
	80309: [
		"The segment's file has expired at WeChat",
		'Run the node again. If it stays so, ask WeChat to generate the file anew.',
	],
	80310: [
		'There is no such segment',
		'Run the node again, so that it takes the present list of segments.',
	],
	80311: ['WeChat could not fetch the file', 'Run the node again in a few minutes.'],
	80312: ['WeChat could not encrypt the file', 'Run the node again in a few minutes.'],
	80313: [
		'The account has no package key at WeChat',
		'Ask the WeChat contact who approved the account for marketcode to issue one.',
	],
	89503: [
		"This server's IP address waits for an administrator's confirmation",
		'An administrator of the account confirms it in the message that WeChat sent; then try again.',
	],
};

/** What an errcode means; a general answer for those that WeChat does not document. */
export function meaningOf(errcode: number): ErrcodeMeaning {
	const [meaning, fix] = MEANINGS[errcode] ?? [
		'WeChat rejects the request',
		"Look the errcode up in WeChat's documentation, or ask WeChat's support and name the rid.",
	];
	return { meaning, fix };
}
