import { inspect } from 'node:util';
import {
	BUSY,
	IP_NOT_ALLOWED,
	SEGMENT_NOT_READY,
	TESTED_ERRCODES,
	TOKEN_REJECTED,
	TOO_MANY_CALLS_A_MINUTE,
	meaningOf,
} from '../../nodes/shared/wechat/errcodes';
import {
	WechatError,
	canceled,
	failureOf,
	hasErrcode,
	httpFailure,
	noToken,
	rejection,
	unusableAnswer,
} from '../../nodes/shared/wechat/wechatErrors';

const TOKEN = '92_top-secret-token';

/** Every errcode that WeChat documents for these calls. */
const DOCUMENTED = [
	-1, 40001, 40013, 40014, 40097, 40125, 40164, 40243, 41001, 41002, 41004, 42001, 42007, 43002,
	44002, 45009, 45011, 47001, 48001, 48004, 50002, 61003, 61004, 61005, 61006, 61007, 61023, 80300,
	80301, 80302, 80303, 80304, 80305, 80306, 80307, 80308, 80309, 80310, 80311, 80312, 80313, 89503,
];

describe('meaningOf', () => {
	it('tells of every documented errcode what it means and what to do', () => {
		const unknown = meaningOf(12345);
		for (const errcode of DOCUMENTED) {
			const { meaning, fix } = meaningOf(errcode);
			expect(meaning).not.toBe(unknown.meaning);
			expect(meaning).toMatch(/^[A-Z].*[^.]$/);
			expect(fix).toMatch(/^[A-Z].*\.$/s);
		}
	});

	it('knows no other: who adds one adds it here, to errmsgs.cts, itTellsErrcodes.cts and the guide', () => {
		const unknown = meaningOf(12345);
		const known = [-1, ...Array(100_000).keys()].filter(
			(errcode) => meaningOf(errcode).meaning !== unknown.meaning,
		);
		expect(known).toEqual(DOCUMENTED);
	});

	it('sends the user to WeChat with any other', () => {
		expect(meaningOf(12345).meaning).toBe('WeChat rejects the request');
		expect(meaningOf(12345).fix).toContain('rid');
	});

	it('knows all errcodes that the code treats by itself', () => {
		const treated = [...BUSY, ...TOKEN_REJECTED, ...TESTED_ERRCODES];
		const single = [IP_NOT_ALLOWED, TOO_MANY_CALLS_A_MINUTE, SEGMENT_NOT_READY];
		for (const errcode of [...treated, ...single]) expect(DOCUMENTED).toContain(errcode);
		expect([...BUSY]).toEqual([-1, 80311, 80312]);
		expect([...TOKEN_REJECTED]).toEqual([40001, 40014, 42001]);
	});
});

describe('rejection', () => {
	it('keeps errcode, errmsg and rid', () => {
		const errmsg = 'invalid application id rid: 65f0-1a2b-3c4d';
		const error = rejection(80300, errmsg, []);
		expect(error.message).toBe('There is no such application (errcode 80300)');
		expect(error.description).toContain(`WeChat said: errcode 80300, ${errmsg}`);
		expect(error.failure).toEqual({
			kind: 'errcode',
			errcode: 80300,
			errmsg,
			rid: '65f0-1a2b-3c4d',
		});
	});

	it.each([
		['invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 1-2', ': 1.2.3.4'],
		['invalid ip 2001:db8::1 ipv6 2001:db8::1, not in whitelist', ': 2001:db8::1'],
		['not in whitelist', ''],
	])('shows the address that %j names', (errmsg, address) => {
		const { message } = rejection(40164, errmsg, []);
		expect(message).toBe(
			`This server's IP address is not on the account's allowlist${address} (errcode 40164)`,
		);
	});

	it('shows an address with 40164 only', () => {
		expect(rejection(40001, 'invalid ip 1.2.3.4', []).message).not.toContain('1.2.3.4');
	});

	it('does not repeat a secret that WeChat quotes', () => {
		const errmsg = `access_token ${TOKEN}${TOKEN} and $& expired`;
		const error = rejection(42001, errmsg, ['', TOKEN, 'not there']);
		expect(inspect(error, { depth: null, showHidden: true })).not.toContain(TOKEN);
		expect(error.description).toContain('access_token ****** and $& expired');
	});

	it('does not repeat one that WeChat quotes in another form', () => {
		const code = '0A+/ $%*b';
		for (const quoted of [
			encodeURIComponent(code),
			encodeURIComponent(code).replaceAll('%20', '+'),
			code.replaceAll('/', '\\/'),
			code.replace('+', '\\u002b'),
		]) {
			const { failure, description } = rejection(80303, `bad ${quoted}. rid: 1-2`, [code]);
			expect(failure).toMatchObject({ errmsg: 'bad ***. rid: 1-2', rid: '1-2' });
			expect(description).toMatch(/WeChat said: errcode 80303, bad \*\*\*\. rid: 1-2$/);
		}
	});

	it('shows 300 characters at most of what WeChat says, and its rid', () => {
		const errmsg = `${'x'.repeat(1_000)} rid: 65f0-1a2b-3c4d`;
		const { description, failure } = rejection(80300, errmsg, []);
		const shown = `${'x'.repeat(299)}…`;
		expect(failure).toMatchObject({ errmsg: shown, rid: '65f0-1a2b-3c4d' });
		expect(description.endsWith(`errcode 80300, ${shown} rid: 65f0-1a2b-3c4d`)).toBe(true);
		for (const [errcode, long] of [
			[80300, `rid: ${'9'.repeat(5_000)}`],
			[40164, `invalid ip ${'9'.repeat(5_000)}`],
		] as const) {
			const { message, description: told } = rejection(errcode, long, []);
			expect(message.length + told.length).toBeLessThan(900);
		}
	});

	it('shows no part of a secret in which the errmsg would be cut', () => {
		for (let before = 260; before <= 310; before++) {
			for (const quoted of [TOKEN, encodeURIComponent(`+${TOKEN}`)]) {
				const error = rejection(42001, `${'x'.repeat(before)}${quoted}`, [TOKEN, `+${TOKEN}`]);
				expect(inspect(error, { depth: null })).not.toMatch(/92_|top-|secret|%2B/);
			}
		}
	});

	it('shows no part of a secret in place of a rid or an address', () => {
		const errors = [
			rejection(40001, `rid: ${TOKEN}.more`, [`${TOKEN}.more`]),
			rejection(40164, `invalid ip ${TOKEN}.more`, [`${TOKEN}.more`]),
		];
		expect(inspect(errors, { depth: null })).not.toMatch(/92_|top-|secret/);
	});

	it('goes without errmsg', () => {
		const error = rejection(80313, '', []);
		expect(error.description).toMatch(/WeChat said: errcode 80313, no errmsg$/);
		expect(error.failure).toEqual({ kind: 'errcode', errcode: 80313, errmsg: '', rid: undefined });
	});
});

