import type { INodeParameters } from 'n8n-workflow';
import type { Fault, FaultKind } from '../sandbox/sandbox.cts';
import { useLab } from './lab.cts';
import { byId } from './world.cts';

const lab = useLab();

/** Hits every download, or that of the segment that begins at `segment`. */
const spoil = (fault: FaultKind, segment?: number) =>
	lab.sandbox.inject({ call: 'applycodedownload', times: Infinity, segment, ...fault });

/** Ways to write the same package and answer. */
const HARMLESS: readonly FaultKind[] = [
	{ kind: 'crlf' },
	{ kind: 'noFinalLineFeed' },
	{ kind: 'comma' },
	{ kind: 'byteOrderMark' },
	{ kind: 'loneCarriageReturn' },
	{ kind: 'columnOrder', order: ['url', 'index', 'lattice', 'code'] },
	{ kind: 'columnOrder', order: ['index', 'code', 'url', 'lattice'] },
	{ kind: 'wrappedBase64' },
	{ kind: 'bufferFirst' },
	{ kind: 'escapedSlashes' },
	{ kind: 'escapes' },
	{ kind: 'numericStrings' },
	{ kind: 'missingErrcode' },
];

describe('a package or an answer that is only written in another way', () => {
	const cases = HARMLESS.flatMap((fault) =>
		['urlList', 'csv'].map((output) => ({ output, fault, name: Object.values(fault).join(' ') })),
	);

	it.each(cases)('gives the same $output: $name', async ({ output, fault }) => {
		const application = lab.application();
		const parameters = { output, files: 'single', options: { columns: ['code', 'url'] } };
		const plain = await lab.download(application, parameters);
		spoil(fault);
		const { files, json } = await lab.download(application, parameters);
		expect(files[0]?.equals(plain.files[0] ?? Buffer.alloc(0))).toBe(true);
		expect(json).toMatchObject([{ code_count: 3_000, warnings: [] }]);
	});

	it.each(HARMLESS.slice(7))('gives the same package, byte for byte: $kind', async (fault) => {
		spoil(fault);
		const application = lab.application();
		const { files } = await lab.download(application);
		expect(lab.isWhole(application, files)).toBe(true);
	});

	it.each([
		['crlf', '\n', '\r\n'],
		['comma', '\t', ','],
	] as const)('leaves a package as it came: %s', async (kind, from, to) => {
		spoil({ kind });
		const application = lab.application({ codeCount: 100 });
		const { files } = await lab.download(application);
		const plain = lab.sandbox.plainPackage(application.applicationId, 0, 99).toString('latin1');
		expect(files[0]?.toString('latin1')).toBe(plain.replaceAll(from, to));
	});

	it.each([
		['byteOrderMark', (text: string) => `\ufeff${text}`],
		['noFinalLineFeed', (text: string) => text.slice(0, -1)],
		['loneCarriageReturn', (text: string) => `${text}\r`],
	] as const)('is joined into a single file of good rows: %s', async (kind, change) => {
		spoil({ kind });
		const application = lab.application();
		const { files } = await lab.download(application, { files: 'single' });
		const plain = lab.sandbox.plainPackage(application.applicationId, 0, 2_999).toString('utf8');
		expect(files[0]?.equals(Buffer.from(change(plain)))).toBe(true);
	});

	it.each(HARMLESS.slice(0, 7))('can have a range cut out of it: $kind', async (fault) => {
		spoil(fault);
		const application = lab.application();
		const range = { codes: 'range', codeStart: 990, codeEnd: 1_010, output: 'urlList' };
		const { files } = await lab.download(application, { ...range, files: 'single' });
		const urls = lab.rows(application, 990, 1_010).map(({ url }) => `${url}\n`);
		expect(files[0]?.toString()).toBe(urls.join(''));
	});

	it.each(['applycodequery', 'stable_token'])(
		'numbers as strings, no errcode and \\/ do not matter in %s either',
		async (call) => {
			for (const kind of ['numericStrings', 'missingErrcode', 'escapedSlashes'] as const) {
				lab.sandbox.inject({ call, kind });
			}
			const application = lab.application({ applicationId: '12345678901234567890' });
			const { files } = await lab.download(application);
			expect(lab.isWhole(application, files)).toBe(true);
		},
	);
});

