import { BUSY, IP_NOT_ALLOWED, meaningOf, type ErrcodeMeaning } from './errcodes';
import { shortened, withoutSecrets } from './said';

/** Why a call failed: WeChat said no, or there was no usable answer. */
export type WechatFailure =
	| {
			readonly kind: 'errcode';
			readonly errcode: number;
			readonly errmsg: string;
			readonly rid?: string;
	  }
	| { readonly kind: 'network'; readonly code: string }
	| { readonly kind: 'http'; readonly status: number }
	| { readonly kind: 'answer' }
	| { readonly kind: 'oversize' }
	| { readonly kind: 'token' }
	| { readonly kind: 'canceled' };

/** Our own word for an answer that trickles; Node has none. */
export const TOO_SLOW = 'TOO_SLOW';

const NETWORK_FAULTS: Readonly<Record<string, string>> = {
	EAI_AGAIN: "could not be found: this server's DNS does not answer",
	ECONNABORTED: 'did not answer in time',
	ECONNREFUSED: 'refuses the connection',
	ECONNRESET: 'closed the connection before its answer was complete',
	ENOTFOUND: 'could not be found: there is no such host',
	ERR_BAD_RESPONSE: 'closed the connection before its answer was complete',
	ETIMEDOUT: 'did not answer in time',
	[TOO_SLOW]: 'sends its answer too slowly: less than 1 kB a second',
};

/** A failed call. Message and description are for the user and hold no secret. */
export class WechatError extends Error {
	override readonly name = 'WechatError';

	/**
	 * @param message what is wrong, and where
	 * @param description what the user does next, and WeChat's own words
	 */
	constructor(
		message: string,
		readonly description: string,
		readonly failure: WechatFailure,
	) {
		super(message);
	}

	/** The same error, with the place where it happened before its message. */
	at(place: string): WechatError {
		return new WechatError(`${place}: ${this.message}`, this.description, this.failure);
	}

	/** The same error, with what has to be known first before what the user does next. */
	withNote(note: string): WechatError {
		return new WechatError(this.message, `${note} ${this.description}`, this.failure);
	}

	/** The same error of a repeated call: an earlier try may have been carried out. */
	afterLost(lost: WechatError): WechatError {
		return new WechatError(
			this.message,
			`${this.description} An earlier try ended without an answer (${lost.message}): WeChat may have carried it out all the same.`,
			this.failure,
		);
	}
}

/** Tells whether WeChat answered with one of these errcodes. */
export const hasErrcode = (error: unknown, errcodes: ReadonlySet<number>): error is WechatError =>
	error instanceof WechatError &&
	error.failure.kind === 'errcode' &&
	errcodes.has(error.failure.errcode);

/** A call's result, or undefined if WeChat answers it with this errcode. */
export const unlessErrcode = async <T>(
	result: Promise<T>,
	errcode: number,
): Promise<T | undefined> =>
	await result.catch(async (error: unknown) =>
		hasErrcode(error, new Set([errcode])) ? undefined : await Promise.reject<never>(error),
	);

/** Codes of a connection that never came about: nothing was sent. */
const NOT_SENT: ReadonlySet<string> = new Set([
	'EAI_AGAIN',
	'ECONNREFUSED',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENOTFOUND',
]);

/** Tells whether WeChat may have carried a call out that failed: there was no answer to say. */
export const isUnclear = ({ failure }: WechatError): boolean =>
	(failure.kind === 'network' && !NOT_SENT.has(failure.code)) ||
	failure.kind === 'http' ||
	failure.kind === 'answer' ||
	failure.kind === 'oversize' ||
	(failure.kind === 'errcode' && BUSY.has(failure.errcode));

/**
 * The error for an errcode, with its meaning, its fix, and WeChat's errmsg and rid.
 *
 * @param secrets texts that must not show, should WeChat quote one of them
 */
export function rejection(
	errcode: number,
	errmsg: string,
	secrets: readonly string[],
	{ meaning, fix }: ErrcodeMeaning = meaningOf(errcode),
): WechatError {
	const masked = withoutSecrets(errmsg, secrets);
	const said = shortened(masked);
	const ip = errcode === IP_NOT_ALLOWED ? /invalid ip ([\w.:]{1,45})/.exec(masked)?.[1] : undefined;
	const address = ip ? `: ${ip}` : '';
	// It stands at the end, where a long errmsg is cut.
	const rid = /\brid: *([\w-]{1,64})/.exec(masked)?.[1];
	const cutOff = rid !== undefined && !said.includes(rid) ? ` rid: ${rid}` : '';
	return new WechatError(
		`${meaning}${address} (errcode ${errcode})`,
		`${fix} WeChat said: errcode ${errcode}, ${said || 'no errmsg'}${cutOff}`,
		{ kind: 'errcode', errcode, errmsg: said, rid },
	);
}

