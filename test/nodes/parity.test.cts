import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { Marketcode } from '../../nodes/Marketcode/Marketcode.node';
import { operations } from '../../nodes/Marketcode/operations';
import { MarketcodeDownload } from '../../nodes/MarketcodeDownload/MarketcodeDownload.node';
import { MarketcodeTrigger } from '../../nodes/MarketcodeTrigger/MarketcodeTrigger.node';
import { useOperation } from './operation.cts';

const { properties } = new Marketcode().description;

const valuesOf = ({ options = [] }: INodeProperties): unknown[] =>
	options.flatMap((option) => ('value' in option ? [option.value] : []));
const shown = ({ displayOptions }: INodeProperties, name: string): unknown[] =>
	displayOptions?.show?.[name] ?? [];

const resources = properties.filter(({ name }) => name === 'resource').flatMap(valuesOf);
/** `resource.operation` of each operation that a user can choose. */
const offered = properties
	.filter(({ name }) => name === 'operation')
	.flatMap((parameter) =>
		shown(parameter, 'resource').flatMap((resource) =>
			valuesOf(parameter).map((operation) => `${resource}.${operation}`),
		),
	);
const parameters = properties.filter(({ name }) => !['resource', 'operation'].includes(name));

/** The tests that run workflows. */
const tests = readdirSync(__dirname)
	.filter((file) => file.endsWith('.test.cts'))
	.map((file) => readFileSync(join(__dirname, file), 'utf8'));

const sourceOf = (name: string): string =>
	readFileSync(
		join(__dirname, `../../nodes/Marketcode/${name.replace('.', '/')}.operation.ts`),
		'utf8',
	);

/** Whether a test file hands an operation of this name to `itTellsErrcodes`. */
function tellsErrcodesOf(name: string, text: string): boolean {
	const [resource, operation] = name.split('.');
	const use = `const (\\w+) = useOperation\\('${resource}', '${operation}'\\)`;
	const [, variable] = new RegExp(use).exec(text) ?? [];
	return variable !== undefined && text.includes(`itTellsErrcodes(${variable},`);
}

const byName = (one: string, other: string) => one.localeCompare(other);

describe('WeChat Marketcode', () => {
	it('has an implementation for each operation that it offers, and offers each that it has', () => {
		expect([...offered].sort(byName)).toEqual([...operations.keys()].sort(byName));
		// In the editor's order.
		expect(offered).toEqual([
			'application.apply',
			'application.get',
			'code.activate',
			'code.exchangeTicket',
			'code.getActivation',
			'code.getActivations',
			'package.decrypt',
			'package.findCodes',
			'package.proofSheet',
			'package.verifyDelivery',
		]);
	});

	it('sorts the operations of a resource by the name that the editor shows', () => {
		const shownNames = properties
			.filter(({ name }) => name === 'operation')
			.map(({ options = [] }) => options.map(({ name }) => name));
		expect(shownNames).toEqual(shownNames.map((names) => [...names].sort(byName)));
	});

	it('has operations for each resource, and a default among them', () => {
		const choices = properties.filter(({ name }) => ['resource', 'operation'].includes(name));
		for (const choice of choices) expect(valuesOf(choice)).toContain(choice.default);
		const withOperations = offered.map((operation) => operation.split('.')[0]);
		expect(new Set(withOperations)).toEqual(new Set(resources));
	});

	it('shows each parameter for one operation that exists', () => {
		for (const parameter of parameters) {
			const shownFor = shown(parameter, 'resource').flatMap((resource) =>
				shown(parameter, 'operation').map((operation) => `${resource}.${operation}`),
			);
			expect([parameter.name, shownFor]).toEqual([parameter.name, [expect.any(String)]]);
			expect(offered).toContain(shownFor[0]);
		}
	});

	it.each(offered)(
		'%s: shows parameters by others that it has, and by values of theirs',
		(name) => {
			const [resource, operation] = name.split('.');
			const own = parameters.filter(
				(parameter) =>
					shown(parameter, 'resource').includes(resource) &&
					shown(parameter, 'operation').includes(operation),
			);
			expect(own.length).toBeGreaterThan(0);
			expect(new Set(own.map((parameter) => parameter.name)).size).toBe(own.length);
			expectKnownConditions(own);
		},
	);

	it.each(offered)('%s: is run by a test', (name) => {
		const [resource, operation] = name.split('.');
		const run = `(useOperation\\(|resource: )'${resource}', (operation: )?'${operation}'`;
		expect(tests.filter((text) => new RegExp(run).test(text)).length).toBeGreaterThan(0);
	});

	it('has tests with the errcodes of WeChat for each operation that calls it', () => {
		const callers = offered.filter((name) => sourceOf(name).includes('openClient('));
		expect(callers).toContain('application.get');
		expect(callers).not.toContain('package.decrypt');
		expect(callers.filter((name) => !tests.some((text) => tellsErrcodesOf(name, text)))).toEqual(
			[],
		);
	});

	it('runs every operation by its name, and none that it does not offer', async () => {
		const failed = await lab.world.run('marketcode', { resource: 'code', operation: 'delete' });
		expect(failed.error?.message).toBe('Operation has a value that it does not offer');
		expect(failed.error?.description).toContain('"code.activate"');
	});
});

