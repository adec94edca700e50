import type { Bounds } from '../../shared/codePackage/segments';
import type { Activation } from '../../shared/wechat/calls';

/** Neighbouring codes that are alike, inclusive at both ends. */
export interface Stretch extends Bounds {
	/** Null: nothing is known of them. */
	readonly isActive: boolean | null;
	/** Whether that is certain of each of the codes, and not only of those that WeChat was asked about. */
	readonly isExact: boolean;
	readonly activation?: Activation;
}

/** The codes of an activation, as far as they are known. */
interface Extent extends Bounds {
	readonly isExact: boolean;
	readonly activation: Activation;
}

interface SurveyOptions {
	/** The activation of a code by its index; undefined: it is not active. */
	readonly ask: (index: number) => Promise<Activation | undefined>;
	/** Codes from one question to the next where they are inactive. */
	readonly step: number;
	/** Questions in all. */
	readonly mostCalls: number;
}

/**
 * Finds the active codes of an application. An active code's answer tells its whole activation; an inactive
 * one tells nothing about its neighbours (80304), so activations shorter than the step can stay unseen
 * between two questions.
 */
export class Survey {
	private calls = 0;
	private latest: Extent | undefined;

	constructor(private readonly options: SurveyOptions) {}

	/**
	 * The stretches of a region, in order and without a gap. Its first and its last code are asked about,
	 * unless an activation holds them. Regions have to be given in their order.
	 */
	async over(region: Bounds): Promise<Stretch[]> {
		const { step, mostCalls } = this.options;
		const stretches: Stretch[] = [];
		let from = region.start;
		let asked = 0;
		let known = region.start - 1;
		const addInactive = (end: number) => {
			if (end < from) return;
			stretches.push({ start: from, end, isActive: false, isExact: asked === end - from + 1 });
			from = end + 1;
		};
		for (let at = region.start; at <= region.end; ) {
			if (!this.isKnown(at) && this.calls >= mostCalls) {
				addInactive(known);
				return [...stretches, { start: from, end: region.end, isActive: null, isExact: false }];
			}
			const extent = await this.extentAt(at);
			if (extent === undefined) {
				asked++;
				known = at;
				at = at === region.end ? at + 1 : Math.min(at + step, region.end);
				continue;
			}
			addInactive(extent.start - 1);
			const { isExact, activation } = extent;
			known = Math.min(extent.end, region.end);
			stretches.push({ start: from, end: known, isActive: true, isExact, activation });
			from = at = known + 1;
			asked = 0;
		}
		addInactive(region.end);
		return stretches;
	}

	private isKnown(at: number): boolean {
		return this.latest !== undefined && at <= this.latest.end && this.latest.start <= at;
	}

	private async extentAt(at: number): Promise<Extent | undefined> {
		if (this.isKnown(at)) return this.latest;
		this.calls++;
		const activation = await this.options.ask(at);
		if (activation === undefined) return undefined;
		this.latest = { ...extentOf(activation, at), activation };
		return this.latest;
	}
}

/** The codes of an activation that holds the code `at`: that one alone, if WeChat does not tell them. */
export function extentOf(activation: Activation, at: number): Bounds & { isExact: boolean } {
	const { code_start, code_end } = activation;
	const isTold = code_end !== null && (code_start ?? 0) <= at && at <= code_end;
	return isTold
		? { start: code_start ?? 0, end: code_end, isExact: true }
		: { start: at, end: at, isExact: false };
}
