import type { INodeParameters } from 'n8n-workflow';
import type { FaultKind } from '../sandbox/sandbox.cts';
import { activityOf } from './activity.cts';
import { useLab } from './lab.cts';
import { byExternalId, byId } from './world.cts';

// Answers of applycodequery with nothing but errcode, errmsg, status and code_generate_list, and less.
const lab = useLab();
const ID = '9007199254740993';
const EXTERNAL_ID = 'order-1';

const sparse = (finishAfterMs = 0) =>
	lab.application({
		applicationId: ID,
		isvApplicationId: EXTERNAL_ID,
		sparseAnswers: true,
		finishAfterMs,
	});
const queried = (fault: FaultKind) =>
	lab.sandbox.inject({ call: 'applycodequery', times: Infinity, ...fault });
const listed = (...code_generate_list: object[]) =>
	queried({ kind: 'fields', fields: { code_generate_list } });

const NOT_SAID = {
	create_time: null,
	create_time_iso: null,
	update_time: null,
	update_time_iso: null,
};
const run = async (parameters: INodeParameters) =>
	await lab.world.run('marketcode', parameters, { credentialId: lab.credentialId });
const items = async (parameters: INodeParameters) => {
	const { error, output } = await run(parameters);
	if (error) throw error;
	return output('Node').map(({ json }) => json);
};
const get = (application: INodeParameters, changes: INodeParameters = {}): INodeParameters => ({
	...{ resource: 'application', operation: 'get', application },
	...changes,
});
const failure = async (parameters: INodeParameters) => {
	const { error, output } = await run(parameters);
	expect(output('Node')).toEqual([]);
	return { message: error?.message ?? 'no error', description: error?.description ?? '' };
};

describe('Application: Get', () => {
	it('knows which application it asked about by its ID', async () => {
		sparse();
		expect(await items(get(byId(ID)))).toEqual([
			{
				...{ application_id: ID, isv_application_id: null, status: 'FINISH' },
				...{ code_count: 3_000, segments: 3, code_generate_list: expect.any(Array) },
				...NOT_SAID,
			},
		]);
	});

	it('knows the external ID that it asked about, and no other', async () => {
		sparse(Infinity);
		expect(await items(get(byExternalId(EXTERNAL_ID)))).toEqual([
			{
				...{ application_id: null, isv_application_id: EXTERNAL_ID, status: 'GENERATING' },
				...{ code_count: 0, segments: 0, code_generate_list: [] },
				...NOT_SAID,
			},
		]);
	});

	it('gives an item a segment without the ID, too', async () => {
		sparse();
		const ids = { application_id: null, isv_application_id: EXTERNAL_ID };
		expect(await items(get(byExternalId(EXTERNAL_ID), { itemPerSegment: true }))).toMatchObject([
			{ ...ids, segment: 1, code_start: 0, code_end: 999 },
			{ ...ids, segment: 2 },
			{ ...ids, segment: 3 },
		]);
	});

	it('names the application in what it says of it', async () => {
		sparse(Infinity);
		const { message } = await failure(get(byExternalId(EXTERNAL_ID), { itemPerSegment: true }));
		expect(message).toBe(
			'Application with the external ID order-1 is not finished: its status is GENERATING',
		);
	});

	it.each([
		[{ application_id: 4711 }, byId(ID), `it is about application 4711 instead of ${ID}`],
		[{ application_id: '' }, byId(ID), undefined],
		[{ application_id: null }, byId(ID), undefined],
		[{ application_id: `0${ID}` }, byId(ID), undefined],
		[{ application_id: -5 }, byId(ID), 'its application_id is not an ID but a negative number'],
		[{ application_id: 'abc' }, byExternalId(EXTERNAL_ID), 'not an ID but text of 3 characters'],
		[{ isv_application_id: 'order-2' }, byExternalId(EXTERNAL_ID), 'another external ID'],
		[{ isv_application_id: {} }, byId(ID), 'its isv_application_id is not text but an object'],
		[{ status: [] }, byId(ID), 'its status is not text but an empty list'],
		[{ code_generate_list: 'x' }, byId(ID), 'its code_generate_list is not a list but text of 1'],
	])('takes %j, asked for %j, for an answer about it or says why not', async (fields, ref, why) => {
		sparse();
		queried({ kind: 'fields', fields });
		if (why === undefined) {
			expect(await items(get(ref))).toMatchObject([{ application_id: ID }]);
		} else {
			const { message, description } = await failure(get(ref));
			expect(message).toContain("WeChat's answer can't be used: ");
			expect(message).toContain(why);
			expect(description).toContain('report this message');
		}
	});

	it.each([true, [5], '0x10', ' 5', '2026-01-01', -5, 1.5])(
		'does not take %j for a time',
		async (create_time) => {
			sparse();
			queried({ kind: 'fields', fields: { create_time, update_time: '1700000000' } });
			expect(await items(get(byId(ID)))).toMatchObject([
				{ create_time: null, update_time: 1_700_000_000 },
			]);
		},
	);
});

