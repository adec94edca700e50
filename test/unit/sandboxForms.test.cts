import { Client, decrypt } from '../sandbox/client.cts';
import { codesOfLength } from '../sandbox/codes.cts';
import {
	startSandbox,
	type ApplicationSettings,
	type Column,
	type FaultKind,
	type PackageForm,
	type Sandbox,
} from '../sandbox/sandbox.cts';

const CALL = 'applycodedownload';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox();
	client = new Client(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.stop());

const add = (form: Partial<PackageForm>, settings: Partial<ApplicationSettings> = {}) =>
	sandbox.addApplication({ codeCount: 10, ...settings, form });

async function download(applicationId: string, start = 0, end = 9): Promise<string> {
	const { json } = await client.download(applicationId, start, end);
	return decrypt(json.buffer, sandbox.account.packageKey).toString('utf8');
}

async function downloadWith(applicationId: string, fault: FaultKind): Promise<string> {
	sandbox.inject({ call: CALL, ...fault });
	return await download(applicationId);
}

/** The rows of an application as cells, from what the sandbox says of each code. */
function cellsOf(applicationId: string, order: readonly Column[], count = 10): string[][] {
	return Array.from({ length: count }, (_, index) => {
		const code = sandbox.code(applicationId, index);
		return order.map((column) => String(code[column]));
	});
}

const ORDER: readonly Column[] = ['lattice', 'code', 'index', 'url'];
const OTHER_ORDER: readonly Column[] = ['url', 'lattice', 'index', 'code'];
/** As a package is read, written once more by other means than the sandbox's own. */
const joined = (cells: string[][], delimiter = '\t', lineEnd = '\n') =>
	cells.map((row) => row.join(delimiter) + lineEnd).join('');

describe('a package', () => {
	it.each<[Partial<PackageForm>, (cells: string[][], turned: string[][]) => string]>([
		[{}, (cells) => joined(cells)],
		[{ delimiter: 'comma' }, (cells) => joined(cells, ',')],
		[{ delimiter: 'spaces' }, (cells) => joined(cells, ' ')],
		[{ delimiter: 'spaces', spaces: 7 }, (cells) => joined(cells, '       ')],
		[{ columns: OTHER_ORDER }, (_cells, turned) => joined(turned)],
		[{ lineEnd: 'crlf' }, (cells) => joined(cells, '\t', '\r\n')],
		[{ finalLineEnd: false }, (cells) => joined(cells).slice(0, -1)],
		[{ finalLineEnd: false, lineEnd: 'crlf' }, (cells) => joined(cells, '\t', '\r\n').slice(0, -2)],
		[{ blankLinesAtEnd: 3 }, (cells) => `${joined(cells)}\n\n\n`],
		[{ blankLinesAtEnd: 1, lineEnd: 'crlf' }, (cells) => `${joined(cells, '\t', '\r\n')}\r\n`],
		[{ byteOrderMark: true }, (cells) => `\ufeff${joined(cells)}`],
		[
			{ columns: OTHER_ORDER, delimiter: 'comma', lineEnd: 'crlf', byteOrderMark: true },
			(_cells, turned) => `\ufeff${joined(turned, ',', '\r\n')}`,
		],
	])('in the form %j', async (form, expected) => {
		const { applicationId } = add(form);
		const text = expected(cellsOf(applicationId, ORDER), cellsOf(applicationId, OTHER_ORDER));
		expect(await download(applicationId)).toBe(text);
		expect(sandbox.plainPackage(applicationId, 0, 9).toString('utf8')).toBe(text);
	});

	it.each([1, 7, 8, 9, 16, 31, 32, 33, 68, 361, 400, 10_000])(
		'has lattices of %d characters',
		async (latticeWidth) => {
			const { applicationId } = add({ latticeWidth }, { codeCount: 100 });
			const text = await download(applicationId, 0, 99);
			const lattices = text.split('\n').map((row) => row.split('\t')[0] ?? '');
			expect(lattices.pop()).toBe('');
			expect(lattices.every((lattice) => /^[01]+$/.test(lattice))).toBe(true);
			expect(new Set(lattices.map(({ length }) => length))).toEqual(new Set([latticeWidth]));
			expect(sandbox.code(applicationId, 99).lattice).toBe(lattices[99]);
			if (latticeWidth > 31) expect(new Set(lattices).size).toBe(100);
			const [first = ''] = lattices;
			if (latticeWidth > 64) expect(first.slice(32, 64)).not.toBe(first.slice(0, 32));
			// Every module is white in some codes and black in others.
			for (let at = 0; at < latticeWidth; at++) {
				expect(new Set(lattices.map((lattice) => lattice[at])).size).toBe(2);
			}
		},
	);

	it('has the same codes and urls whatever its form', () => {
		const codes = [{}, { latticeWidth: 68 }, { delimiter: 'comma' as const }].map((form) => {
			sandbox.reset();
			return cellsOf(add(form, { applicationId: '7' }).applicationId, ['code', 'url']);
		});
		expect(codes[1]).toEqual(codes[0]);
		expect(codes[2]).toEqual(codes[0]);
	});

	it('is in the sandbox’s form unless the application has one', async () => {
		const other = await startSandbox({ form: { latticeWidth: 68, delimiter: 'comma' } });
		const { form } = other.addApplication({ codeCount: 10, form: { delimiter: 'tab' } });
		await other.stop();
		expect(form).toEqual({ ...sandbox.addApplication({ codeCount: 10 }).form, latticeWidth: 68 });
		await expect(startSandbox({ form: { latticeWidth: 0 } })).rejects.toThrow('latticeWidth');
	});
});