const { lab } = useOperation('application', 'get');

/** Holds each condition of the parameters, and of their options, to parameters and values that exist. */
function expectKnownConditions(own: readonly INodeProperties[]): void {
	const nested = own.flatMap(({ options = [] }) =>
		options.filter((option): option is INodeProperties => 'type' in option),
	);
	for (const { name, displayOptions } of [...own, ...nested]) {
		// Without a slash, a name is that of a neighbour.
		const neighbours = nested.some((option) => option.name === name) ? [...nested, ...own] : own;
		const conditions = Object.entries({ ...displayOptions?.show, ...displayOptions?.hide });
		for (const [other, values] of conditions) {
			if (['resource', 'operation'].includes(other)) continue;
			const among = other.startsWith('/') ? own : neighbours;
			const target = among.find((parameter) => parameter.name === other.replace(/^\//, ''));
			expect([name, other, target?.name]).toEqual([name, other, other.replace(/^\//, '')]);
			expect(target && valuesOf(target)).toEqual(expect.arrayContaining([...(values ?? [])]));
		}
	}
}

const download = new MarketcodeDownload().description;
const trigger = new MarketcodeTrigger().description;

it.each([
	['Marketcode Download', download],
	['WeChat Marketcode Trigger', trigger],
])('%s shows parameters by others that it has', (_name, description) => {
	expectKnownConditions(description.properties);
});

describe.each([
	['WeChat Marketcode', new Marketcode().description],
	['Marketcode Download', download],
	['WeChat Marketcode Trigger', trigger],
])('%s, for a model or a person who reads it', (_name, node) => {
	const all = everyParameter(node);

	it('says what it is for', () => {
		expect(node.description.length).toBeGreaterThan(40);
		// A trigger can't be a tool.
		expect(node.usableAsTool).toBe(node === trigger ? undefined : true);
	});

	it.each(all)(
		'describes its parameter $displayName',
		({ type, displayName, description = '' }) => {
			// These hold no value of their own.
			if (type === 'notice' || type === 'collection') return;
			expect(description.length).toBeGreaterThan(9);
			expect(description).not.toBe(displayName);
		},
	);

	it('describes each resource, and each operation with the action that it takes', () => {
		for (const parameter of all.filter(({ name }) => ['resource', 'operation'].includes(name))) {
			for (const option of parameter.options ?? []) {
				expect(option).toMatchObject({ description: expect.stringMatching(/.{15,}/) });
				if (parameter.name === 'operation') {
					expect(option).toMatchObject({ action: expect.stringMatching(/ /) });
				}
			}
		}
	});
});

function everyParameter(node: INodeTypeDescription): INodeProperties[] {
	return node.properties.flatMap((parameter) => [
		parameter,
		...(parameter.options ?? []).filter((option): option is INodeProperties => 'type' in option),
	]);
}
