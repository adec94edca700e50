import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { FaultKind } from '../sandbox/sandbox.cts';
import { ACTIVITY } from '../sandbox/activity.cts';
import { activateAll, activityOf } from './activity.cts';
import { speedUpClock } from './fastClock.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

// Answers that WeChat never gave yet: what they must not be taken for, and what must not show.
const lab = useLab();
const ID = '9007199254740993';
const OPENID = 'openid/of+a user';
let slowDown = () => {};
beforeEach(async () => {
	slowDown = speedUpClock(200);
	lab.application({ applicationId: ID });
	await activateAll(lab, ID, { codes: 'range', codeStart: 0, codeEnd: 99 });
	lab.sandbox.clearRequests();
});
afterEach(() => slowDown());

const OPERATIONS: Record<string, [parameters: INodeParameters, item: () => IDataObject]> = {
	applycode: [
		{ resource: 'application', operation: 'apply', codeCount: 10_000, isvApplicationId: 'order-1' },
		() => ({}),
	],
	applycodequery: [
		{ resource: 'application', operation: 'get', application: byId(ID) },
		() => ({}),
	],
	codeactive: [
		{
			...{ resource: 'code', operation: 'activate', ...activityOf(ID) },
			...{ codes: 'range', codeStart: 100, codeEnd: 199 },
		},
		() => ({}),
	],
	codeactivequery: [
		{ resource: 'code', operation: 'getActivation', lookUpBy: 'url', codeUrl: '={{ $json.url }}' },
		() => ({ url: lab.sandbox.code(ID, 5).url }),
	],
	'codeactivequery by code': [
		{ resource: 'code', operation: 'getActivation', lookUpBy: 'code', code: '={{ $json.code }}' },
		() => ({ code: lab.sandbox.code(ID, 5).code }),
	],
	tickettocode: [
		{
			...{ resource: 'code', operation: 'exchangeTicket' },
			...{ openid: '={{ $json.openid }}', codeTicket: '={{ $json.ticket }}' },
		},
		() => ({ openid: OPENID, ticket: lab.sandbox.issueTicket(OPENID, ID, 5) }),
	],
};

const BY_INDEX = { resource: 'code', operation: 'getActivation', lookUpBy: 'index' };
const byIndex = (codeIndex: number) => ({ ...BY_INDEX, applicationId: ID, codeIndex });

async function run(parameters: INodeParameters, item: IDataObject = {}) {
	const options = { credentialId: lab.credentialId, input: [item] };
	const result = await lab.world.run('marketcode', parameters, options);
	const [json] = result.output('Node').map((one) => one.json);
	const { message = '', description = '' } = result.error ?? {};
	return { json, message, description, result };
}
const operation = async (name: string) => {
	const [parameters, item] = OPERATIONS[name] ?? [{}, () => ({})];
	return await run(parameters, item());
};
const always = (call: string, fault: FaultKind) =>
	lab.sandbox.inject({ call, times: Infinity, ...fault });

