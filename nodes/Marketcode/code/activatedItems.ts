import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Bounds } from '../../shared/codePackage/segments';
import { PartlyDone } from '../../shared/n8n/items';
import type { Activity } from '../../shared/wechat/calls';
import type { Activated, Activator } from './activator';
import { withProgress } from './progress';

/** What all items of one activation have in common. */
interface Ordered {
	readonly application_id: string;
	readonly activity: Activity;
	/** How many activations it takes. */
	readonly calls: number;
	readonly itemIndex: number;
}

/** The item of a range of codes; `call` is the 1-based number of the activation that it belongs to. */
type ItemOf = (range: Bounds, call: number, outcome: IDataObject) => INodeExecutionData;

export const itemsOf =
	({ application_id, activity, calls, itemIndex }: Ordered): ItemOf =>
	({ start, end }, call, outcome) => ({
		json: {
			application_id,
			code_start: start,
			code_end: end,
			...activity,
			call,
			calls,
			...outcome,
		},
		pairedItem: { item: itemIndex },
	});

/**
 * Activates ranges one after the other.
 *
 * @returns an item for each part that is active now
 * @throws PartlyDone at the first range that fails, with the items of what is done until then
 */
export async function activateEach(
	activator: Activator,
	planned: readonly Bounds[],
	itemOf: ItemOf,
): Promise<INodeExecutionData[]> {
	const items: INodeExecutionData[] = [];
	for (const [position, range] of planned.entries()) {
		const before = activator.activated.length;
		let failure: unknown;
		try {
			await activator.activate(range);
		} catch (error) {
			failure = error;
		}
		// Of a range that failed, too: the parts of it that are active.
		const activated = activator.activated.slice(before);
		items.push(...activated.map((part) => itemOf(part, position + 1, outcomeOf(part))));
		if (failure === undefined) continue;
		const told = withProgress(failure, { planned, position, done: activator.activated });
		throw new PartlyDone(items, told);
	}
	return items;
}

const outcomeOf = ({ wasActive, errmsg }: Activated): IDataObject => ({
	activated: true,
	already_active: wasActive,
	errcode: errmsg === null ? null : 0,
	errmsg,
	dry_run: false,
});
