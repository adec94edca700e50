import { resolve } from 'node:path';
import type { INodeParameters, INodeTypeDescription } from 'n8n-workflow';
import type { PackageDirectoryLoader } from 'n8n-core';
import { operations } from '../../nodes/Marketcode/operations';
import { loadPackage, NodeTypes } from '../engine/nodeTypes.cts';
import { workflowFrom } from '../engine/run.cts';
import { workflowOf } from '../engine/workflow.cts';

let loader: PackageDirectoryLoader;
beforeAll(async () => {
	loader = await loadPackage(resolve(__dirname, '../..'));
});

const descriptionOf = (name: string): INodeTypeDescription => {
	const type = loader.nodeTypes[name]?.type;
	if (!type || !('execute' in type || 'poll' in type)) throw new Error(`No node ${name}`);
	return type.description;
};

/** What the editor writes below a node with these parameters. */
function subtitleOf(name: string, parameters: INodeParameters): unknown {
	const nodeTypes = new NodeTypes(loader);
	const workflow = workflowFrom(workflowOf(name, parameters), { nodeTypes }, {});
	const node = workflow.getNode('Node');
	if (!node) throw new Error('The workflow has no node');
	const { subtitle = '' } = descriptionOf(name);
	return workflow.expression.getSimpleParameterValue(node, subtitle, 'internal', {});
}

const OPERATIONS = [
	['application', 'apply', 'Apply for codes'],
	['application', 'get', 'Get application'],
	['code', 'activate', 'Activate codes irreversibly'],
	['code', 'exchangeTicket', 'Exchange code ticket'],
	['code', 'getActivation', 'Get activation of code'],
	['code', 'getActivations', 'Get activations of application'],
	['package', 'decrypt', 'Decrypt package'],
	['package', 'findCodes', 'Find codes in delivery'],
	['package', 'proofSheet', 'Make proof sheet'],
	['package', 'verifyDelivery', 'Verify delivery'],
] as const;

describe('below the node on the canvas stands', () => {
	it.each(OPERATIONS)('for %s %s: %s', (resource, operation, words) => {
		expect(subtitleOf('marketcode', { resource, operation })).toBe(words);
	});

	it('for each operation: its words', () => {
		const named = OPERATIONS.map(([resource, operation]) => `${resource}.${operation}`);
		expect(named).toEqual([...operations.keys()]);
	});

	it('for a node as it is dragged in: Get application', () => {
		expect(subtitleOf('marketcode', {})).toBe('Get application');
	});

	it.each([
		['package', 'Package'],
		['urlList', 'URL List'],
		['csv', 'CSV'],
		['jsonLines', 'JSON Lines'],
		['items', 'Items'],
		['pdf', 'PDF'],
		['encrypted', 'Encrypted'],
	])('for a download as %s: %s', (output, words) => {
		expect(subtitleOf('marketcodeDownload', { output })).toBe(words);
	});

	it('for a trigger: Application Finished', () => {
		expect(subtitleOf('marketcodeTrigger', {})).toBe('Application Finished');
	});
});

it('actions have no articles', () => {
	const texts = JSON.stringify(descriptionOf('marketcode').properties);
	const actions = [...texts.matchAll(/"action":"([^"]+)"/g)].map(([, action]) => action);
	expect(actions.length).toBeGreaterThan(9);
	expect(actions.filter((action) => /\b(a|an|the)\b/i.test(action ?? ''))).toEqual([]);
});
