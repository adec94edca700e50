import type { INodeParameters } from 'n8n-workflow';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activityOf } from './activity.cts';
import { itTellsErrcodes } from './itTellsErrcodes.cts';
import { useOperation } from './operation.cts';
import { byExternalId, byId } from './world.cts';

const activate = useOperation('code', 'activate');
const { lab } = activate;

let applicationId = '';
beforeEach(() => {
	({ applicationId } = lab.application({ isvApplicationId: 'order-1' }));
});

const range = (codeStart: number | string, codeEnd: number | string): INodeParameters => ({
	codes: 'range',
	codeStart,
	codeEnd,
});
const order = (changes: INodeParameters = {}) => ({ ...activityOf(applicationId), ...changes });
const sent = () => lab.requests('codeactive').map(({ body }) => body);

describe('Code: Activate', () => {
	it('ties a range to a product and a page, both ends included', async () => {
		const [item] = await activate.items(order(range(500, 1_499)));
		expect(item).toEqual({
			application_id: applicationId,
			code_start: 500,
			code_end: 1_499,
			...ACTIVITY,
			call: 1,
			calls: 1,
			activated: true,
			already_active: false,
			errcode: 0,
			errmsg: 'ok',
			dry_run: false,
		});
		expect(sent()).toEqual([
			{ application_id: Number(applicationId), code_start: 500, code_end: 1_499, ...ACTIVITY },
		]);
	});

	it('ties the whole application, over all of its segments', async () => {
		expect(await activate.items(order())).toMatchObject([{ code_start: 0, code_end: 2_999 }]);
		expect(sent()).toMatchObject([{ code_start: 0, code_end: 2_999 }]);
	});

	it('finds the application by its external ID, and keeps an ID beyond 2^53', async () => {
		lab.application({ applicationId: '9007199254740993', isvApplicationId: 'order-2' });
		const [item] = await activate.items(order({ application: byExternalId('order-2') }));
		expect(item).toMatchObject({ application_id: '9007199254740993' });
		expect(sent()).toMatchObject([{ application_id: 9007199254740993n }]);
	});

	it.each([
		['Release', 0, 0],
		['Develop', 1, 1],
		['Trial', 2, 2],
		['a number that is text', '={{ "2" }}', 2],
	])('opens the version %s of the mini program', async (_what, wxaType, wxa_type) => {
		expect(await activate.items(order({ wxaType }))).toMatchObject([{ wxa_type }]);
		expect(sent()).toMatchObject([{ wxa_type }]);
	});

	it.each(['4006381333931', '96385074', '0036000291452'])(
		'takes the EAN %s',
		async (productCode) => {
			expect(await activate.items(order({ productCode }))).toHaveLength(1);
		},
	);

	it('takes bounds that are text, and a single code', async () => {
		expect(await activate.items(order(range('={{ "7" }}', ' 7 ')))).toHaveLength(1);
		expect(sent()).toMatchObject([{ code_start: 7, code_end: 7 }]);
	});

	it('shows what it would send, and sends nothing, on a dry run', async () => {
		const items = await activate.items(order({ ...range(0, 9), dryRun: true }));
		expect(items).toEqual([
			{
				application_id: applicationId,
				code_start: 0,
				code_end: 9,
				...ACTIVITY,
				call: 1,
				calls: 1,
				activated: false,
				dry_run: true,
			},
		]);
		expect(sent()).toEqual([]);
	});

	it.each(['={{ "yes" }}', '={{ 1 }}', '={{ undefined }}', '={{ null }}'])(
		'sends nothing if it is unclear whether this is a dry run: %s',
		async (dryRun) => {
			const failed = await activate.fail(order({ dryRun }));
			expect(failed.message).toBe('Dry Run is neither on nor off');
			expect(lab.sandbox.requests).toEqual([]);
		},
	);

	it('is one for the text "True" too', async () => {
		const [item] = await activate.items(order({ dryRun: '={{ "True " }}' }));
		expect(item).toMatchObject({ dry_run: true, activated: false });
		expect(lab.sandbox.count('codeactive')).toBe(0);
	});

	it('checks on a dry run what it checks otherwise', async () => {
		const failed = await activate.fail(order({ ...range(2_990, 3_000), dryRun: true }));
		expect(failed.message).toBe('The range 2990–3000 is outside the application');
	});
});