describe('segments that are not written alike', () => {
	const order = ['url', 'code', 'index', 'lattice'] as const;
	const others: ReadonlyArray<readonly [string, FaultKind]> = [
		['another delimiter', { kind: 'comma' }],
		['their columns in another order', { kind: 'columnOrder', order }],
	];

	it.each(others)('make no package: %s', async (what, fault) => {
		spoil(fault, 1_000);
		const application = lab.application();
		for (const files of ['perSegment', 'single']) {
			const { message } = await lab.fail(application, { files });
			expect(message).toMatch(
				new RegExp(`segment 2 .*: unlike those before, its rows have ${what}$`),
			);
		}
		const { json } = await lab.download(application, { options: { verify: 'warn' } });
		expect(json.map(({ warnings }) => warnings)).toEqual([
			[],
			[`Segment 2: unlike those before, its rows have ${what}`],
			[],
		]);
	});

	it.each(others)('make a list all the same: %s', async (_what, fault) => {
		spoil(fault, 1_000);
		const application = lab.application();
		const { files, json } = await lab.download(application, { output: 'urlList', files: 'single' });
		const urls = lab.rows(application, 0, 2_999).map(({ url }) => `${url}\n`);
		expect(files[0]?.toString()).toBe(urls.join(''));
		expect(json[0]?.warnings).toEqual([]);
	});
});

/** Packages that can't be opened, at once: what is said of them. */
const UNREADABLE: ReadonlyArray<readonly [FaultKind, RegExp]> = [
	[{ kind: 'damagedBase64' }, /The package is damaged: it is not valid base64$/],
	[{ kind: 'cutBuffer' }, /The package is cut off: its last bytes are missing$/],
	[{ kind: 'cutBuffer', bytes: 5 }, /The package is cut off: \d+ bytes are not a whole number of/],
	[{ kind: 'wrongKey' }, /The package key does not open this package$/],
	[{ kind: 'emptyBuffer' }, /WeChat sent an empty package$/],
];

describe('a package that can not be opened', () => {
	it.each(
		UNREADABLE.map(([fault, message]) => ({
			name: Object.values(fault).join(' '),
			fault,
			message,
		})),
	)('is an error at once that names its place: $name', async ({ fault, message }) => {
		spoil(fault, 1_000);
		const application = lab.application();
		for (const files of ['perSegment', 'single']) {
			lab.sandbox.clearRequests();
			const failed = await lab.fail(application, { files, options: { verify: 'off' } });
			expect(failed.message).toMatch(message);
			expect(failed.message).toContain(
				`Application ${application.applicationId}, segment 2 (codes 1000–1999): `,
			);
			expect(failed.description).toMatch(/Run the node again|package key/);
			const tries = lab.requests('applycodedownload');
			expect(tries.filter(({ body }) => body.code_start === 1_000)).toHaveLength(1);
		}
	});
});

/** Packages whose rows are not what was asked for: what is said of segment 2. */
const WRONG_ROWS: ReadonlyArray<readonly [FaultKind, string]> = [
	[{ kind: 'rowMissing' }, '999 rows instead of 1000; row 501 has index 1501 instead of 1500'],
	[{ kind: 'rowMissing', row: 999 }, '999 rows instead of 1000'],
	[{ kind: 'rowDoubled' }, '1001 rows instead of 1000; row 502 has index 1500 instead of 1501'],
	[
		{ kind: 'rowMalformed', column: 'url' },
		'line 501 is not a code row: its url does not fit (4 fields: 361 × 0/1, 9 characters, index, 27 characters)',
	],
	[
		{ kind: 'otherWidth' },
		'line 501 is not a code row: its lattice does not fit (4 fields: 362 × 0/1, 9 characters, index, 28 characters)',
	],
	[{ kind: 'blankLine' }, 'line 501 is not a code row: it is empty'],
	[{ kind: 'duplicateCode' }, 'row 1000 repeats the code of row 1'],
	[{ kind: 'duplicateUrl' }, 'row 1000 repeats the url of row 1'],
	[{ kind: 'otherSegment' }, 'the indexes begin at 2000 instead of 1000'],
];
const wrongRows = WRONG_ROWS.map(([fault, problem]) => ({
	name: Object.values(fault).join(' '),
	fault,
	problem,
}));
const verifying = (verify: string, more: INodeParameters = {}) => ({
	...more,
	options: { verify },
});

