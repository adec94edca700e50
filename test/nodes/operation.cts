import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { RunResult } from '../engine/engine.cts';
import { useLab, type Failed, type Lab } from './lab.cts';
import type { RunNode } from './world.cts';

/** An operation of WeChat Marketcode, in a lab of its own: before each test, all is as after the start. */
export const useOperation = (resource: string, operation: string): Operation =>
	new Operation(useLab(), { resource, operation });

export class Operation {
	constructor(
		readonly lab: Lab,
		private readonly chosen: INodeParameters,
	) {}

	async run(parameters: INodeParameters, options: RunNode = {}): Promise<RunResult> {
		return await this.lab.world.run(
			'marketcode',
			{ ...this.chosen, ...parameters },
			{ credentialId: this.lab.credentialId, ...options },
		);
	}

	/** The items that leave the node. Throws if it fails, or an item does not name its input item. */
	async items(parameters: INodeParameters, options: RunNode = {}): Promise<IDataObject[]> {
		const result = await this.run(parameters, options);
		if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
		return result.output('Node').map(({ json, pairedItem }) => {
			if (pairedItem === undefined) throw new Error('An item is not paired');
			return json;
		});
	}

	/** What the user is told. Throws if the node succeeds or hands anything on. */
	async fail(parameters: INodeParameters, options: RunNode = {}): Promise<Failed> {
		const result = await this.run(parameters, options);
		const { error } = result;
		if (!error) throw new Error('The node did not fail');
		if (result.output('Node').length > 0) throw new Error('The node handed items on');
		return { message: error.message, description: error.description ?? '', error, result };
	}

	/** The only item of a node that continues on fail. */
	async errorItem(parameters: INodeParameters, options: RunNode = {}): Promise<IDataObject> {
		const onError = 'continueRegularOutput';
		const [item, ...others] = await this.items(parameters, { onError, ...options });
		if (!item || others.length > 0) throw new Error('There is not exactly one item');
		return item;
	}
}
