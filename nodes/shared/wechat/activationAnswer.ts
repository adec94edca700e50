import { applicationIdField, optionalNumber, optionalText, type WechatAnswer } from './answer';
import type { Activation, CodeRef } from './calls';
import { unusableAnswer } from './wechatErrors';

/**
 * The activation that an answer of codeactivequery or tickettocode describes.
 *
 * @param ref the code that was asked for: what the answer leaves out of it still stands
 * @throws WechatError if it is about another application, or a field has a form that can't be read
 */
export function activationIn(answer: WechatAnswer, ref?: CodeRef): Activation {
	const text = (name: string) => optionalText(answer, name) ?? '';
	return {
		code: text('code') || (ref && 'code' in ref ? ref.code : ''),
		application_id: applicationIdIn(answer, ref),
		isv_application_id: optionalText(answer, 'isv_application_id') ?? null,
		activity_name: text('activity_name'),
		product_brand: text('product_brand'),
		product_title: text('product_title'),
		product_code: text('product_code'),
		wxa_appid: text('wxa_appid'),
		wxa_path: text('wxa_path'),
		wxa_type: optionalNumber(answer, 'wxa_type') ?? 0,
		...rangeIn(answer),
	};
}

function applicationIdIn(answer: WechatAnswer, ref: CodeRef | undefined): string | null {
	const asked = ref && 'application_id' in ref ? ref.application_id : undefined;
	const told = applicationIdField(answer);
	if (asked !== undefined && told !== undefined && told !== asked) {
		throw unusableAnswer(`it is about application ${told} instead of ${asked}`);
	}
	return told ?? asked ?? null;
}

/** A zero may be left out: without an end, or with neither bound, it can't be told whether it was one. */
function rangeIn(answer: WechatAnswer): Pick<Activation, 'code_start' | 'code_end'> {
	const code_start = optionalNumber(answer, 'code_start');
	const code_end = optionalNumber(answer, 'code_end');
	return code_end === undefined
		? { code_start: code_start ?? null, code_end: null }
		: { code_start: code_start ?? 0, code_end };
}
