import type { FaultKind } from '../sandbox/sandbox.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

describe('two applications for which the same package comes', () => {
	it.each([
		['urlList', 'fail'],
		['package', 'fail'],
		['encrypted', 'fail'],
	])('are found within one execution: %s', async (output) => {
		const [first, second] = [lab.application(), lab.application()];
		const twin = { kind: 'twinOf', applicationId: first.applicationId } as const;
		lab.sandbox.inject({ call: 'applycodedownload', ...twin, after: 3, times: Infinity });
		const input = [first, second].map(({ applicationId }) => ({ applicationId }));
		const application = byId('={{ $json.applicationId }}');
		const result = await lab.run({ application, output, options: { concurrency: 1 } }, { input });
		expect(result.error?.message).toBe(
			`Application ${second.applicationId}, segment 1 (codes 0–999): it is the same package as that of the codes 0–999 of application ${first.applicationId}`,
		);
		expect(result.output('Node')).toEqual([]);
	});

	it('are a warning with Verify: Warn', async () => {
		const [first, second] = [lab.application(), lab.application()];
		const twin = { kind: 'twinOf', applicationId: first.applicationId } as const;
		lab.sandbox.inject({ call: 'applycodedownload', ...twin, after: 3, times: Infinity });
		const input = [first, second].map(({ applicationId }) => ({ applicationId }));
		const application = byId('={{ $json.applicationId }}');
		const options = { concurrency: 1, verify: 'warn' };
		const result = await lab.run({ application, options }, { input });
		const warnings = result.output('Node').map(({ json }) => JSON.stringify(json.warnings));
		expect(warnings.slice(0, 3)).toEqual(['[]', '[]', '[]']);
		expect(warnings[4]).toContain(`of the codes 1000–1999 of application ${first.applicationId}`);
	});

	it('are none if the same application is downloaded twice', async () => {
		const { applicationId } = lab.application();
		const input = ['urlList', 'csv', 'urlList'].map((output) => ({ output }));
		const parameters = { application: byId(applicationId), output: '={{ $json.output }}' };
		const result = await lab.run(parameters, { input });
		expect(result.error).toBeUndefined();
		expect(result.output('Node')).toHaveLength(9);
	});
});

describe('a package that comes for a second segment', () => {
	it.each<FaultKind>([
		{ kind: 'noFinalLineFeed' },
		{ kind: 'loneCarriageReturn' },
		{ kind: 'crlf' },
		{ kind: 'byteOrderMark' },
		{ kind: 'comma' },
	])('is found though its bytes differ: $kind', async (fault) => {
		const application = lab.application({ indexesFrom: 'segment' });
		const download = { call: 'applycodedownload', segment: 1_000, times: Infinity } as const;
		lab.sandbox.inject({ ...download, kind: 'otherSegment' });
		lab.sandbox.inject({ ...download, ...fault });
		const { message } = await lab.fail(application, { output: 'urlList' });
		expect(message).toMatch(/segment 3 .*it is the same package as that of the codes 1000–1999$/);
	});
});
