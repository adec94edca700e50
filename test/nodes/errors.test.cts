import axios from 'axios';
import type { INodeParameters } from 'n8n-workflow';
import type { FaultKind } from '../sandbox/sandbox.cts';
import { byExternalId, byId } from './world.cts';
import { useLab } from './lab.cts';

const lab = useLab();

describe('an errcode that no repetition mends', () => {
	it.each([
		[40097, 'WeChat rejects an argument', 'Check the values'],
		[43002, 'WeChat demands a POST request', 'report this as a fault of this node'],
		[45009, 'The daily quota of this call is used up', 'Wait until tomorrow'],
		[48001, 'This account may not use marketcode', 'Apply for marketcode'],
		[48004, 'WeChat has banned this account from the call', 'notices'],
		[50002, 'WeChat has restricted this account', 'notices'],
		[61004, "This server's IP address is not registered", 'allowlist'],
		[80300, 'There is no such application', 'Check the application ID'],
		[80301, "The application is another account's", 'Choose the credential of the account'],
		[80309, "The segment's file has expired at WeChat", 'ask WeChat to generate the file anew'],
		[80310, 'There is no such segment', 'present list of segments'],
		[80313, 'The account has no package key at WeChat', 'Ask the WeChat contact'],
		[89503, "This server's IP address waits for", 'An administrator of the account confirms'],
		[99999, 'WeChat rejects the request', 'Look the errcode up'],
	])('%d: one try, then what it means, what to do, and where', async (errcode, meaning, fix) => {
		const fault = { kind: 'errcode', errcode, errmsg: 'no rid: 6f-a1-b2' } as const;
		lab.sandbox.inject({ call: 'applycodedownload', segment: 1_000, ...fault });
		const application = lab.application();
		const { message, description, error } = await lab.fail(application);
		expect(message).toContain(meaning);
		expect(message).toContain(`(errcode ${errcode})`);
		expect(message).toMatch(
			new RegExp(`^Application ${application.applicationId}, segment 2 \\(codes 1000–1999\\): `),
		);
		expect(description).toContain(fix);
		expect(description).toContain(`WeChat said: errcode ${errcode}, no rid: 6f-a1-b2`);
		expect(error).toMatchObject({
			name: 'NodeApiError',
			context: { itemIndex: 0 },
			errorResponse: { errcode, errmsg: 'no rid: 6f-a1-b2', rid: '6f-a1-b2' },
		});
		const tries = lab.requests('applycodedownload').filter(({ body }) => body.code_start === 1_000);
		expect(tries).toHaveLength(1);
	});

	it('40164 shows the address', async () => {
		const errmsg = 'invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 1-2-3';
		lab.sandbox.inject({ call: 'applycodequery', kind: 'errcode', errcode: 40164, errmsg });
		const { message, description } = await lab.fail(lab.application());
		expect(message).toContain("not on the account's allowlist: 203.0.113.9 (errcode 40164)");
		expect(description).toContain(errmsg);
	});

	it('keeps the segments that have not begun from being asked for', async () => {
		lab.sandbox.inject({ call: 'applycodedownload', kind: 'errcode', errcode: 80309, segment: 0 });
		const application = lab.application({ codeCount: 10_000, segmentSize: 100 });
		await lab.fail(application, { options: { concurrency: 2 } });
		expect(lab.sandbox.count('applycodedownload')).toBeLessThanOrEqual(3);
	});
});

