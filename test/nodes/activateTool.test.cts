import type { INodeParameters } from 'n8n-workflow';
import { Marketcode } from '../../nodes/Marketcode/Marketcode.node';
import { workflowOf } from '../engine/engine.cts';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activityOf } from './activity.cts';
import { callByAgent } from './agentTool.cts';
import { useLab } from './lab.cts';

const lab = useLab();

/** n8n gives a node that is a tool this type, and the node's own class (n8n's node-types.js). */
const TOOL = 'n8n-nodes-wechat-marketcode.marketcodeTool';

/** What a model's call of the tool gives; its arguments are the item, as n8n hands them on. */
async function callTool(applicationId: string, changes: INodeParameters) {
	const parameters = {
		resource: 'code',
		operation: 'activate',
		...activityOf(applicationId),
		...changes,
	};
	const workflow = workflowOf(TOOL, parameters, { credentialId: lab.credentialId });
	return await lab.world.engine.run(workflow, {
		nodeTypes: { [TOOL]: new Marketcode() },
		input: [{ json: { dry_run: false, allow: true } }],
	});
}

describe('a model that calls it through an agent', () => {
	it.each([
		['is told so, and only gets the dry run', {}, false],
		['activates if a person has allowed it', { options: { allowTool: true } }, true],
	])('%s', async (_what, changes, isAllowed) => {
		const { applicationId } = lab.application();
		const parameters = {
			resource: 'code',
			operation: 'activate',
			...activityOf(applicationId),
			codes: 'ranges',
			rangeList: "={{ $fromAI('codes', 'The codes', 'string') }}",
			dryRun: "={{ $fromAI('dry_run', 'Whether to try only', 'boolean') }}",
			...changes,
		};
		const args = { codes: '10-19, 30', dry_run: false };
		const called = await callByAgent(lab, 'marketcode', new Marketcode(), parameters, args);
		expect(called.result.error).toBeUndefined();
		expect(called.about).toBe('Activate codes irreversibly in WeChat Marketcode');
		expect(called.answer).toMatchObject([
			{ code_start: 10, code_end: 19, activated: isAllowed, dry_run: !isAllowed },
			{ code_start: 30, code_end: 30, activated: isAllowed, dry_run: !isAllowed },
		]);
		expect(lab.sandbox.count('codeactive')).toBe(isAllowed ? 2 : 0);
	});
});

describe('Code: Activate, called by a model', () => {
	it.each([
		['by default', {}],
		['whatever the model says of a dry run', { dryRun: '={{ $json.dry_run }}' }],
		['if it is not allowed', { options: { allowTool: false } }],
		['if an expression allows it', { options: { allowTool: '={{ $json.allow }}' } }],
		['if an expression gives the options', { options: '={{ ({ allowTool: true }) }}' }],
		['if a text allows it', { options: { allowTool: 'true' } }],
	])('only shows the dry run: %s', async (_what, changes) => {
		const { applicationId } = lab.application();
		const result = await callTool(applicationId, changes);
		expect(result.error).toBeUndefined();
		expect(result.output('Node').map(({ json }) => json)).toEqual([
			{
				application_id: applicationId,
				code_start: 0,
				code_end: 2_999,
				...ACTIVITY,
				call: 1,
				calls: 1,
				activated: false,
				dry_run: true,
				note: expect.stringMatching(/^Nothing was activated: .*Allow AI to Activate/),
			},
		]);
		expect(lab.sandbox.count('codeactive')).toBe(0);
	});

	it('activates if a person has allowed it', async () => {
		const { applicationId } = lab.application();
		const result = await callTool(applicationId, { options: { allowTool: true } });
		expect(result.output('Node')[0]?.json).toMatchObject({ activated: true, dry_run: false });
		expect(lab.sandbox.count('codeactive')).toBe(1);
	});

	it('makes a dry run if it is allowed, and asked for one', async () => {
		const { applicationId } = lab.application();
		const options = { allowTool: true };
		const result = await callTool(applicationId, { dryRun: true, options });
		expect(result.output('Node')[0]?.json).not.toHaveProperty('note');
		expect(lab.sandbox.count('codeactive')).toBe(0);
	});

	it('is told that it can not be undone', () => {
		const { properties } = new Marketcode().description;
		const activate = properties
			.flatMap(({ options = [] }) => options)
			.find((option) => 'value' in option && option.value === 'activate');
		expect(activate).toMatchObject({
			action: expect.stringContaining('irreversibly'),
			description: expect.stringContaining('can not be undone'),
		});
	});

	it('has no field for the permission that an expression could fill', () => {
		const options = new Marketcode().description.properties
			.filter(({ name }) => name === 'options')
			.flatMap((property) => property.options ?? []);
		const allow = options.find(({ name }) => name === 'allowTool');
		expect(allow).toMatchObject({ noDataExpression: true, default: false, type: 'boolean' });
	});
});
