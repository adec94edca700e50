import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

/** A parameter that can't be used. */
export class ParameterError extends Error {
	override readonly name = 'ParameterError';

	/**
	 * @param message which parameter, and what is wrong with it
	 * @param description what the user does next
	 */
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
	}
}

/** What an error tells, and nothing else that it may hold: causes and requests can carry secrets. */
interface ToldError {
	/** What is wrong, and where. */
	readonly message: string;
	/** What the user does next. */
	readonly description: string;
	/** errcode, errmsg and rid, if WeChat said no. */
	readonly answer: IDataObject | undefined;
}

export function tell(error: unknown): ToldError {
	if (!(error instanceof Error)) {
		return { message: 'The node failed', description: '', answer: undefined };
	}
	const description =
		'description' in error && typeof error.description === 'string' ? error.description : '';
	return { message: error.message, description, answer: answerIn(error) };
}

function answerIn(error: Error): IDataObject | undefined {
	if (!('failure' in error) || typeof error.failure !== 'object' || error.failure === null) {
		return undefined;
	}
	const { errcode, errmsg, rid } = { errcode: undefined, errmsg: '', rid: '', ...error.failure };
	return errcode === undefined ? undefined : { errcode, errmsg, rid };
}

/** The error that n8n shows. */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	const { message, description, answer } = tell(error);
	return answer
		? new NodeApiError(node, { ...answer, message }, { message, description, itemIndex })
		: new NodeOperationError(node, message, { description, itemIndex });
}