describe('codes of few characters', () => {
	it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('%d: are unique and found again', (codeLength) => {
		const codeCount = Math.min(codesOfLength(codeLength), 60_000);
		const { applicationId } = add({ codeLength, latticeWidth: 1 }, { codeCount });
		const text = sandbox.plainPackage(applicationId, 0, codeCount - 1).toString('latin1');
		const codes = text.split('\n').map((row) => row.split('\t')[1] ?? '');
		expect(codes.pop()).toBe('');
		expect(codes.every((code) => code.length === codeLength)).toBe(true);
		expect(codes.every((code) => /^[0-9A-Z*+-][0-9A-Z*]*$/.test(code))).toBe(true);
		expect(new Set(codes).size).toBe(codeCount);
		expect(sandbox.code(applicationId, 30).code).toBe(codes[30]);
	});

	it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('%d: are known to codeactivequery', async (codeLength) => {
		const codeCount = Math.min(codesOfLength(codeLength), 20_000_000);
		const { applicationId } = add({ codeLength }, { codeCount });
		for (const index of [0, 1, 17, codeCount - 2, codeCount - 1]) {
			const { code, url } = sandbox.code(applicationId, index);
			const answers = [{ code }, { code_url: url }].map((body) =>
				client.call('codeactivequery', body),
			);
			for (const { json } of await Promise.all(answers)) expect(json.errcode).toBe(80304);
		}
		const { code } = sandbox.code(applicationId, 0);
		for (const other of [`${code}0`.slice(-9), code.slice(1), code.toLowerCase(), '?', 'é']) {
			if (other === code) continue;
			const { json } = await client.call('codeactivequery', { code: other });
			expect([80303, 80304, 40097]).toContain(json.errcode);
			if (other.length !== codeLength || /[^0-9A-Z*+-]/.test(other)) {
				expect(json.errcode).not.toBe(80304);
			}
		}
	});

	it('are no more than there are', () => {
		expect(() => add({ codeLength: 1 }, { codeCount: 40 })).toThrow('fewer codes of 1 characters');
		expect(() => add({ codeLength: 2 }, { codeCount: 1_443 })).not.toThrow();
		expect(() => add({ codeLength: 2 }, { codeCount: 1_444 })).toThrow('fewer codes');
	});
});

describe('a fault of the text', () => {
	it.each([
		['crlf', { lineEnd: 'crlf' }],
		['comma', { delimiter: 'comma' }],
		['noFinalLineFeed', { finalLineEnd: false }],
		['byteOrderMark', { byteOrderMark: true }],
	] as const)('%s writes as the form %j does', async (kind, form) => {
		const base = { latticeWidth: 16, codeLength: 5, columns: OTHER_ORDER };
		const faulty = add(base, { applicationId: '7' });
		const text = await downloadWith(faulty.applicationId, { kind });
		sandbox.reset();
		const { applicationId } = add({ ...base, ...form }, { applicationId: '7' });
		expect(text).toBe(await download(applicationId));
	});

	it('changes rows in any form', async () => {
		const { applicationId } = add({ latticeWidth: 16, delimiter: 'comma', columns: OTHER_ORDER });
		const rows = cellsOf(applicationId, OTHER_ORDER).map((row) => row.join(','));
		const [url = '', lattice = '', index = '', code = ''] = rows[5]?.split(',') ?? [];
		const withRow = (row: string) =>
			`${rows.map((own, at) => (at === 5 ? row : own)).join('\n')}\n`;
		expect(await downloadWith(applicationId, { kind: 'otherWidth' })).toBe(
			withRow([url, `${lattice}1`, index, code].join(',')),
		);
		expect(await downloadWith(applicationId, { kind: 'rowMalformed' })).toBe(
			withRow([url, lattice, index, code.slice(1)].join(',')),
		);
		expect(await downloadWith(applicationId, { kind: 'rowMalformed', column: 'url' })).toBe(
			withRow([url.slice(1), lattice, index, code].join(',')),
		);
		expect(await downloadWith(applicationId, { kind: 'blankLine' })).toBe(withRow(`\n${rows[5]}`));
		expect(await downloadWith(applicationId, { kind: 'blankLine', row: 0 })).toBe(
			`\n${rows.join('\n')}\n`,
		);
		expect(await downloadWith(applicationId, { kind: 'loneCarriageReturn' })).toBe(
			`${rows.join('\n')}\n\r`,
		);
	});

	it('twinOf gives the rows of another application, to this account’s key', async () => {
		const account = sandbox.addAccount();
		const twin = add({ latticeWidth: 68 }, { account, codeCount: 20, segmentSize: 10 });
		const { applicationId } = add({}, { codeCount: 20, segmentSize: 10 });
		sandbox.inject({ call: CALL, kind: 'twinOf', applicationId: twin.applicationId, times: 1 });
		const own = sandbox.plainPackage(applicationId, 10, 19).toString();
		const others = sandbox.plainPackage(twin.applicationId, 10, 19).toString();
		expect(own).not.toBe(others);
		expect(await download(applicationId, 10, 19)).toBe(others);
		expect(await download(applicationId, 10, 19)).toBe(own);
		expect(() => sandbox.inject({ call: CALL, kind: 'twinOf', applicationId: '5' })).toThrow(
			'no application 5',
		);
	});
});
