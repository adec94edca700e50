import { workflowOf, type WorkflowJson } from '../engine/engine.cts';
import { itTellsErrcodes } from './itTellsErrcodes.cts';
import { useOperation } from './operation.cts';
import { byExternalId, byId, filesOf } from './world.cts';

const get = useOperation('application', 'get');
const { lab } = get;

describe('Application: Get', () => {
	it.each(['its application ID', 'its external ID'])('finds an application by %s', async (by) => {
		const application = lab.application();
		const { applicationId, isvApplicationId, createdAt } = application;
		const ref = by === 'its external ID' ? byExternalId(isvApplicationId) : byId(applicationId);
		const seconds = Math.floor(createdAt / 1000);
		const iso = new Date(seconds * 1000).toISOString();
		expect(await get.items({ application: ref })).toEqual([
			{
				application_id: applicationId,
				isv_application_id: isvApplicationId,
				status: 'FINISH',
				code_count: 3_000,
				segments: 3,
				code_generate_list: [
					{ code_start: 0, code_end: 999 },
					{ code_start: 1_000, code_end: 1_999 },
					{ code_start: 2_000, code_end: 2_999 },
				],
				create_time: seconds,
				create_time_iso: iso,
				update_time: seconds,
				update_time_iso: iso,
			},
		]);
	});

	it('tells the status of one that is not finished, as WeChat sends it', async () => {
		const { applicationId } = lab.application({ finishAfterMs: Infinity });
		expect(await get.items({ application: byId(applicationId) })).toMatchObject([
			{ status: 'GENERATING', code_count: 0, segments: 0, code_generate_list: [] },
		]);
	});

	it('keeps every digit of an ID beyond 2^53, and reads numbers that are text', async () => {
		const applicationId = '18446744073709551615';
		lab.application({ applicationId });
		lab.sandbox.inject({ call: 'applycodequery', kind: 'numericStrings' });
		const [item] = await get.items({ application: byId(applicationId) });
		expect(item).toMatchObject({ application_id: applicationId, code_count: 3_000 });
		expect(lab.requests('applycodequery')[0]?.body).toEqual({
			application_id: 18446744073709551615n,
		});
	});

	it('gives an item a segment', async () => {
		const { applicationId, isvApplicationId } = lab.application({ codeCount: 2_500 });
		const items = await get.items({ application: byId(applicationId), itemPerSegment: true });
		const common = {
			application_id: applicationId,
			isv_application_id: isvApplicationId,
			status: 'FINISH',
			segments: 3,
		};
		expect(items).toEqual([
			{ ...common, code_start: 0, code_end: 999, code_count: 1_000, segment: 1 },
			{ ...common, code_start: 1_000, code_end: 1_999, code_count: 1_000, segment: 2 },
			{ ...common, code_start: 2_000, code_end: 2_499, code_count: 500, segment: 3 },
		]);
	});

	it('has no item a segment before the application is finished', async () => {
		const { applicationId } = lab.application({ finishAfterMs: Infinity });
		const { message, description } = await get.fail({
			application: byId(applicationId),
			itemPerSegment: true,
		});
		expect(message).toBe(`Application ${applicationId} is not finished: its status is GENERATING`);
		expect(description).toContain('Run this again later');
	});

	it.each([
		[
			'a gap',
			[
				[2_000, 2_999],
				[0, 999],
			],
			/no segment for the codes 1000–1999/,
		],
		['no segment at all', [], /lists no segments/],
	])('has no item a segment of a list with %s', async (_what, list, message) => {
		const { applicationId } = lab.application();
		const segments = list.map(([code_start = 0, code_end = 0]) => ({ code_start, code_end }));
		lab.sandbox.inject({ call: 'applycodequery', kind: 'list', list: segments });
		const failed = await get.fail({ application: byId(applicationId), itemPerSegment: true });
		expect(failed.message).toMatch(message);
	});

	it('feeds the range of Marketcode Download, segment by segment', async () => {
		const application = lab.application();
		const result = await lab.world.engine.run(segmentBySegment(application.applicationId));
		expect(result.error).toBeUndefined();
		const items = result.output('Download');
		expect(items.map(({ json }) => [json.segment, json.code_start, json.code_end])).toEqual([
			[1, 0, 999],
			[2, 1_000, 1_999],
			[3, 2_000, 2_999],
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
		expect(lab.isWhole(application, await filesOf(lab.world, items))).toBe(true);
	});
});

/** Get, with an item a segment, and behind it a download of just that range. */
function segmentBySegment(applicationId: string): WorkflowJson {
	const options = { credentialId: lab.credentialId };
	const first = workflowOf(
		'marketcode',
		{
			resource: 'application',
			operation: 'get',
			application: byId(applicationId),
			itemPerSegment: true,
		},
		options,
	);
	const download = workflowOf(
		'marketcodeDownload',
		{
			application: byId('={{ $json.application_id }}'),
			codes: 'range',
			codeStart: '={{ $json.code_start }}',
			codeEnd: '={{ $json.code_end }}',
		},
		options,
	).nodes.slice(1);
	return {
		...first,
		nodes: [...first.nodes, ...download.map((node) => ({ ...node, name: 'Download' }))],
		connections: {
			...first.connections,
			Node: { main: [[{ node: 'Download', type: 'main', index: 0 }]] },
		},
	};
}

describe('the application', () => {
	it.each([
		['letters', byId('={{ "order-17" }}'), /characters other than digits/, /By External ID/],
		['lost digits', byId(2 ** 53 + 2), /beyond what a JavaScript number can hold/, /as text/],
		['more than a uint64', byId('18446744073709551616'), /too large/, /go up to/],
		['nothing', byId('={{ $json.missing }}'), /The application is missing/, /expression/],
		['an empty external ID', byExternalId('={{ $json.missing }}'), /missing/, /external ID/],
		['a long external ID', byExternalId('x'.repeat(129)), /129 characters/, /128/],
	])('of %s is an error before any request', async (_what, application, message, fix) => {
		const failed = await get.fail({ application });
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(fix);
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['is unknown (80300)', 'no such application', undefined],
		["is another account's (80301)", "another account's", 'other'],
	])('that %s is an error', async (_what, message, account) => {
		const { applicationId } = account
			? lab.application({ account: lab.sandbox.addAccount() })
			: { applicationId: '4711' };
		const failed = await get.fail({ application: byId(applicationId) });
		expect(failed.message).toContain(message);
	});

	it('that fails goes to the error output with the fields of its input item', async () => {
		const { applicationId } = lab.application();
		const input = ['4711', applicationId].map((id) => ({ id, customer: `of ${id}` }));
		const application = byId('={{ $json.id }}');
		const result = await get.run({ application }, { input, onError: 'continueErrorOutput' });
		expect(result.output('Node')).toMatchObject([
			{ json: { application_id: applicationId }, pairedItem: { item: 1 } },
		]);
		expect(result.output('Node', 1)).toEqual([
			{
				json: {
					id: '4711',
					customer: 'of 4711',
					error: 'Application 4711: There is no such application (errcode 80300)',
					message: expect.stringMatching(/WeChat said: errcode 80300, .*rid: /),
				},
				pairedItem: { item: 0 },
			},
		]);
	});
});

itTellsErrcodes(get, 'applycodequery', [80300, 80301], () => ({
	application: byId(lab.application().applicationId),
}));