describe('a list of segments with zeros left out', () => {
	it('is read, errcode left out too', async () => {
		sparse();
		queried({ kind: 'omitZeros' });
		expect(await items(get(byId(ID)))).toMatchObject([
			{
				code_count: 3_000,
				code_generate_list: [
					{ code_start: 0, code_end: 999 },
					{ code_start: 1_000, code_end: 1_999 },
					{ code_start: 2_000, code_end: 2_999 },
				],
			},
		]);
	});

	it.each([
		['its only segment', [{ code_end: 49_999 }], 50_000],
		['null or empty', [{ code_start: null, code_end: '49999' }], 50_000],
		['behind the others', [{ code_start: '1000', code_end: 1_999 }, { code_end: 999 }], 2_000],
		['with a gap', [{ code_end: 9 }, { code_start: 20, code_end: 29 }], 20],
	])('has its first segment begin at 0: %s', async (_what, list, code_count) => {
		sparse();
		listed(...list);
		expect(await items(get(byId(ID)))).toMatchObject([{ code_count }]);
	});

	it.each([
		['neither bound', [{}], 'a segment of its code_generate_list has no code_end'],
		['an end that can not be 0', [{ code_start: 50_000 }], 'has no code_end'],
		['an end next to a written 0', [{ code_start: 0 }], 'has no code_end'],
		[
			'two starts',
			[{ code_end: 999 }, { code_end: 1_999 }],
			'overlaps another one if it starts at 0',
		],
		[
			'a start next to a written 0',
			[{ code_start: 0, code_end: 999 }, { code_end: 1_999 }],
			'overlaps another one if it starts at 0',
		],
		[
			'a start that is no zero',
			[{ code_end: 149 }, { code_start: 50, code_end: 99 }],
			'overlaps another one if it starts at 0',
		],
		[
			'a start of another kind',
			[{ code_start: [], code_end: 9 }],
			'not a whole number but an empty',
		],
		['an end of another kind', [{ code_start: 0, code_end: -1 }], 'but a negative number'],
		['an entry of another kind', [{ code_end: 9 }, 'x'], 'it holds text of 1 character'],
	])('can not be used without %s', async (_what, list, why) => {
		sparse();
		listed(...(list as object[]));
		for (const itemPerSegment of [false, true]) {
			const { message } = await failure(get(byId(ID), { itemPerSegment }));
			expect(message).toContain("WeChat's answer can't be used: ");
			expect(message).toContain(why);
		}
	});
});

