import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';
import { WechatMarketcodeApi } from '../../credentials/WechatMarketcodeApi.credentials';
import { Marketcode } from '../../nodes/Marketcode/Marketcode.node';
import { MarketcodeDownload } from '../../nodes/MarketcodeDownload/MarketcodeDownload.node';
import { MarketcodeTrigger } from '../../nodes/MarketcodeTrigger/MarketcodeTrigger.node';
import { meaningOf } from '../../nodes/shared/wechat/errcodes';
import { CHINESE, headingsIn, textOf } from './guides.cts';

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

/** What the editor calls the parameters and their options, one below the other, without notices. */
function namesOf(properties: readonly INodeProperties[]): string[] {
	return properties
		.filter(({ type }) => type !== 'notice' && type !== 'hidden')
		.flatMap(({ displayName, options }) => [
			displayName,
			...namesOf((options ?? []).filter(isParameter)),
		]);
}

const nodes = [new MarketcodeDownload(), new Marketcode(), new MarketcodeTrigger()];
const { properties } = new Marketcode().description;

/** What the editor offers as operations, by the names that it shows: "Code: Activate". */
const operations = properties
	.filter(({ name }) => name === 'operation')
	.flatMap(({ displayOptions, options }) => {
		const resource = String(displayOptions?.show?.['resource']?.[0]);
		const title = resource.charAt(0).toUpperCase() + resource.slice(1);
		return (options ?? []).map((option) => `${title}: ${option.name}`);
	});

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
		expect(headings).toEqual(expect.arrayContaining(operations));
	});

	it.each(nodes.map(({ description }) => description))(
		'name each parameter of $displayName',
		({ properties }) => {
			const text = page('nodes.md');
			const missing = namesOf(properties).filter((name) => !text.includes(name));
			expect(missing).toEqual([]);
		},
	);

	it('name each field of the credential', () => {
		const text = page('credential.md');
		const fields = namesOf(new WechatMarketcodeApi().properties);
		expect(fields.filter((field) => !text.includes(field))).toEqual([]);
	});
});
