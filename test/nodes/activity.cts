import type { INodeParameters } from 'n8n-workflow';
import { ACTIVITY_PARAMETERS } from '../sandbox/activity.cts';
import type { Lab } from './lab.cts';
import { byId } from './world.cts';

/** What Code: Activate is given, for all codes of an application. */
export const activityOf = (applicationId: string): INodeParameters => ({
	application: byId(applicationId),
	...ACTIVITY_PARAMETERS,
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