describe('Application: Apply, of an order that exists already', () => {
	const apply = { resource: 'application', operation: 'apply', codeCount: 10_000 };

	it('has no application ID if WeChat does not tell it, and says where it is', async () => {
		lab.application({ codeCount: 10_000, isvApplicationId: EXTERNAL_ID, sparseAnswers: true });
		const result = await run({ ...apply, isvApplicationId: EXTERNAL_ID });
		expect(result.output('Node').map(({ json }) => json)).toEqual([
			{
				application_id: null,
				isv_application_id: EXTERNAL_ID,
				code_count: 10_000,
				already_existed: true,
			},
		]);
		expect(result.hints('Node').map(({ message }) => message)).toEqual([
			expect.stringContaining('does not tell the application ID'),
		]);
	});

	it('of another number of codes is an error that names the order', async () => {
		lab.application({ codeCount: 20_000, isvApplicationId: EXTERNAL_ID, sparseAnswers: true });
		const { message, description } = await failure({ ...apply, isvApplicationId: EXTERNAL_ID });
		expect(message).toContain('belongs to an order of 20000 codes already, not of 10000');
		expect(description).not.toMatch(/undefined|null/);
	});

	it('needs the ID of a new one', async () => {
		lab.sandbox.inject({
			call: 'applycode',
			kind: 'fields',
			fields: { application_id: undefined },
		});
		const { message } = await failure({ ...apply, isvApplicationId: EXTERNAL_ID });
		expect(message).toBe("WeChat's answer can't be used: it has no application_id");
	});
});

const WITHOUT_ID = `Application with the external ID ${EXTERNAL_ID}: WeChat's answer does not tell its application ID`;

describe('Code: Activate', () => {
	const activate = (application: INodeParameters): INodeParameters => ({
		...{ resource: 'code', operation: 'activate' },
		...activityOf(ID),
		application,
	});

	it('activates what it asked about by its ID', async () => {
		sparse();
		expect(await items(activate(byId(ID)))).toMatchObject([
			{ application_id: ID, code_start: 0, code_end: 2_999, activated: true },
		]);
	});

	it.each([true, false])('needs the application ID (dry run: %s)', async (dryRun) => {
		sparse();
		const parameters = { ...activate(byExternalId(EXTERNAL_ID)), dryRun };
		const { message, description } = await failure(parameters);
		expect(message).toBe(WITHOUT_ID);
		expect(description).toContain('By ID');
		expect(lab.sandbox.count('codeactive')).toBe(0);
	});
});

describe('Marketcode Download', () => {
	it('downloads what it asked about by its ID', async () => {
		const application = sparse();
		queried({ kind: 'omitZeros' });
		const { files, json } = await lab.download(application);
		expect(lab.isWhole(application, files)).toBe(true);
		expect(json).toMatchObject(
			[1, 2, 3].map((segment) => ({ application_id: ID, isv_application_id: null, segment })),
		);
	});

	it('needs the application ID, and says where it is', async () => {
		sparse();
		for (const whenNotFinished of ['error', 'wait', 'branch']) {
			const { message, description } = await lab.fail(undefined, {
				application: byExternalId(EXTERNAL_ID),
				whenNotFinished,
			});
			expect(message).toBe(WITHOUT_ID);
			expect(description).toMatch(/By ID.* application_id .*Apply/);
		}
		expect(lab.sandbox.count('applycodedownload')).toBe(0);
	});

	it.each([
		[byId(ID), { application_id: ID, isv_application_id: null }],
		[byExternalId(EXTERNAL_ID), { application_id: null, isv_application_id: EXTERNAL_ID }],
	])('sends one that is not finished to the branch: %j', async (application, ids) => {
		sparse(Infinity);
		const { output } = await lab.run({ application, whenNotFinished: 'branch' });
		expect(output('Node', 1).map(({ json }) => json)).toEqual([
			{ ...ids, status: 'GENERATING', create_time: null, update_time: null },
		]);
	});

	it('waits for one, and downloads it', async () => {
		const application = sparse(1_500);
		const { files } = await lab.download(application, {
			whenNotFinished: 'wait',
			pollInterval: 1,
			waitTimeout: 1,
		});
		expect(lab.isWhole(application, files)).toBe(true);
		expect(lab.sandbox.count('applycodequery')).toBeGreaterThan(1);
	});

	it('names one that is not finished by the ID that it was asked for by', async () => {
		sparse(Infinity);
		const { message } = await lab.fail(undefined, { application: byExternalId(EXTERNAL_ID) });
		expect(message).toMatch(/^Application with the external ID order-1 is not finished: /);
	});
});