describe('an errcode that can not be read', () => {
	const ERRCODES = [true, [], {}, '', null, 1.5, '0x1F', ' 1', [0], '1e3'];

	it.each(Object.keys(OPERATIONS).filter((name) => !/ |tickettocode|codeactive$/.test(name)))(
		'is no success: %s',
		async (call) => {
			for (const errcode of ERRCODES) {
				lab.sandbox.clearFaults();
				always(call, { kind: 'fields', fields: { errcode } });
				const { json, message } = await operation(call);
				expect(json).toBeUndefined();
				expect(message).toMatch(/can't be used: its errcode is not a whole number but /);
			}
		},
	);

	it('of a ticket that was exchanged says that it is used up', async () => {
		lab.sandbox.inject({ call: 'tickettocode', kind: 'fields', fields: { errcode: true } });
		const { json, message, description } = await operation('tickettocode');
		expect(json).toBeUndefined();
		expect(message).toContain('(errcode 40097)');
		expect(description).toContain('An earlier try ended without an answer');
		expect(description).toContain('not a whole number but true or false');
	});

	it('of an activation makes the node look whether it took place', async () => {
		always('codeactive', { kind: 'fields', fields: { errcode: [] } });
		const { json } = await operation('codeactive');
		expect(json).toMatchObject({ activated: true });
		// The first time before it is sent.
		expect(lab.sandbox.count('codeactivequery')).toBe(3);
	});
});

describe('an errcode that is given twice', () => {
	it.each([
		[80303, 0],
		[0, 80303],
	])('with %d and %d is no success', async (first, second) => {
		for (const call of ['applycode', 'applycodequery', 'codeactivequery']) {
			always(call, { kind: 'doubledErrcode', first, second });
			const { json, message } = await operation(call);
			expect(json).toBeUndefined();
			expect(message).toMatch(/its errcode comes twice, with different values$/);
		}
	});

	it('makes the node look whether an activation took place', async () => {
		always('codeactive', { kind: 'doubledErrcode', first: 80302, second: 0 });
		expect((await operation('codeactive')).json).toMatchObject({ activated: true });
		// The first time before it is sent.
		expect(lab.sandbox.count('codeactivequery')).toBe(3);
	});

	it('with the same value is one', async () => {
		always('applycodequery', { kind: 'doubledErrcode', first: 0, second: 0 });
		expect((await operation('applycodequery')).json).toMatchObject({ application_id: ID });
	});

	it.each([
		[0, 80309],
		[80309, 0],
	])('with %d and %d is no package', async (first, second) => {
		always('applycodedownload', { kind: 'doubledErrcode', first, second });
		const { message } = await lab.fail(lab.application({ codeCount: 100 }));
		expect(message).toMatch(/errcode comes twice, with different values$|errcode 80309/);
	});
});

describe('what WeChat quotes of what it was sent', () => {
	const FORMS: Array<[string, (text: string) => string]> = [
		['as it is', (text) => text],
		['URL-encoded', encodeURIComponent],
		['URL-encoded, a space as +', (text) => encodeURIComponent(text).replaceAll('%20', '+')],
		['in lower case', (text) => encodeURIComponent(text).toLowerCase()],
		['JSON-escaped', (text) => text.replaceAll('/', '\\/').replaceAll('+', '\\u002b')],
	];
	const names = Object.keys(OPERATIONS);

	it.each(names.flatMap((name) => FORMS.map(([form, change]) => [name, form, change] as const)))(
		'does not show: %s, %s',
		async (name, _form, change) => {
			await run(byIndex(0));
			const [parameters, itemOf] = OPERATIONS[name] ?? [{}, () => ({})];
			const item = itemOf();
			const [call = ''] = name.split(' ');
			const sent = [...Object.values(item).map(String), lab.sandbox.currentToken() ?? 'no token'];
			const withoutHost = sent.map((text) => text.replace('P.URL.CN/', ''));
			const secrets = [...sent, ...withoutHost, lab.sandbox.account.appSecret];
			for (const before of ['', 'x'.repeat(280)]) {
				lab.sandbox.clearFaults();
				const errmsg = `${before} bad ${secrets.map(change).join(' or ')} rid: 1-2-3`;
				always(call, { kind: 'errcode', errcode: 80303, errmsg });
				const { description, result } = await run(parameters, item);
				const told = JSON.stringify([result.error, result.logs, result.hints('Node')]);
				expect(description).toContain('rid: 1-2-3');
				for (const secret of secrets) {
					for (const shown of [secret, change(secret), change(secret).slice(0, 8)]) {
						expect(told).not.toContain(JSON.stringify(shown).slice(1, -1));
					}
				}
			}
		},
	);

	it('does not show in a status either', async () => {
		await run(byIndex(0));
		const token = lab.sandbox.currentToken() ?? 'no token';
		const status = `waits for ${token}`;
		always('applycodequery', { kind: 'fields', fields: { status } });
		const { json } = await operation('applycodequery');
		expect(json).toMatchObject({ status: 'waits for ***' });
		const { message } = await lab.fail(undefined, { application: byId(ID) });
		expect(message).toMatch(/is not finished: its status is waits for \*\*\*$/);
	});

	it('is cut where it is long: a status, the name of an activity', async () => {
		always('applycodequery', { kind: 'fields', fields: { status: 'x'.repeat(2_000) } });
		const { message } = await lab.fail(undefined, { application: byId(ID) });
		expect(message.length).toBeLessThan(400);
		lab.sandbox.clearFaults();
		const fields = { activity_name: 'y'.repeat(2_000) };
		always('codeactivequery', { kind: 'fields', fields });
		const overlap = { ...OPERATIONS.codeactive?.[0], codeStart: 50, codeEnd: 60 };
		const overlapping = await run(overlap);
		expect(overlapping.message).toMatch(/y{299}…/);
		expect(overlapping.message).not.toMatch(/y{300}/);
	});
});

describe('an activation whose answer leaves something out', () => {
	const answered = (fields: IDataObject) => always('codeactivequery', { kind: 'fields', fields });
	const LEFT_OUT = { application_id: undefined, isv_application_id: undefined };

	it('is that of the code that was asked for', async () => {
		answered({ ...LEFT_OUT, code: undefined });
		expect((await run(byIndex(5))).json).toMatchObject({
			...{ is_active: true, code: '', application_id: ID, isv_application_id: null },
			...ACTIVITY,
		});
		const { code } = lab.sandbox.code(ID, 5);
		expect((await operation('codeactivequery by code')).json).toMatchObject({
			...{ is_active: true, code, application_id: null, isv_application_id: null },
		});
	});

	it('has its zeros', async () => {
		always('codeactivequery', { kind: 'omitZeros' });
		expect((await run(byIndex(5))).json).toMatchObject({
			...{ wxa_type: 0, code_start: 0, code_end: 99 },
		});
	});

	it.each([
		[
			{ code_start: undefined, code_end: undefined },
			{ code_start: null, code_end: null },
		],
		[
			{ code_start: 50, code_end: undefined },
			{ code_start: 50, code_end: null },
		],
		[
			{ code_start: '', code_end: '99' },
			{ code_start: 0, code_end: 99 },
		],
	])('guesses no range: %j', async (fields, range) => {
		answered(fields);
		expect((await run(byIndex(5))).json).toMatchObject(range);
	});

	it.each([
		[{ application_id: 4711 }, `it is about application 4711 instead of ${ID}`],
		[{ application_id: 'abc' }, 'its application_id is not an ID but text of 3 characters'],
		[{ code_end: 1.5 }, 'its code_end is not a whole number but a number with decimals'],
		[{ wxa_type: [] }, 'its wxa_type is not a whole number but an empty list'],
		[{ activity_name: { a: 1 } }, 'its activity_name is not text but an object'],
	])('is not read where it is strange: %j', async (fields, why) => {
		answered(fields as IDataObject);
		const { json, message } = await run(byIndex(5));
		expect(json).toBeUndefined();
		expect(message).toBe(`WeChat's answer can't be used: ${why}`);
	});

	it('of a single code 0 is found again, though both its zeros are left out', async () => {
		const other = lab.application().applicationId;
		always('codeactivequery', { kind: 'omitZeros' });
		lab.sandbox.inject({ call: 'codeactive', kind: 'cut' });
		const { json } = await run({
			...{ resource: 'code', operation: 'activate', ...activityOf(other) },
			...{ codes: 'range', codeStart: 0, codeEnd: 0 },
		});
		expect(json).toMatchObject({ activated: true, code_start: 0, code_end: 0 });
	});

	it('says so where other codes may be active, too', async () => {
		answered({ code_start: undefined, code_end: undefined });
		const { message } = await run({
			...OPERATIONS.codeactive?.[0],
			...{ codeStart: 50, codeEnd: 60 },
		});
		expect(message).toBe(
			`Code 50 of application ${ID} is active already, in a range that WeChat does not tell`,
		);
		// Otherwise it would ask about each code of a million.
		expect(lab.sandbox.count('codeactivequery')).toBe(1);
	});
});

describe('an exchanged ticket', () => {
	it.each([
		[{ code: undefined }, 'it has no code'],
		[{ code: [] }, 'its code is not text but an empty list'],
		[{ code_start: 'first' }, 'its code_start is not a whole number but text of 5 characters'],
	])('is used up where the answer can not be read: %j', async (fields, why) => {
		always('tickettocode', { kind: 'fields', fields: fields as IDataObject });
		const { json, message, description } = await operation('tickettocode');
		expect(json).toBeUndefined();
		expect(message).toBe(`WeChat's answer can't be used: ${why}`);
		expect(description).toMatch(/^The ticket is used up now\. .* report this message/);
		expect(lab.sandbox.count('tickettocode')).toBe(1);
	});
});
