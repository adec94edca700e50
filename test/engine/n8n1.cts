import { NodeApiError } from 'n8n-workflow';
import type { IExecuteFunctions, INodeType, IPollFunctions } from 'n8n-workflow';

/** Whose behaviour the engine shows where n8n 1 and the present n8n 2 differ. */
export type N8nMajor = 1 | 2;

type Context = IExecuteFunctions | IPollFunctions;

/** A node as n8n 1 runs it: an error that comes out of a request has lost its cause. */
export function asInN8n1(nodeType: INodeType): INodeType {
	const { execute, poll } = nodeType;
	const changed: Partial<INodeType> = {
		...(execute && {
			async execute(this: IExecuteFunctions, response) {
				return await execute.call(withoutCauses(this), response);
			},
		}),
		...(poll && {
			async poll(this: IPollFunctions) {
				return await poll.call(withoutCauses(this));
			},
		}),
	};
	return Object.assign(Object.create(nodeType), changed);
}

/** Takes the cause off the errors of a context's requests, as n8n-workflow 1 does in NodeApiError. */
export function withoutCauses<T extends Context>(context: T): T {
	const { httpRequestWithAuthentication } = context.helpers;
	context.helpers.httpRequestWithAuthentication = async function (this, ...request) {
		return await httpRequestWithAuthentication
			.apply(this, request)
			.catch(async (error: unknown) => {
				if (error instanceof NodeApiError) delete error.cause;
				return await Promise.reject(error);
			});
	};
	return context;
}
