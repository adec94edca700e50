import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import type { Application } from '../sandbox/sandbox.cts';
import { NODES, handedOn, manifestIn, runNode } from './handover.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

let application: Application;
beforeEach(() => {
	application = lab.application({ codeCount: 1_000 });
});

const download = async (parameters: INodeParameters) => {
	const all = { ...parameters, options: { manifest: true } };
	return await handedOn(lab, await runNode(lab, 'Marketcode Download', application, all));
};

describe('the manifest', () => {
	const credentials: Array<[string, () => ICredentialDataDecryptedObject, string | null]> = [
		['appSecret', () => ({}), 'appId'],
		[
			'componentRefresh',
			() => ({
				...{ authentication: 'componentRefresh', appId: 'wx-left-over', appSecret: '' },
				componentAppId: lab.sandbox.platform.appId,
				componentAccessToken: lab.sandbox.platform.accessToken,
				authorizerAppId: lab.sandbox.account.appId,
				authorizerRefreshToken: lab.sandbox.addAuthorizer(lab.sandbox.account).refreshToken,
			}),
			'appId',
		],
		[
			'authorizerToken',
			() => ({
				authentication: 'authorizerToken',
				authorizerAccessToken: lab.sandbox.addAuthorizer(lab.sandbox.account).accessToken,
			}),
			null,
		],
		[
			'tokenServer',
			() => ({
				authentication: 'tokenServer',
				tokenServerUrl: lab.sandbox.tokenServer.url,
				tokenServerHeaderName: lab.sandbox.tokenServer.headerName,
				tokenServerHeaderValue: lab.sandbox.tokenServer.headerValue,
			}),
			null,
		],
	];

	it.each(credentials)(
		'names the account, if the credential does: %s',
		async (_way, changes, of) => {
			for (const node of NODES) {
				const credentialId = lab.credential(changes());
				const parameters = { options: { manifest: true } };
				const result = await runNode(lab, node, application, parameters, { credentialId });
				const { app_id } = manifestIn(await handedOn(lab, result));
				expect(app_id).toBe(of === null ? null : lab.sandbox.account.appId);
			}
		},
	);

	it('of several segments and a range holds each code once', async () => {
		application = lab.application({ indexesFrom: 'segment' });
		const range = { codes: 'range', codeStart: 500, codeEnd: 2_600 };
		const handed = await download({
			...{ ...range, output: 'urlList', files: 'perCount', codesPerFile: 800 },
		});
		const manifest = manifestIn(handed);
		expect(manifest).toMatchObject({
			code_start: 500,
			code_end: 2_600,
			code_count: 2_101,
			indexes_from: 'segment',
			totals: { files: 3, bytes: 2_101 * 29, code_count: 2_101 },
		});
		expect(manifest.files).toMatchObject([
			{ code_start: 500, code_end: 1_299, code_count: 800 },
			{ code_start: 1_300, code_end: 2_099, code_count: 800 },
			{ code_start: 2_100, code_end: 2_600, code_count: 501 },
		]);
	});

	it('comes for each item by itself', async () => {
		const input = [1, 2].map(() => ({ id: lab.application({ codeCount: 20 }).applicationId }));
		const parameters = { application: byId('={{ $json.id }}'), options: { manifest: true } };
		const result = await lab.run(parameters, { input });
		expect(
			result
				.output('Node')
				.map(({ json, pairedItem }) => [
					json.is_manifest ?? false,
					json.application_id,
					pairedItem,
				]),
		).toEqual(
			input.flatMap(({ id }, item) => [
				[false, id, { item }],
				[true, id, { item }],
			]),
		);
	});

	it('of a lattice that is no square has no micro code', async () => {
		application = lab.application({ codeCount: 20, form: { latticeWidth: 68 } });
		const manifest = manifestIn(await download({}));
		expect(manifest).toMatchObject({ lattice_width: 68, micro_code: null });
	});
});