describe('bad input is refused before any request:', () => {
	it.each([
		['a wrong check digit', { productCode: '4006381333932' }, /check digit is wrong/, /barcode/],
		['swapped digits', { productCode: '4006318333931' }, /check digit is wrong/, /barcode/],
		['a UPC of 12 digits', { productCode: '036000291452' }, /not an EAN/, /gets a 0 before it/],
		['an EAN with letters', { productCode: '40063813339AB' }, /not an EAN/, /13 or 8 digits/],
		['a slash before the page', { wxaPath: '/pages/scan' }, /begins with a slash/, /pages\/scan/],
		['a version that is none', { wxaType: '={{ 3 }}' }, /Mini Program Version/, /2 \(Trial\)/],
		['a version that is empty', { wxaType: '={{ null }}' }, /Version is not/, /expression/],
		['a brand that is an object', { productBrand: '={{ $json }}' }, /Brand is not text/, /object/],
		[
			'a version by its name',
			{ wxaType: '={{ "trial" }}' },
			/Version is not a whole number/,
			/whole/,
		],
		['no application', { application: byId('={{ $json.none }}') }, /application is missing/, /ID/],
		['a start that is no number', range('first', 9), /Code Start is not a whole number/, /sign/],
		['an end that is missing', range(0, '={{ $json.none }}'), /Code End is not/, /expression/],
		['a negative start', range(-1, 9), /Code Start is not a whole number from 0/, /sign/],
		['a fraction', range(0, 9.5), /Code End is not a whole number from 0/, /decimals/],
	])('%s', async (_what, changes, message, description) => {
		const failed = await activate.fail(order(changes));
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(description);
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['activityName', 'Activity Name'],
		['productBrand', 'Product Brand'],
		['productTitle', 'Product Title'],
		['productCode', 'Product Code'],
		['wxaAppid', 'Mini Program AppID'],
		['wxaPath', 'Mini Program Page'],
	])('no %s', async (name, label) => {
		const { message, description } = await activate.fail(order({ [name]: '={{ $json.none }}' }));
		expect(message).toBe(`${label} is missing`);
		expect(description).toContain('expression');
		expect(lab.sandbox.requests).toEqual([]);
	});
});

describe('a range that the application does not have is refused, and nothing activated:', () => {
	it.each([
		['reversed', range(10, 9), /The range is reversed: it starts at 10 and ends at 9/, /smaller/],
		['beyond the end', range(0, 3_000), /outside the application/, /from 0 to 2999/],
	])('%s', async (_what, changes, message, description) => {
		const failed = await activate.fail(order(changes));
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(description);
		expect(sent()).toEqual([]);
	});

	it('of an application that is not finished', async () => {
		const unfinished = lab.application({ finishAfterMs: Infinity }).applicationId;
		const { message, description } = await activate.fail(activityOf(unfinished));
		expect(message).toBe(`Application ${unfinished} is not finished: its status is GENERATING`);
		expect(description).toContain('once WeChat has generated them all');
		expect(sent()).toEqual([]);
	});
});

describe('the query before', () => {
	it.each([80300, 80301])('that is answered with %d is an error', async (errcode) => {
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode });
		const { message } = await activate.fail(order());
		expect(message).toContain(`(errcode ${errcode})`);
		expect(sent()).toEqual([]);
	});
});

itTellsErrcodes(activate, 'codeactive', [80300, 80301, 80302, 80305, 80306, 80308], () =>
	order(range(0, 9)),
);
