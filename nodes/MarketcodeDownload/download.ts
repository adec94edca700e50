import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { packageKeyBytes } from '../shared/codePackage/decrypt';
import type { Delivered } from '../shared/delivery/handover/handover';
import type { Run } from '../shared/delivery/run';
import { known, nameOf } from '../shared/wechat/applicationAnswer';
import { idFields, statusInWords } from '../shared/wechat/applicationFields';
import { FINISHED, applyCodeQuery, type Application } from '../shared/wechat/calls';
import { WechatClient } from '../shared/wechat/client';
import { NOT_READY, SEGMENT_NOT_READY } from '../shared/wechat/errcodes';
import { hasErrcode } from '../shared/wechat/wechatErrors';
import { accountOf } from '../shared/wechat/credentials';
import { readCredential } from '../shared/wechat/send';
import { ParameterError } from '../shared/n8n/errors';
import { isCalledByModel } from '../shared/n8n/toolUse';
import { filesOf, type Source } from './files';
import { Patience } from './patience';
import { readSettings, type Settings } from './settings';

/**
 * Downloads the application that an input item names.
 *
 * @returns the items that leave, by output
 * @throws ParameterError, PackageError, WechatError
 */
export async function downloadApplication(
	context: IExecuteFunctions,
	itemIndex: number,
	run: Run,
): Promise<INodeExecutionData[][]> {
	const settings = readSettings(context, itemIndex);
	const stop = new AbortController();
	const onCancel = () => stop.abort();
	const canceled = context.getExecutionCancelSignal();
	canceled?.addEventListener('abort', onCancel);
	try {
		const { signal } = stop;
		const { timeoutMs } = settings;
		const client = await WechatClient.open(context, itemIndex, { timeoutMs, signal });
		const credential = await readCredential(context, itemIndex);
		const key = settings.isEncrypted ? undefined : packageKeyBytes(credential.packageKey);
		const patience = new Patience(settings, signal);
		const items = await whenFinished(client, settings, patience, itemIndex, async (application) => {
			const appId = accountOf(credential);
			const source: Source = { client, application: known(application), appId, key, patience };
			return await filesOf(context, itemIndex, source, settings, run);
		});
		return isCalledByModel(context) ? toModel(items) : leaving(items, settings);
	} finally {
		// Ends the tries of the segments that are still under way after one has failed.
		stop.abort();
		canceled?.removeEventListener('abort', onCancel);
	}
}

/**
 * Hands the application on as soon as it is finished, and otherwise does what the user chose. A segment
 * that WeChat has not generated yet (80308) makes an application as unfinished as its status does.
 *
 * @param download gives undefined if such a segment was found before anything was stored
 */
async function whenFinished(
	client: WechatClient,
	settings: Settings,
	patience: Patience,
	itemIndex: number,
	download: (application: Application) => Promise<Delivered | undefined>,
): Promise<Leaving> {
	const { application: ref, whenNotFinished, waitTimeoutMs } = settings;
	for (;;) {
		const application = await applyCodeQuery(client, ref);
		if (application.status === FINISHED) {
			const delivered = await download(application).catch(async (error: unknown) =>
				whenNotFinished !== 'error' && hasErrcode(error, NOT_READY)
					? undefined
					: await Promise.reject<never>(error),
			);
			if (delivered) return { ...delivered, notFinished: [] };
		}
		if (whenNotFinished === 'branch') {
			const notFinished = [notFinishedItem(application, itemIndex)];
			return { files: [], notFinished, passwords: [] };
		}
		if (!(await patience.wait())) throw notFinished(application, waitTimeoutMs);
	}
}

interface Leaving extends Delivered {
	readonly notFinished: INodeExecutionData[];
}

/** The items by output, as the node's description lists the outputs. */
const leaving = (
	{ files, notFinished, passwords }: Leaving,
	{ whenNotFinished, handover }: Settings,
): INodeExecutionData[][] => [
	files,
	...(whenNotFinished === 'branch' ? [notFinished] : []),
	...(handover.archive === 'zipPassword' ? [passwords] : []),
];

/** A tool has one output; passwords are none of a model's business. */
const toModel = ({ files, notFinished }: Leaving): INodeExecutionData[][] => [
	[...files, ...notFinished],
];

function notFinishedItem(application: Application, itemIndex: number): INodeExecutionData {
	const { status, create_time, update_time } = application;
	return {
		json: {
			...idFields(application),
			status,
			create_time: create_time ?? null,
			update_time: update_time ?? null,
		},
		pairedItem: { item: itemIndex },
	};
}

function notFinished(application: Application, waitedMs: number): ParameterError {
	const minutes = waitedMs / 60_000;
	const waited = minutes > 0 ? ` after ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}` : '';
	return new ParameterError(
		`${nameOf(application)} is not finished${waited}: ${whatIsMissing(application.status)}`,
		waitedMs > 0
			? 'Run the node again later, or set a longer Wait Timeout. For hours, set When Not Finished to Branch and loop through a Wait node.'
			: 'WeChat is still generating the codes. Run the node again later, or set When Not Finished to Wait or Branch.',
	);
}

function whatIsMissing(status: string): string {
	return status === FINISHED
		? `its status is ${FINISHED}, but a segment is not generated yet (errcode ${SEGMENT_NOT_READY})`
		: statusInWords(status);
}
