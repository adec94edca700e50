import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { PackageForm } from '../../shared/codePackage/input';
import type { PlannedSegment } from '../../shared/codePackage/segments';
import type { Order } from '../../shared/delivery/order';
import { ParameterError } from '../../shared/n8n/errors';
import { textIn, wholeNumber } from '../../shared/n8n/parameters';

/** @throws ParameterError if the bounds are no range */
export function segmentIn(context: IExecuteFunctions, itemIndex: number): PlannedSegment {
	const start = wholeNumber(context.getNodeParameter('codeStart', itemIndex), 'Code Start', 0);
	const end = wholeNumber(context.getNodeParameter('codeEnd', itemIndex), 'Code End', 0);
	if (start > end) {
		throw new ParameterError(
			`The range is reversed: it starts at ${start} and ends at ${end}`,
			'Enter the bounds with which the package was asked for; both are included.',
		);
	}
	const place = Number(context.getInputData()[itemIndex]?.json.segment);
	return { segment: place || 1, bounds: { start, end }, wanted: { start, end } };
}

/** What Marketcode Download knew of the package goes on with it. */
export function orderOf(
	{ application_id, isv_application_id }: IDataObject,
	segment: PlannedSegment,
	appId: string | undefined,
): Order {
	const { start, end } = segment.bounds;
	return {
		applicationId: textIn(application_id, 'application_id') || undefined,
		isvApplicationId: textIn(isv_application_id, 'isv_application_id') || undefined,
		appId,
		plan: { segments: [segment], problems: [] },
		placeOf: () => `The package of the codes ${start}–${end}`,
		labelOf: () => '',
		fieldsOf: () => ({
			application_id: application_id ?? null,
			isv_application_id: isv_application_id ?? null,
		}),
	};
}

/** An item also says how the package was written down, which shows only when it is read. */
export const withForm = (order: Order, form: PackageForm): Order => ({
	...order,
	fieldsOf: (segments) => ({ ...order.fieldsOf(segments), package_form: form }),
});
