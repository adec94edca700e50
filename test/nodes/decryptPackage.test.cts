import { createCipheriv, createHash } from 'node:crypto';
import type {
	IBinaryKeyData,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';
import { workflowOf, type RunResult, type WorkflowJson } from '../engine/engine.cts';
import type { Application } from '../sandbox/sandbox.cts';
import { useLab } from './lab.cts';
import { byId, filesOf, type RunNode } from './world.cts';

const lab = useLab();
const chosen = { resource: 'package', operation: 'decrypt' };

let application: Application;
beforeEach(() => {
	application = lab.application();
});

const plain = (start = 1_000, end = 1_999) =>
	lab.sandbox.plainPackage(application.applicationId, start, end);

function encrypt(text: Buffer, key = lab.sandbox.account.packageKey): Buffer {
	const cipher = createCipheriv('aes-128-cbc', key, key);
	return Buffer.concat([cipher.update(text), cipher.final()]);
}

const answer = (buffer: string) => JSON.stringify({ errcode: 0, errmsg: 'ok', buffer });
const bounds = { code_start: 1_000, code_end: 1_999 };

const fileOf = (content: Buffer | string): IBinaryKeyData => ({
	data: { data: Buffer.from(content).toString('base64'), mimeType: 'application/octet-stream' },
});

/** Decrypts a package that came as this file, in an item with these fields. */
async function run(
	content: Buffer | string,
	parameters: INodeParameters = {},
	options: RunNode & { json?: IDataObject; binary?: IBinaryKeyData } = {},
): Promise<RunResult> {
	const { credentialId = lab.credentialId, json = bounds, binary = fileOf(content) } = options;
	const workflow = workflowOf('marketcode', { ...chosen, ...parameters }, { credentialId });
	return await lab.world.engine.run(workflow, { input: [{ json, binary }] });
}

async function decrypt(...args: Parameters<typeof run>) {
	const result = await run(...args);
	if (result.error) throw new Error(`The node failed: ${JSON.stringify(result.error)}`);
	const items = result.output('Node');
	const field = args[1]?.binaryPropertyName;
	const [file] = await filesOf(lab.world, items, typeof field === 'string' ? field : 'data');
	if (!file) throw new Error('No file');
	return { item: items[0], file, hints: result.hints('Node').map(({ message }) => message) };
}

async function fail(...args: Parameters<typeof run>) {
	const result = await run(...args);
	if (!result.error) throw new Error('The node did not fail');
	expect(result.output('Node')).toEqual([]);
	const { message, description } = result.error;
	return { message, description: description ?? '', error: result.error, logs: result.logs };
}

afterEach(() => expect(lab.sandbox.requests).toEqual([]));

describe('Package: Decrypt', () => {
	it.each([
		["WeChat's JSON answer", 'json', (base64: string) => answer(base64)],
		[
			"WeChat's JSON answer with \\/",
			'json',
			(base64: string) => answer(base64).replaceAll('/', '\\/'),
		],
		[
			'a JSON answer behind a byte order mark',
			'json',
			(base64: string) => `\ufeff${answer(base64)}\n`,
		],
		[
			'a JSON answer without errcode',
			'json',
			(base64: string) => JSON.stringify({ buffer: base64 }),
		],
		['base64 text', 'base64', (base64: string) => base64],
		['base64 text behind a byte order mark', 'base64', (base64: string) => `\ufeff${base64}`],
		['base64 text in lines', 'base64', (base64: string) => base64.replace(/.{76}/g, '$&\r\n')],
		['the bytes', 'raw', (base64: string) => Buffer.from(base64, 'base64')],
	])('opens %s and says so, byte for byte', async (_what, form, written) => {
		const { item, file } = await decrypt(written(encrypt(plain()).toString('base64')));
		expect(file.equals(plain())).toBe(true);
		expect(item?.json).toEqual({
			application_id: null,
			isv_application_id: null,
			file: 1,
			files: 1,
			code_start: 1_000,
			code_end: 1_999,
			code_count: 1_000,
			indexes_from: 'application',
			compared: 'application',
			lattice_width: 361,
			package_form: form,
			file_name: 'marketcode_package_1000-1999.txt',
			bytes: plain().length,
			sha256: createHash('sha256').update(plain()).digest('hex'),
			warnings: [],
		});
		expect(item?.pairedItem).toEqual({ item: 0 });
	});

	it('writes the same list of URLs as the download', async () => {
		const { file, item } = await decrypt(encrypt(plain()), { output: 'urlList' });
		const urls = lab.rows(application, 1_000, 1_999).map(({ url }) => `${url}\n`);
		expect(file.toString()).toBe(urls.join(''));
		expect(item?.json.code_count).toBe(1_000);
	});

	it('writes the same CSV as the download', async () => {
		const options = {
			columns: ['index', 'code'],
			delimiter: ';',
			lineEnding: 'crlf',
			encoding: 'utf8Bom',
			fileName: 'roll_{code_start}.csv',
		};
		const parameters = { output: 'csv', options, binaryPropertyName: 'roll' };
		const { file, item } = await decrypt(encrypt(plain()), parameters);
		const rows = lab
			.rows(application, 1_000, 1_999)
			.map(({ index, code }) => `${index};${code}\r\n`);
		expect(file.toString()).toBe(`\ufeffindex;code\r\n${rows.join('')}`);
		expect(item?.binary?.roll).toMatchObject({ fileName: 'roll_1000.csv', mimeType: 'text/csv' });
	});

	it('takes the bytes out of an answer without opening them, for which it needs no key', async () => {
		const credentialId = lab.credential({ packageKey: '' });
		const encrypted = encrypt(plain());
		const parameters = { output: 'encrypted' };
		const { file } = await decrypt(answer(encrypted.toString('base64')), parameters, {
			credentialId,
		});
		expect(file.equals(encrypted)).toBe(true);
	});

	it('reads another field and bounds that are given outright', async () => {
		const parameters = { inputBinaryField: 'package', codeStart: '1000', codeEnd: 1_999 };
		const binary = { package: fileOf(encrypt(plain())).data ?? { data: '', mimeType: '' } };
		const { file } = await decrypt('', parameters, { json: {}, binary });
		expect(file.equals(plain())).toBe(true);
	});

	it('tells where the indexes count from', async () => {
		application = lab.application({ indexesFrom: 'segment' });
		const { item } = await decrypt(encrypt(plain()));
		expect(item?.json.indexes_from).toBe('segment');
	});
});

describe('behind Marketcode Download with the output Encrypted', () => {
	it('opens every file, and keeps the IDs', async () => {
		const { engine } = lab.world;
		const result = await engine.run(downloadThenDecrypt());
		expect(result.error).toBeUndefined();
		const items: INodeExecutionData[] = result.output('Decrypt');
		expect(lab.isWhole(application, await filesOf(lab.world, items))).toBe(true);
		expect(items[2]?.json).toMatchObject({
			application_id: application.applicationId,
			isv_application_id: application.isvApplicationId,
			code_start: 2_000,
			code_end: 2_999,
			package_form: 'raw',
			file_name: `marketcode_${application.applicationId}_2000-2999.txt`,
		});
		lab.sandbox.clearRequests();
	});
});

function downloadThenDecrypt(): WorkflowJson {
	const options = { credentialId: lab.credentialId };
	const id = byId(application.applicationId);
	const first = workflowOf('marketcodeDownload', { application: id, output: 'encrypted' }, options);
	const second = workflowOf('marketcode', chosen, options).nodes.slice(1);
	return {
		...first,
		nodes: [...first.nodes, ...second.map((node) => ({ ...node, name: 'Decrypt' }))],
		connections: {
			...first.connections,
			Node: { main: [[{ node: 'Decrypt', type: 'main', index: 0 }]] },
		},
	};
}

describe('a file that is no package', () => {
	const error = { errcode: 80309, errmsg: 'subtask file expired rid: 1-2-3' };

	it.each([
		['is empty', () => '', /The file is empty/, /base64 text/],
		['is decrypted already', plain, /decrypted already/, /needs no decryption/],
		["is an error of WeChat's", () => JSON.stringify(error), /errcode 80309/, /rid: 1-2-3/],
		[
			'is JSON without a buffer',
			() => '{"errcode":0}',
			/holds no package: .* it has no package/,
			/whole JSON answer/,
		],
		['is JSON with an empty buffer', () => answer(''), /empty package/, /fresh download/],
		['is a web page', () => '<html><body>Sign in</body></html>', /not a package/, /base64 text/],
		[
			'is damaged base64',
			() => `${encrypt(plain()).toString('base64').slice(0, -8)}=AAA`,
			/damaged/,
			/fresh download/,
		],
		['is cut off', () => encrypt(plain()).subarray(0, -16), /cut off/, /fresh download/],
		[
			'is cut off within a block',
			() => encrypt(plain()).subarray(0, -5),
			/not a whole number of 16-byte AES blocks/,
			/fresh download/,
		],
		[
			'is cut off as base64',
			() => encrypt(plain()).subarray(0, -5).toString('base64'),
			/cut off/,
			/fresh download/,
		],
	])('is an error: it %s', async (_what, content, message, description) => {
		const failed = await fail(content());
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(description);
	});
});

describe('the codes', () => {
	const withoutRow = () => {
		const rows = plain().toString('latin1').split('\n');
		return encrypt(Buffer.from(rows.filter((_row, n) => n !== 500).join('\n')));
	};

	it('of which one is missing are not handed on', async () => {
		const { message, description } = await fail(withoutRow());
		expect(message).toContain('999 rows instead of 1000');
		expect(message).toContain('row 501 has index 1501 instead of 1500');
		expect(description).toContain('Nothing was handed on');
	});

	it('pass with a warning, if that is chosen', async () => {
		const { item, hints } = await decrypt(withoutRow(), { options: { verify: 'warn' } });
		expect(item?.json.code_count).toBe(999);
		expect(item?.json.warnings).toContain('999 rows instead of 1000');
		expect(hints).toContain('999 rows instead of 1000');
	});

	it('of another segment are not handed on', async () => {
		const { message } = await fail(encrypt(plain(2_000, 2_999)));
		expect(message).toContain('the indexes begin at 2000 instead of 1000');
	});
});

describe('the package key', () => {
	it.each([
		['of another account', 'AnotherAccounts1', /does not open this package/],
		['of 15 characters', '012345678901234', /15 characters instead of 16/],
		['that is missing', '', /has no package key/],
	])('%s is an error that does not show it', async (_what, packageKey, message) => {
		const credentialId = lab.credential({ packageKey });
		const failed = await fail(encrypt(plain()), {}, { credentialId });
		expect(failed.message).toMatch(message);
		const told = JSON.stringify([failed.error, failed.logs]);
		expect(told).not.toContain(packageKey || lab.sandbox.account.packageKey);
	});
});

describe('bad input', () => {
	it.each([
		['a range that is reversed', { code_start: 10, code_end: 9 }, /The range is reversed/],
		['no start', { code_end: 9 }, /Code Start is not a whole number/],
		['an end that is text', { code_start: 0, code_end: 'last' }, /Code End is not a whole number/],
	])('is an error: %s', async (_what, json, message) => {
		const failed = await fail(encrypt(plain()), {}, { json });
		expect(failed.message).toMatch(message);
		expect(failed.description).not.toBe('');
	});

	it('is an error: a field that the item does not have', async () => {
		const failed = await fail(encrypt(plain()), { inputBinaryField: 'package' });
		expect(failed.message).toContain("The item has no binary field 'package'");
	});
});
