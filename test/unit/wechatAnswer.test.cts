import { inspect } from 'node:util';
import {
	applicationIdField,
	isFields,
	listField,
	optionalNumber,
	optionalText,
	parseObject,
	readAnswer,
	textField,
} from '../../nodes/shared/wechat/answer';
import { bodyOf } from '../../nodes/shared/wechat/calls';
import { WechatError } from '../../nodes/shared/wechat/wechatErrors';
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

describe('readAnswer', () => {
	it('gives the fields of a success, with errcode or without', () => {
		expect(read('{"errcode":0,"errmsg":"ok","status":"FINISH"}').status).toBe('FINISH');
		expect(read('{"status":"FINISH"}').status).toBe('FINISH');
		expect(read('{"buffer":"AAA\\/+=","errcode":"0"}').buffer).toBe('AAA/+=');
		expect(read('{"errcode":-0}').errcode).toBe(-0);
		expect(read('\ufeff{"errcode":0,"status":"FINISH"}').status).toBe('FINISH');
		expect(read('{}')).toEqual({});
	});

	it.each([
		['{"application_id":18446744073709551615}', '18446744073709551615'],
		['{"application_id" : 581865877}', '581865877'],
		['{"application_id":"9007199254740993"}', '9007199254740993'],
		['{"a":{"application_id":9007199254740993},"application_id":1}', '1'],
		['{"application\\u005fid":9007199254740993}', '9007199254740993'],
		['{"errmsg":"\\"application_id\\":5","application_id":9007199254740993}', '9007199254740993'],
	])('loses no digit of the application_id in %s', (text, applicationId) => {
		expect(read(text).application_id).toBe(applicationId);
	});

	it('changes nothing else', () => {
		const answer = { errmsg: 'the "application_id":12 is fine', code_index: 12, list: [1, 2] };
		expect(read(JSON.stringify(answer))).toEqual(answer);
		for (const text of [
			'{"x\\"application_id":5}',
			'{"errmsg":"\\"application_id\\":5"}',
			'{"a":{"application_id":5}}',
			'{"application_id":-5}',
			'{"application_id":5.5}',
			'{"application_id":[5]}',
			'{"application_id":null}',
		]) {
			expect(read(text)).toEqual(JSON.parse(text));
		}
	});

	it.each([
		['<html><body>502</body></html>', 'it is not JSON but a web page'],
		['\n<?xml?>', 'it is not JSON but a web page'],
		['', 'it is empty'],
		[' \n', 'it is empty'],
		['{"errcode":0,"buffer":"AAAA', 'it is not JSON but text of 27 characters'],
		['x', 'it is not JSON but text of 1 character'],
		['[{"errcode":0}]', 'it is not an object but a list'],
		['[]', 'it is not an object but an empty list'],
		['0', 'it is not an object but a number'],
		['-1', 'it is not an object but a negative number'],
		['null', 'it is not an object but null'],
		['"{}"', 'it is not an object but text of 2 characters'],
	])('takes %j for an error that tells its form', (text, what) => {
		const error = errorOf(() => read(text));
		expect(error.message).toBe(`WeChat's answer can't be used: ${what}`);
		expect(error.failure).toEqual({ kind: 'answer' });
		expect(error.description).toContain('report this message');
	});

	it.each([
		['"busy"', 'text of 4 characters'],
		['{}', 'an object'],
		['[]', 'an empty list'],
		['[0]', 'a list'],
		['true', 'true or false'],
		['false', 'true or false'],
		['null', 'null'],
		['1.5', 'a number with decimals'],
		['1e300', 'a number too large to be exact'],
		['1e999', 'a number too large to be exact'],
		['""', 'an empty text'],
		['" 0"', 'text of 2 characters'],
		['"0 "', 'text of 2 characters'],
		['"0x1F"', 'text of 4 characters'],
		['"1e3"', 'text of 3 characters'],
		['"1.0"', 'text of 3 characters'],
		['"+1"', 'text of 2 characters'],
		['"--1"', 'text of 3 characters'],
		['"٣"', 'text of 1 character'],
		['"0\\n"', 'text of 2 characters'],
		[`"${'9'.repeat(20)}"`, 'text of 20 characters'],
	])('takes the errcode %s for an error that tells its form', (errcode, form) => {
		for (const text of [`{"errcode":${errcode}}`, `{"errcode":${errcode},"errcode":0}`]) {
			const error = errorOf(() => read(text));
			expect(error.message).toBe(
				`WeChat's answer can't be used: its errcode is not a whole number but ${form}`,
			);
			expect(error.failure).toEqual({ kind: 'answer' });
		}
	});

	it.each([
		['{"errcode":80300,"errcode":0}', 'errcode'],
		['{"errcode":0,"status":"FINISH","errcode":80300}', 'errcode'],
		['{"err\\u0063ode":80300,"errcode":"0"}', 'errcode'],
		[
			'{"errcode":0,"application_id":9007199254740993,"application_id":9007199254740992}',
			'application_id',
		],
		['{"errcode":0,"status":"FINISH","status":"FAIL"}', 'status'],
	])('takes %s for an error: it contradicts itself', (text, name) => {
		const error = errorOf(() => read(text));
		expect(error.message).toBe(
			`WeChat's answer can't be used: its ${name} comes twice, with different values`,
		);
		expect(error.failure).toEqual({ kind: 'answer' });
	});

	it('takes the same said twice for once', () => {
		expect(read('{"errcode":0,"errcode":"0","status":"A","status":"A"}').status).toBe('A');
		expect(errorOf(() => read('{"errcode":80300,"errcode":"80300"}')).failure).toMatchObject({
			errcode: 80300,
		});
	});

	it('shows no secret in the name of a field either', () => {
		const { message } = errorOf(() => read('{"s3cret":1,"s3cret":2}', ['s3cret']));
		expect(message).toMatch(/its \*\*\* comes twice/);
	});

	it('masks and cuts a status, which is shown as WeChat sends it', () => {
		const secrets = ['F', 'a secret token'];
		const statusOf = (status: string) => read(JSON.stringify({ status }), secrets).status;
		expect(statusOf('FINISH')).toBe('FINISH');
		expect(statusOf('waits for a%20secret+token')).toBe('waits for ***');
		expect(statusOf('x'.repeat(9_999))).toBe(`${'x'.repeat(299)}…`);
		expect(read('{"status":3}').status).toBe(3);
	});

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

	it('are texts or missing, and nothing else', () => {
		const answer = { text: 'a', number: 12, empty: '', nothing: null };
		const texts = [...Object.keys(answer), 'missing'].map((name) => optionalText(answer, name));
		expect(texts).toEqual(['a', '12', undefined, undefined, undefined]);
		for (const [field, form] of [
			[[1], 'a list'],
			[{}, 'an object'],
			[true, 'true or false'],
			[2 ** 53, 'a number too large to be exact'],
		] as const) {
			expect(errorOf(() => optionalText({ field }, 'field')).message).toBe(
				`WeChat's answer can't be used: its field is not text but ${form}`,
			);
		}
	});

	const NO_NUMBERS: Array<[unknown, string]> = [
		[' ', 'text of 1 character'],
		['-1', 'text of 2 characters'],
		[-1, 'a negative number'],
		[1.5, 'a number with decimals'],
		['1e3', 'text of 3 characters'],
		['0x10', 'text of 4 characters'],
		[2 ** 53, 'a number too large to be exact'],
		['NaN', 'text of 3 characters'],
		['9'.repeat(16), 'text of 16 characters'],
		[[7], 'a list'],
		[{}, 'an object'],
		[true, 'true or false'],
	];

	it('are whole numbers, also where WeChat sends a text', () => {
		for (const [n, number] of [
			[49_999, 49_999],
			['49999', 49_999],
			[0, 0],
			['0', 0],
		]) {
			expect(optionalNumber({ n }, 'n')).toBe(number);
		}
		for (const [n, form] of NO_NUMBERS) {
			expect(errorOf(() => optionalNumber({ n }, 'n')).message).toBe(
				`WeChat's answer can't be used: its n is not a whole number but ${form}`,
			);
		}
	});

	it('are numbers that may be missing', () => {
		for (const answer of [{}, { n: undefined }, { n: null }, { n: '' }]) {
			expect(optionalNumber(answer, 'n')).toBeUndefined();
		}
	});

	it('are IDs of applications', () => {
		for (const [application_id, id] of [
			['581865877', '581865877'],
			[581865877, '581865877'],
			['18446744073709551615', '18446744073709551615'],
			['0581865877', '581865877'],
			['0'.repeat(50) + '7', '7'],
			['', undefined],
			[null, undefined],
		]) {
			expect(applicationIdField({ application_id })).toBe(id);
		}
		expect(applicationIdField({})).toBeUndefined();
	});

	it.each([
		['"abc"', 'text of 3 characters'],
		['" 5"', 'text of 2 characters'],
		['"-5"', 'text of 2 characters'],
		['"5.0"', 'text of 3 characters'],
		['-5', 'a negative number'],
		['5.5', 'a number with decimals'],
		['1e30', 'a number too large to be exact'],
		['18446744073709551616', 'a number of 20 digits'],
		['1'.repeat(21), 'a number of 21 digits'],
		[`"${'1'.repeat(99_999)}"`, 'a number of 99999 digits'],
		['[5]', 'a list'],
		['{"id":5}', 'an object'],
		['true', 'true or false'],
	])('are no ID of an application: %.30s', (json, form) => {
		const answer = read(`{"application_id":${json}}`);
		expect(errorOf(() => applicationIdField(answer)).message).toBe(
			`WeChat's answer can't be used: its application_id is not an ID but ${form}`,
		);
	});

	it('are lists of objects, empty where there is none', () => {
		expect(listField({ list: [{ a: 1 }] }, 'list')).toEqual([{ a: 1 }]);
		for (const answer of [{}, { list: null }, { list: [] }]) {
			expect(listField(answer, 'list')).toEqual([]);
		}
		for (const [list, form] of [
			[{}, 'is not a list but an object'],
			['a', 'is not a list but text of 1 character'],
			['', 'is not a list but an empty text'],
			[[1], 'is not a list of objects: it holds a number'],
			[[{}, null], 'is not a list of objects: it holds null'],
			[[[]], 'is not a list of objects: it holds an empty list'],
		]) {
			expect(errorOf(() => listField({ list }, 'list')).message).toBe(
				`WeChat's answer can't be used: its list ${String(form)}`,
			);
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
		['\ufeff{"access_token":"abc-DEF_123"}'],
		['\ufeffabc-DEF_123'],
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
