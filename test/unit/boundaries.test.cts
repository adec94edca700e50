import fc from 'fast-check';
import type { ReadOptions } from '../../nodes/shared/codePackage/reader';
import { bytesOf, FORMS, keyOfFixtures, segmentOf } from './fixtures.cts';
import { csvWriter } from './formats.cts';
import { encrypt, planned, rowsOf, textOf, type Writing } from './packages.cts';
import { countIn, cutAt, cutsOf, fileOf, readRows, readSegment } from './reading.cts';

const KEY = keyOfFixtures();
const URLS = csvWriter(['url', 'index'], { delimiter: ';', lineEnding: 'crlf' });

/** All that is known of a segment whose package arrives in these pieces, or the error. */
function readAs(pieces: readonly Buffer[], options: Omit<Partial<ReadOptions>, 'key'>): unknown {
	try {
		const { segment = segmentOf('tab-lf') } = options;
		const text = readSegment(pieces, { ...options, segment, key: KEY });
		// Into how many pieces the text came is the one thing that may differ.
		const contents = text.parts.map(({ content }) => content);
		return {
			...text,
			parts: contents,
			count: countIn(text),
			file: fileOf(text).toString('latin1'),
		};
	} catch (error) {
		return error;
	}
}

const NAMES = Object.keys(FORMS);

/** In large ones, every fifth byte: that comes by every place within a group of 4 and a block of 16. */
const LARGE_BYTES = 2_500;
const placesIn = ({ length }: Buffer): number[] => {
	const step = length > LARGE_BYTES ? 5 : 1;
	return Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => at * step);
};

describe.each(NAMES)('a package arrives in any pieces: %s', (name) => {
	const base64 = bytesOf(`${name}.b64`);
	const options = { segment: segmentOf(name), verify: 'fail' } as const;
	const whole = readAs([base64], options);

	it('is read', () => {
		expect(whole).toMatchObject({ count: FORMS[name]?.codes, findings: { problems: [] } });
	});

	it('in two', () => {
		for (const at of placesIn(base64)) {
			// Comparing first: the assertion costs more than what it asserts.
			const halves = readAs(cutAt(base64, [at]), options);
			if (JSON.stringify(halves) !== JSON.stringify(whole)) expect([at, halves]).toBe(whole);
		}
	});

	it('in several', () => {
		fc.assert(
			fc.property(cutsOf(base64), (cuts) => {
				expect(readAs(cutAt(base64, cuts), options)).toEqual(whole);
			}),
		);
	});

	it('byte for byte', () => {
		const pieces = [...base64].map((byte) => Buffer.from([byte]));
		expect(readAs(pieces, options)).toEqual(whole);
	});

	it('as text that is cut anywhere', () => {
		const text = bytesOf(`${name}.txt`);
		const rows = readRows(text);
		fc.assert(
			fc.property(cutsOf(text), (cuts) => {
				expect(readRows(cutAt(text, cuts))).toEqual(rows);
			}),
		);
	});

	it('of which only some codes are wanted, as a list', () => {
		const { start, end } = options.segment.bounds;
		const wanted = { start: start + 1, end: end - 1 };
		const cut = { ...options, segment: planned({ start, end }, wanted), writer: URLS };
		const list = readAs([base64], cut);
		expect(list).toMatchObject({ count: end - start - 1 });
		fc.assert(
			fc.property(cutsOf(base64), (cuts) => {
				expect(readAs(cutAt(base64, cuts), cut)).toEqual(list);
			}),
			{ numRuns: 30 },
		);
	});
});

describe('a boundary anywhere in', () => {
	const ROWS = rowsOf({ start: 0, end: 2 }, 0, { latticeWidth: 16, codeLength: 3 });
	const options = { segment: planned({ start: 0, end: 2 }), verify: 'warn' } as const;

	const texts: ReadonlyArray<readonly [string, string]> = (
		[
			['a byte order mark and CRLF', { byteOrderMark: true, lineEnding: '\r\n' }, ''],
			['a byte order mark before blank lines', { byteOrderMark: true }, '\r\n\n\r'],
			['several spaces', { delimiter: '   ', endsLine: false }, '\r'],
			['blank lines at the end', { lineEnding: '\r\n' }, '\r\n\r\n'],
			['lines that are no rows', {}, 'x\n\ny\r\n\nz'],
		] as ReadonlyArray<readonly [string, Writing, string]>
	).map(([what, writing, end]) => [what, textOf(ROWS, writing).toString() + end] as const);

	it.each(texts)('%s changes nothing', (_what, text) => {
		const base64 = encrypt(Buffer.from(text), KEY).toString('base64');
		const wrapped = ` \r\n${base64.replace(/.{19}/g, '$& \r\n\t')}\n`;
		for (const written of [base64, wrapped]) {
			const bytes = Buffer.from(written);
			const whole = readAs([bytes], options);
			expect(whole).toMatchObject({ file: Buffer.from(text).toString('latin1') });
			const rows = readRows(text);
			for (let at = 0; at <= text.length; at++) {
				for (const cuts of [[at], [at, at + 1], [at, at + 2]]) {
					expect(readRows(cutAt(Buffer.from(text), cuts))).toEqual(rows);
				}
			}
			for (let at = 0; at <= bytes.length; at++) {
				expect(readAs(cutAt(bytes, [at]), options)).toEqual(whole);
				expect(readAs(cutAt(bytes, [at, at + 1, at + 3]), options)).toEqual(whole);
			}
		}
	});

	it.each(texts)('%s changes nothing of a fault either', (_what, text) => {
		const base64 = encrypt(Buffer.from(text), KEY).toString('base64');
		const damaged = [
			base64.slice(0, -1),
			base64.slice(0, -4),
			base64.slice(0, Math.floor(base64.length / 24) * 16),
			`${base64.slice(0, 50)}#${base64.slice(51)}`,
			`${base64}=`,
			encrypt(Buffer.from(text), Buffer.from('0123456789ABCDEF')).toString('base64'),
		];
		for (const written of damaged) {
			const bytes = Buffer.from(written);
			const whole = readAs([bytes], options);
			expect(whole).toBeInstanceOf(Error);
			for (let at = 0; at <= bytes.length; at++) {
				expect(readAs(cutAt(bytes, [at]), options)).toEqual(whole);
			}
		}
	});
});
