import { createCipheriv } from 'node:crypto';
import { SegmentReader } from '../../nodes/shared/codePackage/reader';
import { RowReader } from '../../nodes/shared/codePackage/rows';
import { packageErrorOf, rowOf, rowsOf, textOf } from './packages.cts';
import { SEED, WHOLE, cutAt, firstCodes, piecesOf, readRows } from './reading.cts';

const KEY = 'Qx7+pL/2vN9dTe4R';

const ROWS = rowsOf({ start: 0, end: 5 });
const TEXT = textOf(ROWS).toString();
const LINES = TEXT.split('\n').slice(0, -1);
const bytes = (text: string) => Buffer.byteLength(text);

describe('lines at the very end', () => {
	it.each(['\n', '\n\n\n', '\r\n', '\r\n\r\n\n', '\r', '\n\r', '\r\n\r'])(
		'that are blank are nothing: %j',
		(blank) => {
			const read = readRows(TEXT + blank);
			expect(read).toMatchObject({ rows: ROWS, misfits: undefined });
			expect(read.content).toEqual({
				start: 0,
				end: bytes(TEXT),
				isEnded: true,
				lineEnd: '\n',
			});
		},
	);

	it.each([
		['\n', '', true, '\n'],
		['\r\n', '', true, '\r\n'],
		['\n', 'without', false, '\n'],
		['\r\n', 'without', false, '\r\n'],
		['\r\n', 'with half of', false, '\r\n'],
	])('in a text whose rows end with %j, %s the last one', (lineEnding, last, isEnded, lineEnd) => {
		const rows = LINES.join(lineEnding);
		const end = last === '' ? lineEnding : last === 'without' ? '' : '\r';
		expect(readRows(rows + end)).toMatchObject({
			rows: ROWS,
			misfits: undefined,
			content: { start: 0, end: bytes(rows) + (isEnded ? lineEnding.length : 0), isEnded, lineEnd },
		});
	});

	it('are all blank behind a byte order mark', () => {
		const { content, misfits } = readRows('\ufeff\n\r\n');
		expect(misfits).toBeUndefined();
		expect(content).toEqual({ start: 3, end: 3, isEnded: true, lineEnd: '\n' });
	});
});

describe('a blank line that rows follow', () => {
	it.each([
		['in the middle', 3, 1, ['']],
		['of a carriage return', 3, 1, ['\r']],
		['of three', 3, 3, ['', '\r', '']],
		['before the first row', 0, 1, ['']],
	])('%s is an error that names the line', (_what, at, count, blanks) => {
		const text = [...LINES.slice(0, at), ...blanks, ...LINES.slice(at), '', ''].join('\n');
		const { rows, misfits } = readRows(text);
		expect(misfits).toEqual({ line: at + 1, reason: 'it is empty', count });
		expect(rows).toEqual(ROWS);
	});

	it('is one also where it is of white space', () => {
		const { misfits } = readRows([...LINES.slice(0, 2), '  ', ...LINES.slice(2)].join('\n'));
		expect(misfits).toMatchObject({ line: 3, count: 1 });
	});

	it('is told before what comes behind it', () => {
		const { misfits } = readRows([LINES[0], '', 'x', LINES[1], '', LINES[2], ''].join('\n'));
		expect(misfits).toEqual({ line: 2, reason: 'it is empty', count: 3 });
	});
});

describe('a byte order mark', () => {
	it('is no part of the first row', () => {
		const { rows, content, lines } = readRows(`\ufeff${TEXT}`);
		expect(rows).toEqual(ROWS);
		expect(lines[0]).toBe(`${LINES[0]}\n`);
		expect([content.start, content.end]).toEqual([3, 3 + bytes(TEXT)]);
	});

	it('is found though it comes byte for byte', () => {
		const text = Buffer.from(`\ufeff${TEXT}`);
		expect(readRows(cutAt(text, [0, 1, 2, 3, 4]))).toMatchObject({
			rows: ROWS,
			misfits: undefined,
			content: { start: 3 },
		});
	});

	it.each(['\n', 'x', '\r\n'])('is one only at the start, not behind %j', (before) => {
		const text = Buffer.from(`${before}\ufeff${TEXT}`);
		const { misfits, rows } = readRows(text);
		expect([misfits?.line, rows.length]).toEqual([1, 5]);
		expect(readRows(cutAt(text, [1, 2]))).toEqual(readRows(text));
	});

	it('stands there once: a second one is in the way of the first row', () => {
		expect(readRows(`\ufeff\ufeff${TEXT}`)).toMatchObject({ misfits: { line: 1, count: 1 } });
	});
});

