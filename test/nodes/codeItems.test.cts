import type { INodeParameters } from 'n8n-workflow';
import type { Application, FaultKind } from '../sandbox/sandbox.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

const spoil = (fault: FaultKind, segment: number) =>
	lab.sandbox.inject({ call: 'applycodedownload', times: Infinity, segment, ...fault });

/** Segments of 1,000 codes that were asked for, in their order. */
const requested = () =>
	lab
		.requests('applycodedownload')
		.map(({ body }) => Number(body.code_start))
		.sort((one, other) => one - other);

const GAP: FaultKind = {
	kind: 'list',
	list: [
		{ code_start: 0, code_end: 999 },
		{ code_start: 2_000, code_end: 2_999 },
	],
};

describe('an item a code', () => {
	const items = async (application: Application, parameters: INodeParameters = {}) => {
		const result = await lab.run({
			application: byId(application.applicationId),
			output: 'items',
			...parameters,
		});
		if (result.error) throw new Error(`The node failed: ${result.error.message}`);
		return {
			items: result.output('Node'),
			hints: result.hints('Node').map(({ message }) => message),
		};
	};
	const expected = (application: Application, start: number, end: number) =>
		lab.rows(application, start, end).map(({ code, index, url }) => ({
			application_id: application.applicationId,
			index: Number(index),
			code,
			url,
		}));

	it('has its fields, and no file', async () => {
		const application = lab.application();
		const made = await items(application, { limit: 3_000 });
		expect(made.items.map(({ json }) => json)).toEqual(expected(application, 0, 2_999));
		expect(made.items.every(({ binary }) => binary === undefined)).toBe(true);
		expect(made.items[2_999]?.pairedItem).toEqual({ item: 0 });
		expect(made.hints).toEqual([]);
		expect(requested()).toEqual([0, 1_000, 2_000]);
	});

	it.each([
		[1, [0]],
		[1_000, [0]],
		[1_001, [0, 1_000]],
	])('comes up to the limit of %d, and a hint says so', async (limit, segments) => {
		const application = lab.application();
		const made = await items(application, { limit });
		expect(made.items.map(({ json }) => json)).toEqual(expected(application, 0, limit - 1));
		expect(made.hints).toEqual([expect.stringContaining(`first ${limit} of 3000 codes`)]);
		expect(made.hints.every((hint) => hint.length <= 120)).toBe(true);
		expect(requested()).toEqual(segments);
	});

	it('is one of 1,000, unless told otherwise', async () => {
		expect((await items(lab.application())).items).toHaveLength(1_000);
	});

	it('comes from a range on', async () => {
		const application = lab.application();
		const range = { codes: 'range', codeStart: 990, codeEnd: 2_500 };
		const made = await items(application, { ...range, limit: 15 });
		expect(made.items.map(({ json }) => json)).toEqual(expected(application, 990, 1_004));
		expect(made.hints).toEqual([expect.stringContaining('first 15 of 1511 codes')]);
		const all = await items(application, { ...range, limit: 1_511 });
		expect(all.items.map(({ json }) => json)).toEqual(expected(application, 990, 2_500));
	});

	it.each([0, 'all', 100_001])('is refused with the limit %j', async (limit) => {
		const { message } = await lab.fail(lab.application(), { output: 'items', limit });
		expect(message).toContain('Limit');
	});

	it('does not come of a segment that fails, nor of those before it', async () => {
		spoil({ kind: 'rowMissing' }, 1_000);
		const { message } = await lab.fail(lab.application(), { output: 'items', limit: 3_000 });
		expect(message).toContain('segment 2 (codes 1000–1999)');
	});

	it.each([
		['a segment', () => spoil({ kind: 'duplicateUrl' }, 1_000), /^Segment 2: /],
		[
			'the list of segments',
			() => lab.sandbox.inject({ call: 'applycodequery', times: Infinity, ...GAP }),
			/no segment for the codes 1000–1999/,
		],
	])(
		'comes with a hint of what is wrong, if the user wants it all the same: %s',
		async (_what, break_, hint) => {
			const application = lab.application();
			break_();
			const made = await items(application, { limit: 3_000, options: { verify: 'warn' } });
			expect(made.items.length).toBeGreaterThanOrEqual(2_000);
			expect(made.hints).toEqual([expect.stringMatching(hint)]);
		},
	);
});
