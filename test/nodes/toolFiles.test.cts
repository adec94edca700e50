import type { INodeParameters } from 'n8n-workflow';
import { Marketcode } from '../../nodes/Marketcode/Marketcode.node';
import { operations } from '../../nodes/Marketcode/operations';
import { MarketcodeDownload } from '../../nodes/MarketcodeDownload/MarketcodeDownload.node';
import { callByAgent } from './agentTool.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

const NOTE = expect.stringMatching(/^The file itself is not in this result: /);

async function downloaded(applicationId: string, parameters: INodeParameters) {
	const given = { application: byId(applicationId), ...parameters };
	const called = await callByAgent(lab, 'marketcodeDownload', new MarketcodeDownload(), given);
	expect(called.result.error).toBeUndefined();
	return called;
}

describe('Marketcode Download, called by a model', () => {
	it('says so before it is called', async () => {
		const { about } = await downloaded(lab.application().applicationId, {});
		expect(about).toMatch(/An AI agent is told of the files but does not get them/);
	});

	it('says of each item whose file n8n drops that it is not there', async () => {
		const { applicationId } = lab.application();
		const options = { manifest: true, proofCodes: 3 };
		const { answer } = await downloaded(applicationId, { output: 'urlList', options });
		expect(answer).toMatchObject([
			{ code_start: 0, code_end: 999, bytes: expect.any(Number), warnings: [], note: NOTE },
			{ code_start: 1_000, code_end: 1_999, note: NOTE },
			{ code_start: 2_000, code_end: 2_999, note: NOTE },
			{ is_proof: true, note: NOTE },
			{ is_manifest: true, note: NOTE },
		]);
	});

	it('hands codes on that are no file', async () => {
		const { applicationId } = lab.application();
		const { answer } = await downloaded(applicationId, { output: 'items', limit: 1 });
		expect(answer).toEqual([expect.not.objectContaining({ note: expect.anything() })]);
		expect(answer).toMatchObject([{ application_id: applicationId, url: expect.any(String) }]);
	});

	it('tells of an application that is not finished, though a tool has no second output', async () => {
		const { applicationId } = lab.application({ finishAfterMs: Infinity });
		const { answer } = await downloaded(applicationId, { whenNotFinished: 'branch' });
		expect(answer).toEqual([
			expect.objectContaining({ application_id: applicationId, status: 'GENERATING' }),
		]);
		expect(answer).toEqual([expect.not.objectContaining({ note: expect.anything() })]);
	});

	it('keeps passwords from the model', async () => {
		const { applicationId } = lab.application();
		const options = { archive: 'zipPassword', archivePer: 'delivery' };
		const { answer } = await downloaded(applicationId, { whenNotFinished: 'branch', options });
		expect(answer).toEqual([expect.objectContaining({ files: 3, note: NOTE })]);
		expect(JSON.stringify(answer)).not.toContain('password');
	});
});

it('nobody else is told of it', async () => {
	const { json } = await lab.download(lab.application());
	expect(json).toHaveLength(3);
	for (const fields of json) expect(fields).not.toHaveProperty('note');
});

describe('a model that has no files to give is told so by Package:', () => {
	const told: ReadonlyArray<readonly [string, INodeParameters]> = [
		['decrypt', { codeStart: '0', codeEnd: '9' }],
		['findCodes', { codeList: 'P.URL.CN/0$-0000001 +/:%.8Q*' }],
		['proofSheet', {}],
		['verifyDelivery', {}],
	];

	it('every operation', () => {
		const names = [...operations.keys()].filter((name) => name.startsWith('package.'));
		expect(told.map(([name]) => `package.${name}`).sort()).toEqual(names.sort());
	});

	it.each(told)('%s', async (operation, changes) => {
		const parameters = { resource: 'package', operation, ...changes };
		const { result } = await callByAgent(lab, 'marketcode', new Marketcode(), parameters);
		expect(result.error?.message).toContain(
			'A tool of an AI agent gets no files from n8n, and this operation needs some',
		);
		expect(result.error?.message).toContain('A model can start that workflow as its tool.');
	});
});
