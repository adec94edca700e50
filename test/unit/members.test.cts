import fc from 'fast-check';
import { contradictedName, membersOf } from '../../nodes/shared/wechat/members';
import { AS_THE_INPUT, growthOf } from './processorTime.cts';

const contradicted = (text: string) => contradictedName(membersOf(text));

describe('membersOf', () => {
	it.each([
		['{}', []],
		[' { } ', []],
		['{"a":1}', [['a', '1']]],
		[
			'{"a":1,"a":2}',
			[
				['a', '1'],
				['a', '2'],
			],
		],
		[
			'\n{ "a" : 1.50 ,\t"b":"x" }\r\n',
			[
				['a', '1.50'],
				['b', '"x"'],
			],
		],
		[
			'{"a":{"a":1,"b":[{"a":2},3]},"b":[[],{}]}',
			[
				['a', '{"a":1,"b":[{"a":2},3]}'],
				['b', '[[],{}]'],
			],
		],
		['{"err\\u0063ode":1}', [['errcode', '1']]],
		['{"":0}', [['', '0']]],
		['{"__proto__":1}', [['__proto__', '1']]],
		[
			'{"a":"}],{[:\\"\\\\","b":2}',
			[
				['a', '"}],{[:\\"\\\\"'],
				['b', '2'],
			],
		],
		[
			'{"a\\\\":"\\\\\\\\","b\\"":""}',
			[
				['a\\', '"\\\\\\\\"'],
				['b"', '""'],
			],
		],
	])('are those of %s, doubled ones too', (text, members) => {
		expect(() => JSON.parse(text)).not.toThrow();
		expect(membersOf(text).map(({ name, value }) => [name, value])).toEqual(members);
	});

	it('are those of JSON.parse, whatever the object', () => {
		const objects = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue());
		fc.assert(
			fc.property(objects, fc.constantFrom(undefined, 1, '\t'), (object, space) => {
				const expected = Object.entries(JSON.parse(JSON.stringify(object)) as object);
				const found = membersOf(JSON.stringify(object, null, space));
				expect(found.map(({ name, value }) => [name, JSON.parse(value)])).toEqual(expected);
			}),
		);
	});

	it('ends, whatever the text', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\a1 ') }), (text) => {
				try {
					JSON.parse(text);
				} catch {
					return expect(membersOf(text).length).toBeLessThanOrEqual(text.length);
				}
			}),
		);
	});

	it.each<readonly [string, (size: number) => string]>([
		['long text', (size) => '{"a":"' + 'x'.repeat(size) + '"}'],
		['backslashes', (size) => '{"a":"' + '\\\\'.repeat(size / 2) + '"}'],
		['escaped quotes', (size) => '{"a":"' + '\\"'.repeat(size / 2) + '"}'],
		[
			'many members',
			(size) => `{${Array.from({ length: size / 10 }, (_, n) => `"a${n}":0`).join()}}`,
		],
		['depth', (size) => '{"a":' + '['.repeat(size / 2) + ']'.repeat(size / 2) + '}'],
	])('are found in time that grows as the text, not with its square: %s', (_what, textOf) => {
		expect(growthOf(10_000, textOf, membersOf)).toBeLessThan(AS_THE_INPUT);
	});
});

describe('contradictedName', () => {
	it.each([
		['{"errcode":0,"errcode":80300}', 'errcode'],
		['{"errcode":80300,"errmsg":"","errcode":0}', 'errcode'],
		['{"err\\u0063ode":80300,"errcode":0}', 'errcode'],
		['{"a":1,"b":[1],"b":[2]}', 'b'],
		['{"a":1,"a":1,"a":2}', 'a'],
		['{"__proto__":1,"__proto__":2}', '__proto__'],
	])('is that of %s', (text, name) => {
		expect(contradicted(text)).toBe(name);
	});

	it.each([
		'{}',
		'{"errcode":0,"errcode":0}',
		'{"errcode":0,"errcode": 0 }',
		'{"errcode":0,"data":{"errcode":80300}}',
		'{"list":[{"errcode":1},{"errcode":2}],"errcode":0}',
		'{"errcode":0,"errmsg":"\\"errcode\\":80300"}',
		'{"errcode":0,"errmsg":"{\\"errcode\\":80300,"}',
		'{"errcode":0,"errmsg":"\\\\","errcode_":1,"Errcode":2}',
	])('is none in %s', (text) => {
		expect(contradicted(text)).toBeUndefined();
	});
});
