import type { Bounds } from '../../shared/codePackage/segments';
import { ParameterError, tell } from '../../shared/n8n/errors';
import { WechatError, isUnclear } from '../../shared/wechat/wechatErrors';
import { listed, without } from './ranges';

/** How far an activation of several ranges has come. */
export interface Progress {
	readonly planned: readonly Bounds[];
	/** 0-based place of the range that failed. */
	readonly position: number;
	/** What is active as ordered. */
	readonly done: readonly Bounds[];
}

/** The error with the range at which it came, and what is done and what is not. */
export function withProgress(error: unknown, { planned, position, done }: Progress): unknown {
	const failed = planned[position];
	const isSingle = planned.length === 1 && done.length === 0;
	const isOurs = error instanceof WechatError || error instanceof ParameterError;
	if (!isOurs || isSingle || failed === undefined) return error;
	const { message, description } = tell(error);
	const place = `Activation ${position + 1} of ${planned.length}, codes ${listed([failed])}: ${message}`;
	const left = without([failed], done);
	const later = planned.slice(position + 1);
	const isDoubtful = error instanceof WechatError && isUnclear(error);
	const state = [
		`Done: ${done.length === 0 ? 'nothing' : listed(without(done, []))}.`,
		isDoubtful
			? `Not known to be done: ${listed(left)}. Not sent: ${listed(later) || 'nothing'}.`
			: `Not done: ${listed([...left, ...later])}.`,
		'When the cause is gone, run this again as it is: what is done is left alone.',
	].join(' ');
	const told = `${state} ${description}`;
	return error instanceof WechatError
		? new WechatError(place, told, error.failure)
		: new ParameterError(place, told);
}
