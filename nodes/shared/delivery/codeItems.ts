import type { INodeExecutionData } from 'n8n-workflow';
import type { CheckedText } from './checked';
import type { Job } from './job';

/** An item a code, for tables and databases. */
export async function codeItems(
	{ order, settings }: Job,
	itemIndex: number,
	texts: AsyncGenerator<CheckedText, void, void>,
): Promise<INodeExecutionData[]> {
	const { applicationId, isvApplicationId } = order;
	const items: INodeExecutionData[] = [];
	for await (const { picked } of texts) {
		for (const { index, code, url, lattice } of picked.rows) {
			items.push({
				json: {
					application_id: applicationId ?? null,
					isv_application_id: isvApplicationId ?? null,
					index,
					code,
					url,
					...(settings.hasLattice && { lattice }),
				},
				pairedItem: { item: itemIndex },
			});
		}
	}
	return items;
}