/** The error for an HTTP status other than 200. */
export function httpFailure(status: number, who = 'WeChat'): WechatError {
	return new WechatError(`${who} answered with HTTP ${status} instead of 200`, httpFix(status), {
		kind: 'http',
		status,
	});
}

function httpFix(status: number): string {
	if (status >= 500) return 'Run the node again in a few minutes.';
	return status === 401 || status === 403
		? "Check what the credential identifies itself with: for a token server, the header's name and value."
		: 'Check the address in the credential, and whether a proxy or gateway stands in between.';
}

/**
 * The error for an answer that is not what WeChat documents.
 *
 * @param what what is wrong with it, in words that show its form and nothing of its content
 */
export function unusableAnswer(what: string): WechatError {
	return new WechatError(
		`WeChat's answer can't be used: ${what}`,
		'Run the node again in a few minutes. If it stays so, check the host in the credential, and whether a proxy or gateway stands between n8n and WeChat. If none does, report this message as a fault of this node: it shows the form of the answer, no secret and no code.',
		{ kind: 'answer' },
	);
}

/** The error for an answer that is longer than what was asked for can explain. */
export function oversize(mostBytes: number, who = 'WeChat'): WechatError {
	return new WechatError(
		`${who} sends more than the ${Math.ceil(mostBytes / 1e6)} MB that an answer to this call can have`,
		'It was not read to its end, and nothing of it was kept. Check the host in the credential, and whether a proxy or gateway stands between n8n and WeChat.',
		{ kind: 'oversize' },
	);
}

/** The error for a token source that gave no token. */
export function noToken(message: string, description: string): WechatError {
	return new WechatError(message, description, { kind: 'token' });
}

export function canceled(): WechatError {
	return new WechatError('The execution was canceled', 'Run it again.', { kind: 'canceled' });
}

/** The codes of zlib's errors and of brotli's: somebody answered, but not with what can be decompressed. */
const DECOMPRESSION = /^(Z_|ERR__ERROR_)/;
const DAMAGED_COMPRESSION = 'it can not be decompressed';

/**
 * The error behind what n8n's request helpers throw. They wrap: since n8n 2, an error of ours from inside
 * the credential is the cause; anything else is a failure of the connection, whose own texts are dropped
 * because they may hold the address with the access token in it.
 *
 * @param who the server that was asked, as the user knows it
 */
export function failureOf(thrown: unknown, who = 'WeChat'): WechatError {
	if (thrown instanceof WechatError) return thrown;
	const { cause, message } = partsOf(thrown);
	if (cause instanceof WechatError) return cause;
	const code = partsOf(cause).code ?? partsOf(thrown).code ?? codeOfAborted(message);
	if (code === 'ERR_CANCELED') return canceled();
	if (code !== undefined && DECOMPRESSION.test(code)) return unusableAnswer(DAMAGED_COMPRESSION);
	return networkFailure(who, code ?? message?.replace(/\?\S*/g, '') ?? 'no reason given');
}

/** The parts of an error; it may be of another realm than ours, and then no instance of our `Error`. */
function partsOf(error: unknown): { code?: string; message?: string; cause?: unknown } {
	if (typeof error !== 'object' || error === null) return {};
	const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
	// n8n 1 drops the cause, and keeps its code where an HTTP status would be.
	const httpCode = 'httpCode' in error ? text(error.httpCode)?.match(/^[A-Z].*/)?.[0] : undefined;
	return {
		code: ('code' in error ? text(error.code) : undefined) ?? httpCode,
		message: 'message' in error ? text(error.message) : undefined,
		cause: 'cause' in error ? error.cause : undefined,
	};
}

/** Node's words for a connection that was closed, where an error has come without its code. */
const codeOfAborted = (message = ''): string | undefined =>
	/\baborted$|^socket hang up$/.test(message) ? 'ECONNRESET' : undefined;

/** n8n replaces a message that holds a code such as ECONNRESET by words of its own: it goes below. */
export function networkFailure(who: string, code: string): WechatError {
	return new WechatError(
		`${who} ${NETWORK_FAULTS[code] ?? 'could not be reached'}`,
		`Run the node again. If it stays so, check this server's network and proxy, and the address in the credential; if it only needs longer before it answers, set a longer timeout where the node has one. (${code})`,
		{ kind: 'network', code },
	);
}
