import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PackageDirectoryLoader } from 'n8n-core';
import { asInN8n1, type N8nMajor } from './n8n1.cts';
import {
	injectDomainRestrictionFields,
	NodeConnectionTypes,
	NodeHelpers,
	UserError,
} from 'n8n-workflow';
import type {
	IExecuteFunctions,
	INodeType,
	INodeTypeDescription,
	INodeTypes,
	IVersionedNodeType,
} from 'n8n-workflow';

/** Nodes by their full type name, such as `n8n-nodes-base.noOp`. */
export type NodeTypesByName = Record<string, INodeType | IVersionedNodeType>;

/**
 * Loads a built package as n8n loads an installed one, by `n8n.nodes` and `n8n.credentials` of its
 * package.json.
 *
 * @throws Error when a listed file doesn't exist: the package hasn't been built
 */
export async function loadPackage(packageRoot: string): Promise<PackageDirectoryLoader> {
	const loader = new PackageDirectoryLoader(packageRoot);
	const { nodes = [], credentials = [] } = loader.packageJson.n8n ?? {};
	const missing = [...nodes, ...credentials].filter((file) => !existsSync(join(packageRoot, file)));
	if (missing.length > 0) {
		throw new Error(`Not built: ${missing.join(', ')}. Run "npm run build" first.`);
	}
	await loader.loadAll();
	for (const { type } of Object.values(loader.credentialTypes)) {
		type.properties = injectDomainRestrictionFields(type);
	}
	return loader;
}

/** The nodes of a package, the stand-ins for n8n's own, and what the caller adds or replaces. */
export class NodeTypes implements INodeTypes {
	private readonly byName: NodeTypesByName;

	constructor(
		loader: PackageDirectoryLoader,
		additional: NodeTypesByName = {},
		private readonly n8n: N8nMajor = 2,
	) {
		const own = Object.entries(loader.nodeTypes).map(([name, { type }]) => [
			`${loader.packageName}.${name}`,
			type,
		]);
		this.byName = { ...STAND_INS, ...Object.fromEntries(own), ...additional };
	}

	/** @throws UserError for a type that isn't known, unlike n8n at import: a test should say so */
	getByName(name: string): INodeType | IVersionedNodeType {
		const nodeType = this.byName[name];
		if (nodeType) return nodeType;
		throw new UserError(
			`No node type "${name}". Known: ${Object.keys(this.byName).join(', ')}. ` +
				'Give a stand-in for it with the option nodeTypes.',
		);
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		const nodeType = NodeHelpers.getVersionedNodeType(this.getByName(name), version);
		return this.n8n === 1 ? asInN8n1(nodeType) : nodeType;
	}

	getKnownTypes(): Record<string, never> {
		return {};
	}
}

/** A node that hands on its input: what a trigger does with the items that started it. */
function passThrough(name: string, description: Partial<INodeTypeDescription>): INodeType {
	return {
		description: {
			displayName: name,
			name,
			description: `Stand-in for n8n's ${name}`,
			group: ['transform'],
			version: 1,
			defaults: { name },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
			...description,
		},
		async execute(this: IExecuteFunctions) {
			return [this.getInputData()];
		},
	};
}

const STAND_INS: NodeTypesByName = {
	'n8n-nodes-base.manualTrigger': passThrough('manualTrigger', { group: ['trigger'], inputs: [] }),
	'n8n-nodes-base.noOp': passThrough('noOp', {}),
	// Never runs, but workflow templates carry it.
	'n8n-nodes-base.stickyNote': passThrough('stickyNote', { inputs: [], outputs: [] }),
};
