import type { INodeParameters } from 'n8n-workflow';
import type { Application } from '../sandbox/sandbox.cts';
import { runNode } from './handover.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

let application: Application;
beforeEach(() => {
	application = lab.application({ codeCount: 1_000 });
});

/** 10 rolls of 300 codes. */
const ROLLS = { output: 'urlList', files: 'perCount', codesPerFile: 300 };

describe('the outputs', () => {
	/** What each output of the node has. */
	const outputsOf = (result: Awaited<ReturnType<typeof runNode>>) =>
		(result.run.data.resultData.runData.Node?.[0]?.data?.main ?? []).map((items) =>
			(items ?? []).map(({ json }) => json),
		);
	const FILE = expect.objectContaining({ sha256: expect.any(String) });
	const MANIFEST = expect.objectContaining({ is_manifest: true });
	const PASSWORD = { file_name: expect.any(String), password: expect.any(String) };
	const NOT_FINISHED = expect.objectContaining({
		status: expect.any(String),
		create_time: expect.anything(),
	});
	const options = { archive: 'zipPassword', archivePer: 'delivery', manifest: true };

	/** A finished application, one that is not, and one that fails. */
	const three = () => {
		const ids = [lab.application(), lab.application({ finishAfterMs: Infinity })];
		return [...ids.map(({ applicationId }) => ({ id: applicationId })), { id: '799999999' }];
	};
	const parameters = (more: INodeParameters = {}) => ({
		application: byId('={{ $json.id }}'),
		options,
		...more,
	});

	it('are three with Branch, and nothing leaves by a wrong one', async () => {
		const input = three().slice(0, 2);
		const result = await lab.run(parameters({ whenNotFinished: 'branch' }), { input });
		expect(result.error).toBeUndefined();
		expect(outputsOf(result)).toEqual([[FILE, MANIFEST], [NOT_FINISHED], [PASSWORD]]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'are those and, maybe, one for errors: %s',
		async (onError) => {
			const branch = { whenNotFinished: 'branch' };
			const result = await lab.run(parameters(branch), { input: three(), onError });
			expect(result.error).toBeUndefined();
			const failed = expect.objectContaining({ error: expect.stringContaining('799999999') });
			const outputs = outputsOf(result);
			expect(outputs).toEqual(
				onError === 'continueRegularOutput'
					? [[FILE, MANIFEST, failed], [NOT_FINISHED], [PASSWORD]]
					: [[FILE, MANIFEST], [NOT_FINISHED], [PASSWORD], [failed]],
			);
		},
	);

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'are two without Branch: %s',
		async (onError) => {
			const [first = {}, , third = {}] = three();
			const result = await lab.run(parameters(), { input: [first, third, first], onError });
			const failed = expect.objectContaining({ error: expect.stringContaining('799999999') });
			expect(outputsOf(result)).toEqual(
				onError === 'continueRegularOutput'
					? [
							[FILE, MANIFEST, failed, FILE, MANIFEST],
							[PASSWORD, PASSWORD],
						]
					: [[FILE, MANIFEST, FILE, MANIFEST], [PASSWORD, PASSWORD], [failed]],
			);
		},
	);

	it('hand on no password of a delivery that fails behind its archives', async () => {
		const { applicationId } = lab.application();
		const spoiled = lab.application();
		lab.sandbox.inject({
			...{ call: 'applycodedownload', segment: 2_000, times: Infinity, after: 1 },
			kind: 'rowMissing',
		});
		const result = await lab.run(parameters({ ...ROLLS, options: { archive: 'zipPassword' } }), {
			input: [{ id: applicationId }, { id: spoiled.applicationId }],
			onError: 'continueRegularOutput',
		});
		const [files = [], passwords = []] = outputsOf(result);
		expect(files).toHaveLength(11);
		expect(files[10]?.error).toContain(`Application ${spoiled.applicationId}, segment 3`);
		expect(passwords.map(({ file_name }) => file_name)).toEqual(
			files.slice(0, 10).map(({ file_name }) => file_name),
		);
	});

	it('are two of Package: Decrypt, whose errors stay by themselves, too', async () => {
		const input = [{}, { code_end: 5 }, {}];
		const result = await runNode(
			lab,
			'Package: Decrypt',
			application,
			{ options },
			{
				input,
				onError: 'continueErrorOutput',
			},
		);
		const failed = expect.objectContaining({ error: expect.stringContaining('1000 rows') });
		expect(outputsOf(result)).toEqual([
			[FILE, MANIFEST, FILE, MANIFEST],
			[PASSWORD, PASSWORD],
			[failed],
		]);
	});

	it('are one with items, even if an archive was chosen before', async () => {
		const { applicationId } = application;
		const result = await lab.run({ application: byId(applicationId), output: 'items', options });
		expect(outputsOf(result)).toHaveLength(1);
		expect(result.output('Node')).toHaveLength(1_000);
	});

	it('can not differ between items: Archive takes no expression', async () => {
		const result = await lab.run(parameters({ options: { archive: '={{ $json.archive }}' } }), {
			input: [{ archive: 'zipPassword', id: application.applicationId }],
		});
		expect(result.error?.message).toBe('Archive has a value that it does not offer');
		expect(outputsOf(result).flat()).toEqual([]);
	});
});
