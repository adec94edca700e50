import type { Bounds } from '../../shared/codePackage/segments';
import { ParameterError } from '../../shared/n8n/errors';
import {
	codeActive,
	type Activation,
	type ActivationOrder,
	type Activity,
} from '../../shared/wechat/calls';
import type { WechatClient } from '../../shared/wechat/client';
import { RANGE_ACTIVE } from '../../shared/wechat/errcodes';
import { WechatError, hasErrcode, isUnclear } from '../../shared/wechat/wechatErrors';
import { activationAt, explainOverlap, differenceFrom, settleUnclear } from './activationState';
import { listed } from './ranges';
import { Survey, extentOf } from './survey';

/** How many questions a refused range may cost before the rest of it is sent and refused again. */
const MOST_QUESTIONS = 64;

/** Codes that are active as ordered, inclusive at both ends. */
export interface Activated extends Bounds {
	/** Whether they were so before this execution. */
	readonly wasActive: boolean;
	/** What WeChat said; null: it was not told to, or its answer was lost and the codes showed. */
	readonly errmsg: string | null;
}

/** Gives one activity to ranges of an application's codes, and leaves those alone that have it already. */
export class Activator {
	/** What is active as ordered so far, in order. */
	readonly activated: Activated[] = [];
	/**
	 * Whether WeChat is asked about a range before it is sent: until one is found that is not active, as an
	 * execution that was broken off has activated the first ones. From there on a refusal is the question.
	 */
	private asksFirst = true;

	constructor(
		private readonly client: WechatClient,
		private readonly signal: AbortSignal,
		private readonly application_id: string,
		private readonly activity: Activity,
		/** Codes that must not be active. */
		private readonly leftOut: readonly Bounds[],
	) {}

	/**
	 * Sees to it that all codes of a range are active as ordered.
	 *
	 * @throws WechatError at the first call that fails; ParameterError if another activity is in the way
	 */
	async activate(range: Bounds): Promise<void> {
		const start = this.asksFirst ? await this.skipActive(range) : range.start;
		if (start > range.end) return;
		const rest = { start, end: range.end };
		const failure = await this.send(rest).then(
			() => undefined,
			(error: unknown) => error,
		);
		if (hasErrcode(failure, OVERLAP)) await this.fill(rest, failure);
		else if (failure !== undefined) throw failure;
	}

	/** The first code of a range that is not active yet; behind its end if all are. */
	private async skipActive(range: Bounds): Promise<number> {
		let at = range.start;
		while (at <= range.end) {
			const activation = await activationAt(this.client, this.application_id, at);
			if (activation === undefined) {
				this.asksFirst = false;
				return at;
			}
			at = this.accept(activation, { start: at, end: range.end }) + 1;
		}
		return at;
	}

	/** Sends a range. */
	private async send(range: Bounds): Promise<void> {
		const order = this.orderOf(range);
		const errmsg = await codeActive(this.client, order).catch(async (error: unknown) => {
			const isDoubtful = error instanceof WechatError && isUnclear(error);
			if (!isDoubtful) return await Promise.reject<never>(error);
			await settleUnclear(this.client, order, error, this.signal);
			return null;
		});
		this.activated.push({ ...range, wasActive: false, errmsg });
	}

	/** Activates what is missing of a range in which WeChat says that something is active. */
	private async fill(range: Bounds, refusal: WechatError): Promise<void> {
		const survey = new Survey({
			ask: async (at) => await activationAt(this.client, this.application_id, at),
			step: Math.ceil((range.end - range.start + 1) / MOST_QUESTIONS),
			mostCalls: MOST_QUESTIONS,
		});
		const stretches = await survey.over(range).catch(() => []);
		if (!stretches.some(({ isActive }) => isActive === true)) {
			throw await explainOverlap(this.client, this.orderOf(range), refusal);
		}
		this.asksFirst = true;
		// Nothing may be sent before it is known that nothing else is in the way.
		for (const { activation, start } of stretches) if (activation) this.check(activation, start);
		for (const { activation, start, end } of stretches) {
			if (activation) this.accept(activation, { start, end });
			else await this.activate({ start, end });
		}
	}

	/** Takes codes that are active already. @returns the last of them */
	private accept(activation: Activation, range: Bounds): number {
		this.check(activation, range.start);
		const extent = extentOf(activation, range.start);
		if (!extent.isExact && range.end > range.start) {
			throw new ParameterError(
				`Code ${range.start} of application ${this.application_id} is active already, in a range that WeChat does not tell`,
				'What is missing can not be found out. Map it with Get Activations and a step of 1, and activate the ranges that are not active.',
			);
		}
		const end = Math.min(extent.end, range.end);
		this.activated.push({ start: range.start, end, wasActive: true, errmsg: null });
		return end;
	}

	/** @throws ParameterError if the activation is another one, or reaches over codes that are left out */
	private check(activation: Activation, at: number): void {
		const extent = extentOf(activation, at);
		const place = `The codes ${extent.start}–${extent.end} of application ${this.application_id} are active already`;
		const difference = differenceFrom(this.activity, activation);
		if (difference !== undefined) {
			throw new ParameterError(
				`${place}, with another ${difference}`,
				'An activation can not be undone. Look at it with Get Activation, and leave these codes out, or give them the activity that they have.',
			);
		}
		const spoiled = this.leftOut.filter(
			({ start, end }) => start <= extent.end && extent.start <= end,
		);
		if (spoiled.length > 0) {
			throw new ParameterError(
				`${place}, and among them codes that are left out: ${listed(spoiled)}`,
				'An activation can not be undone. Take them off the list of what is left out, if they are not waste; otherwise have the mini program refuse them.',
			);
		}
	}

	private orderOf({ start, end }: Bounds): ActivationOrder {
		const { application_id, activity } = this;
		return { application_id, code_start: start, code_end: end, ...activity };
	}
}

const OVERLAP: ReadonlySet<number> = new Set([RANGE_ACTIVE]);
