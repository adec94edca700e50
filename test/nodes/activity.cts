import type { INodeParameters } from 'n8n-workflow';
import type { Lab } from './lab.cts';
import { byId } from './world.cts';

/** What codes are activated with, as WeChat names it. */
export const ACTIVITY = {
	activity_name: 'Spring 2026',
	product_brand: 'Brand',
	product_title: 'Green Tea',
	product_code: '4006381333931',
	wxa_appid: 'wx0123456789abcdef',
	wxa_path: 'pages/scan/index?from=box',
	wxa_type: 0,
};

/** The same as parameters of the operation Activate, for all codes of an application. */
export const activityOf = (applicationId: string): INodeParameters => ({
	application: byId(applicationId),
	activityName: ACTIVITY.activity_name,
	productBrand: ACTIVITY.product_brand,
	productTitle: ACTIVITY.product_title,
	productCode: ACTIVITY.product_code,
	wxaAppid: ACTIVITY.wxa_appid,
	wxaPath: ACTIVITY.wxa_path,
	wxaType: ACTIVITY.wxa_type,
});

export async function activateAll(
	lab: Lab,
	applicationId: string,
	changes: INodeParameters = {},
): Promise<void> {
	const chosen = { resource: 'code', operation: 'activate' };
	const parameters = { ...chosen, ...activityOf(applicationId), ...changes };
	const { error } = await lab.world.run('marketcode', parameters, {
		credentialId: lab.credentialId,
	});
	if (error) throw error;
}
