import { segmentsOf } from './applications.cts';
import type { Activation } from './activations.cts';
import type { Call, CallHandler } from './incoming.cts';
import { WechatError } from './errmsgs.cts';
import type { Application, Fields } from './types.cts';
import { applicationId, integer, isAbsent, optionalText, text } from './validation.cts';

const OK = { errcode: 0, errmsg: 'ok' };
const CODE_COUNT_STEP = 10_000;
const CODE_COUNT_MAX = 20_000_000;
const ISV_ID_LENGTH = 128;
const CODE_LENGTH = 9;
const URL_LENGTH = 28;
/** The `wxa_type` of a mini program that users have. */
const RELEASE = 0;

const applycode: CallHandler = ({ body, account, state }) => {
	const codeCount = integer(body, 'code_count');
	const isvApplicationId = text(body, 'isv_application_id', ISV_ID_LENGTH);
	if (codeCount < CODE_COUNT_STEP || codeCount > CODE_COUNT_MAX || codeCount % CODE_COUNT_STEP) {
		throw new WechatError(40097);
	}
	if (state.applications.findByIsvId(isvApplicationId, account)) throw new WechatError(80307);
	const application = state.applications.add(
		{ codeCount, isvApplicationId, finishAfterMs: state.generationMs },
		account,
	);
	return { ...OK, application_id: BigInt(application.applicationId) };
};

const applycodequery: CallHandler = (call) => ({
	...OK,
	...call.state.applications.describe(queriedApplication(call)),
});

function queriedApplication({ body, account, state }: Call): Application {
	const isvId = optionalText(body, 'isv_application_id');
	if (isAbsent(body.application_id)) {
		if (isvId === undefined) throw new WechatError(40097);
		const application = state.applications.findByIsvId(isvId, account);
		if (!application) throw new WechatError(80300);
		return application;
	}
	const application = state.applications.require(applicationId(body), account);
	if (isvId !== undefined && isvId !== application.isvApplicationId) throw new WechatError(80300);
	return application;
}

const applycodedownload: CallHandler = ({ body, account, state, faults }) => {
	const application = state.applications.require(applicationId(body), account);
	const code_start = integer(body, 'code_start');
	const code_end = integer(body, 'code_end');
	if (code_start > code_end) throw new WechatError(40097);
	if (!state.applications.isFinished(application)) throw new WechatError(80308);
	const segment = segmentsOf(application).find(
		(listed) => listed.code_start === code_start && listed.code_end === code_end,
	);
	if (!segment) throw new WechatError(80310);
	if (application.packageExpired) throw new WechatError(80309);
	if (account.packageKey === '') throw new WechatError(80313);
	const twin = faults.find((fault) => fault.kind === 'twinOf')?.applicationId;
	const source = twin === undefined ? application : state.applications.get(twin);
	return { ...OK, buffer: state.packages.buffer(source, segment, faults, account.packageKey) };
};

const codeactive: CallHandler = ({ body, account, state }) => {
	const application = state.applications.require(applicationId(body), account);
	const activation = activationOf(body);
	if (activation.code_end >= application.codeCount) throw new WechatError(80306);
	if (!state.applications.isFinished(application)) throw new WechatError(80308);
	state.activations.add(application, activation);
	return OK;
};

function activationOf(body: Fields): Activation {
	const activation = {
		activity_name: text(body, 'activity_name'),
		product_brand: text(body, 'product_brand'),
		product_title: text(body, 'product_title'),
		product_code: text(body, 'product_code'),
		wxa_appid: text(body, 'wxa_appid'),
		wxa_path: text(body, 'wxa_path'),
		wxa_type: isAbsent(body.wxa_type) ? RELEASE : integer(body, 'wxa_type'),
		code_start: integer(body, 'code_start'),
		code_end: integer(body, 'code_end'),
	};
	const { product_code, wxa_appid, wxa_path, wxa_type, code_start, code_end } = activation;
	if (!/^\d{8,14}$/.test(product_code) || wxa_type > 2 || code_start > code_end) {
		throw new WechatError(40097);
	}
	if (!/^wx[0-9a-f]{16}$/.test(wxa_appid) || wxa_path.startsWith('/')) {
		throw new WechatError(80305);
	}
	return activation;
}

const codeactivequery: CallHandler = (call) => {
	const [application, index] = queriedCode(call);
	return { ...OK, ...call.state.activations.describe(application, index) };
};

/** By the index, the url or the code, whichever comes first; WeChat's clients leave others empty. */
function queriedCode({ body, account, state }: Call): [Application, number] {
	if (!isAbsent(body.application_id) && !isAbsent(body.code_index)) {
		const application = state.applications.require(applicationId(body), account);
		return [application, integer(body, 'code_index')];
	}
	const url = optionalText(body, 'code_url');
	if (url !== undefined) {
		if (url.length !== URL_LENGTH) throw new WechatError(80303);
		return state.applications.locate('url', url, account);
	}
	const code = text(body, 'code');
	if (code.length > CODE_LENGTH) throw new WechatError(80303);
	return state.applications.locate('code', code, account);
}

const tickettocode: CallHandler = ({ body, account, state }) => {
	const openid = text(body, 'openid');
	const { application, index } = state.activations.redeem(
		text(body, 'code_ticket'),
		openid,
		account,
	);
	return { ...OK, ...state.activations.describe(application, index) };
};

/** The six calls under /intp/marketcode/, by name. */
export const MARKETCODE_CALLS: Readonly<Record<string, CallHandler>> = {
	applycode,
	applycodequery,
	applycodedownload,
	codeactive,
	codeactivequery,
	tickettocode,
};