describe('WechatError', () => {
	it('gets the place before its message, and stays the same otherwise', () => {
		const error = rejection(80309, 'expired', []);
		const placed = error.at('Application 1, segment 2');
		expect(placed.message).toBe(`Application 1, segment 2: ${error.message}`);
		expect(placed).toBeInstanceOf(WechatError);
		expect([placed.description, placed.failure]).toEqual([error.description, error.failure]);
	});

	it('tells its errcode', () => {
		const error = rejection(80308, '', []);
		expect(hasErrcode(error, new Set([80308]))).toBe(true);
		expect(hasErrcode(error, new Set([80309]))).toBe(false);
		for (const other of [httpFailure(500), new Error('80308'), undefined, { errcode: 80308 }]) {
			expect(hasErrcode(other, new Set([80308]))).toBe(false);
		}
	});

	it('advises to wait where the fault is on the other side, and to look where it is not', () => {
		expect(httpFailure(503).description).toBe('Run the node again in a few minutes.');
		expect(httpFailure(404).description).toMatch(/^Check the address/);
		expect(httpFailure(302).description).toMatch(/^Check the address/);
		expect(noToken('No', 'Yes.').failure).toEqual({ kind: 'token' });
		expect(unusableAnswer('it is odd').message).toBe("WeChat's answer can't be used: it is odd");
	});
});

describe('failureOf', () => {
	const network = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

	it.each([
		['ECONNRESET', 'closed the connection before its answer was complete'],
		['ERR_BAD_RESPONSE', 'closed the connection before its answer was complete'],
		['ECONNREFUSED', 'refuses the connection'],
		['ECONNABORTED', 'did not answer in time'],
		['ETIMEDOUT', 'did not answer in time'],
		['ENOTFOUND', 'could not be found: there is no such host'],
		['EAI_AGAIN', "could not be found: this server's DNS does not answer"],
		['CERT_HAS_EXPIRED', 'could not be reached'],
	])('tells %s in words, wherever the code stands', (code, words) => {
		const wrapped = new Error('n8n says something', { cause: network(code) });
		// n8n 1 keeps no cause, but writes the code where an HTTP status would stand.
		const withoutCause = Object.assign(new Error('n8n says something'), { httpCode: code });
		for (const thrown of [network(code), wrapped, withoutCause]) {
			const error = failureOf(thrown);
			// n8n replaces a message that holds such a code by a text of its own.
			expect(error.message).toBe(`WeChat ${words}`);
			expect(error.description).toContain(`(${code})`);
			expect(error.failure).toEqual({ kind: 'network', code });
		}
		expect(failureOf(network(code), 'The token server').message).toBe(`The token server ${words}`);
	});

	it.each(['aborted', 'stream has been aborted', 'socket hang up'])(
		'knows a connection that was closed by the message %j alone',
		(message) => {
			expect(failureOf(new Error(message)).failure).toEqual({
				kind: 'network',
				code: 'ECONNRESET',
			});
		},
	);

	it('takes no HTTP status for the code of a fault', () => {
		const thrown = Object.assign(new Error('Not found'), { httpCode: '404' });
		expect(failureOf(thrown).failure).toEqual({ kind: 'network', code: 'Not found' });
	});

	it('finds our own error, also within one of n8n', () => {
		const own = noToken('No token', 'Get one.');
		expect(failureOf(own)).toBe(own);
		expect(failureOf(new Error('wrapped', { cause: own }))).toBe(own);
	});

	it('knows a canceled request', () => {
		expect(failureOf(network('ERR_CANCELED')).failure).toEqual({ kind: 'canceled' });
		expect(canceled().failure).toEqual({ kind: 'canceled' });
	});

	it('takes no address with a token along', () => {
		const message = `connect to https://api.weixin.qq.com/intp?access_token=${TOKEN} failed`;
		const config = { url: `/x?access_token=${TOKEN}`, headers: { authorization: TOKEN } };
		const thrown = [
			new Error(message),
			Object.assign(network('ECONNRESET', message), { config }),
			new Error(message, { cause: Object.assign(new Error(message), { config }) }),
		];
		for (const error of thrown.map((one) => failureOf(one))) {
			expect(inspect(error, { depth: null, showHidden: true })).not.toContain(TOKEN);
		}
	});

	it.each(['a text', undefined, null, 7, { other: 'ECONNRESET' }])('goes with %j', (thrown) => {
		const error = failureOf(thrown);
		expect(error.message).toBe('WeChat could not be reached');
		expect(error.failure).toEqual({ kind: 'network', code: 'no reason given' });
	});
});
