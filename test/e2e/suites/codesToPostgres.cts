import { createHash } from 'node:crypto';
import { startPostgres, type Database } from '../../queue/services.cts';
import type { Sandbox } from '../../sandbox/sandbox.cts';
import { itemsOf, outputOf, type CredentialReference } from '../client.cts';
import { storeCredential, type Lab } from '../n8nLab.cts';
import { useOwnSandbox } from '../ownSandbox.cts';
import { nodeOf, readTemplate, withCredentials } from '../templates.cts';
import { chain, manualTrigger, node, TRIGGER } from '../workflow.cts';

const APPLICATION_ID = '700000001';
/** Two files of 50,000 codes and a shorter one. */
const CODE_COUNT = 120_000;

/** What no code of the sandbox has, but what breaks a query or a file that is put together by hand. */
const AWKWARD = [
	{ code: '000000007', url: ' P.URL.CN/0 STARTS AND ENDS ' },
	{ code: '+1-2', url: `a"b'c\\d\\n` },
	{ code: "'); --", url: '$1 $2:csv ${3} {{ 1 + 1 }}, comma\ttab' },
	{ code: '1E5', url: '   ' },
];

/** A million codes need no million items: files of them, which the database takes apart. */
export function codesToPostgresSuite(lab: () => Lab): void {
	const own = useOwnSandbox(lab);
	let database: Database;
	let credential: CredentialReference;

	beforeAll(async () => {
		database = await startPostgres();
		const { port, user, name } = database;
		const data = { host: '127.0.0.1', port, database: name, user, password: '', ssl: 'disable' };
		credential = await storeCredential(lab().client, 'Database', data, 'postgres');
	});

	afterAll(() => database?.stop());

	const template = async () =>
		withCredentials(await readTemplate('codes-to-postgres.json'), [own().credential, credential]);

	/** Count, and one sum of everything, in the order of the codes. */
	const stored = async (applicationId: string) => {
		const everything = `string_agg(code_index || ' ' || code || ' ' || url, chr(10) ORDER BY code_index)`;
		const from = `FROM marketcode_codes WHERE application_id = '${applicationId}'`;
		return await database.query(`SELECT count(*), md5(${everything}) ${from}`);
	};

	it('stores each code once, however often it is run', async () => {
		const { client } = lab();
		own().sandbox.addApplication({ applicationId: APPLICATION_ID, codeCount: CODE_COUNT });
		const { id } = await client.createWorkflow(await template());
		for (const run of ['first', 'second']) {
			const execution = await client.run(id, TRIGGER);
			expect([run, execution.data.resultData.error]).toEqual([run, undefined]);
			expect(itemsOf(execution, 'Store One File')).toHaveLength(3);
			expect(outputOf(execution, 'Count Codes').map(({ json }) => json)).toEqual([
				{
					application_id: APPLICATION_ID,
					codes_stored: CODE_COUNT,
					code_start: 0,
					code_end: CODE_COUNT - 1,
				},
			]);
		}
		expect(await stored(APPLICATION_ID)).toEqual([`${CODE_COUNT}|${sumOf(own().sandbox)}`]);
		// The runs that carry codes are gone; what is left are the two that were started by hand.
		const modes = (await client.listExecutions(id)).map(({ mode }) => mode);
		expect(modes).toEqual(['manual', 'manual']);
	}, 240_000);

	it('stores what would break a query, character by character', async () => {
		const { client } = lab();
		const workflow = await template();
		const text = AWKWARD.map((code) => JSON.stringify(code)).join('\n') + '\n';
		const file = { application_id: '18446744073709551615', code_start: 7, data: text };
		const raw = { mode: 'raw', jsonOutput: JSON.stringify(file) };
		const read = node('File, Read', 'n8n-nodes-base.set', raw, undefined, { typeVersion: 3.4 });
		const create = nodeOf(workflow, 'Create Table');
		const nodes = [manualTrigger(), create, read, nodeOf(workflow, 'Insert Codes')];
		const { id } = await client.createWorkflow(chain('Awkward codes', nodes));
		const { data } = await client.run(id, TRIGGER);
		expect(data.resultData.error).toBeUndefined();
		const rows = await database.query(
			`SELECT code_index, json_build_object('code', code, 'url', url) FROM marketcode_codes
			WHERE application_id = '${file.application_id}' ORDER BY code_index`,
		);
		expect(
			rows.map((row) => [Number(row.split('|')[0]), JSON.parse(row.replace(/^\d+\|/, ''))]),
		).toEqual(AWKWARD.map((code, n) => [7 + n, code]));
	});
}

/** As `stored` sums up in the database. */
function sumOf(sandbox: Sandbox): string {
	const sum = createHash('md5');
	for (let index = 0; index < CODE_COUNT; index++) {
		const { code, url } = sandbox.code(APPLICATION_ID, index);
		sum.update(`${index === 0 ? '' : '\n'}${index} ${code} ${url}`);
	}
	return sum.digest('hex');
}
