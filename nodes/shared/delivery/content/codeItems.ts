import { sleep, type IDataObject, type INodeExecutionData } from 'n8n-workflow';
import type { PickedRow } from '../../codePackage/picked';
import type { CheckedText } from '../checked';
import type { FileColumn } from '../format/format';
import type { Order } from '../order';
import type { FileSettings } from '../parameters/fileSettings';

/** What has to be known of a job. */
interface ItemsJob {
	readonly order: Pick<Order, 'applicationId' | 'plan'>;
	readonly settings: Pick<FileSettings, 'format'>;
}

/** Items made in one go: two milliseconds or so. */
const ITEMS_AT_ONCE = 1_000;

/** An item a code, for tables and databases; its fields are the columns. Warnings have no place in them. */
export async function codeItems(
	{ order, settings }: ItemsJob,
	itemIndex: number,
	texts: AsyncGenerator<CheckedText, void, void>,
): Promise<{ readonly items: INodeExecutionData[]; readonly warnings: readonly string[] }> {
	const columns = settings.format?.columns ?? [];
	const items: INodeExecutionData[] = [];
	const found = [...order.plan.problems];
	for await (const { picked, warnings } of texts) {
		found.push(...warnings);
		for (const row of picked.rows) {
			const place = items.length + 1;
			const json: IDataObject = Object.fromEntries(
				columns.map((column) => [column.header, valueOf(column, row, place, order.applicationId)]),
			);
			items.push({ json, pairedItem: { item: itemIndex } });
			if (items.length % ITEMS_AT_ONCE === 0) await sleep(0);
		}
	}
	return { items, warnings: found };
}

/** @param place 1-based, among the items */
function valueOf(
	{ source, value }: FileColumn,
	row: PickedRow,
	place: number,
	applicationId: string | undefined,
): string | number {
	switch (source) {
		case 'constant':
			return value;
		case 'applicationId':
			return applicationId ?? '';
		case 'rowNumber':
			return place;
		case 'fileNumber':
			return 1;
		default:
			return row[source];
	}
}
