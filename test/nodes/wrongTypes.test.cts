import type { INodeParameters } from 'n8n-workflow';
import { MarketcodeDownload } from '../../nodes/MarketcodeDownload/MarketcodeDownload.node';
import { useLab } from './lab.cts';

const lab = useLab();

/** What an expression can give. */
const WRONG = {
	nothing: '={{ undefined }}',
	null: '={{ null }}',
	object: '={{ ({ a: 1 }) }}',
	list: '={{ [1, [2]] }}',
	text: '={{ "SECRET" }}',
	negative: '={{ -1 }}',
	fraction: '={{ 1.5 }}',
	huge: '={{ 1e300 }}',
	yes: '={{ true }}',
} as const;
type Kind = keyof typeof WRONG;
const ALL = Object.keys(WRONG).filter((kind): kind is Kind => kind in WRONG);

type Build = (value: string) => INodeParameters;
const option =
	(name: string, more: INodeParameters = {}, others: INodeParameters = {}): Build =>
	(value) => ({ ...more, options: { ...others, [name]: value } });
const own =
	(name: string, more: INodeParameters = {}): Build =>
	(value) => ({ ...more, [name]: value });
const csv = { output: 'csv' };
const pdf = { output: 'pdf' };
const column = (values: INodeParameters): INodeParameters => ({
	output: 'csv',
	options: { customColumns: { column: [values] } },
});

/** Parameters as the user sees them; what of the above each of them may take. */
const PARAMETERS: ReadonlyArray<readonly [string, Build, readonly Kind[]]> = [
	['Output', own('output'), []],
	['Files', own('files'), []],
	['Codes per File', own('codesPerFile', { files: 'perCount' }), []],
	['Limit', own('limit', { output: 'items' }), []],
	['Symbol', own('symbol', pdf), []],
	['Page Width', own('pageWidth', pdf), ['fraction', 'huge']],
	['Page Height', own('pageHeight', pdf), ['fraction', 'huge']],
	['Module Size', own('moduleSize', pdf), ['fraction', 'huge']],
	['Show Index', option('showIndex', pdf), ['yes']],
	['Columns', option('columns', csv), []],
	['Source of custom column 1', (source) => column({ source }), []],
	[
		'Header of custom column 1',
		(header) => column({ source: 'url', header }),
		['nothing', 'null', 'text', 'negative', 'fraction'],
	],
	[
		'Value of custom column 1',
		(value) => column({ source: 'constant', header: 'x', value }),
		['text', 'negative', 'fraction'],
	],
	['Delimiter', option('delimiter', csv), []],
	['Encoding', option('encoding', csv), []],
	['Line Ending', option('lineEnding', csv), []],
	['Archive', option('archive'), []],
	['Archive Per', option('archivePer', {}, { archive: 'zip' }), []],
	['Manifest', option('manifest'), ['yes']],
	['Password', option('password', {}, { archive: 'zipPassword' }), ['text']],
	['Proof Codes', option('proofCodes'), []],
	['Compare', option('compare'), []],
	['Concurrency', option('concurrency'), []],
	['Header', option('header', csv), ['yes']],
	['Timeout', option('timeout'), []],
	['Verify', option('verify'), []],
	['File Name', option('fileName'), ['nothing', 'null', 'text', 'negative', 'fraction']],
];

it('every option of Marketcode Download is among them', () => {
	const { properties } = new MarketcodeDownload().description;
	const options = properties
		.filter(({ name }) => name === 'options')
		.flatMap(({ options: some = [] }) => some.flatMap((it) => ('displayName' in it ? [it] : [])));
	// What each part of Custom Columns may take stands above.
	const tried = ['Custom Columns', ...PARAMETERS.map(([label]) => label)];
	const withoutUnit = options.map(({ displayName }) => displayName.replace(/ \(.*/, ''));
	expect(withoutUnit.filter((name) => !tried.includes(name))).toEqual([]);
	expect(options.length).toBeGreaterThan(10);
});

describe.each(PARAMETERS)('%s', (label, build, fine) => {
	it.each(ALL.filter((kind) => !fine.includes(kind)))('is refused by name: %s', async (kind) => {
		const { error, output } = await lab.run({
			application: { __rl: true, mode: 'id', value: lab.application().applicationId },
			...build(WRONG[kind]),
		});
		expect(output('Node')).toEqual([]);
		expect(error?.message).toContain(label);
		expect(error?.message).not.toMatch(/SECRET|undefined|is not a function|at .*\.js/);
		expect(error?.description).not.toMatch(/SECRET/);
	});
});

it.each(['0.00001', 1e-300, 0, '0'])(
	'a module of %j mm, which nobody would see, is refused',
	async (moduleSize) => {
		const { message } = await lab.fail(lab.application(), { output: 'pdf', moduleSize });
		expect(message).toContain('Module Size');
	},
);
