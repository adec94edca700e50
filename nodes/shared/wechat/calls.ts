import { activationIn } from './activationAnswer';
import { applicationIdField } from './answer';
import { applicationOf, nameOf } from './applicationAnswer';
import type { WechatClient } from './client';
import { NO_SUCH_APPLICATION, SEGMENT_NOT_READY } from './errcodes';
import { WechatError, hasErrcode, unlessErrcode, unusableAnswer } from './wechatErrors';
import type { TextReader } from './longText';
import { MOST_ANSWER_BYTES } from './receive';
import { shortened } from './said';

/** The only status that WeChat documents; any other means "not finished". */
export const FINISHED = 'FINISH';

/** An application by its ID (decimal digits of a uint64) or by the ID that its owner gave it. */
export type ApplicationRef =
	| { readonly application_id: string }
	| { readonly isv_application_id: string };

/** A segment's first and last code; both belong to it. */
export interface CodeRange {
	readonly code_start: number;
	readonly code_end: number;
}

/** What an application is called by: the ID it was asked for by, and the other one if WeChat tells it. */
export type ApplicationIds =
	| { readonly application_id: string; readonly isv_application_id: string | undefined }
	| { readonly application_id: undefined; readonly isv_application_id: string };

/** An application as WeChat describes it. */
export type Application = ApplicationIds & {
	/** As WeChat sent it. */
	readonly status: string;
	readonly code_generate_list: readonly CodeRange[];
	/** Unix seconds; undefined if WeChat does not say. */
	readonly create_time: number | undefined;
	readonly update_time: number | undefined;
};

/** An application that can be downloaded and activated: that takes its ID. */
export type KnownApplication = Application & { readonly application_id: string };

/** How many codes an application's segments hold; 0 before it is finished. */
export const codeCountOf = ({ code_generate_list }: Application): number =>
	code_generate_list.reduce((sum, { code_start, code_end }) => sum + code_end - code_start + 1, 0);

/**
 * Queries an application (applycodequery).
 *
 * @throws WechatError if the call fails, or WeChat answers with another application
 */
export async function applyCodeQuery(
	client: WechatClient,
	ref: ApplicationRef,
): Promise<Application> {
	const answer = await client
		.call({ name: 'applycodequery', repeatable: true }, bodyOf(ref))
		.catch(
			async (error: unknown) =>
				await Promise.reject<never>(
					hasErrcode(error, NO_SUCH_APPLICATION) ? error.at(nameOf(ref)) : error,
				),
		);
	return applicationOf(answer, ref);
}

/**
 * The longest row that the size of an answer is reckoned with, in bytes: five times that of WeChat's guide,
 * and enough for a lattice of 44 × 44.
 */
const LONGEST_ROW_BYTES = 2_048;

/**
 * Downloads a segment's package (applycodedownload).
 *
 * @param range exactly a segment of the application's list
 * @param open makes a reader of the package as WeChat sends it: encrypted, in base64
 * @throws WechatError; PackageError if the reader throws it
 */
export async function applyCodeDownload<T>(
	client: WechatClient,
	applicationId: string,
	range: CodeRange,
	open: () => TextReader<T>,
): Promise<T> {
	const { code_start, code_end } = range;
	const plainBytes = (code_end - code_start + 1) * LONGEST_ROW_BYTES;
	return await client.stream(
		{ name: 'applycodedownload', repeatable: true },
		bodyOf({ application_id: applicationId, code_start, code_end }),
		{ field: 'buffer', mostBytes: MOST_ANSWER_BYTES + Math.ceil((plainBytes * 4) / 3) },
		open,
	);
}

/**
 * Asks whether WeChat has generated a segment: begins its download, and leaves it at the first bytes.
 *
 * @throws WechatError for any other reason why it can't be downloaded
 */
export async function isGenerated(
	client: WechatClient,
	applicationId: string,
	range: CodeRange,
): Promise<boolean> {
	const open = (): TextReader<boolean> => ({ write: () => true, end: () => true });
	const answer = applyCodeDownload(client, applicationId, range, open);
	return (await unlessErrcode(answer, SEGMENT_NOT_READY)) ?? false;
}

/**
 * The JSON text of a request. An `application_id` goes out as a number, digit by digit: it may be larger
 * than a JavaScript number can hold.
 */
