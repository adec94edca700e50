import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { COLUMNS, type Column } from '../../nodes/shared/codePackage/layout';
import type { RowWriter } from '../../nodes/shared/codePackage/parts';
import { application, filesOf, wantedOf, type Application } from './applications.cts';
import { csvWriter } from './formats.cts';
import type { Row } from './packages.cts';

describe('whatever the segments, the range and the codes a file, each code is in one file, in order', () => {
	const codesPerFile = fc.integer({ min: 1, max: 60 });
	const lineEnding = fc.constantFrom(['lf', '\n'] as const, ['crlf', '\r\n'] as const);

	/** What each file has to hold, counted out from the whole list. */
	const rollsOf = (chosen: Application, size: number): Row[][] => {
		const rolls: Row[][] = [];
		for (const [at, row] of wantedOf(chosen).entries()) {
			if (at % size === 0) rolls.push([]);
			rolls.at(-1)?.push(row);
		}
		return rolls;
	};
	it('in packages: every line is as it stands in the package', () => {
		fc.assert(
			fc.property(application, codesPerFile, (chosen, size) => {
				const files = filesOf(chosen, undefined, size);
				const { order = COLUMNS, delimiter = '\t' } = chosen.writing;
				const read = files.map(({ file }) => {
					// A mark may stand where a file begins with a whole package; the last line may have no end, and
					// behind the only line of a package that has none, nobody knows which it would be.
					const text = file.toString().replace(/^\ufeff/, '');
					return text.replace(/\r?\n$/, '').split(/\r?\n/);
				});
				const expected = rollsOf(chosen, size).map((roll) =>
					roll.map((row) => order.map((column) => row[column]).join(delimiter)),
				);
				expect(read).toEqual(expected);
				expect(files.map(({ count }) => count)).toEqual(expected.map(({ length }) => length));
			}),
		);
	});

	it('in lists of urls, byte for byte', () => {
		fc.assert(
			fc.property(application, codesPerFile, lineEnding, (chosen, size, [name, ending]) => {
				const writer = csvWriter(['url'], { output: 'urlList', lineEnding: name });
				const files = filesOf(chosen, writer, size);
				expect(files.map(({ file }) => file.toString())).toEqual(
					rollsOf(chosen, size).map((roll) => roll.map(({ url }) => url + ending).join('')),
				);
			}),
		);
	});

	it('in CSV files', () => {
		const columns = fc.shuffledSubarray<Column>([...COLUMNS], { minLength: 1 });
		fc.assert(
			fc.property(
				application,
				codesPerFile,
				columns,
				lineEnding,
				(chosen, size, own, [name, ending]) => {
					const writer = csvWriter(own, { delimiter: ';', lineEnding: name });
					const files = filesOf(chosen, writer, size);
					expect(
						files.map(({ file }): unknown =>
							parse(file, { delimiter: ';', record_delimiter: ending }),
						),
					).toEqual(
						rollsOf(chosen, size).map((roll) =>
							roll.map((row) => own.map((column) => row[column])),
						),
					);
				},
			),
		);
	});

	it('and each row is told its file and its number in the file', () => {
		const numbering: RowWriter = ({ count }, { first, end }, { file, row }) => {
			expect([first >= 0, first < end, end <= count]).toEqual([true, true, true]);
			const lines = Array.from({ length: end - first }, (_, at) => `${file}:${row + at}\n`);
			return Buffer.from(lines.join(''));
		};
		const division = fc.oneof(codesPerFile, fc.constant(Infinity));
		fc.assert(
			fc.property(application, division, (chosen, size) => {
				const files = filesOf(chosen, numbering, size);
				expect(files.map(({ file }) => file.toString())).toEqual(
					rollsOf(chosen, size).map((roll, file) =>
						roll.map((_, row) => `${file + 1}:${row + 1}\n`).join(''),
					),
				);
			}),
		);
	});

	it('and what is planned of a file is what is in it', () => {
		fc.assert(
			fc.property(application, codesPerFile, (chosen, size) => {
				const first = chosen.range?.start ?? 0;
				const rolls = rollsOf(chosen, size);
				expect(
					filesOf(chosen, undefined, size).map(({ planned, count }) => [
						planned.file,
						planned.codes.start - first,
						planned.codes.end - first,
						planned.count,
						count,
					]),
				).toEqual(
					rolls.map(({ length }, at) => [
						at + 1,
						at * size,
						at * size + length - 1,
						length,
						length,
					]),
				);
			}),
		);
	});
});
