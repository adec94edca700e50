import { inspect } from 'node:util';
import {
	isFields,
	listField,
	numberField,
	parseObject,
	readAnswer,
	responseText,
	textField,
} from '../../nodes/shared/wechat/answer';
import { bodyOf } from '../../nodes/shared/wechat/calls';
import { WechatError } from '../../nodes/shared/wechat/errors';
import { tokenIn } from '../../nodes/shared/wechat/tokenSource';

/** The error that `work` throws, for the user. */
function errorOf(work: () => unknown): WechatError {
	try {
		work();
	} catch (error) {
		if (!(error instanceof WechatError)) throw error;
		expect(error.description).toMatch(/\S/);
		return error;
	}
	throw new Error('No error was thrown');
}

const read = (text: string, secrets: string[] = []) => readAnswer(text, secrets);

describe('responseText', () => {
	it('is the body, as text or as bytes', () => {
		expect(responseText({ statusCode: 200, body: '{"a":1}' })).toBe('{"a":1}');
		expect(responseText({ statusCode: 200, body: Buffer.from('一') })).toBe('一');
	});

	it.each([500, 502, 404, 302, 201])('takes HTTP %d for an error', (statusCode) => {
		const error = errorOf(() => responseText({ statusCode, body: '{"errcode":0}' }));
		expect(error.message).toBe(`WeChat answered with HTTP ${statusCode} instead of 200`);
		expect(error.failure).toEqual({ kind: 'http', status: statusCode });
	});

	it('names the server, and does not trust what is no response', () => {
		const work = () => responseText({ statusCode: 500, body: '' }, 'The token server');
		expect(errorOf(work).message).toMatch(/^The token server answered with HTTP 500/);
		for (const response of [undefined, null, 'text', []]) {
			expect(errorOf(() => responseText(response)).failure.kind).toBe('http');
		}
	});
});

describe('readAnswer', () => {
	it('gives the fields of a success, with errcode or without', () => {
		expect(read('{"errcode":0,"errmsg":"ok","status":"FINISH"}').status).toBe('FINISH');
		expect(read('{"status":"FINISH"}').status).toBe('FINISH');
		expect(read('{"buffer":"AAA\\/+=","errcode":"0"}').buffer).toBe('AAA/+=');
		expect(read('{"errcode":null}')).toEqual({ errcode: null });
	});

	it.each([
		['{"application_id":18446744073709551615}', '18446744073709551615'],
		['{"application_id" : 581865877}', '581865877'],
		['{"application_id":"9007199254740993"}', '9007199254740993'],
		['{"a":{"application_id":9007199254740993},"application_id":1}', '1'],
	])('loses no digit of the application_id in %s', (text, applicationId) => {
		expect(read(text).application_id).toBe(applicationId);
	});

	it('changes nothing else', () => {
		const answer = { errmsg: 'the "application_id":12 is fine', code_index: 12, list: [1, 2] };
		expect(read(JSON.stringify(answer))).toEqual(answer);
	});

	it.each([
		['a page', '<html><body>502</body></html>'],
		['nothing', ''],
		['half an answer', '{"errcode":0,"buffer":"AAAA'],
		['a list', '[{"errcode":0}]'],
		['a number', '0'],
		['null', 'null'],
	])('takes %s for an error', (_what, text) => {
		const error = errorOf(() => read(text));
		expect(error.message).toBe("WeChat's answer can't be used: it is not JSON");
		expect(error.failure).toEqual({ kind: 'answer' });
	});

	it.each(['{"errcode":"busy"}', '{"errcode":{}}', '{"errcode":1.5}'])(
		'takes %s for an error',
		(text) => {
			expect(errorOf(() => read(text)).message).toMatch(/its errcode is not a number$/);
		},
	);

	it.each([
		'{"errcode":80300,"errmsg":"no rid: 1-a"}',
		'{"errmsg":"no rid: 1-a","errcode":"80300"}',
	])('takes the errcode of %s for an error with its meaning', (text) => {
		const error = errorOf(() => read(text));
		expect(error.message).toBe('There is no such application (errcode 80300)');
		expect(error.failure).toEqual({
			kind: 'errcode',
			errcode: 80300,
			errmsg: 'no rid: 1-a',
			rid: '1-a',
		});
	});

	it('takes another meaning where the call gives one, and shows no secret', () => {
		const work = () =>
			readAnswer('{"errcode":40001,"errmsg":"bad s3cret!"}', ['s3cret', ''], () => ({
				meaning: 'Wrong AppSecret',
				fix: 'Copy it again.',
			}));
		const error = errorOf(work);
		expect(error.message).toBe('Wrong AppSecret (errcode 40001)');
		expect(inspect(error, { depth: null, showHidden: true })).not.toContain('s3cret');
		expect(error.description).toContain('bad ***!');
	});
});