export function bodyOf(fields: Readonly<Record<string, string | number>>): string {
	const members = Object.entries(fields).map(([name, value]) => {
		const text = name === 'application_id' ? String(value) : JSON.stringify(value);
		return `${JSON.stringify(name)}:${text}`;
	});
	return `{${members.join(',')}}`;
}

/**
 * Applies for codes (applycode). The same external ID is the same application, so the call may be
 * repeated: it never orders twice.
 *
 * @returns the new application's ID
 * @throws WechatError, with 80307 if there is an application with this external ID already
 */
export async function applyCode(
	client: WechatClient,
	order: { readonly code_count: number; readonly isv_application_id: string },
): Promise<string> {
	const answer = await client.call({ name: 'applycode', repeatable: true }, bodyOf(order));
	const applicationId = applicationIdField(answer);
	if (applicationId === undefined) throw unusableAnswer('it has no application_id');
	return applicationId;
}

/** What a range of codes is tied to. */
export interface Activity {
	readonly activity_name: string;
	readonly product_brand: string;
	readonly product_title: string;
	/** EAN. */
	readonly product_code: string;
	readonly wxa_appid: string;
	/** Page of the mini program, without a slash before it. */
	readonly wxa_path: string;
	/** 0 release, 1 develop, 2 trial. */
	readonly wxa_type: number;
}

/** What is to be activated: an activity for a range of an application's codes. */
export interface ActivationOrder extends Activity, CodeRange {
	readonly application_id: string;
}

/**
 * Activates a range (codeactive). It is not repeated by itself: a second time it fails with 80302, and
 * who can say then whether it was the first time that worked.
 *
 * @returns what WeChat said
 * @throws WechatError
 */
export async function codeActive(client: WechatClient, order: ActivationOrder): Promise<string> {
	const answer = await client.call({ name: 'codeactive', repeatable: false }, bodyOf({ ...order }));
	// Elsewhere a missing errcode means success; here no other field could prove it.
	if (!('errcode' in answer)) throw unusableAnswer('it does not say whether it worked');
	return typeof answer.errmsg === 'string' ? shortened(answer.errmsg) : '';
}

/** A code by its place in an application, by its url (28 characters) or by itself (9 characters). */
export type CodeRef =
	| { readonly application_id: string; readonly code_index: number }
	| { readonly code_url: string }
	| { readonly code: string };

/** An active code, and the activation that it belongs to. Null is what WeChat does not say. */
export interface Activation extends Activity {
	readonly code: string;
	readonly application_id: string | null;
	readonly isv_application_id: string | null;
	readonly code_start: number | null;
	readonly code_end: number | null;
}

/**
 * Queries a code's activation (codeactivequery).
 *
 * @throws WechatError, with 80304 if the code is not active
 */
export async function codeActiveQuery(client: WechatClient, ref: CodeRef): Promise<Activation> {
	const hidden = quotable(ref);
	const call = { name: 'codeactivequery', repeatable: true, hidden };
	return activationIn(await client.call(call, bodyOf({ ...ref })), ref);
}

/** What an error may quote of a code: a url also without its host. */
function quotable(ref: CodeRef): string[] {
	if ('code' in ref) return [ref.code];
	if (!('code_url' in ref)) return [];
	return [ref.code_url, ref.code_url.slice(ref.code_url.indexOf('/') + 1)];
}

/**
 * Exchanges what a mini program got from a scan for the code that was scanned (tickettocode).
 *
 * @throws WechatError, with 40097 if the ticket was used before or is another user's
 */
export async function ticketToCode(
	client: WechatClient,
	scan: { readonly openid: string; readonly code_ticket: string },
): Promise<Activation> {
	const hidden = [scan.code_ticket, scan.openid];
	const call = { name: 'tickettocode', repeatable: true, hasEffect: true, hidden };
	const answer = await client.call(call, bodyOf(scan));
	try {
		const activation = activationIn(answer);
		if (activation.code === '') throw unusableAnswer('it has no code');
		return activation;
	} catch (error) {
		throw error instanceof WechatError ? error.withNote(TICKET_USED_UP) : error;
	}
}

const TICKET_USED_UP =
	'The ticket is used up now. Have the user scan the code once more, which gives a new ticket.';
