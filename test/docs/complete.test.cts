import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { WechatMarketcodeApi } from '../../credentials/WechatMarketcodeApi.credentials';
import { resources } from '../../nodes/Marketcode/operations';
import { MarketcodeDownload } from '../../nodes/MarketcodeDownload/MarketcodeDownload.node';
import { MarketcodeTrigger } from '../../nodes/MarketcodeTrigger/MarketcodeTrigger.node';
import { meaningOf } from '../../nodes/shared/wechat/errcodes';
import { CHINESE, headingsIn, sectionOf, textOf } from './guides.cts';

const LANGUAGES = ['docs/', CHINESE];

/** WeChat's errcodes have five digits at most. */
const LARGEST_ERRCODE = 99_999;
const UNDOCUMENTED = meaningOf(LARGEST_ERRCODE).meaning;
const errcodes = [-1, ...Array(LARGEST_ERRCODE).keys()].filter(
	(errcode) => meaningOf(errcode).meaning !== UNDOCUMENTED,
);

type Option = INodePropertyOptions | INodeProperties | INodePropertyCollection;

const isParameter = (option: Option): option is INodeProperties =>
	'displayName' in option && 'type' in option;

/** What the editor calls the parameters and their options; not what holds no value of its own. */
function namesOf(properties: readonly INodeProperties[]): string[] {
	return properties
		.filter(({ type }) => type !== 'notice' && type !== 'hidden')
		.flatMap(({ type, displayName, options }) => [
			...(type === 'collection' ? [] : [displayName]),
			...namesOf((options ?? []).filter(isParameter)),
		]);
}

/** Those of the names that a text has as words of their own: "Code Start" does not name Code. */
function missingIn(text: string, names: readonly string[]): string[] {
	const longestFirst = [...new Set(names)].sort((one, other) => other.length - one.length);
	let rest = text.replaceAll(/\s+/g, ' ');
	return longestFirst.filter((name) => {
		const parts = rest.split(new RegExp(`(?<![\\w])${escaped(name)}(?![\\w])`));
		rest = parts.join('|');
		return parts.length === 1;
	});
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const nodes = [new MarketcodeDownload(), new MarketcodeTrigger()];

/** What the editor offers as operations, by the names that it shows: "Code: Activate". */
const operations = resources.flatMap(({ option, operations }) =>
	operations.map((operation) => ({
		resource: option.name,
		name: operation.option.name,
		heading: `${option.name}: ${operation.option.name}`,
		parameters: namesOf(operation.description),
	})),
);

/** Its parameters are those of Marketcode Download, where they are described. */
const LIKE_DOWNLOAD = ['Package: Decrypt'];

describe.each(LANGUAGES)('the guides in %s', (folder) => {
	const page = (name: string) => textOf(folder + name);

	it('have a row for each errcode', () => {
		expect(errcodes.length).toBeGreaterThan(30);
		const rows = [...page('errors.md').matchAll(/^\| *(-?\d+) *\|/gm)].map(([, errcode]) =>
			Number(errcode),
		);
		expect(rows).toEqual(errcodes);
	});

	it('have a heading for each operation', () => {
		expect(operations.length).toBeGreaterThan(9);
		const headings = headingsIn(page('nodes.md')).map(({ text }) => text);
		expect(headings).toEqual(expect.arrayContaining(operations.map(({ heading }) => heading)));
	});

	it('link to each operation from the table of operations, by name', () => {
		const anchors = new Map(headingsIn(page('nodes.md')).map(({ text, anchor }) => [text, anchor]));
		const rows = [...sectionOf(page('nodes.md'), 'WeChat Marketcode').matchAll(/^\| (\w+) .*$/gm)];
		for (const { option } of resources) {
			const [row] = rows.find(([, resource]) => resource === option.name) ?? [];
			const links = operations
				.filter(({ resource }) => resource === option.name)
				.map(({ name, heading }) => `[${name}](#${anchors.get(heading)})`);
			expect(row?.match(/\[[^\]]+\]\(#[^)]+\)/g)).toEqual(links);
		}
	});

	it.each(operations)('name each parameter of $heading below its heading', (operation) => {
		const { heading, parameters } = operation;
		const sections = [heading, ...(LIKE_DOWNLOAD.includes(heading) ? ['Marketcode Download'] : [])];
		const text = sections.map((section) => sectionOf(page('nodes.md'), section)).join('\n');
		expect(missingIn(text, parameters)).toEqual([]);
	});

	it.each(nodes.map(({ description }) => description))(
		'name each parameter of $displayName',
		({ displayName, properties }) => {
			const text = sectionOf(page('nodes.md'), displayName);
			expect(missingIn(text, namesOf(properties))).toEqual([]);
		},
	);

	it('name each field of the credential', () => {
		const fields = namesOf(new WechatMarketcodeApi().properties);
		expect(missingIn(page('credential.md'), fields)).toEqual([]);
	});
});