describe('the application', () => {
	it('that does not exist is an error that names the ID to check (80300)', async () => {
		const { message, description } = await lab.fail(undefined, { application: byId('4711') });
		expect(message).toContain('There is no such application (errcode 80300)');
		expect(message).toContain('4711');
		expect(description).toMatch(/Check the application ID.*rid: \w+/);
		expect(lab.sandbox.count('applycodequery')).toBe(1);
	});

	it('that does not exist under its external ID, too', async () => {
		const { message } = await lab.fail(undefined, { application: byExternalId('order-0') });
		expect(message).toContain('There is no such application (errcode 80300)');
		expect(message).toContain('order-0');
	});

	it('of another account is an error that says whose credential it takes (80301)', async () => {
		const application = lab.application({ account: lab.sandbox.addAccount() });
		const { message, description } = await lab.fail(application);
		expect(message).toContain("The application is another account's (errcode 80301)");
		expect(description).toContain('Choose the credential of the account');
	});

	it('whose packages have expired is an error (80309)', async () => {
		const { message } = await lab.fail(lab.application({ packageExpired: true }));
		expect(message).toContain("The segment's file has expired at WeChat (errcode 80309)");
	});

	it.each(['9007199254740993', '18446744073709551615', '12345678901234567890'])(
		'may have an ID beyond 2^53, as text: %s',
		async (applicationId) => {
			const application = lab.application({ applicationId });
			const { files, json } = await lab.download(application);
			expect(lab.isWhole(application, files)).toBe(true);
			expect(json.map(({ application_id }) => application_id)).toEqual(
				json.map(() => applicationId),
			);
			expect(json[0]?.file_name).toBe(`marketcode_${applicationId}_0-999.txt`);
			const asked = lab.sandbox.requests.flatMap(({ body }) => body.application_id ?? []);
			expect(asked).toEqual(Array.from({ length: 4 }, () => BigInt(applicationId)));
		},
	);

	it.each([
		['a number', 700_000_001],
		['text', ' 700000001 '],
		['text with zeros before it', '0700000001'],
	])('may be given as %s', async (_what, value) => {
		const application = lab.application();
		expect(application.applicationId).toBe('700000001');
		const { json } = await lab.download(application, { application: byId(value) });
		expect(json).toHaveLength(3);
		expect(json[0]?.application_id).toBe('700000001');
	});

	it.each([
		['letters', 'order-17', /characters other than digits/, /By External ID/],
		['a sign', '-5', /characters other than digits/, /application_id that WeChat returned/],
		['a fraction', 1.5, /beyond what a JavaScript number can hold/, /Pass it on as text/],
		['lost digits', 2 ** 53 + 2, /beyond what a JavaScript number can hold/, /as text/],
		['more than a uint64', '18446744073709551616', /too large/, /go up to 18446744073709551615/],
		['spaces only', '  ', /The application is missing/, /Enter the application ID/],
		['nothing', undefined, /The application is missing/, /expression/],
	])('of %s is an error before any request', async (_what, id, message, fix) => {
		const application = byId('={{ $json.id }}');
		const failed = await lab.fail(undefined, { application }, { input: [{ id }] });
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(fix);
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([
		['an empty external ID', '={{ $json.missing }}', /missing/, /expression/],
		['a long external ID', 'x'.repeat(129), /129 characters/, /128/],
	])('of %s is an error before any request', async (_what, id, message, fix) => {
		const failed = await lab.fail(undefined, { application: byExternalId(id) });
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(fix);
		expect(lab.sandbox.requests).toEqual([]);
	});

	it('of letters is one too where it is no expression', async () => {
		// n8n leaves an expression that is pasted into the field on Fixed.
		for (const id of ['order-17', '{{ $json.application_id }}']) {
			const { message, description } = await lab.fail(undefined, { application: byId(id) });
			expect(message).toBe('The application ID has characters other than digits');
			expect(description).toContain('if it is an expression, press Expression');
		}
		expect(lab.sandbox.requests).toEqual([]);
	});
});

describe('the list of segments', () => {
	const list = (...bounds: Array<[number, number]>): FaultKind => ({
		kind: 'list',
		list: bounds.map(([code_start, code_end]) => ({ code_start, code_end })),
	});
	const fail = async (fault: FaultKind, parameters: INodeParameters = {}) => {
		lab.sandbox.inject({ call: 'applycodequery', ...fault });
		const failed = await lab.fail(lab.application(), parameters);
		expect(lab.sandbox.count('applycodedownload')).toBe(0);
		return failed;
	};

	it('that is empty is an error', async () => {
		const { message, description } = await fail({ kind: 'emptyList' });
		expect(message).toContain('WeChat lists no segments for this application');
		expect(description).toContain('ask WeChat');
	});

	it.each([
		['a gap', list([0, 999], [2000, 2999]), 'no segment for the codes 1000–1999'],
		['no beginning', list([1000, 1999], [2000, 2999]), 'no segment for the codes 0–999'],
		['an overlap', list([0, 999], [999, 1999], [2000, 2999]), 'contradicts itself at 999–1999'],
		['the same segment twice', list([0, 999], [0, 999]), 'contradicts itself at 0–999'],
		['reversed bounds', list([999, 0]), 'contradicts itself at 999–0'],
	])('with %s is an error before any download', async (_what, fault, message) => {
		const failed = await fail(fault);
		expect(failed.message).toContain(message);
		expect(failed.description).toMatch(/ask WeChat/i);
	});

	it('with a gap may pass with a warning', async () => {
		lab.sandbox.inject({ call: 'applycodequery', ...list([0, 999], [2000, 2999]) });
		const { json, hints } = await lab.download(lab.application(), { options: { verify: 'warn' } });
		const warning = 'WeChat lists no segment for the codes 1000–1999';
		expect(json.map(({ warnings }) => warnings)).toEqual([[warning], [warning]]);
		expect(hints).toContain(warning);
	});

	it('with nothing but a gap where the range is, is an error in any case', async () => {
		lab.sandbox.inject({ call: 'applycodequery', ...list([0, 999], [2000, 2999]) });
		const range = { codes: 'range', codeStart: 1_100, codeEnd: 1_200 };
		const parameters = { ...range, options: { verify: 'warn' } };
		const { message } = await lab.fail(lab.application(), parameters);
		expect(message).toBe('WeChat lists no segment for any of the codes 1100–1200');
	});

	it('with a gap outside of the range is none', async () => {
		lab.sandbox.inject({ call: 'applycodequery', ...list([0, 999], [2000, 2999]) });
		const range = { codes: 'range', codeStart: 2_100, codeEnd: 2_200 };
		const { json } = await lab.download(lab.application(), range);
		expect(json).toMatchObject([{ code_count: 101, warnings: [] }]);
	});

	it('in another order is put in order', async () => {
		lab.sandbox.inject({
			call: 'applycodequery',
			...list([2000, 2999], [0, 999], [1000, 1999]),
		});
		const application = lab.application();
		const { files } = await lab.download(application, { files: 'single' });
		expect(lab.isWhole(application, files)).toBe(true);
	});

	it.each([
		['numbers', [{ code_start: 'x', code_end: 9 }], 'its code_start is not a whole number'],
		['a list', 'none', 'its code_generate_list is not a list'],
	])('that is not of %s is an answer that can not be used', async (_what, value, message) => {
		const fault = { call: 'applycodequery', kind: 'list', list: value };
		await axios.post(`${lab.sandbox.url}/_sandbox/faults`, fault);
		const failed = await lab.fail(lab.application());
		expect(failed.message).toContain(`WeChat's answer can't be used: ${message}`);
	});
});

describe('the package key', () => {
	const withKey = (packageKey: string) => ({ credentialId: lab.credential({ packageKey }) });
	const withoutWhiteSpace = '0123456789abcdef';

	it.each([
		['another', withoutWhiteSpace, /The package key does not open this package/, 1],
		['15 characters of a', withoutWhiteSpace.slice(1), /has 15 characters instead of 16/, 0],
		['17 characters of a', `${withoutWhiteSpace}0`, /has 17 characters instead of 16/, 0],
		['no', '', /The credential has no package key/, 0],
		['a space behind a', `${withoutWhiteSpace} `, /17 .* ends with white space/, 0],
		['a space within a', '01234567 9abcdef', /holds a space/, 0],
		['a full-width', '0123456789abcde０', /not ASCII/, 0],
	])('%s key is an error that does not show it', async (_what, packageKey, message, downloads) => {
		const application = lab.application({ codeCount: 1_000 });
		const failed = await lab.fail(application, {}, withKey(packageKey));
		expect(failed.message).toMatch(message);
		expect(failed.description).toMatch(/package key|16-character key/);
		expect(JSON.stringify(failed.error)).not.toContain(packageKey || 'no such key');
		expect(lab.sandbox.count('applycodedownload')).toBe(downloads);
	});

	it('is not needed for encrypted packages', async () => {
		const options = withKey('');
		const { files } = await lab.download(lab.application(), { output: 'encrypted' }, options);
		expect(files).toHaveLength(3);
	});

	it('that WeChat has not issued is an error (80313)', async () => {
		const account = lab.sandbox.addAccount({ packageKey: '' });
		const credentialId = lab.credential({ packageKey: withoutWhiteSpace }, account);
		const { message } = await lab.fail(lab.application({ account }), {}, { credentialId });
		expect(message).toContain('The account has no package key at WeChat (errcode 80313)');
	});
});

describe('the custom base URL', () => {
	it.each([
		'http://api.example.com',
		'http://10.0.0.7:8080',
		'http://127.0.0.1.example.com',
		'http://localhost.example.com',
		'ftp://127.0.0.1',
		'api.example.com',
		'',
	])('%j is refused before anything is sent', async (customBaseUrl) => {
		const credentialId = lab.credential({ customBaseUrl });
		const { message, description } = await lab.fail(lab.application(), {}, { credentialId });
		expect(message).toBe('The custom base URL in the credential can not be used');
		expect(description).toContain('https://');
		expect(lab.sandbox.requests).toEqual([]);
	});

	it.each([(url: string) => `${url}/`, (url: string) => url.replace('127.0.0.1', 'localhost')])(
		'may be any loopback address (%#)',
		async (change) => {
			const credentialId = lab.credential({ customBaseUrl: change(lab.sandbox.url) });
			const { json } = await lab.download(lab.application(), {}, { credentialId });
			expect(json).toHaveLength(3);
		},
	);
});
