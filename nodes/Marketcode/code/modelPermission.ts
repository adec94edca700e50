import type { IExecuteFunctions } from 'n8n-workflow';
import { isCalledByModel } from '../../shared/n8n/toolUse';

/** What a model is told that may not activate. */
export const HELD_BACK =
	'Nothing was activated: an activation can not be undone, and a person has to allow it first, by the option Allow AI to Activate of this node.';

/** Whether a model has called the node that nobody has allowed to activate. */
export const isHeldBack = (context: IExecuteFunctions): boolean =>
	isCalledByModel(context) && !mayModelActivate(context);

/** As it stands in the workflow: what an expression gives could come from the model. */
function mayModelActivate(context: IExecuteFunctions): boolean {
	const { options } = context.getNode().parameters;
	return (
		typeof options === 'object' &&
		options !== null &&
		'allowTool' in options &&
		options.allowTool === true
	);
}