describe('fields of an answer', () => {
	it('are objects only', () => {
		expect([{}, { a: 1 }].every(isFields)).toBe(true);
		expect([null, undefined, [], 'text', 1].some(isFields)).toBe(false);
		expect(parseObject('{"a":1}')).toEqual({ a: 1 });
		for (const text of ['', '[]', '1', '"a"', 'null', '{'])
			expect(parseObject(text)).toBeUndefined();
	});

	it('are texts, also where WeChat sends a number', () => {
		const answer = { text: 'a', number: 12, list: [1], object: {}, nothing: null, yes: true };
		const texts = Object.keys(answer).map((name) => textField(answer, name));
		expect(texts).toEqual(['a', '12', '', '', '', '']);
		expect(textField(answer, 'missing')).toBe('');
	});

	it('are whole numbers, also where WeChat sends a text', () => {
		expect(numberField({ n: 49_999 }, 'n')).toBe(49_999);
		expect(numberField({ n: '49999' }, 'n')).toBe(49_999);
		expect(numberField({ n: 0 }, 'n')).toBe(0);
		for (const n of [undefined, null, '', ' ', '-1', -1, 1.5, '1e3', '0x10', 2 ** 53, 'NaN', [7]]) {
			const error = errorOf(() => numberField({ n }, 'n'));
			expect(error.message).toBe("WeChat's answer can't be used: its n is not a whole number");
		}
	});

	it('are lists of objects, empty where there is none', () => {
		expect(listField({ list: [{ a: 1 }] }, 'list')).toEqual([{ a: 1 }]);
		for (const answer of [{}, { list: null }, { list: [] }]) {
			expect(listField(answer, 'list')).toEqual([]);
		}
		for (const list of [{}, 'a', [1], [null], [[]]]) {
			expect(errorOf(() => listField({ list }, 'list')).message).toMatch(/its list is not a list$/);
		}
	});
});

describe('bodyOf', () => {
	it('writes an application_id as a number, whatever its size', () => {
		expect(bodyOf({ application_id: '18446744073709551615', code_start: 0 })).toBe(
			'{"application_id":18446744073709551615,"code_start":0}',
		);
	});

	it('writes everything else as JSON', () => {
		const fields = { isv_application_id: '12', activity_name: 'a "b"\n一', code_end: 49_999 };
		expect(JSON.parse(bodyOf(fields))).toEqual(fields);
		expect(bodyOf({})).toBe('{}');
	});
});

describe('tokenIn', () => {
	it.each([
		['{"access_token":"abc-DEF_123","expires_in":7200}'],
		['{"errcode":0,"data":{"access_token":"abc-DEF_123"}}'],
		['abc-DEF_123'],
		[' abc-DEF_123\n'],
	])('finds the token in %j', (text) => {
		expect(tokenIn(text)).toBe('abc-DEF_123');
	});

	it.each([
		['nothing', ''],
		['white space', ' \n'],
		['a page', '<html>Login</html>'],
		['a word of a page', '<html>'],
		['an error', '{"errcode":40001,"errmsg":"invalid credential"}'],
		['no token within data', '{"access_token":"outer","data":{}}'],
		['an empty token', '{"access_token":""}'],
		['a token that is no text', '{"access_token":{"a":1}}'],
		['a sentence', 'Access denied'],
		['a JSON text', '"abc"'],
		['a list', '["abc"]'],
		['a token that is too long', 'a'.repeat(513)],
		['a token with a line feed', '{"access_token":"abc\\ndef"}'],
	])('finds none in %s', (_what, text) => {
		expect(tokenIn(text)).toBeUndefined();
	});

	it('takes one of 512 characters', () => {
		expect(tokenIn('a'.repeat(512))).toHaveLength(512);
	});
});
