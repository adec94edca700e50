import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { NodeHelpers, type INodeTypeDescription } from 'n8n-workflow';
import { LogRecorder } from './logs.cts';
import { loadPackage } from './nodeTypes.cts';
import { SEARCH_WORDS } from './searchWords.cts';
import { startServices } from './services.cts';

const ROOT = resolve(__dirname, '../..');
const { homepage, repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** From n8n's page on codex files: "Choose from these categories". */
const CATEGORIES = [
	'Data & Storage',
	'Finance & Accounting',
	'Marketing & Content',
	'Productivity',
	'Miscellaneous',
	'Sales',
	'Development',
	'Analytics',
	'Communication',
	'Utility',
];

interface Search {
	sublimeSearch(
		words: string,
		nodes: readonly INodeTypeDescription[],
		keys: ReadonlyArray<{ key: string; weight: number }>,
	): ReadonlyArray<{ item: INodeTypeDescription }>;
}

/** The search of n8n's node panel, with the fields and weights that the panel gives it. */
const { sublimeSearch }: Search = createRequire(require.resolve('n8n-core'))(
	'@n8n/utils/search/sublime-search',
);
const FIELDS = [
	{ key: 'displayName', weight: 1.3 },
	{ key: 'codex.alias', weight: 1 },
];

let nodes: INodeTypeDescription[];
let credentialPage: string | undefined;

beforeAll(async () => {
	const { stopServices } = await startServices(new LogRecorder().logger);
	const loader = await loadPackage(ROOT).finally(stopServices);
	nodes = Object.values(loader.nodeTypes).map(
		({ type }) => NodeHelpers.getVersionedNodeType(type).description,
	);
	credentialPage = loader.credentialTypes['wechatMarketcodeApi']?.type.documentationUrl;
});

/** Every page of ours to which n8n's editor links. */
const links = (): string[] => [
	...nodes.flatMap(({ codex }) => [
		...(codex?.resources?.primaryDocumentation ?? []).map(({ url }) => url),
		...(codex?.resources?.credentialDocumentation ?? []).map(({ url }) => url),
	]),
	...(credentialPage === undefined ? [] : [credentialPage]),
];

describe("the codex, as n8n's own loader takes it", () => {
	it("has categories of n8n's list", () => {
		expect(nodes).toHaveLength(3);
		for (const { codex } of nodes) {
			expect(codex?.categories).not.toHaveLength(0);
			expect(CATEGORIES).toEqual(expect.arrayContaining(codex?.categories ?? ['none']));
		}
	});

	it.each(SEARCH_WORDS)("lets n8n's search find every node by %s", (words) => {
		const found = sublimeSearch(words, nodes, FIELDS).map(({ item }) => item.name);
		expect(found.sort()).toEqual(['marketcode', 'marketcodeDownload', 'marketcodeTrigger']);
	});

	it('links every node and the credential to pages below the homepage', () => {
		expect(repository.url).toBe(`git+${homepage}.git`);
		expect(links()).toHaveLength(7);
		for (const link of links()) {
			expect(link.startsWith(`${homepage}/blob/main/docs/`)).toBe(true);
		}
	});

	// n8n's editor appends a query to a node's link: behind an anchor it would become part of that.
	it('links to whole pages, which exist', () => {
		for (const link of new Set(links())) {
			const page = link.slice(`${homepage}/blob/main/`.length);
			expect([page, existsSync(join(ROOT, page))]).toEqual([page, true]);
			expect(page).toMatch(/\.md$/);
		}
	});
});
