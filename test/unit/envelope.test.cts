import { inspect } from 'node:util';
import { Envelope } from '../../nodes/shared/wechat/envelope';
import { WechatError } from '../../nodes/shared/wechat/wechatErrors';
import { cutAt } from './reading.cts';
import {
	Chance,
	EnvelopeWriter,
	damaged,
	inChunks,
	longTextIn,
	open,
	type Opened,
} from './envelopes.cts';
import { AS_THE_INPUT, growthOf } from './processorTime.cts';

/** `ENVELOPES=1000000 npx jest --config test/jest.config.json envelope.test` tries a million. */
const ENVELOPES = Number(process.env.ENVELOPES ?? 20_000);
const SEED = Number(process.env.ENVELOPE_SEED ?? 20_260);

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What Node makes of a text: the fields of an object, or undefined. */
function fieldsIn(text: string): Fields | undefined {
	try {
		// A byte order mark before an answer is none of JSON's business.
		const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
		return isFields(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** What `work` gives, or the WechatError that it throws. */
async function outcome<T>(work: () => T | Promise<T>): Promise<T | WechatError> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof WechatError) return error;
		throw error;
	}
}

/** Control characters that JSON takes for an error in a string, and base64 everywhere. */
const hasControls = (field: string): boolean =>
	[...field].some((character) => character < ' ' && !/[\t\n\r]/.test(character));

/**
 * A text without what is not ASCII: base64 refuses that wherever it stands, so it may become something else
 * that is none either, but must not vanish.
 */
const folded = (text: string): string => text.replace(/[^\0-\x7f]+/g, '\u00bf');

/** Whether some name is given twice in a text, at whatever depth. */
function mayContradict(text: string): boolean {
	const strings = text.match(/"(?:[^"\\]|\\.)*"(?=\s*:)/g) ?? [];
	const names = strings.map((string) => {
		try {
			return String(JSON.parse(string));
		} catch {
			return string;
		}
	});
	return new Set(names).size < names.length;
}

/** Whether we refuse a text for saying two things of one field, where `JSON.parse` takes the last. */
const isContradiction = (text: string, result: unknown): boolean =>
	result instanceof WechatError && / twice(,|$)/.test(result.message) && mayContradict(text);

/** What is wrong with what we make of a text, in view of what Node makes of it; undefined: nothing. */
function quarrel(
	text: string,
	opened: Opened | WechatError,
	longText: string | WechatError,
): string | undefined {
	const value = fieldsIn(text);
	if (opened instanceof WechatError) {
		if (!(longText instanceof WechatError)) return 'only the envelope refuses it';
		return value && !isContradiction(text, opened) ? 'the envelope refuses it' : undefined;
	}
	const rest = fieldsIn(opened.rest);
	if (!value) {
		if (rest && !hasControls(opened.field)) return 'the envelope takes it';
		return longText instanceof WechatError || hasControls(longText) ? undefined : 'we take it';
	}
	const { buffer } = value;
	const expected = typeof buffer === 'string' ? { ...value, buffer: '' } : value;
	if (JSON.stringify(rest) !== JSON.stringify(expected)) return 'the rest is another one';
	if (typeof buffer !== 'string') {
		return opened.hasField || !(longText instanceof WechatError) ? 'it has no text' : undefined;
	}
	if (!opened.hasField) return 'the text is not found';
	if (folded(opened.field) !== folded(buffer)) return 'the text is another one';
	if (Number(value.errcode ?? 0) !== 0) {
		return longText instanceof WechatError ? undefined : 'the errcode is lost';
	}
	if (isContradiction(text, longText)) return undefined;
	return longText === opened.field ? undefined : 'we give something else';
}