describe('codes that are not what was asked for', () => {
	it.each(wrongRows)('fail: nothing is handed on ($name)', async ({ fault, problem }) => {
		spoil(fault, 1_000);
		const application = lab.application();
		const codes = lab.rows(application, 0, 2_999).flatMap(({ code, url }) => [code, url]);
		for (const files of ['perSegment', 'single']) {
			const { message, description, error } = await lab.fail(application, { files });
			expect(message).toContain(
				`Application ${application.applicationId}, segment 2 (codes 1000–1999): The codes did not pass verification: `,
			);
			expect(message).toContain(problem);
			expect(description).toContain('Nothing was handed on');
			const told = JSON.stringify(error);
			expect(codes.filter((code) => told.includes(code))).toEqual([]);
		}
	});

	it.each(wrongRows)('warn: handed on with a warning ($name)', async ({ fault, problem }) => {
		spoil(fault, 1_000);
		const { json, files, hints } = await lab.download(lab.application(), verifying('warn'));
		expect(files).toHaveLength(3);
		const [first, second, third] = json.map(({ warnings }) => warnings);
		expect(first).toEqual([]);
		expect(JSON.stringify(second)).toContain(`Segment 2: ${problem.split(';')[0]}`);
		if (fault.kind !== 'otherSegment') expect(third).toEqual([]);
		expect(hints[0]).toMatch(/^Segment 2: /);
		expect(hints.every((hint) => hint.length <= 120)).toBe(true);
	});

	it.each(wrongRows)('off: handed on as it came ($name)', async ({ fault }) => {
		spoil(fault, 1_000);
		const { json, files, hints } = await lab.download(lab.application(), verifying('off'));
		expect(files).toHaveLength(3);
		expect(json.map(({ warnings }) => warnings)).toEqual([[], [], []]);
		expect(hints).toEqual([]);
	});

	it('warn: the count is that of the rows that are there', async () => {
		spoil({ kind: 'rowMissing' }, 1_000);
		const { json, files } = await lab.download(
			lab.application(),
			verifying('warn', { output: 'urlList', files: 'single' }),
		);
		expect(json).toMatchObject([{ code_count: 2_999, code_start: 0, code_end: 2_999 }]);
		expect(files[0]?.toString().split('\n')).toHaveLength(3_000);
	});

	it.each(['warn', 'off'])(
		'%s: a malformed row would be lost in a list, so it is an error there',
		async (verify) => {
			spoil({ kind: 'rowMalformed', column: 'url' }, 1_000);
			const parameters = verifying(verify, { output: 'urlList' });
			const { message, description } = await lab.fail(lab.application(), parameters);
			expect(message).toMatch(/segment 2 .*Line 501 of the package is not a code row/);
			expect(description).toContain('With Output: Package and the option Verify: Warn or Off');
		},
	);

	it.each(['warn', 'off'])(
		'%s: a range can not be cut out of rows that are not all there',
		async (verify) => {
			spoil({ kind: 'rowMissing' }, 1_000);
			const range = { codes: 'range', codeStart: 1_100, codeEnd: 1_200 };
			const { message } = await lab.fail(lab.application(), verifying(verify, range));
			expect(message).toMatch(/segment 2 .*A segment that did not pass verification can't be cut/);
		},
	);
});

describe('the package of another segment, where indexes count from the segment', () => {
	it('is found by having come twice', async () => {
		spoil({ kind: 'otherSegment' }, 1_000);
		const application = lab.application({ indexesFrom: 'segment' });
		for (const files of ['perSegment', 'single']) {
			const { message } = await lab.fail(application, { files });
			expect(message).toMatch(/segment 3 .*it is the same package as that of the codes 1000–1999$/);
		}
	});

	it('is found by having come for another item of the same execution', async () => {
		spoil({ kind: 'otherSegment' }, 1_000);
		const { applicationId } = lab.application({ indexesFrom: 'segment' });
		const input = [1_000, 2_000].map((start) => ({ start, end: start + 999 }));
		const codeStart = '={{ $json.start }}';
		const range = { codes: 'range', codeStart, codeEnd: '={{ $json.end }}' };
		const result = await lab.run({ application: byId(applicationId), ...range }, { input });
		expect(result.error?.message).toMatch(/same package as that of the codes 1000–1999$/);
	});

	it('is forgotten with the item that failed for it', async () => {
		const other = { call: 'applycodedownload', kind: 'otherSegment', segment: 1_000 } as const;
		lab.sandbox.inject(other);
		const { applicationId } = lab.application({ indexesFrom: 'segment' });
		const input = [1, 2].map(() => ({}));
		const onError = 'continueRegularOutput';
		const result = await lab.run({ application: byId(applicationId) }, { input, onError });
		const json = result.output('Node').map((item) => item.json);
		expect(json[0]?.error).toMatch(/same package/);
		expect(json.slice(1).map(({ segment }) => segment)).toEqual([1, 2, 3]);
	});

	it('can not be found where it is downloaded alone, which is a warning', async () => {
		const range = { codes: 'range', codeStart: 1_000, codeEnd: 1_999 };
		const alone = await lab.download(lab.application({ indexesFrom: 'segment' }), range);
		expect(alone.json[0]?.warnings).toEqual([
			expect.stringMatching(/^Segment 2: .*do not show that it is not the package of another one/),
		]);
		expect(alone.hints).toHaveLength(1);
		const told = await lab.download(lab.application(), range);
		expect(told.json[0]?.warnings).toEqual([]);
	});

	it('is a warning, if the user chose so', async () => {
		spoil({ kind: 'otherSegment' }, 1_000);
		const application = lab.application({ indexesFrom: 'segment' });
		const { json } = await lab.download(application, verifying('warn'));
		expect(json.map(({ warnings }) => warnings)).toEqual([
			[],
			[],
			['Segment 3: it is the same package as that of the codes 1000–1999'],
		]);
	});
});

describe('what the indexes count from', () => {
	it.each(['application', 'segment'] as const)('is reported: the %s', async (indexesFrom) => {
		const application = lab.application({ indexesFrom });
		const { json, files } = await lab.download(application);
		expect(json.map(({ indexes_from }) => indexes_from)).toEqual(json.map(() => indexesFrom));
		expect(lab.isWhole(application, files)).toBe(true);
	});
});

/** The tests of what the user gets from each fault that the sandbox has; the type holds it complete. */
const TESTED_IN: Readonly<Record<Fault['kind'], string>> = {
	errcode: 'errors',
	http: 'retries',
	html: 'retries',
	reset: 'retries',
	cut: 'retries',
	late: 'activateState, activateRanges',
	slow: 'retries, outputs, cancel',
	staleToken: 'tokens',
	emptyList: 'errors',
	list: 'errors',
	status: 'notFinished',
	damagedBase64: 'here',
	cutBuffer: 'here',
	wrongKey: 'here',
	emptyBuffer: 'here',
	noBuffer: 'hostile',
	rowMissing: 'here',
	rowDoubled: 'here',
	rowMalformed: 'here',
	duplicateCode: 'here',
	duplicateUrl: 'here',
	repeatedUrl: 'duplicates',
	otherSegment: 'here',
	crlf: 'here',
	noFinalLineFeed: 'here',
	comma: 'here',
	byteOrderMark: 'here',
	columnOrder: 'here',
	bufferFirst: 'here',
	escapedSlashes: 'here',
	numericStrings: 'here',
	missingErrcode: 'here',
	wrappedBase64: 'here',
	otherWidth: 'here',
	blankLine: 'here',
	loneCarriageReturn: 'here',
	escapes: 'here',
	twinOf: 'twins',
	trickle: 'hostile',
	stall: 'hostile',
	huge: 'hostile',
	doubledErrcode: 'strange',
	omitZeros: 'sparse',
	fields: 'forms, hostile, sparse',
};

it('every fault that is said to be tested here is', () => {
	const here = Object.keys(TESTED_IN).filter((kind) => Reflect.get(TESTED_IN, kind) === 'here');
	const tested = [
		...HARMLESS.map(({ kind }) => kind),
		...[...UNREADABLE, ...WRONG_ROWS].map(([{ kind }]) => kind),
	];
	expect([...new Set<string>(tested)].sort()).toEqual(here.sort());
});
