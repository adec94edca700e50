import fc from 'fast-check';
import { Envelope } from '../../nodes/shared/wechat/envelope';
import { WechatError } from '../../nodes/shared/wechat/errors';
import { readLongText } from '../../nodes/shared/wechat/longText';
import { cutAt, cutsOf } from './reading.cts';

/** The text of an answer's `buffer` that arrives in these pieces. */
async function longText(pieces: readonly Buffer[]): Promise<string> {
	const taken: Buffer[] = [];
	const reader = {
		write: (piece: Buffer) => void taken.push(Buffer.from(piece)),
		end: () => Buffer.concat(taken).toString(),
	};
	const chunks = (async function* () {
		yield* pieces;
	})();
	return await readLongText(chunks, 'buffer', reader, []);
}

/** JSON text with every character of its strings written as itself, with a backslash or as \uXXXX. */
const written = (text: string, seed: number): string =>
	`"${[...text]
		.map((char, at) => {
			const way = (seed >>> at % 29) % 3;
			const code = char.charCodeAt(0).toString(16).padStart(4, '0');
			if (way === 1 && char.length === 1) return `\\u${code}`;
			return way === 2 && char === '/' ? '\\/' : JSON.stringify(char).slice(1, -1);
		})
		.join('')}"`;

const inner = fc.record({
	buffer: fc.string(),
	a: fc.array(fc.constantFrom('{', ']', '"', 'buffer')),
});

describe('a long text of an answer', () => {
	it('is what JSON.parse makes of it, wherever the answer is cut and whatever stands beside it', async () => {
		const answers = fc
			.record({
				buffer: fc.string({ unit: fc.constantFrom('A', '/', '+', '"', '\\', 'u', '0', '\n') }),
				before: fc.array(fc.tuple(fc.string(), fc.oneof(fc.string(), inner, fc.integer()))),
				behind: fc.array(fc.tuple(fc.string(), fc.oneof(fc.string(), inner, fc.constant(null)))),
				seed: fc.nat(),
			})
			.map(({ buffer, before, behind, seed }) => {
				const names = new Set(['buffer', 'errcode', 'errmsg']);
				const member = ([name, value]: readonly [string, unknown]) => {
					if (names.has(name)) return [];
					names.add(name);
					const json = typeof value === 'string' ? written(value, seed) : JSON.stringify(value);
					return [`${written(name, seed)} : ${json}`];
				};
				const text = [
					...before.flatMap(member),
					`${written('buffer', seed >>> 3)}:${written(buffer, seed)}`,
					...behind.flatMap(member),
				];
				return { buffer, text: Buffer.from(`{ ${text.join(' ,\n')}}`) };
			})
			.chain(({ buffer, text }) => fc.tuple(fc.constant(buffer), fc.constant(text), cutsOf(text)));
		await fc.assert(
			fc.asyncProperty(answers, async ([buffer, text, cuts]) => {
				expect(JSON.parse(text.toString()).buffer).toBe(buffer);
				expect(await longText(cutAt(text, cuts))).toBe(buffer);
			}),
			{ numRuns: 500 },
		);
	});

	it.each([
		['{"buffer":"AA","buffer":"AA"}', 'it has its buffer twice'],
		['{"buffer":"AA","buffer":null}', 'its buffer comes twice, with different values'],
		['{"buffer":"A\nA"}', 'it is not JSON'],
		['{"buffer":"A\\xA"}', 'it is not JSON'],
		['{"buffer":"AA"} {}', 'it is not JSON but text of 16 characters'],
		['{"a":{"buffer":"AA"}}', 'it has no package'],
		['[{"buffer":"AA"}]', 'it is not an object but a list'],
		['{"x":"buffer","y":"AA"}', 'it has no package'],
	])('is none: %j', async (text, message) => {
		for (let cut = 0; cut <= text.length; cut++) {
			const error = await longText(cutAt(Buffer.from(text), [cut])).catch((e: unknown) => e);
			if (!(error instanceof WechatError)) throw error;
			expect(error.message).toBe(`WeChat's answer can't be used: ${message}`);
		}
	});

	it('may stand behind a byte order mark', async () => {
		const text = Buffer.from('\ufeff{"errcode":0,"buffer":"AA"}');
		for (let cut = 0; cut <= text.length; cut++)
			expect(await longText(cutAt(text, [cut]))).toBe('AA');
	});

	it('is read in no time, however many backslashes there are', () => {
		for (const text of [
			'\\'.repeat(65_000) + 'A\\',
			'\\"'.repeat(32_000),
			'\\u0041'.repeat(10_000),
		]) {
			const envelope = new Envelope('buffer');
			envelope.push(Buffer.from('{"buffer":"'));
			const start = performance.now();
			envelope.push(Buffer.from(text));
			expect(performance.now() - start).toBeLessThan(200);
		}
	});
});
