import type { IDataObject } from 'n8n-workflow';
import { countOf } from '../../shared/codePackage/segments';
import type { Region } from './expectation';
import type { Stretch } from './survey';

/** What an item says of neighbouring codes that are alike. */
export function stretchFields(stretch: Stretch, { expected, delivery }: Region): IDataObject {
	const { start, end, isActive, isExact, activation } = stretch;
	return {
		code_start: start,
		code_end: end,
		code_count: countOf(stretch),
		is_active: isActive,
		is_exact: isExact,
		...(expected !== undefined && {
			expected,
			differs: isActive === null ? null : isActive !== expected,
		}),
		...delivery,
		...(activation && {
			activity_name: activation.activity_name,
			product_brand: activation.product_brand,
			product_title: activation.product_title,
			product_code: activation.product_code,
			wxa_appid: activation.wxa_appid,
			wxa_path: activation.wxa_path,
			wxa_type: activation.wxa_type,
		}),
	};
}