describe('Envelope', () => {
	it(`agrees with JSON.parse on ${ENVELOPES} texts`, async () => {
		const chance = new Chance(SEED);
		const writer = new EnvelopeWriter(chance);
		const tally = { valid: 0, withText: 0, invalid: 0 };
		let contradictions = 0;
		for (let run = 0; run < ENVELOPES; run++) {
			const written = Buffer.from(writer.text());
			const isDamaged = chance.isTrue(40);
			const bytes = isDamaged ? damaged(written, chance) : written;
			const text = bytes.toString();
			const chunks = inChunks(bytes, chance);
			const opened = await outcome(() => open(chunks));
			const longText = await outcome(async () => await longTextIn(chunks));
			const told = quarrel(text, opened, longText);
			if (told) throw new Error(`Text ${run}: ${told}: ${inspect({ text, opened, longText })}`);
			if (isContradiction(text, longText)) contradictions++;
			const value = fieldsIn(text);
			if (!value) tally.invalid++;
			else if (typeof value.buffer === 'string') tally.withText++;
			else tally.valid++;
			if (!isDamaged && text.trimStart().startsWith('{') && !value) {
				throw new Error(`The test can't write JSON: ${text}`);
			}
		}
		expect(contradictions).toBeLessThan(ENVELOPES / 20);
		// All kinds are tried.
		for (const count of Object.values(tally)) expect(count).toBeGreaterThan(ENVELOPES / 20);
	}, 3_600_000);

	/** In one piece, and cut at every byte. */
	const cutAnywhere = (text: string) => {
		const bytes = Buffer.from(text);
		return Array.from({ length: bytes.length + 1 }, (_, at) => cutAt(bytes, [at]));
	};

	it.each([
		['{"buffer":"AAA\\/+="}', 'AAA/+=', '{"buffer":""}'],
		['{"b\\u0075ffer" : "A\\u0042C","a":[1]}', 'ABC', '{"b\\u0075ffer" : "","a":[1]}'],
		['{"a":{"buffer":"no"},"buffer":"yes"}', 'yes', '{"a":{"buffer":"no"},"buffer":""}'],
		['{"a":["buffer","x"],"buffer":"yes"}', 'yes', '{"a":["buffer","x"],"buffer":""}'],
		['{"a":"buffer","buffer":"yes"}', 'yes', '{"a":"buffer","buffer":""}'],
		['{"a":"\\"buffer\\":\\"no","buffer":"\\""}', '"', '{"a":"\\"buffer\\":\\"no","buffer":""}'],
		['{"a":"\\\\","buffer":"\\\\"}', '\\', '{"a":"\\\\","buffer":""}'],
		['{"buffer":""}', '', '{"buffer":""}'],
		[
			'{"\\u0062\\u0075\\u0066\\u0066\\u0065\\u0072":"x"}',
			'x',
			'{"\\u0062\\u0075\\u0066\\u0066\\u0065\\u0072":""}',
		],
	])('finds the text in %s', (text, field, rest) => {
		for (const chunks of cutAnywhere(text)) {
			expect(open(chunks)).toEqual({ hasField: true, field, rest });
		}
	});

	it.each([
		'{}',
		'{"buffer":null}',
		'{"buffer":["x"]}',
		'{"buffer":{"buffer":"x"}}',
		'{"Buffer":"x","buffer ":"x"," buffer":"x","buff":"x","":"buffer"}',
		`{"${'buffer'.padEnd(70, ' ')}":"x"}`,
		`{"${'x'.repeat(100)}buffer":"x"}`,
		'["buffer","x"]',
		'["buffer","a","buffer","b"]',
		'"buffer"',
		'{"a":{"b":[{"buffer":"x"}]}}',
	])('finds none in %s', (text) => {
		for (const chunks of cutAnywhere(text)) {
			expect(open(chunks)).toEqual({ hasField: false, field: '', rest: text });
		}
	});

	it.each([
		'{"buffer":"a","buffer":"a"}',
		'{"buffer":"a","b\\u0075ffer":"b"}',
		'{"buffer":"a","x":{"y":[]},"buffer":1}',
		'{"buffer":null,"buffer":"a"}',
		'{"buffer":{},"buffer":[]}',
	])('refuses %s, which has it twice', async (text) => {
		for (const chunks of cutAnywhere(text)) {
			for (const work of [() => open(chunks), async () => await longTextIn(chunks)]) {
				const error = await outcome<unknown>(work);
				if (!(error instanceof WechatError)) throw new Error('It was taken');
				expect(error.message).toBe("WeChat's answer can't be used: it has its buffer twice");
				expect(error.failure).toEqual({ kind: 'answer' });
			}
		}
	});

	it.each([
		'{"buffer":"a\nb"}',
		'{"buffer":"a\tb"}',
		'{"buffer":"\r"}',
		'{"buffer":"\\x"}',
		'{"buffer":"\\u12"}',
		'{"buffer":"\\u12G4"}',
		'{"buffer":"\\"}',
		'{"buffer":"',
		'{"buffer":"a\\',
		'{"buffer":"a"',
		'{"buffer":"a"}}',
		'{"buffer":"a"}x',
		'{"buffer":"a""b"}',
		'{"buffer" "a"}',
		'{"buffer":"a",}',
		'[{"buffer":"a"}]',
		'"a"',
		'',
	])('does not take %j for an object', async (text) => {
		expect(fieldsIn(text)).toBeUndefined();
		for (const chunks of cutAnywhere(text)) {
			const error = await outcome(async () => await longTextIn(chunks));
			if (!(error instanceof WechatError)) throw new Error('It was taken');
			expect(error.message).toMatch(/^WeChat's answer can't be used: it is (not|empty)/);
			expect(error.failure).toEqual({ kind: 'answer' });
		}
	});

	it('keeps apart what base64 must not take for one of its own', () => {
		// U+0141 is 0x41 ("A") in the lower byte, U+FF21 a full-width "A".
		for (const escape of ['\\u0141', '\\uff21', '\\u00c1', '\\ud835\\udc00']) {
			const { field } = open([Buffer.from(`{"buffer":"${escape}"}`)]);
			expect(field).not.toMatch(/[A-Za-z0-9+/=]/);
		}
	});

	it('takes no longer for a text of backslashes', () => {
		const chunkOf = (size: number) => Buffer.from(`${'\\'.repeat(size)}a\\`);
		const take = (chunk: Buffer) => {
			const envelope = new Envelope('buffer');
			envelope.push(Buffer.from('{"buffer":"'));
			const text = envelope.push(chunk).toString();
			expect(text === `${'\\'.repeat((chunk.length - 2) / 2)}a`).toBe(true);
			expect(envelope.push(Buffer.from('/"}')).toString()).toBe('/');
		};
		expect(growthOf(4_000, chunkOf, take)).toBeLessThan(AS_THE_INPUT);
	});

	it('does not keep what it hands on, nor a rest without end', () => {
		const envelope = new Envelope('buffer');
		envelope.push(Buffer.from('{"errcode":0,"buffer":"'));
		const chunk = Buffer.alloc(65_536, 'A');
		for (let piece = 0; piece < 500; piece++) expect(envelope.push(chunk)).toHaveLength(65_536);
		expect(envelope.textBefore()).toBe('{"errcode":0,"buffer":""}');
		expect(envelope.push(Buffer.from('","errmsg":"ok"}'))).toHaveLength(0);
		expect(envelope.textBefore()).toBeUndefined();
		expect(envelope.text()).toBe('{"errcode":0,"buffer":"","errmsg":"ok"}');
		const other = new Envelope('buffer');
		other.push(Buffer.from('{"a":"'));
		for (let piece = 0; piece < 15; piece++) other.push(chunk);
		expect(() => other.push(chunk)).toThrow(/sends more than the 1 MB/);
	});
});