const LONG = 'it is longer than 4096 bytes';

describe('a line that is longer than 4,096 bytes', () => {
	/** A row in `bytes` bytes, without its line end. */
	const rowOfBytes = (length: number) => {
		const row = rowOf(2);
		const rest = row.code.length + row.index.length + row.url.length + 3;
		return textOf([{ ...row, lattice: '1'.repeat(length - rest) }], { endsLine: false });
	};

	it.each(['', '\n', '\r', '\r\n'])('is no row, one of 4,096 is, with %j behind it', (end) => {
		for (const at of [undefined, 1, 4095, 4096, 4097]) {
			const pieces = (length: number) => {
				const text = Buffer.concat([rowOfBytes(length), Buffer.from(end)]);
				return at === undefined ? [text] : cutAt(text, [Math.min(at, text.length)]);
			};
			expect(readRows(pieces(4096))).toMatchObject({ rows: [{}], misfits: undefined });
			expect(readRows(pieces(4097))).toMatchObject({
				rows: [],
				misfits: { line: 1, reason: LONG, count: 1 },
			});
		}
	});

	const line = 'x'.repeat(100_000);
	const CASES: ReadonlyArray<readonly [string, string, number, number]> = [
		['first', `${line}\n${TEXT}`, 1, 6],
		['in the middle', [...LINES.slice(0, 3), line, ...LINES.slice(3), ''].join('\n'), 4, 6],
		['last', `${TEXT}${line}\n`, 7, 6],
		['last, without a line end', TEXT + line, 7, 6],
		['last, before blank lines', `${TEXT}${line}\r\n\n\n`, 7, 6],
		['the only one', line, 1, 0],
	];

	it.each(CASES)('is told once: %s', (_what, text, number, rows) => {
		for (const size of [1_000_000, 65_536, 5_000, 4_096, 1_000, 999]) {
			const read = readRows(piecesOf(Buffer.from(text), size));
			expect(read.misfits).toEqual({ line: number, reason: LONG, count: 1 });
			expect(read.rows).toEqual(ROWS.slice(0, rows));
			const end = text.replace(/\n\n+$/, '\n');
			expect(read.content).toMatchObject({ end: end.length, isEnded: end.endsWith('\n') });
		}
	});

	it('is told behind the blank line before it, however it arrives', () => {
		const text = Buffer.from(`${LINES[0]}\n\n${line}\n${LINES[1]}\n`);
		for (const size of [1_000_000, 65_536, 1_000]) {
			expect(readRows(piecesOf(text, size)).misfits).toEqual({
				line: 2,
				reason: 'it is empty',
				count: 2,
			});
		}
	});

	it('takes no memory, though there is never a line feed', () => {
		const reader = new RowReader();
		const chunk = Buffer.alloc(65_536, '1');
		const before = process.memoryUsage().arrayBuffers;
		let most = 0;
		for (let piece = 0; piece < 1_600; piece++) {
			expect(reader.push(chunk).count).toBe(0);
			most = Math.max(most, process.memoryUsage().arrayBuffers - before);
		}
		expect(reader.end().count).toBe(0);
		expect(reader.misfits).toEqual({ line: 1, reason: LONG, count: 1 });
		// 105 MB went through.
		expect(most).toBeLessThan(40_000_000);
	});

	it('takes no memory in a list of codes either', () => {
		const cipher = createCipheriv('aes-128-cbc', KEY, KEY);
		const reader = new SegmentReader({
			segment: firstCodes(1),
			key: Buffer.from(KEY),
			seed: SEED,
			compare: false,
			verify: 'warn',
			writer: () => Buffer.alloc(0),
			parts: WHOLE,
			isCounted: false,
			picks: undefined,
			isBase64: false,
		});
		const chunk = Buffer.alloc(65_536, '1');
		const before = process.memoryUsage().arrayBuffers;
		let most = 0;
		for (let piece = 0; piece < 1_600; piece++) {
			reader.write(cipher.update(chunk));
			most = Math.max(most, process.memoryUsage().arrayBuffers - before);
		}
		reader.write(cipher.final());
		expect(packageErrorOf(() => reader.end()).message).toBe(
			`Line 1 of the package is not a code row: ${LONG}`,
		);
		expect(most).toBeLessThan(80_000_000);
	});
});
